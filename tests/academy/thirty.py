"""Thirty learners in different places of one course, for tests of what a new version does to them."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta

from sqlalchemy import Connection, select

from learners.groups import EnrollmentState
from learners.people import Person
from learners.records import Response
from lessons.model import Course, Lesson
from lessons.steps import Choose, Option, Say
from storage import courses, enrollments, people, records, roles
from storage.tables import course_versions
from tests.academy.school import Learner, join

NOW = datetime(2026, 11, 23, 2, tzinfo=UTC)  # a Monday, 10:00 in Ulaanbaatar, 03:00 in Skopje
BEGAN = NOW - timedelta(days=10)


def question(name: str, *, right: str = "x") -> Choose:
    options = tuple(Option(text=text, right=text == right) for text in ("x", "y"))
    return Choose(id=f"q-{name}", prompt=f"Which, in {name}?", options=options, shuffle=False)


def lesson(name: str, *, says: str = "Look.", right: str = "x") -> Lesson:
    card = Say(id=f"{name}-card", text=says)
    return Lesson(id=name, title=f"Lesson {name}", steps=(card, question(name, right=right)))


A, B, C, D = (lesson(name) for name in "abcd")
FIRST = Course(id="town", title="Town", language="en", version="1.0.0", lessons=(A, B, C, D))
SECOND = replace(
    FIRST,
    version="2.0.0",
    # `new` comes in, the key of `q-b` was wrong, `c` goes, `d` has other words.
    lessons=(A, lesson("new"), lesson("b", right="y"), lesson("d", says="Look twice.")),
)
SHORTER = replace(FIRST, version="3.0.0", lessons=(A, B))


@dataclass(frozen=True, slots=True)
class At:
    """Where somebody is: the answers of finished lessons, and the lesson that waits or is under way."""

    finished: Sequence[tuple[str, str]] = ()
    """Lesson and answer: `x`, `y`, or `?` for "show me"."""
    open: str = ""
    step: int | None = None
    """None: offered and not begun."""
    answered: str = ""
    state: EnrollmentState = "active"


def done(answers: str) -> tuple[tuple[str, str], ...]:
    return tuple(zip("abcd", answers, strict=False))


PLACES: dict[int, At] = {
    **dict.fromkeys((1, 2), At(state="joining")),
    3: At(open="a", step=0),
    4: At(open="a", step=1),
    5: At(open="a", step=1, answered="y"),
    **dict.fromkeys((6, 7, 8), At(finished=done("x"))),
    **dict.fromkeys((9, 10, 11), At(finished=done("x"), open="b")),
    12: At(finished=done("x"), open="b", step=0),
    13: At(finished=done("x"), open="b", step=1),
    14: At(finished=done("x"), open="b", step=1, answered="y"),
    15: At(finished=done("xx")),
    16: At(finished=done("xy")),
    17: At(finished=done("x?")),
    18: At(finished=done("xx"), open="c", step=0),
    19: At(finished=done("xx"), open="c", step=1),
    **dict.fromkeys((20, 21), At(finished=done("xxx"), open="d")),
    22: At(finished=done("xxx"), open="d", step=0),
    23: At(finished=done("xxx"), open="d", step=1),
    24: At(finished=done("xxxx"), state="finished"),
    25: At(finished=done("yxxx"), state="finished"),
    26: At(finished=done("yyyx"), state="finished"),
    27: At(finished=done("yyxx"), state="finished"),
    28: At(finished=done("x"), state="paused"),
    29: At(finished=done("x"), open="b", step=0, state="paused"),
    30: At(finished=done("xy"), state="withdrawn"),
}


def thirty(tx: Connection) -> dict[int, Learner]:
    """Return the learners by number; learner 1 has the address 1, and so on."""
    return {number: _placed(tx, number, at) for number, at in PLACES.items()}


def facilitator(tx: Connection, learners: dict[int, Learner]) -> Person:
    person = people.add(tx, address=900, name="Saraa", language="en", now=NOW)
    group = learners[1].enrollment.group_id
    roles.grant(tx, person_id=person.id, name="facilitator", group_id=group, now=NOW)
    return person


def stands(tx: Connection, learner: Learner) -> str:
    """Return "2.0.0 b@1.0.0:1 > new": pinned version, open lesson with version and step, what is next."""
    pinned = learner.enrollment.course_version_id
    waiting = records.open_assignment(tx, learner.enrollment_id)
    given = {one.lesson_id for one in learner.given}
    coming = [one.id for one in courses.course(tx, pinned).lessons if one.id not in given]
    open_now = "-"
    if waiting is not None:
        step = waiting.step if waiting.started_at is not None else "offered"
        open_now = f"{waiting.lesson_id}@{_version(tx, waiting.course_version_id)}:{step}"
    return f"{_version(tx, pinned)} {open_now} > {coming[0] if coming else '-'}"


def _version(tx: Connection, version_id: int) -> str:
    query = select(course_versions.c.version).where(course_versions.c.id == version_id)
    return str(tx.execute(query).scalar_one())


def _placed(tx: Connection, number: int, at: At) -> Learner:
    learner = join(tx, address=number, course=FIRST, group="Town hall", now=BEGAN)
    for day, (name, answer) in enumerate(at.finished):
        _give(tx, learner, name, day=day, answer=answer, step=1, finished=True)
    if at.open:
        step = at.step
        day = len(at.finished)
        _give(tx, learner, at.open, day=day, answer=at.answered, step=step, finished=False)
    if at.state != "joining":
        ended = NOW - timedelta(days=1) if at.state == "finished" else None
        enrollments.set_state(tx, learner.enrollment_id, at.state, started_at=BEGAN, finished_at=ended)
    return learner


def _give(
    tx: Connection, learner: Learner, name: str, *, day: int, answer: str, step: int | None, finished: bool
) -> None:
    at = BEGAN + timedelta(days=day)
    given = records.assign(
        tx,
        enrollment_id=learner.enrollment_id,
        lesson_id=name,
        course_version_id=learner.enrollment.course_version_id,
        at=at,
        on=at.date(),
        started_at=None if step is None else at,
    )
    assert given is not None
    after = replace(given, step=step or 0)
    if answer:
        after = replace(after, try_number=2)
        verdict = {"x": "right", "y": "wrong", "?": "shown"}[answer]
        kept = Response(
            assignment_id=given.id,
            lesson_id=name,
            question_id=f"q-{name}",
            try_number=1,
            response="" if answer == "?" else str("xy".index(answer)),
            score=1.0 if answer == "x" else 0.0,
            verdict=verdict,  # type: ignore[arg-type]  # one of the words of the table above
            answered_at=at,
        )
        assert records.add_response(tx, kept)
    if finished:
        after = replace(after, step=2, finished_at=at, try_number=1)
    assert records.change(tx, given, after)
