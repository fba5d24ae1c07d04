"""How every message looks: one small function per message, nothing decided.

The three unions of `academy.messages` have one module each; this dispatch is the only place
that knows which.
"""

from datetime import datetime
from typing import assert_never

from academy.messages import Message
from academy.messages.facilitating import FacilitatingMessage
from academy.messages.grading import GradingMessage
from academy.messages.held import HeldMessage
from academy.messages.joining import JoiningMessage
from academy.messages.learning import LearningMessage
from academy.messages.reviewing import ReviewingMessage
from academy.messages.surveying import SurveyingMessage
from academy.messages.testing import TestingMessage
from bot.screen import View
from bot.screens import facilitating, grading, held, joining, learning, reviewing, surveying, tests
from i18n.catalog import Words


def view(message: Message, words: Words, *, now: datetime) -> View:
    """Return how `message` looks in the language of `words`; `now` is for "today" and "tomorrow"."""
    if isinstance(message, LearningMessage):
        return learning.view(message, words, now=now)
    if isinstance(message, SurveyingMessage):
        return surveying.view(message, words)
    if isinstance(message, GradingMessage):
        return grading.view(message, words)
    if isinstance(message, HeldMessage):
        return held.view(message, words, now=now)
    if isinstance(message, TestingMessage):
        return tests.view(message, words, now=now)
    if isinstance(message, ReviewingMessage):
        return reviewing.view(message, words, now=now)
    if isinstance(message, JoiningMessage):
        return joining.view(message, words, now=now)
    if isinstance(message, FacilitatingMessage):
        return facilitating.view(message, words, now=now)
    assert_never(message)
