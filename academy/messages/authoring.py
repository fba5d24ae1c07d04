"""What an admin is told about courses: the check of a dropped file, the offer to publish, the list."""

from dataclasses import dataclass
from typing import Literal, TypeAlias


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


AuthoringMessage: TypeAlias = CourseReport | PublishOffer | PublishResult | FileRefused | CourseList
