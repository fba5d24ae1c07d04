"""How everything said in and around lessons looks: one function per message."""

from datetime import datetime
from typing import assert_never

from academy.messages.asking import (
    AnswerFromPerson,
    Asked,
    AskPrompt,
    AskQuestion,
    NobodyToAsk,
)
from academy.messages.cards import EnclosureShown
from academy.messages.learning import (
    CardShown,
    CourseDone,
    Feedback,
    LaterMenu,
    LaterSet,
    LearningMessage,
    LessonDone,
    LessonList,
    LessonOffer,
    LessonStarted,
    NothingNow,
    NotRead,
    OldButton,
    PictureShown,
    Progress,
    QuestionRead,
    QuestionShown,
    Reminder,
)
from bot.screen import View
from bot.screens import asking, cards, offers, standing, steps, verdicts
from i18n.catalog import Words


def view(message: LearningMessage, words: Words, *, now: datetime) -> View:
    """Return how `message` looks; `now` is when it is drawn, for "today" and "in 1 hour"."""
    match message:
        case LessonOffer():
            return offers.offer(message, words)
        case LaterMenu():
            return offers.later_menu(message, words, now=now)
        case LaterSet():
            return offers.later_set(message, words, now=now)
        case Reminder():
            return offers.reminder(message, words)
        case LessonStarted():
            return offers.started(message, words)
        case CardShown():
            return cards.card(message, words)
        case QuestionShown():
            return steps.question(message, words)
        case QuestionRead():
            return steps.question_read(message, words)
        case PictureShown():
            return cards.picture(message)
        case EnclosureShown():
            return cards.enclosure(message, words)
        case NotRead():
            return steps.not_read(message, words)
        case Feedback():
            return verdicts.feedback(message, words)
        case LessonDone():
            return standing.lesson_done(message, words, now=now)
        case CourseDone():
            return standing.course_done(message, words)
        case OldButton():
            return standing.old_button(message, words, now=now)
        case NothingNow():
            return standing.nothing_now(message, words, now=now)
        case Progress():
            return standing.progress(message, words, now=now)
        case LessonList():
            return standing.lesson_list(message, words)
        case AskPrompt():
            return asking.ask_prompt(message, words)
        case AskQuestion():
            return asking.ask_question(message, words)
        case Asked():
            return asking.asked(message, words)
        case NobodyToAsk():
            return asking.nobody_to_ask(message, words)
        case AnswerFromPerson():
            return asking.answer_from_person(message, words)
        case _:
            assert_never(message)
