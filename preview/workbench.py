"""What an author sees and does beside the phones, and who answers for it.

The page knows courses only in this shape: texts and places, and no rules. Whoever runs a preview
gives the server a `Bench`; a server without one shows no panel.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Literal, Protocol


@dataclass(frozen=True, slots=True, kw_only=True)
class StepLine:
    """A step in the list of lessons."""

    id: str
    kind: str
    words: str
    """The first words of it, without markup."""


@dataclass(frozen=True, slots=True, kw_only=True)
class LessonLine:
    """A lesson in the list."""

    id: str
    title: str
    is_test: bool
    """Its questions are drawn, so only its beginning can be jumped to."""
    steps: tuple[StepLine, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class ProblemLine:
    """Something in the course that its author should look at."""

    severity: Literal["error", "warning"]
    code: str
    place: str
    """`course.yaml:12:5`, inside the course; without numbers when the file as a whole is meant."""
    message: str
    fix: str
    drawn: str
    """As `dusal course check` shows it, for copying."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Desk:
    """The course as it was read last, and the one that is on the phones."""

    title: str
    version: str
    """Of what is on the phones."""
    lessons: tuple[LessonLine, ...]
    """Of what is on the phones."""
    problems: tuple[ProblemLine, ...]
    """Of what was read last: errors first, then warnings, each in the order of the files."""
    is_shown: bool
    """False while what was read last has errors: the phones stay with what was good."""
    read_at: datetime
    """Real time, not the bot's."""
    revision: int
    """Grows with every reading, from 1."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """Where somebody is in the course."""

    person_id: int
    lesson_id: str
    """Empty when no lesson is open."""
    step: int
    """Index in the lesson."""
    step_id: str
    """Empty when no lesson is open, or the one that is waits to be begun."""
    steps: int
    """Of the lesson, as this person has it: of a test only those that were drawn."""
    version: str
    try_number: int
    next_at: datetime | None
    """When something is due for this person."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SavedFile:
    """A file for the author to keep."""

    name: str
    content: str


class Bench(Protocol):
    """Answers for the course in a preview (given by the app)."""

    def desk(self) -> Desk:
        """Return the course as it stands."""
        ...

    async def standings(self) -> tuple[Standing, ...]:
        """Return where everybody is who has joined."""
        ...

    async def jump(self, *, person_id: int, lesson_id: str, step: int) -> str:
        """Put somebody at this step, to begin anew there; return why not, empty when done."""
        ...

    def transcript(self, *, person_id: int) -> SavedFile:
        """Return the conversation of this person as Markdown."""
        ...

    async def save_script(self, *, person_id: int) -> SavedFile | str:
        """Return the test that was made of this conversation, or in words why there is none.

        It lies beside the course; its name is the path as the author would type it. Raises OSError
        when it cannot be kept.
        """
        ...
