"""Courses in the chat: what the check found, the offer to publish, and why a file was not read."""

from typing import assert_never

from academy.messages.authoring import (
    CourseList,
    CourseReport,
    FileRefused,
    PlanChoice,
    PublishOffer,
    PublishResult,
)
from bot.callback_data import press
from bot.limits import CAPTION_UNITS, utf16_units
from bot.rich import bold, joined
from bot.screen import Button, View
from bot.screens.changes import sentences, what_happens
from bot.screens.rows import cut
from i18n.catalog import Words
from lessons.markup import RichText, Span

_ROOM_FOR_WORDS = 300
"""UTF-16 units of a caption left for our own words around the problems."""

_CHANGES_SHOWN = 12
"""More would push the buttons off the screen; `dusal course diff` tells them all."""
_RENAMES_ASKED = 5


def report(message: CourseReport, words: Words) -> View:
    """Return the first problems as text, and all of them as a file."""
    if not message.first:
        return View(text=RichText(words("{name}: no problems found.", name=message.name)))
    shown = _fitting(message.first, CAPTION_UNITS - _ROOM_FOR_WORDS)
    found = [
        words.plural("{n} error", "{n} errors", n=message.errors) if message.errors else "",
        words.plural("{n} warning", "{n} warnings", n=message.warnings) if message.warnings else "",
    ]
    heading = f"{message.name}: {words.list(tuple(part for part in found if part))}"
    rest = ""
    if len(shown) < message.errors + message.warnings:
        rest = words("All of them, with what to do, are in the file.")
    after = words("Mend the errors and send the file again.") if message.errors else ""
    return View(
        text=joined((bold(heading), *(_code(problem) for problem in shown), rest, after)),
        document=(f"{message.name}.problems.txt", message.document),
    )


def offer(message: PublishOffer, words: Words) -> View:
    """Return what would be published, and the button that does it."""
    size = ", ".join(
        (
            words.plural("{n} lesson", "{n} lessons", n=message.lessons),
            words.plural("{n} question", "{n} questions", n=message.questions),
            words.list(tuple(words.language_name(language) for language in message.languages)),
        )
    )
    learners = ""
    if message.learners:
        learners = words.plural(
            "{n} person learns an earlier version.",
            "{n} people learn an earlier version.",
            n=message.learners,
        )
    same = tuple(
        (
            Button(
                label=cut(("✓ " if said else "") + words("{new} was {old}", new=written, old=was)),
                press=press("c_same", message.draft_id, index),
            ),
        )
        for index, (written, was, said) in enumerate(message.renames[:_RENAMES_ASKED])
    )
    preview = Button(label=words("Preview"), press=press("c_preview", message.draft_id, 0, 0))
    publish = Button(label=words("Publish"), press=press("c_publish", message.draft_id), style="primary")
    return View(
        text=joined(
            (
                joined((bold(message.course), _identity(message, words), size), between="\n"),
                _changes(message, words),
                learners,
                words("Publish it? The button works for 10 minutes."),
            )
        ),
        buttons=(*same, (preview, publish)),
    )


def plan_choice(message: PlanChoice, words: Words) -> View:
    """Return who could get the new version, a button each, and what would become of whom."""
    draft_id, again = message.draft_id, int(message.mark_again)
    rows = [
        (Button(label=words("New groups only"), press=press("c_plan", draft_id, "n", 0)),),
        (
            Button(
                label=words("From their next lesson"),
                press=press("c_plan", draft_id, "l", again),
                style="primary",
            ),
        ),
        (Button(label=words("And name changed lessons"), press=press("c_plan", draft_id, "f", again)),),
    ]
    if message.key_corrected:
        mark = ("✓ " if message.mark_again else "") + words("Mark answers again")
        rows.append((Button(label=mark, press=press("c_plans", draft_id, 1 - again)),))
    rows.append((Button(label=words("Back"), press=press("c_offer", draft_id)),))
    key = ""
    if message.key_corrected:
        key = words("Right answers changed. If the old ones were wrong, answers can be marked again.")
    happens = words("From their next lesson") + ":\n" + _listed(what_happens(message.moves, words))
    return View(
        text=joined(
            (
                bold(f"{message.course} {message.version}"),
                words("Who gets the new version?"),
                happens,
                words("Nobody loses a lesson that they have begun, and answers are kept."),
                key,
            )
        ),
        buttons=tuple(rows),
    )


def result(message: PublishResult, words: Words) -> View:
    """Return what became of [Publish]."""
    match message.outcome:
        case "published":
            said = words("Published. New groups get this version.")
            happened = _listed(what_happens(message.moves, words))
            return View(text=joined((said, happened, _identity(message, words))))
        case "unchanged":
            said = words("Exactly this is published already. Nothing was changed.")
        case "version_taken":
            said = words(
                "This version is published with other content. Write a higher version into the course"
                " and send the file again."
            )
        case "expired":
            return View(text=RichText(words("This offer is over. Send the file again to publish it.")))
        case _:
            assert_never(message.outcome)
    return View(text=joined((said, _identity(message, words))))


def refused(message: FileRefused, words: Words) -> View:
    """Return why a file was not read, and what to do instead."""
    return View(text=RichText(_refusal(message, words)))


def courses(message: CourseList, words: Words) -> View:
    """Return the published courses, and how to bring more."""
    how = words("Send a .yaml or .zip file here to check a course and publish it.")
    if not message.courses:
        return View(text=joined((words("No course is published yet."), how)))
    lines = [
        joined(
            (
                bold(line.title),
                words("{course}, version {version}", course=line.course_id, version=line.version),
                words.plural("{n} lesson", "{n} lessons", n=line.lessons)
                + ", "
                + words.plural("{n} learner", "{n} learners", n=line.learners),
            ),
            between="\n",
        )
        for line in message.courses
    ]
    more = words("And {n} more.", n=message.more) if message.more else ""
    return View(text=joined((*lines, more, how)))


def _refusal(message: FileRefused, words: Words) -> str:
    match message.reason:
        case "not_admin":
            return words("Courses are managed by the academy's admins. Your file was not read.")
        case "type":
            return words("Courses come as .yaml or .zip files. This file was not read.")
        case "too_large":
            return words(
                "This file is larger than {limit} MB and was not read. Smaller pictures help most.",
                limit=message.limit_megabytes,
            )
        case "bomb":
            return words("This zip unpacks to more than a course may have. It was not read.")
        case "private_chat_only":
            return words("Course files are read in our private chat only. Send it here.")
        case "gone":
            return words("Telegram no longer has this file. Send it again.")
        case "out_of_reach":
            return words("The file could not be fetched just now. Send it again in a minute.")
        case "no_file_expected":
            return words("Files are not read here. Write it as text; /help lists what there is.")
        case "forwarded":
            return words("Forwarded files are not read. Save the file and send it yourself.")
    assert_never(message.reason)


def _changes(message: PublishOffer, words: Words) -> str:
    """Return what is different from the version people learn, the first changes in words."""
    if message.changes is None:
        return ""
    lines = sentences(message.changes, words)
    shown = lines[:_CHANGES_SHOWN]
    heading = words("Since version {version}:", version=message.changes.against)
    more = words("And {n} more.", n=len(lines) - len(shown)) if len(lines) > len(shown) else ""
    return "\n".join(line for line in (heading, _listed(shown), more) if line)


def _listed(lines: tuple[str, ...]) -> str:
    return "\n".join(f"• {line}" for line in lines)


def _identity(message: PublishOffer | PublishResult, words: Words) -> str:
    return words(
        "{course}, version {version}, content {hash}",
        course=message.course_id,
        version=message.version,
        hash=message.content_hash,
    )


def _code(text: str) -> RichText:
    return RichText(text, (Span(start=0, length=len(text), kind="code"),))


def _fitting(problems: tuple[str, ...], units: int) -> tuple[str, ...]:
    """Return the problems, from the first, that fit together; of a first one that does not, its beginning."""
    kept: list[str] = []
    for problem in problems:
        units -= utf16_units(problem) + 2
        if units < 0:
            break
        kept.append(problem)
    if kept:
        return tuple(kept)
    return (problems[0][: (CAPTION_UNITS - _ROOM_FOR_WORDS) // 2] + "…",)
