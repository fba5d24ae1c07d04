"""Grading on a phone: the answer, a button for each level, and what became of the grade."""

from string import ascii_uppercase
from typing import assert_never

from academy.messages.grading import (
    AnswersWait,
    AnswerToGrade,
    AnswerWhole,
    CommentPrompt,
    GradedBefore,
    GradeKept,
    GradingMessage,
    Level,
    NothingToGrade,
)
from bot.callback_data import press
from bot.limits import TELEGRAM
from bot.rich import bold, joined, quote
from bot.screen import Button, View
from bot.screens.names import person_name
from bot.screens.open_answers import grade, points_of, shown_points, voice_note
from bot.screens.rows import cut, in_rows
from i18n.catalog import Words
from lessons.markup import RichText

_QUESTION_CHARS = 500
_LEVEL_CHARS = 150
"""With an answer, a question, a comment and seven levels of such lengths one message is full."""
_LETTERS_IN_A_ROW = 4


def view(message: GradingMessage, words: Words) -> View:
    """Return how `message` looks in the language of `words`."""
    match message:
        case AnswerToGrade():
            return _to_grade(message, words)
        case AnswerWhole():
            return _whole(message, words)
        case GradeKept():
            return _kept(message, words)
        case GradedBefore():
            return _before(message, words)
        case CommentPrompt():
            cancel = Button(label=words("Cancel"), press=press("g_uncomment"))
            text = words("Write your comment as one message. It goes along with the grade.")
            return View(text=RichText(text), buttons=((cancel,),))
        case NothingToGrade():
            return View(text=RichText(_nothing(message, words)))
        case AnswersWait():
            return _waits(message, words)
        case _:
            assert_never(message)


def _to_grade(message: AnswerToGrade, words: Words) -> View:
    levels = tuple(_level(level, message, words) for level in message.levels)
    labels = tuple(
        f"{shown_points(one.points)}: {text}" for one, text in zip(message.levels, levels, strict=True)
    )
    lettered = any(len(label) > TELEGRAM.button_chars for label in labels)
    listed = "\n".join(f"{letter}. {label}" for letter, label in zip(ascii_uppercase, labels, strict=False))
    return View(
        text=joined(
            (
                joined((message.group, message.lesson), between=", "),
                words("The learner has changed the answer. Read it once more.") if message.changed else "",
                bold(cut(message.question, most=_QUESTION_CHARS)),
                _whose(message, words),
                _answer(message, words),
                _standing(message, words),
                joined((words("Your comment:"), message.comment), between=" ") if message.comment else "",
                listed if lettered else "",
            )
        ),
        buttons=(*_levels(message, labels, lettered=lettered), *_more(message, words)),
    )


def _whose(message: AnswerToGrade, words: Words) -> str:
    return "" if message.learner is None else words("From: {name}", name=person_name(message.learner, words))


def _answer(message: AnswerToGrade, words: Words) -> RichText | str:
    if message.seconds is not None:
        return words("The voice note above is the answer.")
    return quote(message.answer) if message.answer else words("The message above is the answer.")


def _standing(message: AnswerToGrade, words: Words) -> str:
    if message.before is None:
        return ""
    return words("Grade now: {points}.", points=points_of(message.before, words))


def _level(level: Level, message: AnswerToGrade, words: Words) -> str:
    if level.text:
        return cut(level.text, most=_LEVEL_CHARS)
    if level.points == 0:
        return words("none of it")
    return words("all of it") if level.points == message.of_points else words("half of it")


def _levels(
    message: AnswerToGrade, labels: tuple[str, ...], *, lettered: bool
) -> tuple[tuple[Button, ...], ...]:
    shown = tuple(ascii_uppercase[: len(labels)]) if lettered else labels
    buttons = tuple(
        Button(
            label=label,
            press=press("g_level", message.response_id, message.version, message.round, index),
        )
        for index, label in enumerate(shown)
    )
    return in_rows(buttons, _LETTERS_IN_A_ROW if lettered else 1)


def _more(message: AnswerToGrade, words: Words) -> tuple[tuple[Button, ...], ...]:
    comment = words("Change the comment") if message.comment else words("Add a comment")
    row = [Button(label=comment, press=press("g_comment", message.response_id))]
    if message.learner is None:
        row.append(Button(label=words("Show name"), press=press("g_name", message.response_id)))
    if message.round > 1:
        return (tuple(row),)
    label = words("Later ({n} more)", n=message.others) if message.others else words("Later")
    return (tuple(row), (Button(label=label, press=press("g_later", message.response_id)),))


def _whole(message: AnswerWhole, words: Words) -> View:
    if not message.file_id:
        return View(text=RichText(message.text))
    return View(
        text=RichText(voice_note(message.seconds, words)),
        voice_file_id=message.file_id,
        voice_form=message.file_kind,
    )


def _kept(message: GradeKept, words: Words) -> View:
    return View(
        text=joined((bold(words("Graded and sent.")), *grade(message.grade, words))),
        buttons=_change(message.response_id, words),
    )


def _before(message: GradedBefore, words: Words) -> View:
    if message.facilitator:
        told = words("{name} has graded this already.", name=message.facilitator)
    else:
        told = words("This has been graded already.")
    return View(
        text=joined((bold(told), *grade(message.grade, words))), buttons=_change(message.response_id, words)
    )


def _change(response_id: int, words: Words) -> tuple[tuple[Button, ...], ...]:
    return ((Button(label=words("Change the grade"), press=press("g_again", response_id)),),)


def _nothing(message: NothingToGrade, words: Words) -> str:
    if not message.put_off:
        return words("Nothing waits to be graded.")
    return words.plural(
        "{n} answer waits for later: /grade", "{n} answers wait for later: /grade", n=message.put_off
    )


def _waits(message: AnswersWait, words: Words) -> View:
    text = words("{group}: an answer waits to be graded.", group=message.group)
    button = Button(label=words("Grade"), press=press("g_grade", message.group_id), style="primary")
    return View(text=RichText(text), buttons=((button,),))
