"""The closed union of steps a lesson is made of: cards, questions and surveys.

A card shows something and waits for Continue; a question waits for a response that is marked; a
survey waits for one that is kept and never marked. Texts are the author's Markdown as written;
`lessons.markup.parse` turns it into spans.
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
class Audio:
    """A card with something to listen to; the same words are there to be read."""

    kind: Literal["audio"] = "audio"
    id: str
    path: str
    transcript: str
    """Everything that is said, for those who cannot listen now; never empty."""
    text: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Video:
    """A card with a short film."""

    kind: Literal["video"] = "video"
    id: str
    path: str
    alt: str
    """What the film shows, for those who do not see it; never empty."""
    transcript: str = ""
    text: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class File:
    """A card with a file to keep: a form, a checklist, a table."""

    kind: Literal["file"] = "file"
    id: str
    path: str
    alt: str
    """What the file is and holds; never empty."""
    text: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class More:
    """A card of which a part is folded up until somebody wants to know more."""

    kind: Literal["more"] = "more"
    id: str
    text: str = ""
    """What everybody reads."""
    more: str
    """The part that is folded up; never empty."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Link:
    """A card that leads to a page elsewhere."""

    kind: Literal["link"] = "link"
    id: str
    url: str
    """Starts with `https://`."""
    label: str = ""
    """On the button: where it leads; empty for the name of the host."""
    text: str
    """What is found there, and why to look; never empty."""


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
    review: bool = False
    """Asked again some days after the lesson; never where a person grades, and never in a test."""


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
    """Letters that may be wrong: one in a word of five letters, two in a longer one; 0..2 in all."""
    known: tuple[KnownText, ...] = ()
    """The author's `reject:` list; it goes before `accept` and before typos are forgiven."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Order(Question):
    """Things to be put in order."""

    kind: Literal["order"] = "order"
    items: tuple[str, ...]
    """2..8, in the right order; no two say the same."""
    why: str = ""
    """Shown when the learner was wrong."""


@dataclass(frozen=True, slots=True, kw_only=True)
class MatchPair:
    """Two things that belong together."""

    left: str
    right: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Match(Question):
    """Things that belong together, one by one."""

    kind: Literal["match"] = "match"
    pairs: tuple[MatchPair, ...]
    """2..5; no two left sides and no two right sides say the same."""
    why: str = ""
    """Shown when the learner was wrong."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RubricLevel:
    """What an answer needs for so many points."""

    points: int
    """0..`Open.points`; levels ascend."""
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Open(Question):
    """A question answered in the learner's own words or voice, and graded by a person.

    It has one try. Until somebody has graded the answer, it counts neither for nor against anybody.
    """

    kind: Literal["open"] = "open"
    model_answer: str = ""
    """Shown right after the learner's own answer, to compare."""
    rubric: tuple[RubricLevel, ...] = ()
    """May be empty: then the grades are none, half and all of the points."""
    reply_within: int = 2
    """Workdays until somebody answers, 1..10; said to the learner."""
    voice: bool = True
    """A voice note is an answer too."""
    hide_name: bool = True
    """Whoever grades sees the answer first, and the name on demand."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Survey:
    """What all kinds of survey share; nothing in them is right or wrong."""

    id: str
    """Unique in the course and stable for ever, as of a question."""
    prompt: str
    image: str | None = None
    alt: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Poll(Survey):
    """What do you think? One of several opinions."""

    kind: Literal["poll"] = "poll"
    options: tuple[str, ...]
    """2..10."""
    anonymous: bool = True
    """Facilitators see how many chose what, and not who."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Rate(Survey):
    """A number on a scale."""

    kind: Literal["rate"] = "rate"
    low: int
    high: int
    """`low` < `high`, at most 10 steps apart."""
    low_text: str = ""
    """What the lowest number means: "not sure"."""
    high_text: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Reflect(Survey):
    """A moment to think; what is written stays private unless it is shared."""

    kind: Literal["reflect"] = "reflect"


AnyQuestion: TypeAlias = Choose | ChooseAll | TrueFalse | Number | Text | Order | Match | Open
AnySurvey: TypeAlias = Poll | Rate | Reflect
Card: TypeAlias = Say | Image | Audio | Video | File | More | Link
Step: TypeAlias = Card | AnyQuestion | AnySurvey

CARDS = (Say, Image, Audio, Video, File, More, Link)
"""For `isinstance`: what only shows something."""
SURVEYS = (Poll, Rate, Reflect)
"""For `isinstance`: what is asked and never marked."""
