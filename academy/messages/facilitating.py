"""What facilitators and admins are told, and the announcements they make."""

from dataclasses import dataclass
from datetime import datetime
from typing import Literal, TypeAlias

from lessons.markup import RichText


@dataclass(frozen=True, slots=True, kw_only=True)
class GroupChoice:
    """A facilitator of several groups: which one?"""

    kind: Literal["group_choice"] = "group_choice"
    purpose: Literal["group", "announce"]
    groups: tuple[tuple[int, str], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class GroupSummary:
    """/group: the five figures, in words and as a picture."""

    kind: Literal["group_summary"] = "group_summary"
    group_id: int
    group: str
    course: str
    invited: int | None
    joined: int
    started: int
    on_schedule: int
    finished: int
    need_a_hand: int
    hands: tuple[tuple[str, tuple[str, ...]], ...]
    """Who needs a hand: name and reasons (`reports.needs_a_hand.Reason` values); at most ten."""
    code: str
    link: str
    """Empty while the bot's name is unknown."""


@dataclass(frozen=True, slots=True, kw_only=True)
class AnnouncePrompt:
    """/announce: write it, or send a picture with text."""

    kind: Literal["announce_prompt"] = "announce_prompt"
    group: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Announcement:
    """What learners get. The preview and the delivery are this same message."""

    kind: Literal["announcement"] = "announcement"
    text: RichText
    photo_file_id: str | None = None
    """Telegram's name of a picture the author sent."""


@dataclass(frozen=True, slots=True, kw_only=True)
class AnnounceControl:
    """Under the preview: who gets it when, and what to do with it."""

    kind: Literal["announce_control"] = "announce_control"
    announcement_id: int
    group: str
    people: int
    now: int
    later: int
    """Wait for the end of quiet hours."""
    later_at: datetime | None
    zone: str
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
    """Reason (`blocked`, `not_found`, `refused`, `uncertain`, `cancelled`) and count."""
    undoable: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class AnnounceCancelled:
    """Undone or dropped; how many had been sent before."""

    kind: Literal["announce_cancelled"] = "announce_cancelled"
    sent_before: int


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
class CourseReport:
    """The check of a dropped course: the first problems as text, all of them as a file."""

    kind: Literal["course_report"] = "course_report"
    name: str
    errors: int
    warnings: int
    first: tuple[str, ...]
    """At most three problems, each drawn as text."""
    document: str
    """All problems drawn as text; empty when there are none."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PublishOffer:
    """A clean course: publish it?"""

    kind: Literal["publish_offer"] = "publish_offer"
    draft_id: int
    course: str
    course_id: str
    version: str
    content_hash: str
    """First 12 hex digits."""
    lessons: int
    questions: int
    languages: tuple[str, ...]
    warnings: int
    learners: int
    """People enrolled in a published version of this course: they keep theirs."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PublishResult:
    """What became of [Publish]."""

    kind: Literal["publish_result"] = "publish_result"
    outcome: Literal["published", "unchanged", "version_taken", "expired"]
    course_id: str
    version: str
    content_hash: str


@dataclass(frozen=True, slots=True, kw_only=True)
class FileRefused:
    """Why a file in the chat was not taken."""

    kind: Literal["file_refused"] = "file_refused"
    reason: Literal["not_admin", "type", "too_large", "bomb", "private_chat_only", "gone", "no_file_expected"]
    limit_megabytes: int = 0


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
    ]


@dataclass(frozen=True, slots=True, kw_only=True)
class OperatorAlarm:
    """Told to admins: something needs a person."""

    kind: Literal["operator_alarm"] = "operator_alarm"
    what: Literal["updates_may_be_lost", "held", "clock_jump"]
    count: int = 0
    hours: int = 0


FacilitatingMessage: TypeAlias = (
    GroupChoice
    | GroupSummary
    | AnnouncePrompt
    | Announcement
    | AnnounceControl
    | AnnounceSending
    | AnnounceReport
    | AnnounceCancelled
    | LearnerQuestion
    | AnswerSent
    | CourseReport
    | PublishOffer
    | PublishResult
    | FileRefused
    | Notice
    | OperatorAlarm
)
