"""A learner who is played: taps through a lesson on a phone, right, wrong or twice.

The player looks at the phone as a person does. What it knows beyond that is the course, as somebody
would who has the book: that is how it can be right, or wrong, on purpose.
"""

import asyncio
from collections.abc import Awaitable, Callable, Iterable
from dataclasses import dataclass, field
from typing import Literal, TypeAlias, assert_never

from i18n.catalog import translator
from lessons.markup import parse
from lessons.model import Course, Lesson
from lessons.placeholders import NAMES, filled
from lessons.steps import AnyQuestion, Choose, ChooseAll, Match, Number, Open, Order, Text, TrueFalse
from preview.phone_client import Phone, Shown

Habit: TypeAlias = Literal["right", "second_try", "twice"]
"""`second_try`: the first answer to each question is wrong. `twice`: every button is tapped twice."""

_MOST_TAPS = 80
"""No lesson takes as many; a player that goes on for ever has lost its way."""
_HEADING = "Quick question from lesson {lesson}"
"""As `bot.screens.reviewing` says it."""


class LostError(AssertionError):
    """The player does not know what to do with what the phone shows."""


async def never() -> bool:
    """Return False."""
    return False


@dataclass(slots=True)
class Player:
    """Plays lessons of one course, in the language the phone shows."""

    phone: Phone
    course: Course
    """In the phone's language (`lessons.translations.apply`)."""
    settled: Callable[[], Awaitable[None]]
    """Returns when the bot has answered everything."""
    habit: Habit = "right"
    over: Callable[[], Awaitable[bool]] = never
    """Tells that nothing is left to learn now, though the last message has buttons."""
    _tries: dict[str, int] = field(default_factory=dict)
    _answered: set[str] = field(default_factory=set)
    _kept: set[str] = field(default_factory=set)
    """Ids of the questions of a test that had their one try in this attempt."""
    _taken: set[str] = field(default_factory=set)
    """Ids of the tests that were taken before."""
    _again: set[int] = field(default_factory=set)
    """Messages on which a question came again: there it has its tries anew."""

    @property
    def answered(self) -> frozenset[str]:
        """Ids of the questions that were answered as the course says is right."""
        return frozenset(self._answered)

    async def play(self) -> None:
        """Walk on from the newest message until it has no buttons: the lesson is over."""
        self._kept.clear()
        for _ in range(_MOST_TAPS):
            await self.settled()
            shown = await self.phone.last()
            if (not shown.labels and self._typed(shown) is None) or await self.over():
                self._note_tests()
                return
            await self._act(shown)
        raise LostError(await self.phone.screen())

    def _note_tests(self) -> None:
        """Remember the tests that were taken: the next attempt is a second try."""
        for lesson in self.course.lessons:
            if lesson.test is not None and any(one.id in self._kept for one in lesson.questions):
                self._taken.add(lesson.id)

    def _test_with(self, question: AnyQuestion) -> str:
        """Return the id of the test this question belongs to; empty when it belongs to none."""
        return next(
            (one.id for one in self.course.lessons if one.test is not None and question in one.questions), ""
        )

    def _note_again(self, shown: Shown) -> None:
        """Forget what was answered to a question in its lesson, where it comes again."""
        if shown.id in self._again or not any(
            shown.text.startswith(translator(language)(_HEADING, lesson=number))
            for language in self.course.languages
            for number in range(1, len(self.course.lessons) + 1)
        ):
            return
        self._again.add(shown.id)
        for lesson in self.course.lessons:
            for question in lesson.questions:
                if question.review and _shows(shown, question.prompt):
                    self._answered.discard(question.id)
                    self._tries.pop(question.id, None)

    async def _act(self, shown: Shown) -> None:
        self._note_again(shown)
        question = self._question(shown)
        if question is None:
            # A survey keeps its options when one is ticked: the way on stands below them.
            ticked = any(label.startswith("✓ ") for labels in shown.labels for label in labels)
            await self._tap(shown, row=len(shown.labels) - 1 if ticked else 0, column=0)
            return
        test = self._test_with(question)
        first = test not in self._taken if test else self._tries.get(question.id, 0) == 0
        wrong = self.habit == "second_try" and first
        if test:
            self._kept.add(question.id)
        self._tries[question.id] = self._tries.get(question.id, 0) + 1
        if not wrong or isinstance(question, Open):
            self._answered.add(question.id)
        match question:
            case Choose():
                wanted = next(option.text for option in question.options if option.right != wrong)
                await self._tap_label(shown, wanted)
            case ChooseAll():
                await self._tick(shown, question, wrong=wrong)
            case TrueFalse():
                await self._tap(shown, row=0, column=0 if question.answer != wrong else 1)
            case Number():
                await self.phone.write("-7" if wrong else _number(question))
            case Text():
                await self.phone.write("зззззз" if wrong else question.accept[0])
            case Open():
                await self.phone.write(question.model_answer or "I would look for it first.")
            case Order():
                await self._put(reversed(question.items) if wrong else question.items)
            case Match():
                rights = [pair.right for pair in question.pairs]
                await self._put((*rights[1:], rights[0]) if wrong else rights)
            case _:
                assert_never(question)

    async def _tick(self, shown: Shown, question: ChooseAll, *, wrong: bool) -> None:
        for option in question.options:
            now = await self.phone.last()
            row, column = self._place(now, option.text)
            # Ticks of an earlier try may still be there.
            if self._is_ticked(now, option.text) != (option.right != wrong):
                await self._tap(now, row=row, column=column)
                await self.settled()
        now = await self.phone.last()
        await self._tap(now, row=self._check_row(now, question), column=0)

    async def _put(self, texts: Iterable[str]) -> None:
        """Tap one after the other, and [Check], which comes when everything has its place."""
        for text in texts:
            await self._tap_label(await self.phone.last(), text)
            await self.settled()
        await self._tap(await self.phone.last(), row=0, column=0)

    def _is_ticked(self, shown: Shown, text: str) -> bool:
        row, column = self._place(shown, text)
        return shown.labels[row][column].startswith("✓ ")

    def _check_row(self, shown: Shown, question: ChooseAll) -> int:
        """Return the row under the options: the one that checks them."""
        places = [self._place(shown, option.text) for option in question.options]
        return max(row for row, _ in places) + 1

    async def _tap_label(self, shown: Shown, text: str) -> None:
        row, column = self._place(shown, text)
        await self._tap(shown, row=row, column=column)

    async def _tap(self, shown: Shown, *, row: int, column: int) -> None:
        if self.habit == "twice":
            await asyncio.gather(
                self.phone.press_at(shown.id, row=row, column=column),
                self.phone.press_at(shown.id, row=row, column=column),
            )
        else:
            await self.phone.press_at(shown.id, row=row, column=column)

    def _place(self, shown: Shown, text: str) -> tuple[int, int]:
        """Return where the button of an option is; a long option has a letter instead of its words."""
        plain = parse(text).text
        letter = next(
            (line[0] for line in shown.text.splitlines() if line[1:] in {f". {plain}", f". ✓ {plain}"}), None
        )
        for row, labels in enumerate(shown.labels):
            for column, label in enumerate(labels):
                if label.removeprefix("✓ ") in {plain, letter}:
                    return row, column
        raise LostError(f"no button for {plain!r} under\n{shown.text}\n{shown.labels}")

    def _question(self, shown: Shown) -> AnyQuestion | None:
        """Return the question the phone asks now, None for a card or a verdict."""
        asked = [
            question
            for lesson in self.course.lessons
            for question in lesson.questions
            if not self._is_over(lesson, question)
            and _shows(shown, question.prompt)
            and self._asks(shown, question)
        ]
        # One prompt may be a part of another.
        return max(asked, key=lambda question: len(question.prompt), default=None)

    def _is_over(self, lesson: Lesson, question: AnyQuestion) -> bool:
        """Tell whether nothing can be answered any more: in a test that is so after one try."""
        if lesson.test is not None:
            return question.id in self._kept
        return question.id in self._answered or self._tries.get(question.id, 0) >= question.tries

    def _asks(self, shown: Shown, question: AnyQuestion) -> bool:
        match question:
            case Choose() | ChooseAll():
                return self._shows_options(shown, question)
            case TrueFalse():
                two = bool(shown.labels) and len(shown.labels[0]) == 2
                return two and not self._is_verdict(shown, question)
            case Order() | Match():
                return not self._is_verdict(shown, question)
            case Number() | Text() | Open():
                # Also under "not yet": the next try is simply typed.
                return True
            case _:
                assert_never(question)

    def _typed(self, shown: Shown) -> AnyQuestion | None:
        question = self._question(shown) if shown.labels or shown.text else None
        return question if isinstance(question, (Number, Text, Open)) else None

    def _shows_options(self, shown: Shown, question: Choose | ChooseAll) -> bool:
        try:
            self._place(shown, question.options[0].text)
        except LostError:
            return False
        return True

    @staticmethod
    def _is_verdict(shown: Shown, question: AnyQuestion) -> bool:
        """A verdict repeats the prompt first; a question begins with its number."""
        return shown.text.startswith(parse(question.prompt).text)


def _shows(shown: Shown, prompt: str) -> bool:
    """Tell whether the words of a prompt stand on the phone, whatever was put in for its placeholders."""
    mark = "\0"
    at = 0
    for part in filled(parse(prompt), dict.fromkeys(NAMES, mark)).text.split(mark):
        at = shown.text.find(part, at)
        if at < 0:
            return False
        at += len(part)
    return True


def _number(question: Number) -> str:
    if question.between is not None:
        low, high = question.between
        return str((low + high) / 2)
    return str(question.answer)
