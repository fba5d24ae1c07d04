"""What a group answered: counts worked out by hand, and nobody who could be told apart."""

from dataclasses import replace
from datetime import UTC, datetime, time, timedelta
from decimal import Decimal

from learners.groups import Enrollment, Group
from learners.people import Person
from learners.records import LearnerRecord, Response, Verdict
from lessons.model import Course, Lesson
from lessons.steps import Choose, Number, Open, Option, Poll, Rate, Reflect, Say
from reports.answers import answers_table

NOW = datetime(2026, 11, 23, 1, tzinfo=UTC)
DAYS = frozenset(range(5))
GROUP = Group(
    id=1,
    name="Autumn",
    course_version_id=1,
    zone="UTC",
    weekdays=DAYS,
    at=time(9),
    expected=None,
    link_token="t",
    code="CODE",
    capacity=9,
    closes_at=None,
    created_at=NOW,
)
STEPS = (
    Say(id="card", text="Look."),
    Choose(
        id="q-fans",
        prompt="What uses the **most**?",
        options=(Option(text="Fans", right=True), Option(text="Lamps", right=False)),
    ),
    Number(id="q-kwh", prompt="How many?", answer=Decimal(150)),
    Open(id="q-place", prompt="Where?", tries=1),
    Poll(id="s-topic", prompt="What next?", options=("Solar", "Bills")),
    Rate(id="s-sure", prompt="How sure?", low=1, high=5),
    Reflect(id="s-check", prompt="And you?"),
)
COURSE = Course(
    id="c",
    title="Course",
    language="en",
    version="1",
    lessons=(Lesson(id="one", title="One", steps=STEPS),),
)


def said(item: str, response: str, verdict: Verdict, *, try_number: int = 1) -> Response:
    return Response(
        assignment_id=1,
        lesson_id="one",
        question_id=item,
        try_number=try_number,
        response=response,
        score=1.0 if verdict == "right" else 0.0,
        verdict=verdict,
        answered_at=NOW + timedelta(minutes=try_number),
    )


def record(number: int, *responses: Response) -> LearnerRecord:
    return LearnerRecord(
        person=Person(id=number, address=number, name=f"Learner {number}", language="en", zone=None),
        enrollment=Enrollment(
            id=number,
            person_id=number,
            group_id=1,
            course_version_id=1,
            weekdays=DAYS,
            at=time(9),
            state="active",
            joined_at=NOW,
        ),
        assignments=(),
        responses=responses,
    )


def rows(*records: LearnerRecord) -> dict[object, tuple[object, ...]]:
    """Return item → answers, right at once, most chosen, its share, to grade."""
    return {row[1]: row[4:] for row in answers_table(GROUP, course=COURSE, records=records).rows}


FIVE = tuple(
    record(
        number,
        said("q-fans", "0" if number < 3 else "1", "right" if number < 3 else "wrong"),
        said("q-fans", "0", "right", try_number=2),
        said("q-kwh", "150" if number < 2 else str(number), "right" if number < 2 else "wrong"),
        said("q-place", "", "waiting" if number < 2 else "right"),
        said("s-topic", "1", "noted"),
        said("s-topic", "0", "noted", try_number=2),
        said("s-sure", "4", "noted"),
        said("s-check", f"Only {number} knows", "noted"),
    )
    for number in range(5)
)


def test_first_tries_and_last_opinions_are_counted() -> None:
    # Three of five chose fans at once; two of five typed 150; two answers wait of five.
    assert rows(*FIVE) == {
        "q-fans": (5, 60, "Fans", 60, 0),
        "q-kwh": (5, 40, "150", 40, 0),
        "q-place": (5, 100, None, None, 2),
        "s-topic": (5, None, "Solar", 100, 0),
        "s-sure": (5, None, "4", 100, 0),
        "s-check": (5, None, None, None, 0),
    }


def test_under_five_answers_only_the_count_is_told() -> None:
    assert rows(*FIVE[:4]) == {
        "q-fans": (4, None, None, None, 0),
        "q-kwh": (4, None, None, None, 0),
        "q-place": (4, None, None, None, 2),
        "s-topic": (4, None, None, None, 0),
        "s-sure": (4, None, None, None, 0),
        "s-check": (4, None, None, None, 0),
    }


def test_what_one_person_typed_alone_is_not_told() -> None:
    alone = tuple(
        replace(one, responses=(said("q-kwh", str(number), "wrong"),)) for number, one in enumerate(FIVE)
    )

    assert rows(*alone)["q-kwh"] == (5, 0, None, None, 0)


def test_questions_that_nobody_answered_stand_in_the_report_too() -> None:
    table = answers_table(GROUP, course=COURSE, records=())

    assert table.rows[0] == ("one", "q-fans", "choose", "What uses the most?", 0, None, None, None, 0)
    assert len(table.rows) == 6


def test_left_out_is_no_answer_and_not_right() -> None:
    skipped = tuple(
        replace(one, responses=(said("q-fans", "", "shown"), said("s-check", "", "noted"))) for one in FIVE
    )

    found = rows(*skipped, *FIVE)

    # Ten were asked, five answered, three of them right at once.
    assert found["q-fans"] == (5, 30, "Fans", 60, 0)
    assert found["s-check"] == (5, None, None, None, 0)
