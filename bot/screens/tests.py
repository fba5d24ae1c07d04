"""Final tests: what is said before one, that an answer is kept, and the whole result at the end.

The result is one message. When it would grow longer than a message may be, the questions that
were right shrink to their number first, then the reasons go: all of it can be read again.
"""

from datetime import datetime
from typing import assert_never

from academy.messages.testing import AboutTest, AnsweredInTest, AnswerKept, FinalTestDone, TestingMessage
from bot.callback_data import press
from bot.limits import TELEGRAM
from bot.rich import bold, joined, quote
from bot.screen import Button, View
from bot.screens.arranging import set_apart
from i18n.catalog import Words
from lessons.markup import RichText

_UNITS_FOR_ANSWERS = TELEGRAM.text_chars - 900
"""UTF-16 units; the rest is for the score and what comes next, in any language."""


def view(message: TestingMessage, words: Words, *, now: datetime) -> View:
    """Return how `message` looks."""
    match message:
        case AnswerKept():
            return _kept(message, words)
        case FinalTestDone():
            return _done(message, words, now=now)
        case _:
            assert_never(message)


def about(message: AboutTest, words: Words) -> str:
    """Return what to know before a test: how many questions, what passes, which attempt it is."""
    test = words.plural(
        "A test: {n} question, one try each. {percent}% passes.",
        "A test: {n} questions, one try each. {percent}% passes.",
        n=message.questions,
        percent=message.pass_percent,
    )
    if message.attempts == 1:
        return test
    return f"{test} " + words(
        "Attempt {attempt} of {attempts}.", attempt=message.attempt, attempts=message.attempts
    )


def _kept(message: AnswerKept, words: Words) -> View:
    told: tuple[RichText, ...] = (bold(words("Left out.")),)
    if message.chosen:
        told = (
            RichText(words("You answered: {answer}", answer=set_apart(message.chosen))),
            bold(words("Kept.")),
        )
    label = words("See the result") if message.last else words("Continue")
    on = Button(label=label, press=press("l_go", message.assignment_id, message.step), style="primary")
    return View(text=joined((quote(message.prompt.text), *told)), buttons=((on,),))


def _done(message: FinalTestDone, words: Words, *, now: datetime) -> View:
    head = joined((bold(_score(message, words)), _what_it_means(message, words)), between="\n")
    return View(
        text=joined((head, *_answers(message.answers, words), *_what_comes(message, words, now=now))),
        buttons=_buttons(message, words),
    )


def _score(message: FinalTestDone, words: Words) -> str:
    if message.percent is None:
        return words("{title}: finished.", title=message.title)
    if message.passed:
        return words("{title}: {percent}%. Passed.", title=message.title, percent=message.percent)
    return words(
        "{title}: {percent}%. Passing needs {needed}%.",
        title=message.title,
        percent=message.percent,
        needed=message.pass_percent,
    )


def _what_it_means(message: FinalTestDone, words: Words) -> str:
    right = words(
        "{n} of {questions} answered right.",
        n=sum(one.verdict == "right" for one in message.answers),
        questions=len(message.answers),
    )
    if message.passed_before:
        return f"{right} " + words("You have passed it before, and that counts.")
    return right


def _answers(answers: tuple[AnsweredInTest, ...], words: Words) -> tuple[RichText, ...]:
    """Return the answers, as much of each as one message has room for."""
    numbered = tuple(enumerate(answers, start=1))
    whole = tuple(_told(number, one, words) for number, one in numbered)
    if _units(whole) <= _UNITS_FOR_ANSWERS:
        return whole
    short = tuple(
        _headed(number, one, words) if one.verdict == "right" else told
        for (number, one), told in zip(numbered, whole, strict=True)
    )
    if _units(short) <= _UNITS_FOR_ANSWERS:
        return short
    return (joined((_headed(number, one, words) for number, one in numbered), between="\n"),)


def _told(number: int, one: AnsweredInTest, words: Words) -> RichText:
    chosen = words("You answered: {answer}", answer=set_apart(one.chosen)) if one.chosen else ""
    answer = "" if one.verdict == "right" else words("The answer is: {answer}", answer=set_apart(one.answer))
    parts = (_headed(number, one, words), one.prompt, "" if one.verdict == "right" else chosen)
    return joined((*parts, one.why, answer, one.explain), between="\n")


def _headed(number: int, one: AnsweredInTest, words: Words) -> RichText:
    match one.verdict:
        case "right":
            return bold(words("{number}. Right.", number=number))
        case "partly":
            return bold(words("{number}. Partly right.", number=number))
        case "wrong":
            return bold(words("{number}. Not right.", number=number))
        case "skipped":
            return bold(words("{number}. Left out.", number=number))
        case _:
            assert_never(one.verdict)


def _units(parts: tuple[RichText, ...]) -> int:
    return sum(len(part.text.encode("utf-16-le", "surrogatepass")) // 2 + 2 for part in parts)


def _what_comes(message: FinalTestDone, words: Words, *, now: datetime) -> tuple[str, ...]:
    read_again = ""
    if message.read_again:
        titles = tuple(f"{number}. {title}" for number, title in message.read_again)
        read_again = words("Worth reading again: {lessons}", lessons=words.list(titles))
    return (read_again, _again(message, words, now=now), _next(message, words, now=now))


def _again(message: FinalTestDone, words: Words, *, now: datetime) -> str:
    if message.passed or message.passed_before:
        return ""
    if not message.attempts_left:
        told = words("That was the last attempt.")
        if message.facilitator:
            told += " " + words("Ask {name} what comes next: /ask", name=message.facilitator)
        return told
    left = words.plural("{n} attempt is left.", "{n} attempts are left.", n=message.attempts_left)
    if message.again_at is None:
        return left
    when = words.when(message.again_at, zone=message.zone, now=now)
    return f"{left} " + words(
        "The test comes again {when}, with other questions where there are some.", when=when
    )


def _next(message: FinalTestDone, words: Words, *, now: datetime) -> str:
    if message.next_at is None or message.next_at == message.again_at:
        return ""
    return words("Next lesson: {when}.", when=words.when(message.next_at, zone=message.zone, now=now))


def _buttons(message: FinalTestDone, words: Words) -> tuple[tuple[Button, ...], ...]:
    rows: list[tuple[Button, ...]] = []
    if message.take_now:
        label = words("Take it again now") if message.take_now == "again" else words("Next lesson now")
        pressed = press("l_next", message.enrollment_id, message.given)
        rows.append((Button(label=label, press=pressed, style="primary"),))
    if not message.passed:
        pressed = press("l_lessons", message.enrollment_id)
        rows.append((Button(label=words("Lessons to read again"), press=pressed),))
    return tuple(rows)
