"""What becomes of a question once it was answered: the verdict, the reason, and the way on.

The question stays above its verdict. The first word of the verdict says how it went; no colour
or sign is needed to know.
"""

from typing import assert_never

from academy.messages.learning import Feedback, OptionResult
from bot.callback_data import press
from bot.rich import bold, joined, quote
from bot.screen import Button, View
from bot.screens import arranging
from i18n.catalog import Words
from lessons.markup import RichText


def feedback(message: Feedback, words: Words) -> View:
    """Return the verdict below the question it is about."""
    return View(
        text=joined(
            (
                quote(message.prompt.text),
                *_verdict(message, words),
                *(_option(option, words) for option in message.options if message.form != "match"),
                words("There is more to choose.") if message.missing else "",
                message.why if message.verdict != "answer" else "",
                _hint(message.hint, words),
                message.explain,
                words("Type another answer.") if _types_again(message) else "",
            )
        ),
        buttons=_buttons(message, words),
    )


def _verdict(message: Feedback, words: Words) -> tuple[RichText, ...]:
    if message.form in {"order", "match"}:
        return arranging.verdict(message, words)
    match message.verdict:
        case "right":
            return (_right(message, words),)
        case "partly":
            return (bold(words("Partly right.")),)
        case "not_yet":
            return (_led(words("Not yet."), _read(message, words)),)
        case "answer":
            # The reason belongs to what was chosen, so it stands there and not below the answer.
            chosen = joined((_read(message, words), message.why), between="\n")
            if message.options:
                # Several right options are listed one by one below.
                return (chosen, bold(words("Here is the answer.")))
            return (chosen, bold(words("The answer is: {answer}", answer=message.answer)))
        case _:
            assert_never(message.verdict)


def _right(message: Feedback, words: Words) -> RichText:
    if message.spelling:
        return _led(words("Right."), words("We write it “{spelling}”.", spelling=message.spelling))
    match message.form:
        case "number":
            return _led(words("Right."), _read(message, words))
        case "choose_all" | "order" | "match":
            return bold(words("Right."))
        case "choose" | "true_false" | "text":
            return bold(words("Right: {answer}", answer=message.answer))
        case _:
            assert_never(message.form)


def _read(message: Feedback, words: Words) -> str:
    """Return what the learner said, as it was understood; empty when they asked for the answer."""
    if not message.chosen:
        return ""
    match message.form:
        case "number":
            return words("I read {number}.", number=message.chosen)
        case "text":
            return words("You wrote: {text}", text=message.chosen)
        case "choose" | "true_false":
            return words("You chose: {option}", option=message.chosen)
        case "choose_all" | "order" | "match":
            return ""
        case _:
            assert_never(message.form)


def _option(option: OptionResult, words: Words) -> RichText:
    match option.result:
        case "right":
            verdict = words("Right: {option}", option=option.text)
        case "missed":
            verdict = words("Missed: {option}", option=option.text)
        case "wrong":
            verdict = words("Not this one: {option}", option=option.text)
        case _:
            assert_never(option.result)
    return joined((verdict, option.why), between="\n")


def _hint(hint: RichText | None, words: Words) -> RichText:
    if hint is None or not hint.text:
        return RichText("")
    return joined((words("Hint:"), hint), between=" ")


def _led(verdict: str, rest: str) -> RichText:
    return joined((bold(verdict), rest), between=" ")


def _types_again(message: Feedback) -> bool:
    return message.typed and message.verdict == "not_yet"


def _buttons(message: Feedback, words: Words) -> tuple[tuple[Button, ...], ...]:
    show = Button(label=words("Show answer"), press=press("l_show", message.assignment_id, message.step))
    if _types_again(message):
        return ((show,),)
    if message.verdict == "not_yet":
        again = Button(
            label=words("Try again"),
            press=press("l_again", message.assignment_id, message.step),
            style="primary",
        )
        return ((again, show),)
    go_on = Button(
        label=words("Continue"), press=press("l_go", message.assignment_id, message.step), style="primary"
    )
    return ((go_on,),)
