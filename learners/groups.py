"""Groups that learn one course together, and the people enrolled in them."""

from dataclasses import dataclass
from datetime import datetime, time
from typing import Literal, TypeAlias

EnrollmentState: TypeAlias = Literal["joining", "active", "paused", "finished", "withdrawn"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Group:
    """A cohort: one course, one join link, one or more facilitators."""

    id: int
    name: str
    course_version_id: int
    """The version that new enrollments are pinned to."""
    zone: str
    weekdays: frozenset[int]
    at: time
    expected: int | None
    """How many were invited, when somebody said so."""
    link_token: str
    """22 characters, 128 bits, for the join link."""
    code: str
    """Eight characters without 0, O, 1, I, L, to be said aloud."""
    capacity: int
    closes_at: datetime | None
    created_at: datetime
    auto_announcements: bool = False
    """Announcements of the course that ask for it go out without a facilitator's press."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Enrollment:
    """One person in one group, pinned to one version of the course."""

    id: int
    person_id: int
    group_id: int
    course_version_id: int
    weekdays: frozenset[int]
    at: time
    state: EnrollmentState
    joined_at: datetime
    started_at: datetime | None = None
    paused_until: datetime | None = None
    """None while paused means: until the learner says otherwise."""
    finished_at: datetime | None = None
    passed_at: datetime | None = None
    """Set when a corrected key would take back what was passed: it stays passed."""
    fresh_since: datetime | None = None
    """Set when the learner asked for questions from time to time after the course."""
