"""How a dropped course looks when its admin walks through it in the chat."""

from dataclasses import replace
from datetime import datetime

from academy.messages.authoring import TrialStep
from academy.messages.learning import LearningMessage, QuestionShown
from academy.messages.surveying import SurveyingMessage, SurveyShown
from academy.messages.testing import TestingMessage
from bot.callback_data import press
from bot.rich import joined
from bot.screen import Button, View
from bot.screens import learning, surveying, tests
from i18n.catalog import Words


def step(message: TrialStep, words: Words, *, now: datetime) -> View:
    """Return the step as a learner sees it; the buttons they have are told, and ours lead on."""
    seen = _seen(message.shown, words, now=now)
    theirs = ""
    if isinstance(message.shown, (QuestionShown, SurveyShown)):
        theirs = "\n".join(f"▢ {button.label}" for row in seen.buttons for button in row)
    return replace(seen, text=joined((seen.text, theirs)), buttons=_ways_on(message, words))


def _seen(shown: LearningMessage | SurveyingMessage | TestingMessage, words: Words, *, now: datetime) -> View:
    if isinstance(shown, LearningMessage):
        return learning.view(shown, words, now=now)
    if isinstance(shown, SurveyingMessage):
        return surveying.view(shown, words)
    return tests.view(shown, words, now=now)


def _ways_on(message: TrialStep, words: Words) -> tuple[tuple[Button, ...], ...]:
    go_on = press("c_preview", message.draft_id, message.lesson, message.step + 1)
    next_lesson = press("c_preview", message.draft_id, message.lesson + 1, 0)
    stop = Button(label=words("Stop"), press=press("c_stop", message.draft_id))
    rows: list[tuple[Button, ...]] = []
    if message.has_answer:
        answer = press("c_preview", message.draft_id, message.lesson, message.step, 1)
        rows.append((Button(label=words("Answer"), press=answer, style="primary"),))
    elif not message.last_step:
        rows.append((Button(label=words("Continue"), press=go_on, style="primary"),))
    if not message.last_lesson:
        rows.append((Button(label=words("Next lesson"), press=next_lesson), stop))
    else:
        rows.append((stop,))
    return tuple(rows)
