"""The closed union of steps a lesson is made of: cards and questions.

A card shows something and waits for Continue; a question waits for a response that can be
marked. Texts are the author's Markdown as written; `lessons.markup.parse` turns it into spans.
"""

from dataclasses import dataclass
from decimal import Decimal
from typing import Literal, TypeAlias


@dataclass(frozen=True, slots=True, kw_only=True)
class Say:
    """A card of text."""

    kind: Literal["say"] = "say"
    id: str
    """Unique in the course; written by the author, else `<lesson id>-card-<n>`."""
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Image:
    """A card with a picture and, under it, an optional text."""

    kind: Literal["image"] = "image"
    id: str
    path: str
    """Path inside the course folder, such as `media/night-load.png`."""
    alt: str
    """What the picture shows, for those who do not see it; never empty."""
    text: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Option:
    """One answer to choose."""

    text: str
    right: bool
    why: str = ""
    """Shown when this option was chosen."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """What all kinds of question share."""

    id: str
    """Unique in the course and stable for ever: answers are recorded under it."""
    prompt: str
    hints: tuple[str, ...] = ()
    explain: str = ""
    """Shown with the answer, whatever was chosen."""
    points: int = 1
    """1..100."""
    tries: int = 2
    """1..5, how many responses count before the answer is shown."""
    image: str | None = None
    """Path of a picture shown with the question, if any."""
    alt: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Choose(Question):
    """Exactly one of the options is right."""

    kind: Literal["choose"] = "choose"
    options: tuple[Option, ...]
    """2..10, in the author's order."""
    shuffle: bool = True
    keep_last: bool = False
    """The last option stays last when the others are shuffled ("None of these")."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ChooseAll(Question):
    """Any number of options, at least one, is right."""

    kind: Literal["choose_all"] = "choose_all"
    options: tuple[Option, ...]
    shuffle: bool = True
    keep_last: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class TrueFalse(Question):
    """A statement that is true or false."""

    kind: Literal["true_false"] = "true_false"
    answer: bool
    why: str = ""
    """Shown when the learner was wrong; `explain` is shown always."""


@dataclass(frozen=True, slots=True, kw_only=True)
class KnownNumber:
    """A wrong number that learners often give, and what it tells about their thinking."""

    when: Decimal
    why: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Number(Question):
    """A number typed by the learner."""

    kind: Literal["number"] = "number"
    answer: Decimal | None = None
    """The right number; None when `between` is given."""
    between: tuple[Decimal, Decimal] | None = None
    """Both ends are right."""
    tolerance: Decimal = Decimal(0)
    """Absolute; a tolerance written in percent is converted by the reader."""
    unit: str = ""
    known: tuple[KnownNumber, ...] = ()
    """The author's `close:` list."""


@dataclass(frozen=True, slots=True, kw_only=True)
class KnownText:
    """A wrong answer that learners often type, and why it is wrong."""

    when: str
    why: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Text(Question):
    """A word or a short phrase typed by the learner."""

    kind: Literal["text"] = "text"
    accept: tuple[str, ...]
    """At least one; words, never patterns. The first is shown as the answer."""
    typos: int = 1
    """Letters that may be wrong in a word of five letters or more; 0..2."""
    known: tuple[KnownText, ...] = ()
    """The author's `reject:` list; it goes before `accept` and before typos are forgiven."""


AnyQuestion: TypeAlias = Choose | ChooseAll | TrueFalse | Number | Text
Card: TypeAlias = Say | Image
Step: TypeAlias = Card | AnyQuestion
