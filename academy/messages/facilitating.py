"""What facilitators and admins are told, and the announcements they make."""

from dataclasses import dataclass
from datetime import datetime
from typing import Literal, TypeAlias

from academy.messages.authoring import AuthoringMessage
from academy.messages.learning import Picture
from lessons.markup import RichText
from reports.completion import Figures


@dataclass(frozen=True, slots=True, kw_only=True)
class GroupChoice:
    """A facilitator of several groups: which one?"""

    kind: Literal["group_choice"] = "group_choice"
    purpose: Literal["group", "announce"]
    groups: tuple[tuple[int, str], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Hand:
    """Somebody who needs a hand, and why."""

    name: str
    reasons: tuple[str, ...]
    """`reports.needs_a_hand.Reason` values, most telling first; never empty."""
    last_active_at: datetime
    """The last sign of any kind; joining is the first one."""


@dataclass(frozen=True, slots=True, kw_only=True)
class GroupSummary:
    """/group: the five figures, in words and as a picture."""

    kind: Literal["group_summary"] = "group_summary"
    group_id: int
    group: str
    course: str
    figures: Figures
    hands: tuple[Hand, ...]
    """The first who need a hand; all of them are one tap away."""
    zone: str
    """The group's zone, in which moments are shown."""
    code: str
    """As it is shown: `K7Q4 MXPR`."""
    link: str
    """Empty while the bot's name is unknown."""
    to_grade: int = 0
    """Answers that wait to be graded."""
    oldest_hours: int = 0
    """Since when the oldest of them waits, in whole hours."""


@dataclass(frozen=True, slots=True, kw_only=True)
class GroupHands:
    """Everybody who needs a hand, with all reasons."""

    kind: Literal["group_hands"] = "group_hands"
    group: str
    hands: tuple[Hand, ...]
    more: int
    """How many are not named here."""
    zone: str


@dataclass(frozen=True, slots=True, kw_only=True)
class AnnouncePrompt:
    """/announce: write it, or send a picture with text."""

    kind: Literal["announce_prompt"] = "announce_prompt"
    group: str
    replaces: int = 0
    """The draft that the new text takes the place of; 0 when there is none yet."""


@dataclass(frozen=True, slots=True, kw_only=True)
class AnnounceTooLong:
    """More than one message carries: how much to cut, counted as the messenger counts."""

    kind: Literal["announce_too_long"] = "announce_too_long"
    over: int
    limit: int
    with_picture: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Announcement:
    """What learners get. The preview and the delivery are this same message."""

    kind: Literal["announcement"] = "announcement"
    text: RichText
    photo_file_id: str | None = None
    """Telegram's name of a picture the author sent."""
    picture: Picture | None = None
    """A picture of the course, of an announcement that came with it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class AnnounceReady:
    """Below an announcement of the course whose day has come: send it, change it, or not now?"""

    kind: Literal["announce_ready"] = "announce_ready"
    announcement_id: int
    group: str
    people: int
    """Who would get it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class AnnounceControl:
    """Under the preview: who gets it when, and what to do with it."""

    kind: Literal["announce_control"] = "announce_control"
    announcement_id: int
    group: str
    people: int
    now: int
    later: int
    """Wait for the end of quiet hours where they are."""
    later_at: datetime | None
    """When the first of them wakes up; None when nobody waits."""
    zone: str
    """The group's zone, in which moments are shown."""
    paused: int
    unreachable: int
    send_at: datetime | None = None
    """Set by [Schedule]."""
    tested: bool = False
    names: tuple[str, ...] = ()
    """Filled by [Who gets it]."""
    schedule_choices: tuple[datetime, ...] = ()
    """Filled by [Schedule]."""


@dataclass(frozen=True, slots=True, kw_only=True)
class AnnounceSending:
    """Confirmed; can be undone until `undo_until`."""

    kind: Literal["announce_sending"] = "announce_sending"
    announcement_id: int
    people: int
    seconds: int
    """Length of the undo window."""
    send_at: datetime | None
    zone: str


@dataclass(frozen=True, slots=True, kw_only=True)
class AnnounceReport:
    """What became of an announcement; says that nobody can know who has read it."""

    kind: Literal["announce_report"] = "announce_report"
    announcement_id: int
    accepted: int
    waiting: int
    waiting_until: datetime | None
    zone: str
    failed: tuple[tuple[str, int], ...]
    """Reason (`blocked`, `not_found`, `refused`, `uncertain`, `left`, `cancelled`) and count, most first."""
    undoable: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class AnnounceCancelled:
    """Undone or dropped; how many had been sent before."""

    kind: Literal["announce_cancelled"] = "announce_cancelled"
    sent_before: int


@dataclass(frozen=True, slots=True, kw_only=True)
class AnnounceLate:
    """Below an announcement whose time is over: send it anyway, or drop it?"""

    kind: Literal["announce_late"] = "announce_late"
    announcement_id: int
    group: str
    people: int
    """Who has not got it."""
    told: int
    useful_until: datetime
    zone: str
    """The group's zone, in which moments are shown."""


@dataclass(frozen=True, slots=True, kw_only=True)
class LearnerQuestion:
    """A learner asks; replying to this message answers."""

    kind: Literal["learner_question"] = "learner_question"
    question_id: int
    learner: str
    group: str
    lesson: str
    """Title of the lesson it is about; empty when about none."""
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class AnswerSent:
    """The answer is on its way to the learner."""

    kind: Literal["answer_sent"] = "answer_sent"
    learner: str
    again: bool
    """Somebody had answered already; this one is sent too."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Notice:
    """A sentence that needs nothing but its name."""

    kind: Literal["notice"] = "notice"
    what: Literal[
        "not_allowed",
        "unknown_command",
        "our_fault",
        "slow_down",
        "button_not_in_use",
        "unsupported_content",
        "erased",
        "cancelled",
        "no_group",
        "facilitator_here",
        "admin_here",
    ]
    trace: str = ""
    """Of a fault of ours: where to look for it (`dusal inbox dead`)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class OperatorAlarm:
    """Told to admins: something needs a person."""

    kind: Literal["operator_alarm"] = "operator_alarm"
    what: Literal[
        "updates_may_be_lost",
        "held",
        "clock_jump",
        "code_guessing",
        "nothing_sent",
        "sending_paused",
        "set_aside",
        "disk_nearly_full",
        "restarts",
    ]
    count: int = 0
    hours: int = 0
    reason: str = ""
    """Why sending was paused: the name that `app.sending_gate` was given."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ManyJoined:
    """A crowd came in within an hour: is that meant?"""

    kind: Literal["many_joined"] = "many_joined"
    group: str
    people: int


@dataclass(frozen=True, slots=True, kw_only=True)
class MessagesMayBeLost:
    """We were away for longer than the messenger keeps messages: told to facilitators of these groups."""

    kind: Literal["messages_may_be_lost"] = "messages_may_be_lost"
    hours: int
    groups: tuple[str, ...]
    """Names of groups in which somebody is inside a lesson; never empty."""


FacilitatingMessage: TypeAlias = (
    GroupChoice
    | GroupSummary
    | GroupHands
    | AnnouncePrompt
    | AnnounceTooLong
    | Announcement
    | AnnounceReady
    | AnnounceControl
    | AnnounceSending
    | AnnounceReport
    | AnnounceCancelled
    | AnnounceLate
    | LearnerQuestion
    | AnswerSent
    | Notice
    | OperatorAlarm
    | ManyJoined
    | MessagesMayBeLost
    | AuthoringMessage
)
