"""What a rehearsal found, told to a person, a spreadsheet or a program."""

import json
from collections import Counter
from collections.abc import Iterator
from datetime import date

from app.rehearsing import Played, Rehearsal, Said
from reports.exports import to_csv, to_json
from reports.table import Column, Table
from scheduler.rehearsal import DESCRIPTIONS, Load, heaviest

_WORDS_SHOWN = 60


def calendar(rehearsal: Rehearsal) -> Table:
    """Return every message of every learner, learner by learner, in the order they came."""
    return Table(
        title="Calendar",
        columns=(
            Column("learner", "Learner"),
            Column("habit", "Habit"),
            Column("language", "Language"),
            Column("at", "At"),
            Column("what", "What"),
            Column("sound", "Sound"),
            Column("by_itself", "By itself"),
            Column("words", "Words"),
        ),
        rows=tuple(
            (
                one.name,
                one.habit,
                one.language,
                said.at,
                said.kind.replace("_", " "),
                "silent" if said.silent else "buzzes",
                said.by_itself,
                _cut(said.words),
            )
            for one in rehearsal.played
            for said in one.said
        ),
    )


def as_csv(rehearsal: Rehearsal) -> str:
    """Return the calendar as CSV."""
    return to_csv(calendar(rehearsal))


def as_json(rehearsal: Rehearsal, *, learners: int, rate_per_second: int) -> str:
    """Return everything as one JSON object."""
    load = load_of(rehearsal, learners=learners, rate_per_second=rate_per_second)
    told = {
        "course": rehearsal.course.id,
        "version": rehearsal.course.version,
        "zone": rehearsal.zone.key,
        "learners": learners,
        "problems": list(problems(rehearsal)),
        "warnings": list(warnings(rehearsal, load)),
        "heaviest_minute": None
        if load is None
        else {
            "at": load.at.isoformat(),
            "messages": load.messages,
            "seconds": round(load.seconds, 1),
        },
        "played": [
            {
                "learner": one.name,
                "habit": one.habit,
                "language": one.language,
                "lessons_finished": one.finished,
                "lessons": len(rehearsal.course.lessons),
                "messages": len(one.said),
                "buzzing": sum(not said.silent for said in one.said),
                "most_messages_in_a_day": max(_per_day(one).values(), default=0),
            }
            for one in rehearsal.played
        ],
        "calendar": json.loads(to_json(calendar(rehearsal))),
    }
    return json.dumps(told, ensure_ascii=False, indent=2)


def as_text(rehearsal: Rehearsal, *, learners: int, rate_per_second: int) -> str:
    """Return the whole as text for a person; of messages that answer a tap only their number."""
    course = rehearsal.course
    load = load_of(rehearsal, learners=learners, rate_per_second=rate_per_second)
    who = _counted(len(rehearsal.played), "learner")
    what = f"{course.id} {course.version}, {_counted(len(course.lessons), 'lesson')}"
    lines = [f"{what}, played by {who} in {rehearsal.zone.key}"]
    for one in rehearsal.played:
        lines += ["", *_learner(one, rehearsal)]
    lines += ["", _per_day_in_words(rehearsal)]
    if load is not None:
        lines.append(_load(load, learners=learners, rate_per_second=rate_per_second))
    lines += [f"warning: {told}" for told in warnings(rehearsal, load)]
    lines += [f"error: {told}" for told in problems(rehearsal)]
    if not any(problems(rehearsal)):
        lines.append(_all_right(rehearsal))
    return "\n".join(lines)


def load_of(rehearsal: Rehearsal, *, learners: int, rate_per_second: int) -> Load | None:
    """Return the heaviest minute for so many learners, reckoned from the ones who were played."""
    return heaviest(
        (said.at for one in rehearsal.played for said in one.said if said.by_itself),
        played=len(rehearsal.played),
        learners=learners,
        rate_per_second=rate_per_second,
    )


def problems(rehearsal: Rehearsal) -> Iterator[str]:
    """Yield what makes the course unfit to be taught, one sentence each."""
    for one in rehearsal.played:
        if one.stuck:
            yield f"{one.name} ({one.language}) could not go on. The phone showed:\n{one.stuck}"
        elif one.habit == "keen" and one.finished < len(rehearsal.course.lessons) and not one.refused:
            told = f"{one.finished} of {_counted(len(rehearsal.course.lessons), 'lesson')}"
            yield f"{one.name} ({one.language}) answered everything right and finished only {told}"
    for question in sorted({question for one in rehearsal.played for question in one.refused}):
        who = [f"{one.name} ({one.language})" for one in rehearsal.played if question in one.refused]
        yield (
            f"{question}: the answer that the course calls right did not count as right on the phone of"
            f" {', '.join(who)}"
        )
    if rehearsal.undelivered:
        yield f"Telegram would refuse {_counted(rehearsal.undelivered, 'message')}"


def warnings(rehearsal: Rehearsal, load: Load | None) -> Iterator[str]:
    """Yield what should be known before the first learner joins, one sentence each."""
    if load is not None and not load.fits_its_minute:
        yield (
            f"at {load.at:%H:%M} the last of {load.messages:,} learners waits {_seconds(load.seconds)};"
            " give the groups different hours"
        )
    for question in rehearsal.never_asked:
        yield f"{question}: nobody was asked it, though its lesson was finished"


def _learner(one: Played, rehearsal: Rehearsal) -> Iterator[str]:
    lessons = len(rehearsal.course.lessons)
    yield f"{one.name} ({one.language}) {DESCRIPTIONS[one.habit]}: {one.finished} of {lessons} lessons"
    for day, said in _days(one).items():
        first = said[0].at
        silent = sum(message.silent for message in said)
        buzzing = [message for message in said if not message.silent]
        after = f"; {silent} silent" if silent else ""
        if not buzzing:
            yield f"  {day:%a %d %b}  {first:%H:%M}  nothing buzzes{after}"
        for number, message in enumerate(buzzing):
            shown = f"{day:%a %d %b}" if number == 0 else " " * 10
            last = after if number == len(buzzing) - 1 else ""
            yield f"  {shown}  {message.at:%H:%M}  {message.kind}: {_cut(message.words)}{last}"


def _per_day_in_words(rehearsal: Rehearsal) -> str:
    days = [said for one in rehearsal.played for said in _days(one).values()]
    counts = [len(said) for said in days] or [0]
    buzzing = max((sum(not one.silent for one in said) for said in days), default=0)
    average = sum(counts) / len(counts)
    told = f"{average:.0f} on average, {max(counts)} at most"
    return f"Messages a day and learner: {told}; at most {buzzing} of them buzz."


def _load(load: Load, *, learners: int, rate_per_second: int) -> str:
    return (
        f"Most at one minute: {load.messages:,} messages on {load.at:%a %d %b} at {load.at:%H:%M}"
        f" for {_counted(learners, 'learner')}; at {rate_per_second} a second they need"
        f" {_seconds(load.seconds)} (reckoned, not played)."
    )


def _all_right(rehearsal: Rehearsal) -> str:
    questions = sum(len(lesson.questions) for lesson in rehearsal.course.lessons)
    return f"Nobody got stuck, and no right answer was refused: {_counted(questions, 'question')}."


def _days(one: Played) -> dict[date, list[Said]]:
    days: dict[date, list[Said]] = {}
    for said in one.said:
        days.setdefault(said.at.date(), []).append(said)
    return days


def _per_day(one: Played) -> Counter[date]:
    return Counter(said.at.date() for said in one.said)


def _seconds(seconds: float) -> str:
    if seconds < 120:
        return f"{max(1, round(seconds))} s"
    return f"{round(seconds / 60)} minutes" if seconds < 7200 else f"{seconds / 3600:.1f} hours"


def _cut(words: str) -> str:
    return words if len(words) <= _WORDS_SHOWN else words[: _WORDS_SHOWN - 1] + "…"


def _counted(number: int, word: str) -> str:
    return f"{number:,} {word}" if number == 1 else f"{number:,} {word}s"
