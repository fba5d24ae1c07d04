"""Open questions after the answer, for whoever gave it: who reads it, what to compare, the grade."""

from academy.messages.surveying import AnswerGraded, FinalResult, GradeTold, KeptRead, OpenChanged, OpenKept
from bot.callback_data import press
from bot.rich import bold, joined, quote
from bot.screen import Button, View
from bot.screens.cards import pictured
from bot.screens.rows import cut
from i18n.catalog import Words
from lessons.markup import RichText

_QUESTION_CHARS = 300
"""Of a question that is quoted in a grade: enough to remember it by."""
_YOURS_CHARS = 1000
"""Of one's own answer, read again: the whole one stands in the chat and in "Get my data"."""


def kept(message: OpenKept, words: Words) -> View:
    """The answer is on its way, or graded, or was left out; the lesson goes on."""
    go_on = Button(
        label=words("Continue"), press=press("l_go", message.assignment_id, message.step), style="primary"
    )
    return View(
        text=joined((*_state(message, words), example(message.example, words), message.explain)),
        buttons=() if message.last else ((go_on,),),
    )


def changed(message: OpenChanged, words: Words) -> View:
    """The new words of an answer were taken, or came too late."""
    if message.too_late:
        text = words("This answer has been graded already. What you sent before counts.")
    elif message.facilitator:
        text = words("Changed. {name} reads the new words.", name=message.facilitator)
    else:
        text = words("Changed. The new words are what is read.")
    return View(text=RichText(text))


def graded(message: AnswerGraded, words: Words) -> View:
    """A grade, under the name of whoever gave it."""
    if message.again:
        heading = words("Your grade has changed.")
    elif message.facilitator:
        heading = words("{name} has read your answer.", name=message.facilitator)
    else:
        heading = words("Your answer has been read.")
    question = cut(message.question, most=_QUESTION_CHARS)
    return View(text=joined((bold(heading), quote(question), *grade(message.grade, words))))


def final_result(message: FinalResult, words: Words) -> View:
    """The result of a course that waited for a grade."""
    heading = bold(words("{course}: the result", course=message.course))
    if message.score_percent is None:
        return View(text=heading)
    if message.passed:
        score = words("Final score: {percent}%. Passed.", percent=message.score_percent)
    else:
        score = words(
            "Final score: {percent}%. Passing needs {needed}%.",
            percent=message.score_percent,
            needed=message.pass_percent,
        )
    return View(text=joined((heading, score)))


def read_again(message: KeptRead, words: Words) -> View:
    """An open question or a survey of a finished lesson, with what was answered."""
    on = Button(
        label=words("Continue"), press=press("l_read", message.assignment_id, message.step), style="primary"
    )
    return pictured(
        joined(
            (
                message.prompt,
                "\n".join(f"– {option}" for option in message.options),
                _yours(message, words) if message.asked else "",
                words("Nobody has graded it yet.") if message.waiting else "",
                *(() if message.grade is None else grade(message.grade, words)),
                example(message.example, words),
                message.explain,
            )
        ),
        picture=message.picture,
        text_only=message.text_only,
        buttons=() if message.last else ((on,),),
        fetch=(message.assignment_id, message.step),
        words=words,
    )


def grade(told: GradeTold, words: Words) -> tuple[RichText | str, ...]:
    """Return points, what they are for, and the comment; each may be left out but the points."""
    level = cut(told.level, most=_QUESTION_CHARS)
    return (
        joined((bold(points_of(told, words)), level), between="\n"),
        joined((words("Comment:"), told.comment), between=" ") if told.comment else "",
    )


def points_of(told: GradeTold, words: Words) -> str:
    """Return "2 of 3 points"."""
    return words.plural(
        "{points} of {n} point", "{points} of {n} points", n=told.of_points, points=shown_points(told.points)
    )


def shown_points(points: float) -> str:
    """Return points as people write them: `2`, `1.5`."""
    return f"{points:g}"


def example(text: RichText, words: Words) -> RichText:
    """Return the author's own answer with its heading; empty without one."""
    if not text.text:
        return text
    return joined((words("Compare with this example:"), text), between="\n")


def voice_note(seconds: int, words: Words) -> str:
    """Return what a voice note is called in words; its length only where it is known."""
    if not seconds:
        return words("Voice note")
    return words.plural("Voice note, {n} second", "Voice note, {n} seconds", n=seconds)


def _state(message: OpenKept, words: Words) -> tuple[RichText | str, ...]:
    if message.state == "skipped":
        return (words("Left out."),)
    if message.grade is not None:
        return grade(message.grade, words)
    if message.nobody:
        kept_safe = words("Kept. Nobody looks after this group yet: your answer waits until somebody does.")
        return (bold(kept_safe), _may_change(words))
    sent = (
        words("Sent to {name}.", name=message.facilitator)
        if message.facilitator
        else words("Sent to your facilitator.")
    )
    usual = words.plural(
        "Usually answered in {n} workday.", "Usually answered in {n} workdays.", n=message.workdays
    )
    return (joined((bold(sent), usual), between=" "), _may_change(words))


def _may_change(words: Words) -> str:
    return words("Until then you can edit your message.")


def _yours(message: KeptRead, words: Words) -> RichText:
    if message.seconds is not None:
        return joined((words("Your answer:"), voice_note(message.seconds, words)), between=" ")
    if not message.yours:
        return RichText(words("You left this out."))
    return joined((words("Your answer:"), quote(cut(message.yours, most=_YOURS_CHARS))), between="\n")
