"""How putting in order and putting together look: before the answer, and after it.

What has its place stands in the text, what has none is a button. A letter stays with its item
until the end, so that B is never another B.
"""

from string import ascii_uppercase
from typing import assert_never

from academy.messages.arranging import Arranged
from academy.messages.learning import Choice, Feedback, OptionResult, QuestionShown
from bot.callback_data import press
from bot.limits import TELEGRAM
from bot.rich import bold, joined
from bot.screen import Button
from bot.screens.rows import in_rows
from i18n.catalog import Words
from lessons.markup import RichText

_LETTERS_IN_A_ROW = 4
"""Eight items make two rows, and neither is narrow on 360 pixels."""


def text(message: QuestionShown, words: Words) -> str:
    """Return what stands below the question: what has its place, what is left, and what to do."""
    assert message.arranged is not None
    left = [f"{letter}. {choice.text}" for letter, choice in _left(message)] if _is_lettered(message) else []
    choices, what = "\n".join(left), _what_to_do(message.arranged, words)
    parts = (
        "\n".join(message.arranged.lines),
        # "Office goes with …" is the beginning of a sentence that the choices end.
        *((what, choices) if message.arranged.left else (choices, what)),
        _how_to_type(message, words) if left and not message.arranged.lines else "",
    )
    return "\n\n".join(part for part in parts if part)


def buttons(message: QuestionShown, words: Words) -> tuple[tuple[Button, ...], ...]:
    """Return what can be placed next, and below it [Check], or the way back."""
    assert message.arranged is not None
    where = (message.assignment_id, message.step, message.try_number, message.arranged.before)
    lettered = _is_lettered(message)
    placing = tuple(
        Button(label=letter if lettered else choice.text, press=press("l_put", *where, choice.index))
        for letter, choice in _left(message)
    )
    rows = in_rows(placing, _LETTERS_IN_A_ROW if lettered else 1)
    if not message.arranged.lines:
        return rows
    check = Button(label=words("Check"), press=press("l_ready", *where), style="primary")
    back = (
        Button(label=words("Undo"), press=press("l_undo", *where)),
        Button(label=words("Start over"), press=press("l_over", *where)),
    )
    return (*rows, back) if placing else ((check,), back)


def verdict(message: Feedback, words: Words) -> tuple[RichText, ...]:
    """Return the verdict in words, what was placed, and the right answer once it may be shown."""
    match message.verdict:
        case "right":
            return (joined((bold(words("Right.")), message.answer)),)
        case "partly":
            first = words("Partly right.")
        case "not_yet":
            first = words("Not yet.")
        case "answer":
            first = ""
        case _:
            assert_never(message.verdict)
    return (
        bold(first),
        *_placed(message, words),
        # Otherwise the reason follows what is returned here.
        message.why if message.verdict == "answer" else RichText(""),
        right_answer(message.answer, words, in_order=message.form == "order"),
    )


def right_answer(lines: str, words: Words, *, in_order: bool) -> RichText:
    """Return the right answer of several lines below what it is; nothing for none."""
    if not lines:
        return RichText("")
    what = words("The right order:") if in_order else words("Here is the answer.")
    return joined((bold(what), lines), between="\n")


def set_apart(answer: str) -> str:
    """Return an answer of several lines on lines of its own; one of a single line stays in its sentence."""
    return f"\n{answer}" if "\n" in answer else answer


def _placed(message: Feedback, words: Words) -> tuple[RichText, ...]:
    if message.options:
        return (joined((_pair(pair, words) for pair in message.options), between="\n"),)
    if message.neighbours is None or not message.chosen:
        return ()
    right, count = message.neighbours
    return (
        joined((words("Your order:"), message.chosen), between="\n"),
        RichText(
            words(
                "From one line to the next, {right} of {count} are the right way round.",
                right=right,
                count=count,
            )
        ),
    )


def _pair(pair: OptionResult, words: Words) -> str:
    if pair.result == "right":
        return words("Right: {option}", option=pair.text)
    return words("Not this one: {option}", option=pair.text)


def _what_to_do(arranged: Arranged, words: Words) -> str:
    done = len(arranged.lines)
    if done == arranged.count:
        return words("Everything has its place. Check it, or change it.")
    if arranged.left:
        return words(
            "{number} of {count}: {left} goes with …",
            number=done + 1,
            count=arranged.count,
            left=arranged.left,
        )
    return words("Tap what comes next.") if done else words("Tap what comes first.")


def _how_to_type(message: QuestionShown, words: Words) -> str:
    backwards = " ".join(reversed(ascii_uppercase[: len(message.choices)]))
    return words("Or type the letters in order, for example {example}.", example=backwards)


def _left(message: QuestionShown) -> list[tuple[str, Choice]]:
    """Return what has no place yet, with the letters everything had from the start."""
    lettered = zip(ascii_uppercase, message.choices, strict=False)
    return [(letter, choice) for letter, choice in lettered if not choice.picked]


def _is_lettered(message: QuestionShown) -> bool:
    """Tell whether the buttons are letters: where one text is too long, and for those who listen."""
    return message.text_only or any(len(choice.text) > TELEGRAM.button_chars for choice in message.choices)
