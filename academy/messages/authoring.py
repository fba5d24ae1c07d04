"""What an admin is told about courses: the check of a dropped file, the offer to publish, the list."""

from dataclasses import dataclass
from typing import Literal, TypeAlias

from academy.messages.learning import LearningMessage
from academy.messages.surveying import SurveyingMessage
from academy.messages.testing import TestingMessage
from academy.messages.versions import CourseChanges, Moves, VersionMessage


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
    """People enrolled in a published version of this course."""
    changes: CourseChanges | None = None
    """What is different from the version people learn; None when there is none yet."""
    renames: tuple[tuple[str, str, bool], ...] = ()
    """Ids that look renamed: as written, as it was, and whether the admin said that they are one thing."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PlanChoice:
    """[Publish] over a course that people are in: who gets the new version?"""

    kind: Literal["plan_choice"] = "plan_choice"
    draft_id: int
    course: str
    version: str
    key_corrected: bool
    """Some right answer is another one now, so answers could be marked again."""
    mark_again: bool = False
    """The admin wants that."""
    moves: Moves
    """What would become of whom, from their next lesson."""


@dataclass(frozen=True, slots=True, kw_only=True)
class TrialStep:
    """One step of a dropped course, as a learner would read it."""

    kind: Literal["trial_step"] = "trial_step"
    draft_id: int
    shown: LearningMessage | SurveyingMessage | TestingMessage
    """As a learner sees it; after [Answer], as a question is read again."""
    lesson: int
    """0-based, as is `step`."""
    step: int
    title: str
    """The lesson's."""
    has_answer: bool = False
    """A question whose right answer comes next."""
    last_step: bool
    last_lesson: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class PublishResult:
    """What became of [Publish]."""

    kind: Literal["publish_result"] = "publish_result"
    outcome: Literal["published", "unchanged", "version_taken", "expired"]
    course_id: str
    version: str
    content_hash: str
    moves: Moves = Moves()
    """What became of those who learn an earlier version."""
    new_groups_only: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class FileRefused:
    """Why a file in the chat was not taken."""

    kind: Literal["file_refused"] = "file_refused"
    reason: Literal[
        "not_admin",
        "type",
        "too_large",
        "bomb",
        "private_chat_only",
        "gone",
        "no_file_expected",
        "forwarded",
        "out_of_reach",
    ]
    """`gone`: Telegram no longer has the file; `out_of_reach`: it could not be fetched just now."""
    limit_megabytes: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class CourseLine:
    """One published course in its latest version."""

    title: str
    course_id: str
    version: str
    lessons: int
    learners: int
    """Enrolled in any version, the withdrawn left out."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CourseList:
    """/courses: what is published, and how to bring more."""

    kind: Literal["course_list"] = "course_list"
    courses: tuple[CourseLine, ...]
    """At most twenty."""
    more: int = 0


AuthoringMessage: TypeAlias = (
    CourseReport
    | PublishOffer
    | PlanChoice
    | TrialStep
    | PublishResult
    | FileRefused
    | CourseList
    | VersionMessage
)
