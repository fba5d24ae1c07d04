"""A corrected key: what each kind of answer is worth by it, and what stays as it was."""

from dataclasses import replace
from decimal import Decimal

import pytest
from sqlalchemy import Connection

from academy import publishing
from academy.messages.versions import KeyCorrected
from academy.republishing import Plan
from learners.records import Response, Verdict
from lessons.model import Course, FinalTest, Lesson, Pair, Translation
from lessons.steps import (
    AnyQuestion,
    Choose,
    ChooseAll,
    Match,
    MatchPair,
    Number,
    Option,
    Order,
    Say,
    Text,
    TrueFalse,
)
from storage import records
from tests.academy.cohort import NOW, shown
from tests.academy.school import ACADEMY, Learner, join

OPTIONS = tuple(Option(text=text, right=text == "fans") for text in ("fans", "lamps", "screens"))
FANS = Choose(id="q", prompt="What runs?", options=OPTIONS)
ALL = ChooseAll(id="q", prompt="What runs?", options=OPTIONS)
FLAT = TrueFalse(id="q", prompt="It saves heat.", answer=True)
KWH = Number(id="q", prompt="How many?", answer=Decimal(150))
VALVE = Text(id="q", prompt="Which part?", accept=("valve",))
STEPS = Order(id="q", prompt="In order.", items=("close", "set", "wait"))
ROOMS = Match(
    id="q", prompt="Match.", pairs=(MatchPair(left="Office", right="20"), MatchPair(left="Hall", right="17"))
)


def right(*texts: str, order: tuple[str, ...] = ("fans", "lamps", "screens")) -> tuple[Option, ...]:
    return tuple(Option(text=text, right=text in texts) for text in order)


def course(asked: AnyQuestion, *, version: str = "1", test: FinalTest | None = None) -> Course:
    first = Lesson(id="one", title="One", steps=(Say(id="card", text="Look."), asked), test=test)
    after = Lesson(id="two", title="Two", steps=(Say(id="card-2", text="Look again."),))
    return Course(id="town", title="Town", language="en", version=version, lessons=(first, after))


def answered(
    tx: Connection, taught: Course, *given: tuple[str, float, Verdict], address: int = 1, language: str = "en"
) -> Learner:
    """Return a learner who has finished the first lesson with these answers."""
    learner = join(tx, address=address, course=taught, group="Town hall", now=NOW, language=language)
    assignment = records.assign(
        tx,
        enrollment_id=learner.enrollment_id,
        lesson_id="one",
        course_version_id=learner.enrollment.course_version_id,
        at=NOW,
        on=NOW.date(),
        started_at=NOW,
    )
    assert assignment is not None
    for number, (response, score, verdict) in enumerate(given, start=1):
        kept = Response(
            assignment_id=assignment.id,
            lesson_id="one",
            question_id="q",
            try_number=number,
            response=response,
            score=score,
            verdict=verdict,
            answered_at=NOW,
        )
        assert records.add_response(tx, kept)
    records.change(tx, assignment, replace(assignment, step=2, finished_at=NOW, drawn=("q",)))
    return learner


def corrected(tx: Connection, mended: Course) -> None:
    plan = Plan(corrected_key=True)
    publishing.publish_over(tx, course=mended, media={}, plan=plan, now=NOW, academy=ACADEMY)


def worth(tx: Connection, learner: Learner) -> list[tuple[float, str]]:
    return [(one.score, one.verdict) for one in records.responses_of(tx, learner.enrollment_id)]


@pytest.mark.parametrize(
    ("was", "now", "given", "expected"),
    [
        # The options stand the other way round besides: 0 was "fans", and is "screens" now.
        (
            FANS,
            replace(FANS, options=right("lamps", order=("screens", "lamps", "fans"))),
            ("0", 1.0, "right"),
            (0.0, "wrong"),
        ),
        (FANS, replace(FANS, options=right("lamps")), ("1", 0.0, "wrong"), (1.0, "right")),
        # "fans" is gone: what was chosen has no meaning in the new question.
        (
            FANS,
            replace(FANS, options=right("lamps", order=("lamps", "screens"))),
            ("0", 1.0, "right"),
            (1.0, "right"),
        ),
        # Fans and lamps are right now, and fans was picked: one of two.
        (ALL, replace(ALL, options=right("fans", "lamps")), ("0", 1.0, "right"), (0.5, "partly")),
        (FLAT, replace(FLAT, answer=False), ("0", 0.0, "wrong"), (1.0, "right")),
        (KWH, replace(KWH, answer=Decimal(15)), ("15", 0.0, "wrong"), (1.0, "right")),
        (KWH, replace(KWH, tolerance=Decimal(5)), ("146", 0.0, "wrong"), (1.0, "right")),
        (VALVE, replace(VALVE, accept=("valve", "TRV")), ("trv", 0.0, "wrong"), (1.0, "right")),
        (STEPS, replace(STEPS, items=("set", "close", "wait")), ("1,0,2", 0.5, "partly"), (1.0, "right")),
        (
            ROOMS,
            replace(ROOMS, pairs=(MatchPair(left="Office", right="17"), MatchPair(left="Hall", right="20"))),
            ("1,0", 0.0, "wrong"),
            (1.0, "right"),
        ),
        (FLAT, replace(FLAT, answer=False), ("", 0.0, "shown"), (0.0, "shown")),
    ],
)  # fmt: skip
def test_an_answer_is_worth_what_the_corrected_key_says(
    tx: Connection,
    was: AnyQuestion,
    now: AnyQuestion,
    given: tuple[str, float, Verdict],
    expected: tuple[float, Verdict],
) -> None:
    learner = answered(tx, course(was), given)

    corrected(tx, course(now, version="2"))

    assert worth(tx, learner) == [expected]
    told = [said.message for said in shown(tx, learner.person) if isinstance(said.message, KeyCorrected)]
    assert bool(told) is (given[1:] != expected)


def test_an_answer_in_another_language_is_marked_by_that_language(tx: Connection) -> None:
    def spoken(version: str, *accepted: str) -> Course:
        pair = Pair(source="", target="", at="q.accept", accept=accepted, lesson="one")
        return replace(
            course(VALVE, version=version), translations=(Translation(language="mn", pairs=(pair,)),)
        )

    learner = answered(tx, spoken("1", "хавхлага"), ("термостат", 0.0, "wrong"), language="mn")

    corrected(tx, spoken("2", "хавхлага", "термостат"))

    assert worth(tx, learner) == [(1.0, "right")]


def test_a_second_try_that_was_right_already_changes_nothing_worth_telling(tx: Connection) -> None:
    learner = answered(tx, course(FANS), ("1", 0.0, "wrong"), ("0", 1.0, "right"))

    corrected(tx, course(replace(FANS, options=right("lamps")), version="2"))

    # The best of both is what counts, before and after.
    assert worth(tx, learner) == [(1.0, "right"), (0.0, "wrong")]
    assert shown(tx, learner.person) == []


def test_a_key_that_is_corrected_twice_counts_by_the_last(tx: Connection) -> None:
    learner = answered(tx, course(FANS), ("1", 0.0, "wrong"))
    corrected(tx, course(replace(FANS, options=right("lamps")), version="2"))

    corrected(tx, course(replace(FANS, options=right("screens")), version="3"))

    assert worth(tx, learner) == [(0.0, "wrong")]
    assert len(shown(tx, learner.person)) == 2
    assert tx.exec_driver_sql("SELECT count(*) FROM rescored").scalar_one() == 2
    assert tx.exec_driver_sql("SELECT score FROM responses").scalar_one() == 0.0


def test_in_a_test_nobody_loses_by_our_mistake(tx: Connection) -> None:
    final = FinalTest(draw=1, pass_percent=70)
    loses = answered(tx, course(FLAT, test=final), ("1", 1.0, "right"))
    gains = answered(tx, course(FLAT, test=final), ("0", 0.0, "wrong"), address=2)

    corrected(tx, course(replace(FLAT, answer=False), version="2", test=final))

    assert (worth(tx, loses), worth(tx, gains)) == ([(1.0, "right")], [(1.0, "right")])


def test_without_the_plan_nothing_is_marked_again(tx: Connection) -> None:
    learner = answered(tx, course(FLAT), ("0", 0.0, "wrong"))

    publishing.publish_over(
        tx,
        course=course(replace(FLAT, answer=False), version="2"),
        media={},
        plan=Plan(),
        now=NOW,
        academy=ACADEMY,
    )

    assert worth(tx, learner) == [(0.0, "wrong")]
