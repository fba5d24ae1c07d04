"""What is said, not how: a closed union that `bot.screens` turns into words and buttons.

Messages wait in the outbox as JSON, so a field that is added needs a default: rows written
before an update are read after it.
"""

from typing import TypeAlias

from academy.messages.facilitating import FacilitatingMessage
from academy.messages.grading import GradingMessage
from academy.messages.held import HeldMessage
from academy.messages.joining import JoiningMessage
from academy.messages.learning import LearningMessage
from academy.messages.reviewing import ReviewingMessage
from academy.messages.surveying import SurveyingMessage
from academy.messages.testing import TestingMessage

Message: TypeAlias = (
    JoiningMessage
    | LearningMessage
    | TestingMessage
    | ReviewingMessage
    | SurveyingMessage
    | FacilitatingMessage
    | GradingMessage
    | HeldMessage
)
