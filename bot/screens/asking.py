"""How asking a person looks: the prompt, the question before it goes, and the answer."""

from academy.messages.asking import (
    AnswerFromPerson,
    Asked,
    AskPrompt,
    AskQuestion,
    NobodyToAsk,
)
from bot.callback_data import press
from bot.rich import bold, joined, quote
from bot.screen import Button, View
from i18n.catalog import Words
from lessons.markup import RichText


def ask_prompt(message: AskPrompt, words: Words) -> View:
    """Write your question; the next text is sent as it is."""
    if message.facilitator:
        text = words("Write your question to {name} as one message.", name=message.facilitator)
    else:
        text = words("Write your question to your facilitator as one message.")
    cancel = Button(label=words("Cancel"), press=press("q_cancel"))
    return View(text=RichText(text), buttons=((cancel,),))


def ask_question(message: AskQuestion, words: Words) -> View:
    """Free text that nothing expected: send it to a person?"""
    if message.facilitator:
        text = words("Send this to {name}?", name=message.facilitator)
    else:
        text = words("Send this to your facilitator?")
    return View(
        text=joined((text, quote(message.text))),
        buttons=(
            (
                Button(label=words("Yes, send"), press=press("q_send"), style="primary"),
                Button(label=words("No"), press=press("q_no")),
            ),
        ),
    )


def asked(message: Asked, words: Words) -> View:
    """The question is on its way; when an answer usually comes."""
    if message.facilitator:
        sent = words("Sent to {name}.", name=message.facilitator)
    else:
        sent = words("Sent to your facilitator.")
    hours = message.typical_hours
    usual = (
        words("The answer comes here.")
        if hours is None
        else words.plural(
            "The answer comes here, usually within {n} hour.",
            "The answer comes here, usually within {n} hours.",
            n=hours,
        )
    )
    return View(text=joined((sent, usual), between=" "))


def nobody_to_ask(message: NobodyToAsk, words: Words) -> View:
    """No facilitator yet; who can be reached instead."""
    text = words("There is no facilitator to ask here yet.")
    if message.contact:
        text = f"{text} " + words("You can reach us here: {contact}", contact=message.contact)
    return View(text=RichText(text))


def answer_from_person(message: AnswerFromPerson, words: Words) -> View:
    """A facilitator's answer, under their name."""
    heading = (
        words("Answer from {name}", name=message.facilitator)
        if message.facilitator
        else words("Answer from your facilitator")
    )
    return View(text=joined((bold(heading), message.text)))
