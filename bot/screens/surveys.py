"""Polls, scales and moments to think: nothing in them is right or wrong, and they say so.

What was chosen is ticked and stays on its button, because it can be changed until Continue.
"""

from string import ascii_uppercase
from typing import assert_never

from academy.messages.learning import Choice
from academy.messages.surveying import SurveyShown
from bot.callback_data import press
from bot.limits import TELEGRAM
from bot.rich import bold, joined
from bot.screen import Button, View
from bot.screens.cards import pictured
from bot.screens.rows import cut, in_rows
from i18n.catalog import Words
from lessons.markup import RichText

_IN_A_ROW = 5
"""Letters and the numbers of a scale: more of them in a row get narrow on 360 pixels."""


def survey(message: SurveyShown, words: Words) -> View:
    """Return the question, what can be pressed, and after the answer the way on."""
    return pictured(
        joined((message.prompt, *_told(message, words))),
        picture=message.picture,
        text_only=message.text_only,
        buttons=(*_choices(message), *_onward(message, words)),
        fetch=(message.assignment_id, message.step),
        words=words,
    )


def _told(message: SurveyShown, words: Words) -> tuple[RichText | str, ...]:
    match message.form:
        case "poll":
            options = _listed(message.choices) if _is_lettered(message.choices) else ""
            return (
                options,
                _no_right_answer(message, words),
                _chosen(message, words),
                _shares(message, words),
            )
        case "rate":
            return (_ends(message), _no_right_answer(message, words), _chosen(message, words))
        case "reflect":
            return _written(message, words)
        case _:
            assert_never(message.form)


def _no_right_answer(message: SurveyShown, words: Words) -> str:
    if message.answered:
        return ""
    told = words("There is no right answer.")
    if message.anonymous:
        told += " " + words("Your facilitator sees how many chose what, not who.")
    return told


def _chosen(message: SurveyShown, words: Words) -> RichText | str:
    picked = next((choice.text for choice in message.choices if choice.picked), "")
    if not picked:
        return ""
    return joined(
        (bold(words("You chose: {option}", option=picked)), words("You can change it until you go on.")),
        between="\n",
    )


def _shares(message: SurveyShown, words: Words) -> str:
    if not message.shares:
        return ""
    people = sum(count for _, count in message.shares)
    # Long options stand above already, each with its letter.
    letters = ascii_uppercase if _is_lettered(message.choices) else ""
    names = letters or tuple(option for option, _ in message.shares)
    lines = [
        words("{option}: {n} of {people}", option=name, n=count, people=people)
        for name, (_, count) in zip(names, message.shares, strict=False)
    ]
    return "\n".join((words("In your group so far:"), *lines))


def _ends(message: SurveyShown) -> str:
    lowest, highest = message.choices[0].text, message.choices[-1].text
    ends = ((lowest, message.low), (highest, message.high))
    return "\n".join(f"{number}: {meaning}" for number, meaning in ends if meaning)


def _written(message: SurveyShown, words: Words) -> tuple[RichText | str, ...]:
    if not message.answered:
        return (
            words("This is for you. Nobody reads it."),
            words("Write it as one message, or leave it out."),
        )
    if message.shared:
        shared = (
            words("Shared with {name}.", name=message.share_with)
            if message.share_with
            else words("Shared with your facilitator.")
        )
        return (bold(shared),)
    return (words("Kept for you. Nobody else reads it unless you share it."),) if message.written else ()


def _choices(message: SurveyShown) -> tuple[tuple[Button, ...], ...]:
    lettered = _is_lettered(message.choices)
    buttons = tuple(
        Button(
            label=_ticked(letter if lettered else choice.text, choice),
            press=press("l_note", message.assignment_id, message.step, choice.index),
        )
        for letter, choice in zip(ascii_uppercase, message.choices, strict=False)
    )
    return in_rows(buttons, _IN_A_ROW if lettered or message.form == "rate" else 1)


def _ticked(label: str, choice: Choice) -> str:
    return f"✓ {label}" if choice.picked else label


def _onward(message: SurveyShown, words: Words) -> tuple[tuple[Button, ...], ...]:
    where = (message.assignment_id, message.step)
    if not message.answered:
        skip = Button(label=words("Skip"), press=press("l_skip", *where))
        return ((skip,),) if message.form == "reflect" else ()
    go_on = Button(label=words("Continue"), press=press("l_go", *where), style="primary")
    if not message.written or message.shared or message.share_with is None:
        return ((go_on,),)
    label = words("Share with {name}", name=message.share_with) if message.share_with else ""
    if not label or len(label) > TELEGRAM.button_chars:
        label = cut(words("Share with facilitator"))
    return ((go_on,), (Button(label=label, press=press("l_share", *where)),))


def _is_lettered(choices: tuple[Choice, ...]) -> bool:
    return any(len(choice.text) > TELEGRAM.button_chars for choice in choices)


def _listed(choices: tuple[Choice, ...]) -> str:
    return "\n".join(
        f"{letter}. {choice.text}" for letter, choice in zip(ascii_uppercase, choices, strict=False)
    )
