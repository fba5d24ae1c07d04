"""What is said while somebody joins, and when they look after their own settings."""

from dataclasses import dataclass
from datetime import datetime
from typing import Literal, TypeAlias

from lessons.markup import RichText


@dataclass(frozen=True, slots=True, kw_only=True)
class Slot:
    """Days and wall-clock time of lessons."""

    weekdays: tuple[int, ...]
    """0 = Monday, ascending, never empty."""
    at: str
    """`HH:MM`."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Welcome:
    """Screen 1: what this is, before anything is kept."""

    kind: Literal["welcome"] = "welcome"
    name: str
    group_id: int
    group: str
    course: str
    academy: str
    lessons: int
    minutes: int
    """Typical length of a lesson."""
    facilitator: str
    """Empty when the group has none yet."""
    language: str
    """The language this screen is in."""
    other_languages: tuple[str, ...]
    """Offered as one-tap alternatives."""
    invitation: str = ""
    """The join link's token. It travels in the buttons, because nothing is kept yet, and it proves
    at every press what a group's number could not: that this person was invited."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PrivacyNotice:
    """Screen 2, and /privacy: what is kept, who sees it, how long, and that Telegram carries it."""

    kind: Literal["privacy_notice"] = "privacy_notice"
    group_id: int
    """0 outside joining."""
    facilitator: str
    academy: str
    contact: str
    keep_months: int
    full: bool = False
    """True after "Read more"."""
    joining: bool = True
    """True asks for agreement; False offers export, leaving and erasing."""
    invitation: str = ""
    """As in `Welcome`; empty outside joining."""
    leave: tuple[tuple[int, str], ...] = ()
    """Enrollment and group that can be left; empty while joining."""


@dataclass(frozen=True, slots=True, kw_only=True)
class NotJoined:
    """After "No, thanks": nothing was kept, and how to come back."""

    kind: Literal["not_joined"] = "not_joined"
    known: bool = False
    """This person learns or facilitates elsewhere, and is kept for that."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ScheduleOffer:
    """Screen 3, and /schedule: days and time; the first choice is the group's own."""

    kind: Literal["schedule_offer"] = "schedule_offer"
    enrollment_id: int
    zone: str
    choices: tuple[Slot, ...]
    current: Slot | None = None
    """None while joining."""
    paused_until: datetime | None = None
    paused: bool = False
    course: str = ""
    """Title, only when the person takes several courses; empty otherwise."""


@dataclass(frozen=True, slots=True, kw_only=True)
class DaysPicker:
    """Seven toggles; the picked days travel in the buttons, nothing is kept until the end."""

    kind: Literal["days_picker"] = "days_picker"
    enrollment_id: int
    picked: tuple[int, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class HourPicker:
    """Hours outside the quiet ones."""

    kind: Literal["hour_picker"] = "hour_picker"
    enrollment_id: int
    picked: tuple[int, ...]
    hours: tuple[int, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class MinutePicker:
    """:00, :15, :30, :45."""

    kind: Literal["minute_picker"] = "minute_picker"
    enrollment_id: int
    picked: tuple[int, ...]
    hour: int
    minutes: tuple[int, ...] = (0, 15, 30, 45)
    """Those that are not quiet; never empty."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ZoneQuestion:
    """Asks whether it is now this time where the learner is."""

    kind: Literal["zone_question"] = "zone_question"
    enrollment_id: int
    local_time: str
    """`HH:MM` in the zone that is asked about, when the question was made."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ZoneOffer:
    """Nearby clocks, after "No": what time it is there now, never a list of names."""

    kind: Literal["zone_offer"] = "zone_offer"
    enrollment_id: int
    choices: tuple[tuple[str, str], ...]
    """Zone id and its local time `HH:MM`, from the earliest clock to the latest."""
    further: int | None = None
    """Page with clocks further away; None when there are none."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ScheduleSet:
    """One line that stays: "Set: workdays 09:00. Change with /schedule"."""

    kind: Literal["schedule_set"] = "schedule_set"
    slot: Slot
    next_at: datetime | None = None
    zone: str = ""
    moved: bool = False
    """The time was moved by half an hour or more: another course has its lesson at that minute."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Paused:
    """Lessons are paused; they come back by themselves when `until` is given."""

    kind: Literal["paused"] = "paused"
    until: datetime | None
    zone: str
    enrollment_id: int = 0
    """The button that takes lessons up again points at it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class TypeCode:
    """No code came with /start: type it, or look at a sample lesson first."""

    kind: Literal["type_code"] = "type_code"
    academy: str
    sample: bool = True
    """There is a lesson to look at."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SampleCard:
    """A card of the sample lesson, for somebody of whom nothing is kept."""

    kind: Literal["sample_card"] = "sample_card"
    course: str
    card: int
    """1-based."""
    cards: int
    text: RichText


@dataclass(frozen=True, slots=True, kw_only=True)
class JoinRefused:
    """Why this code or link does not let anybody in."""

    kind: Literal["join_refused"] = "join_refused"
    reason: Literal["unknown", "closed", "full", "too_many_tries"]
    """`closed` is said only to a person who holds the link (A05: same answer for a typed code)."""
    closed_at: datetime | None = None
    zone: str = ""
    facilitator: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class AlreadyJoined:
    """The link was opened again by somebody who is in."""

    kind: Literal["already_joined"] = "already_joined"
    group: str
    lesson: int
    """Number of the lesson waiting or coming next, 1-based."""
    finished: bool = False
    """Every lesson is finished; there is none to continue."""
    assignment_id: int | None = None
    """The open lesson to go on with; None when none is open."""
    next_at: datetime | None = None
    """When the next lesson comes by itself; None while one is open, or when none does."""
    zone: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class WelcomeBack:
    """After blocking or leaving: go on where they were."""

    kind: Literal["welcome_back"] = "welcome_back"
    group_id: int
    group: str
    lesson: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """Language and text-only mode."""

    kind: Literal["settings"] = "settings"
    language: str
    languages: tuple[str, ...]
    text_only: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class MyData:
    """The export: a file with everything about this person."""

    kind: Literal["my_data"] = "my_data"
    document: str
    """JSON text."""


@dataclass(frozen=True, slots=True, kw_only=True)
class LeaveQuestion:
    """Leave the group: what stays, what stops."""

    kind: Literal["leave_question"] = "leave_question"
    enrollment_id: int
    group: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Left:
    """The group was left."""

    kind: Literal["left"] = "left"
    group: str


@dataclass(frozen=True, slots=True, kw_only=True)
class EraseQuestion:
    """Erase: what goes and what stays, asked once."""

    kind: Literal["erase_question"] = "erase_question"


@dataclass(frozen=True, slots=True, kw_only=True)
class Help:
    """Five lines and the facilitator's name."""

    kind: Literal["help"] = "help"
    facilitator: str
    contact: str
    roles: tuple[str, ...] = ()
    """`facilitator`, `admin`: what else this person may do."""
    joined: bool = True
    """False for somebody who is in no group yet."""


JoiningMessage: TypeAlias = (
    Welcome
    | PrivacyNotice
    | NotJoined
    | ScheduleOffer
    | DaysPicker
    | HourPicker
    | MinutePicker
    | ZoneQuestion
    | ZoneOffer
    | ScheduleSet
    | Paused
    | TypeCode
    | SampleCard
    | JoinRefused
    | AlreadyJoined
    | WelcomeBack
    | Settings
    | MyData
    | LeaveQuestion
    | Left
    | EraseQuestion
    | Help
)
