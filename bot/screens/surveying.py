"""How everything said around open questions and surveys looks: one function per message."""

from typing import assert_never

from academy.messages.surveying import (
    AnswerGraded,
    FinalResult,
    KeptRead,
    OpenChanged,
    OpenKept,
    SurveyingMessage,
    SurveyShown,
)
from bot.screen import View
from bot.screens import open_answers, surveys
from i18n.catalog import Words


def view(message: SurveyingMessage, words: Words) -> View:
    """Return how `message` looks in the language of `words`."""
    match message:
        case OpenKept():
            return open_answers.kept(message, words)
        case OpenChanged():
            return open_answers.changed(message, words)
        case AnswerGraded():
            return open_answers.graded(message, words)
        case FinalResult():
            return open_answers.final_result(message, words)
        case SurveyShown():
            return surveys.survey(message, words)
        case KeptRead():
            return open_answers.read_again(message, words)
        case _:
            assert_never(message)
