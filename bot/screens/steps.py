"""Questions: what a learner is asked inside a lesson.

A verdict is said in words before anything else; signs and colours only repeat it. Options longer
than a button is wide stand in the text as A, B, C.
"""

from string import ascii_uppercase
from typing import assert_never

from academy.messages.learning import (
    Choice,
    NotRead,
    QuestionRead,
    QuestionShown,
)
from bot.callback_data import press
from bot.limits import TELEGRAM
from bot.rich import bold, joined
from bot.screen import Button, View
from bot.screens import arranging
from bot.screens.cards import pictured
from i18n.catalog import Words
from lessons.markup import RichText

_LETTERS_IN_A_ROW = 5
"""Ten options make two rows; six and more letters in a row get narrow on 360 pixels."""


def question(message: QuestionShown, words: Words, *, heading: str = "") -> View:
    """Return a question with its buttons, or with how to answer by typing.

    Without a `heading` its place in the lesson stands above it.
    """
    lettered = message.arranged is None and _is_lettered(message.choices)
    return pictured(
        joined(
            (
                heading
                or words(
                    "Question {number} of {questions}", number=message.question, questions=message.questions
                ),
                message.prompt,
                _listed(message.choices) if lettered else "",
                _how(message, words),
                _hint(message.hint, words),
            )
        ),
        picture=message.picture,
        text_only=message.text_only,
        buttons=(*_answers(message, words, lettered=lettered), *_help(message, words)),
        fetch=(message.assignment_id, message.step),
        words=words,
    )


def question_read(message: QuestionRead, words: Words) -> View:
    """Return a question of a finished lesson with its answer."""
    on = Button(
        label=words("Continue"), press=press("l_read", message.assignment_id, message.step), style="primary"
    )
    return pictured(
        joined(
            (
                words(
                    "Question {number} of {questions}", number=message.question, questions=message.questions
                ),
                message.prompt,
                _answer(message.answer, words),
                message.explain,
            )
        ),
        picture=message.picture,
        text_only=message.text_only,
        buttons=() if message.last else ((on,),),
        fetch=(message.assignment_id, message.step),
        words=words,
    )


def not_read(message: NotRead, words: Words) -> View:
    """Return what was expected, and what came instead; nothing was counted."""
    match message.reason:
        case "number_expected":
            text = words(
                "I need a number here, for example 150. Your text: “{typed}”.", typed=_short(message.typed)
            )
        case "wrong_unit":
            text = words(
                "I need a number in {unit} here. Your text: “{typed}”.",
                unit=message.unit,
                typed=_short(message.typed),
            )
        case "text_expected":
            text = words("I need a word or two here.")
        case "button_expected":
            text = words("This question is answered with its buttons.")
        case "writing_expected":
            text = words("This answer is to be written. Type it as one message.")
        case _:
            assert_never(message.reason)
    return View(text=RichText(text))


def _is_lettered(choices: tuple[Choice, ...]) -> bool:
    return any(len(choice.text) > TELEGRAM.button_chars for choice in choices)


def _listed(choices: tuple[Choice, ...]) -> str:
    return "\n".join(
        f"{letter}. {choice.text}" for letter, choice in zip(ascii_uppercase, choices, strict=False)
    )


def _answer(answer: str, words: Words) -> RichText:
    if "\n" in answer:
        return arranging.right_answer(answer, words, in_order=False)
    return bold(words("The answer is: {answer}", answer=answer))


def _how(message: QuestionShown, words: Words) -> str:
    match message.form:
        case "choose":
            return ""
        case "choose_all":
            return words("Choose all that apply.")
        case "true_false":
            return ""
        case "number" if message.unit:
            return words("Type a number in {unit}.", unit=message.unit)
        case "number":
            return words("Type a number.")
        case "text":
            return words("Type your answer.")
        case "order" | "match":
            return arranging.text(message, words)
        case "open" if message.voice:
            return words("Write your answer as one message, or send a voice note.")
        case "open":
            return words("Write your answer as one message.")


def _hint(hint: RichText | None, words: Words) -> RichText:
    if hint is None or not hint.text:
        return RichText("")
    return joined((words("Hint:"), hint), between=" ")


def _answers(message: QuestionShown, words: Words, *, lettered: bool) -> tuple[tuple[Button, ...], ...]:
    match message.form:
        case "choose":
            picks = [_pick(message, choice, label) for choice, label in _labelled(message.choices, lettered)]
        case "choose_all":
            picks = [_tick(message, choice, label) for choice, label in _labelled(message.choices, lettered)]
        case "true_false":
            labels = (words("True"), words("False"))
            pair = zip(message.choices, labels, strict=False)
            return (tuple(_pick(message, choice, label) for choice, label in pair),)
        case "number" | "text" | "open":
            return ()
        case "order" | "match":
            return arranging.buttons(message, words)
        case _:
            assert_never(message.form)
    width = _LETTERS_IN_A_ROW if lettered else 1
    rows = tuple(tuple(picks[first : first + width]) for first in range(0, len(picks), width))
    chosen = sum(choice.picked for choice in message.choices)
    if not chosen:
        return rows
    check = Button(
        label=words.plural("Check ({n} chosen)", "Check ({n} chosen)", n=chosen),
        press=press("l_check", message.assignment_id, message.step, message.try_number),
        style="primary",
    )
    return (*rows, (check,))


def _labelled(choices: tuple[Choice, ...], lettered: bool) -> list[tuple[Choice, str]]:
    if lettered:
        return list(zip(choices, ascii_uppercase, strict=False))
    return [(choice, choice.text) for choice in choices]


def _pick(message: QuestionShown, choice: Choice, label: str) -> Button:
    pressed = press("l_pick", message.assignment_id, message.step, message.try_number, choice.index)
    return Button(label=label, press=pressed)


def _tick(message: QuestionShown, choice: Choice, label: str) -> Button:
    # The button carries the tick it leads to, so that pressing it twice is pressing it once.
    wanted = 0 if choice.picked else 1
    pressed = press("l_tick", message.assignment_id, message.step, message.try_number, choice.index, wanted)
    return Button(label=f"✓ {label}" if choice.picked else label, press=pressed)


def _help(message: QuestionShown, words: Words) -> tuple[tuple[Button, ...], ...]:
    row: list[Button] = []
    if message.has_hint:
        pressed = press("l_hint", message.assignment_id, message.step, message.hints_shown + 1)
        row.append(Button(label=words("Hint"), press=pressed))
    if message.form in {"number", "text"}:
        # Nobody is held up by a question they cannot type an answer to.
        shown = press("l_show", message.assignment_id, message.step)
        label = words("Leave it out") if message.in_test else words("Show answer")
        row.append(Button(label=label, press=shown))
    if message.form == "open":
        row.append(Button(label=words("Skip"), press=press("l_show", message.assignment_id, message.step)))
    return (tuple(row),) if row else ()


def _short(text: str) -> str:
    return text if len(text) <= 60 else f"{text[:59]}…"
