"""What a new version changes, in sentences about people: the same for the command line and the chat."""

from typing import assert_never

from academy.messages.versions import Change, CourseChanges, Moves
from i18n.catalog import Words


def sentences(message: CourseChanges, words: Words) -> tuple[str, ...]:
    """Return one line for each change, in course order; one line that says so when there is none."""
    if not message.changes:
        return (words("Nothing changed."),)
    lines = [_line(change, words, anybody=message.learners > 0) for change in message.changes]
    if message.new_ids:
        lines.append(words.plural("{n} new id.", "{n} new ids.", n=message.new_ids))
    return tuple(line for line in lines if line)


def what_happens(moves: Moves, words: Words) -> tuple[str, ...]:
    """Return what becomes of whom, one line each; empty when nobody is in the course."""
    lines = [
        moves.stay
        and words.plural(
            "{n} learner keeps their version.", "{n} learners keep their version.", n=moves.stay
        ),
        moves.moved
        and words.plural(
            "{n} learner goes on in the new version.",
            "{n} learners go on in the new version.",
            n=moves.moved,
        ),
        moves.under_way
        and words.plural(
            "{n} of them first finishes the lesson they are in.",
            "{n} of them first finish the lesson they are in.",
            n=moves.under_way,
        ),
        moves.completed
        and words.plural(
            "{n} of them has no lesson left and finishes the course.",
            "{n} of them have no lesson left and finish the course.",
            n=moves.completed,
        ),
        moves.finished
        and words.plural(
            "{n} learner has finished the course and keeps what they finished.",
            "{n} learners have finished the course and keep what they finished.",
            n=moves.finished,
        ),
        moves.named
        and words.plural(
            "{n} learner is told which finished lessons changed.",
            "{n} learners are told which finished lessons changed.",
            n=moves.named,
        ),
        moves.scored_anew
        and words.plural(
            "{n} learner gets another score and is told.",
            "{n} learners get another score and are told.",
            n=moves.scored_anew,
        ),
        moves.passes_kept
        and words.plural(
            "{n} of them would not have passed by the new key and stays passed.",
            "{n} of them would not have passed by the new key and stay passed.",
            n=moves.passes_kept,
        ),
    ]
    return tuple(line for line in lines if line)


def _line(change: Change, words: Words, *, anybody: bool) -> str:
    match change.what:
        case "course":
            return words("The course itself changed: {field}.", field=change.id)
        case "lesson":
            return " ".join(part for part in _lesson(change, words, anybody=anybody) if part)
        case "question":
            return " ".join(_question(change, words))
        case "translation":
            return _translation(change, words)
        case "renamed":
            return words(
                "{new} looks like {old} under another id. Without a word from you they are two things: {old}"
                " removed, {new} added.",
                new=change.id,
                old=change.was,
            )
    assert_never(change.what)


def _lesson(change: Change, words: Words, *, anybody: bool) -> tuple[str, ...]:
    match change.how:
        case "added":
            said = words("Lesson {number} is new: {title}.", number=change.number, title=change.title)
            will = words.plural("{n} learner will get it.", "{n} learners will get it.", n=change.ahead)
            return (said, will if anybody else "")
        case "removed":
            said = words("Lesson {number} removed: {title}.", number=change.number, title=change.title)
            kept = ""
            if change.past:
                kept = words.plural(
                    "{n} learner has finished it, and that is kept.",
                    "{n} learners have finished it, and that is kept.",
                    n=change.past,
                )
            return (said, kept, _inside(change, words))
        case "moved":
            return (
                words("Lesson {was} is lesson {number} now.", was=change.was_number, number=change.number),
            )
        case _:
            said = words("Lesson {number} changed.", number=change.number)
            met = words.plural(
                "{n} learner is past it, {ahead} will get the new one.",
                "{n} learners are past it, {ahead} will get the new one.",
                n=change.past,
                ahead=change.ahead,
            )
            return (said, met if anybody else "", _inside(change, words))


def _inside(change: Change, words: Words) -> str:
    if not change.inside:
        return ""
    return words.plural(
        "{n} learner is in it and finishes the one they began.",
        "{n} learners are in it and finish the one they began.",
        n=change.inside,
    )


def _question(change: Change, words: Words) -> tuple[str, ...]:
    if change.how == "removed":
        if not change.answers:
            return (words("Question {id} removed: nobody has answered it.", id=change.id),)
        return (
            words.plural(
                "Question {id} removed: {n} answer is kept.",
                "Question {id} removed: {n} answers are kept.",
                n=change.answers,
                id=change.id,
            ),
        )
    said = []
    if "key" in change.aspects:
        said.append(
            words.plural(
                "Question {id}: another answer is right now. {n} learner has answered it.",
                "Question {id}: another answer is right now. {n} learners have answered it.",
                n=change.answers,
                id=change.id,
            )
        )
    if "words" in change.aspects:
        said.append(words("Question {id}: the words changed.", id=change.id))
    if "points" in change.aspects:
        said.append(words("Question {id}: the points changed.", id=change.id))
    if "rules" in change.aspects:
        said.append(words("Question {id}: tries or order changed.", id=change.id))
    return tuple(said)


def _translation(change: Change, words: Words) -> str:
    language = words.language_name(change.id)
    match change.how:
        case "added":
            return words("{language} is new.", language=language)
        case "removed":
            return words("{language} removed.", language=language)
        case _:
            return words.plural(
                "{language}: {n} text changed.",
                "{language}: {n} texts changed.",
                n=change.count,
                language=language,
            )
