"""How it looks when a course has a new version: what learners are told, and what facilitators are."""

from typing import assert_never

from academy.messages.versions import (
    CorrectedQuestion,
    KeyCorrected,
    LessonsChanged,
    PassesKept,
    VersionMessage,
)
from bot.callback_data import press
from bot.rich import bold, joined
from bot.screen import Button, View
from bot.screens.names import person_name
from bot.screens.rows import cut
from i18n.catalog import Words
from lessons.markup import RichText

_QUESTIONS_NAMED = 8
_PROMPT_CHARS = 200
"""Of a question's words: enough to know it by, and eight of them fit into one message."""


def view(message: VersionMessage, words: Words) -> View:
    """Return how `message` looks in the language of `words`."""
    match message:
        case LessonsChanged():
            return lessons_changed(message, words)
        case KeyCorrected():
            return key_corrected(message, words)
        case PassesKept():
            return passes_kept(message, words)
        case _:
            assert_never(message)


def lessons_changed(message: LessonsChanged, words: Words) -> View:
    """Return which finished lessons read differently now, each with a way to read it."""
    if len(message.lessons) == 1:
        said = words("Lesson {n} was changed. Read it again?", n=message.lessons[0][1])
    else:
        said = words("Some lessons that you have finished were changed. Read them again?")
    more = words("And {n} more: /lessons", n=message.more) if message.more else ""
    return View(
        text=joined((bold(message.course), said, words("Reading again changes no score."), more)),
        buttons=tuple(
            (Button(label=cut(f"{number}. {title}"), press=press("l_lesson", assignment)),)
            for assignment, number, title in message.lessons
        ),
    )


def key_corrected(message: KeyCorrected, words: Words) -> View:
    """Return what answers count as now, and the score that follows."""
    score = ""
    if message.score_percent is not None:
        score = words("Your score is {n}%.", n=message.score_percent)
    match message.passed:
        case "kept":
            passed = words("You have passed, and that stays.")
        case "now":
            passed = words("With that you have passed.")
        case _:
            passed = ""
    lines = tuple(_counts(question, words) for question in message.questions[:_QUESTIONS_NAMED])
    left = len(message.questions) - len(lines)
    more = words("And {n} more.", n=left) if left else ""
    result = " ".join(one for one in (score, passed) if one)
    return View(text=joined((bold(message.course), *lines, more, result)))


def passes_kept(message: PassesKept, words: Words) -> View:
    """Return who stays passed, for those who follow the group."""
    said = words.plural(
        "A wrong key was corrected. By the new one {n} person would be below {percent}%; they stay passed:",
        "A wrong key was corrected. By the new one {n} people would be below {percent}%; they stay passed:",
        n=len(message.names),
        percent=message.pass_percent,
    )
    names = "\n".join(person_name(name, words) for name in message.names)
    heading = bold(f"{message.group}: {message.course}")
    return View(text=joined((heading, said, RichText(names))))


def _counts(question: CorrectedQuestion, words: Words) -> str:
    prompt = question.prompt[:_PROMPT_CHARS]
    match question.counts:
        case "right":
            return words(
                "Question “{prompt}” had a mistake on our side. Your answer counts as right now.",
                prompt=prompt,
            )
        case "partly":
            return words(
                "Question “{prompt}” had a mistake on our side. Your answer counts as partly right now.",
                prompt=prompt,
            )
        case "wrong":
            return words(
                "Question “{prompt}” had a mistake on our side. By the corrected key, yours does not count.",
                prompt=prompt,
            )
    assert_never(question.counts)
