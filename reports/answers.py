"""What a group answered, question by question: counts, and never a person.

Shares are shown from five answers on: of fewer, somebody could tell who said what. What people wrote
for themselves, or for a person to grade, is counted and never shown.
"""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from typing import Final, assert_never

from learners.groups import Group
from learners.records import LearnerRecord, Response
from lessons.markup import parse
from lessons.model import Course
from lessons.steps import (
    CARDS,
    AnyQuestion,
    AnySurvey,
    Choose,
    ChooseAll,
    Match,
    Number,
    Open,
    Order,
    Poll,
    Rate,
    Reflect,
    Text,
    TrueFalse,
)
from lessons.text_match import simplified
from reports.table import Cell, Column, Table

PEOPLE_FOR_SHARES: Final = 5
"""Answers from which on shares are shown."""
_TEXT_CHARS: Final = 80
"""Of a question: enough to know it by."""


def answers_table(group: Group, *, course: Course, records: Sequence[LearnerRecord]) -> Table:
    """Return one row for each question and survey, in the order of the course.

    First tries are counted of questions, and of surveys the answer that was left standing.
    """
    by_item = _by_item(records)
    rows = tuple(
        _row(lesson.id, step, by_item.get(step.id, ()))
        for lesson in course.lessons
        for step in lesson.steps
        if not isinstance(step, CARDS)
    )
    return Table(
        title=f"{group.name}: {course.title}",
        columns=(
            Column("lesson", "Lesson"),
            Column("item", "Item"),
            Column("kind", "Kind"),
            Column("text", "Text"),
            Column("answers", "Answers"),
            Column("right_first_percent", "Right at once", "%"),
            Column("most_chosen", "Most chosen"),
            Column("most_chosen_percent", "Share", "%"),
            Column("answers_waiting", "To grade"),
        ),
        rows=rows,
        notes=(f"Shares are shown from {PEOPLE_FOR_SHARES} answers on. Nobody is named.",),
    )


def _by_item(records: Iterable[LearnerRecord]) -> Mapping[str, list[tuple[Response, ...]]]:
    """Return item id → what each person said to it, in the order of their tries."""
    found: dict[str, list[tuple[Response, ...]]] = {}
    for record in records:
        own: dict[str, list[Response]] = {}
        for response in record.responses:
            own.setdefault(response.question_id, []).append(response)
        for item, said in own.items():
            found.setdefault(item, []).append(tuple(said))
    return found


def _row(
    lesson: str, item: AnyQuestion | AnySurvey, said: Sequence[tuple[Response, ...]]
) -> tuple[Cell, ...]:
    survey = isinstance(item, Poll | Rate | Reflect)
    # A test can be taken again: the first attempt is what was known, the last one what was wished.
    counted = [one[-1] if survey else one[0] for one in said]
    given = [one for one in counted if one.verdict != "shown" and not (survey and not one.response)]
    enough = len(given) >= PEOPLE_FOR_SHARES
    marked = [one for one in counted if one.verdict not in {"waiting", "noted"}]
    right = sum(one.verdict == "right" for one in marked)
    most = _most_chosen(item, given) if enough else None
    return (
        lesson,
        item.id,
        item.kind,
        _shortened(parse(item.prompt).text),
        len(given),
        100 * right // len(marked) if enough and marked and not survey else None,
        most[0] if most else None,
        100 * most[1] // len(given) if most else None,
        sum(one.verdict == "waiting" for one in counted),
    )


def _most_chosen(item: AnyQuestion | AnySurvey, given: Sequence[Response]) -> tuple[str, int] | None:
    """Return what most people said, in words, and how many; None where words would tell on somebody."""
    counts = Counter(said for one in given for said in _said(item, one.response))
    if not counts:
        return None
    # The first of equals, in the order of the course, so that two runs say the same.
    said = min(counts, key=lambda one: (-counts[one], one))
    if isinstance(item, Number | Text) and counts[said] == 1:
        # Typed by one person alone: their own words.
        return None
    words = _words(item, said)
    return None if words is None else (words, counts[said])


def _said(item: AnyQuestion | AnySurvey, response: str) -> tuple[str, ...]:
    match item:
        case Choose() | ChooseAll() | TrueFalse() | Poll():
            return tuple(response.split(","))
        case Rate() | Number():
            return (response.strip(),)
        case Text():
            return (simplified(response),)
        case Open() | Reflect() | Order() | Match():
            return ()
        case _:
            assert_never(item)


def _words(item: AnyQuestion | AnySurvey, said: str) -> str | None:
    match item:
        case Choose() | ChooseAll():
            found = item.options[int(said)].text if _is_index(said, len(item.options)) else None
        case Poll():
            found = item.options[int(said)] if _is_index(said, len(item.options)) else None
        case TrueFalse():
            found = {"1": "True", "0": "False"}.get(said)
        case Rate():
            return said
        case Number() | Text():
            return said
        case Open() | Reflect() | Order() | Match():
            return None
        case _:
            assert_never(item)
    return None if found is None else parse(found).text


def _is_index(said: str, count: int) -> bool:
    return said.isdecimal() and int(said) < count


def _shortened(text: str) -> str:
    line = " ".join(text.split())
    return line if len(line) <= _TEXT_CHARS else f"{line[: _TEXT_CHARS - 1]}…"
