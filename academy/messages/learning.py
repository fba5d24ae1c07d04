"""What is said inside and around lessons."""

from dataclasses import dataclass
from datetime import datetime
from typing import Literal, TypeAlias

from academy.messages.arranging import Arranged
from academy.messages.asking import AnswerFromPerson, Asked, AskPrompt, AskQuestion, NobodyToAsk
from academy.messages.cards import Enclosure, EnclosureShown, PageLink
from academy.messages.testing import AboutTest
from lessons.markup import RichText

LESSONS_A_PAGE = 8
"""Rows of buttons that fit on a phone of 740 px below their list."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Picture:
    """A picture of the course."""

    sha256: str
    """Key into `media`."""
    alt: str
    size_bytes: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class LessonOffer:
    """The only message that buzzes at the learner's hour."""

    kind: Literal["lesson_offer"] = "lesson_offer"
    assignment_id: int
    lesson: int
    """1-based number in the course."""
    lessons: int
    title: str
    minutes: int
    occasion: Literal["new", "still_here", "as_asked", "back"] = "new"
    """`still_here`: offered before and not started; `as_asked`: at the moment chosen with [Later];
    `back`: the first one after a pause."""
    test: AboutTest | None = None
    """What to know before a test; None for other lessons."""


@dataclass(frozen=True, slots=True, kw_only=True)
class LaterMenu:
    """[Later]: when instead?"""

    kind: Literal["later_menu"] = "later_menu"
    offer: LessonOffer
    choices: tuple[datetime, ...]
    """Moments outside the quiet hours, ascending; at most three."""
    zone: str


@dataclass(frozen=True, slots=True, kw_only=True)
class LaterSet:
    """The lesson will be offered again at `at`."""

    kind: Literal["later_set"] = "later_set"
    offer: LessonOffer
    at: datetime
    zone: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Reminder:
    """One nudge for a lesson that was not started or not finished."""

    kind: Literal["reminder"] = "reminder"
    offer: LessonOffer
    variant: int
    """0..5: which wording, so that it is not the same one each time."""
    started: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class LessonStarted:
    """What the offer turns into once its button was used; no buttons."""

    kind: Literal["lesson_started"] = "lesson_started"
    lesson: int
    lessons: int
    title: str


@dataclass(frozen=True, slots=True, kw_only=True)
class CardShown:
    """A card of a lesson, with Continue unless it is being read again."""

    kind: Literal["card"] = "card"
    assignment_id: int
    step: int
    """0-based index in the lesson; the button points back at it."""
    lesson: int
    lessons: int
    card: int
    """1-based among the cards of the lesson."""
    cards: int
    title: str
    """Shown on the first card only; empty otherwise."""
    text: RichText
    picture: Picture | None = None
    enclosure: Enclosure | None = None
    """At most one of picture and enclosure is there."""
    transcript: RichText = RichText("")
    """What is said in the enclosure; empty where nothing is."""
    folded: RichText = RichText("")
    """More about it, for those who want to know; empty without."""
    link: PageLink | None = None
    text_only: bool = False
    """Picture and enclosure are replaced by their description and a button that fetches them."""
    again: bool = False
    """Read again from /lessons: nothing is counted, [Continue] walks on."""
    last: bool = False
    """Nothing follows in this lesson; read again, it has no [Continue]."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Choice:
    """One option on the screen."""

    index: int
    """Place in the author's order: what the button carries."""
    text: str
    picked: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class QuestionShown:
    """A question waiting for a response."""

    kind: Literal["question"] = "question"
    assignment_id: int
    step: int
    question: int
    """1-based among the questions of the lesson."""
    questions: int
    form: Literal["choose", "choose_all", "true_false", "number", "text", "order", "match", "open"]
    prompt: RichText
    choices: tuple[Choice, ...] = ()
    """In the order shown; empty for typed answers. For true_false: index 1 = true, 0 = false."""
    try_number: int = 1
    has_hint: bool = False
    """There is a hint that has not been shown yet."""
    hint: RichText | None = None
    """The hints shown so far, one paragraph each; None when there are none."""
    hints_shown: int = 0
    unit: str = ""
    in_test: bool = False
    """The answer is only kept, and the question may be left out."""
    arranged: Arranged | None = None
    """For `order` and `match` only."""
    voice: bool = False
    """`open`: a voice note is an answer too."""
    picture: Picture | None = None
    text_only: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class OptionResult:
    """What to say of one option after a `choose_all`, or of one pair after a `match`."""

    text: str
    result: Literal["right", "missed", "wrong"]
    why: RichText


@dataclass(frozen=True, slots=True, kw_only=True)
class Feedback:
    """The verdict on a response, with the reason; the prompt stays visible above it."""

    kind: Literal["feedback"] = "feedback"
    assignment_id: int
    step: int
    verdict: Literal["right", "partly", "not_yet", "answer"]
    """`not_yet`: another try is left. `answer`: no try is left, or the answer was asked for."""
    prompt: RichText
    chosen: str
    """What the learner said, as they see it: the option's words, "150 kWh"; empty when nothing."""
    answer: str = ""
    """The right answer in words; empty while a try is left."""
    spelling: str = ""
    """The author's spelling, when a typed answer passed with a small typo."""
    why: RichText = RichText("")
    explain: RichText = RichText("")
    hint: RichText | None = None
    options: tuple[OptionResult, ...] = ()
    typed: bool = False
    """The learner typed: the feedback comes as a new message and names the question again."""
    last: bool = False
    """Nothing follows in this lesson: Continue finishes it."""
    form: Literal["choose", "choose_all", "true_false", "number", "text", "order", "match"] = "choose"
    try_number: int = 1
    """The try this is the verdict on; the next one is one more."""
    missing: bool = False
    """`choose_all` with a try left: something that applies has not been chosen yet."""
    neighbours: tuple[int, int] | None = None
    """`order`: how many neighbours are the right way round, and how many there are."""


@dataclass(frozen=True, slots=True, kw_only=True)
class QuestionRead:
    """A question of a finished lesson, read again: the answer in words, nothing to press but on."""

    kind: Literal["question_read"] = "question_read"
    assignment_id: int
    step: int
    question: int
    """1-based among the questions of the lesson."""
    questions: int
    prompt: RichText
    answer: str
    explain: RichText = RichText("")
    picture: Picture | None = None
    text_only: bool = False
    last: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class PictureShown:
    """The picture itself, fetched on purpose by somebody who reads without pictures."""

    kind: Literal["picture_shown"] = "picture_shown"
    picture: Picture


@dataclass(frozen=True, slots=True, kw_only=True)
class NotRead:
    """A typed answer that could not be read; no try is used up."""

    kind: Literal["not_read"] = "not_read"
    reason: Literal["number_expected", "wrong_unit", "text_expected", "button_expected", "writing_expected"]
    typed: str
    unit: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class LessonDone:
    """A lesson is finished; when the next one comes."""

    kind: Literal["lesson_done"] = "lesson_done"
    done: int
    """Lessons finished so far."""
    lessons: int
    next_at: datetime | None
    """None when nothing more comes by itself."""
    zone: str
    first: bool
    """After the first lesson the interface is taught, once."""
    enrollment_id: int = 0
    """[Next lesson] points at it; 0 where the next one can not be taken at once."""
    given: int = 0
    """Lessons given so far, carried by [Next lesson]."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CourseDone:
    """The last lesson is finished."""

    kind: Literal["course_done"] = "course_done"
    course: str
    lessons: int
    score_percent: int | None
    """Final score; None when the course asks no questions."""
    passed: bool
    facilitator: str
    pass_percent: int = 0
    """Final score that passes."""
    waiting: int = 0
    """Answers that nobody has graded yet: before that nobody knows whether this is passed."""
    enrollment_id: int = 0
    """The button to the finished lessons points at it."""
    done: int | None = None
    """Lessons finished, where some can not come any more; None for all of them."""
    fresh: bool = False
    """It has questions that can come from time to time from now on, for those who want it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class OldButton:
    """A button of something that is over; leads on to what is current."""

    kind: Literal["old_button"] = "old_button"
    assignment_id: int | None
    """The open lesson to go to; None when nothing is open."""
    next_at: datetime | None
    zone: str


@dataclass(frozen=True, slots=True, kw_only=True)
class NothingNow:
    """/today when no lesson is open, and the end of a pause (`back`) that no lesson follows at once."""

    kind: Literal["nothing_now"] = "nothing_now"
    reason: Literal["next_at", "paused", "finished", "not_joined", "back"]
    next_at: datetime | None = None
    zone: str = ""
    enrollment_id: int = 0
    """[Start it now] points at it; 0 where the next lesson can not be taken early."""
    given: int = 0
    """Lessons given so far, carried by [Start it now]."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Progress:
    """/progress: all of it in words; the picture says the same."""

    kind: Literal["progress"] = "progress"
    course: str
    done: tuple[bool, ...]
    """One per lesson, in course order."""
    score_percent: int | None
    """Final score so far: points of best tries / points possible in questions answered."""
    first_try_percent: int | None
    days_this_week: int
    """Scheduled days this week on which a lesson was finished."""
    days_goal: int
    next_at: datetime | None
    zone: str
    open_assignment_id: int | None = None
    open_lesson: int = 0
    """1-based number of the open one; 0 for the first that is not finished."""
    text_only: bool = False
    enrollment_id: int = 0
    """The button to the finished lessons points at it."""
    finished: bool = False
    """The whole course is finished."""
    paused: bool = False
    waiting: int = 0
    """Answers that nobody has graded yet; they are not in the scores."""


@dataclass(frozen=True, slots=True, kw_only=True)
class LessonList:
    """/lessons: finished lessons to read again."""

    kind: Literal["lesson_list"] = "lesson_list"
    course: str
    finished: tuple[tuple[int, int, str], ...]
    """Assignment id, number, title; in course order; may be empty."""
    lessons: int
    page: int = 0
    """0-based; a page holds `LESSONS_A_PAGE`."""
    enrollment_id: int = 0
    """The paging buttons point back at it."""


LearningMessage: TypeAlias = (
    LessonOffer
    | LaterMenu
    | LaterSet
    | Reminder
    | LessonStarted
    | CardShown
    | QuestionShown
    | Feedback
    | QuestionRead
    | PictureShown
    | EnclosureShown
    | NotRead
    | LessonDone
    | CourseDone
    | OldButton
    | NothingNow
    | Progress
    | LessonList
    | AskPrompt
    | AskQuestion
    | Asked
    | NobodyToAsk
    | AnswerFromPerson
)
