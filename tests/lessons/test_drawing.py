"""Which questions a test draws: as many as it says, one of the variants, what was seen last."""

from hypothesis import given
from hypothesis import strategies as st

from lessons.drawing import draw, drawn_lesson
from lessons.model import FinalTest, Lesson
from lessons.steps import Say, Step, TrueFalse


def asked(identity: str) -> TrueFalse:
    return TrueFalse(
        id=identity, prompt=f"Is it {identity}?", answer=True, hints=("Look.",), explain="So.", tries=2
    )


def final(*steps: Step, draw: int, variants: tuple[tuple[str, ...], ...] = ()) -> Lesson:
    test = FinalTest(draw=draw, pass_percent=80, variants=variants)
    return Lesson(id="final", title="Final", steps=steps, test=test)


POOL = final(*(asked(f"q-{n}") for n in range(8)), draw=3)


def test_a_draw_is_always_the_same_for_one_key_and_another_for_others() -> None:
    drawn = {draw(POOL, key=f"{learner}:final:1") for learner in range(20)}

    assert draw(POOL, key="7:final:1") == draw(POOL, key="7:final:1")
    assert len(drawn) > 10


def test_one_of_the_variants_is_drawn_and_cards_stay() -> None:
    lesson = final(
        Say(id="s", text="Now."), asked("a-1"), asked("a-2"), asked("b"), draw=2, variants=(("a-1", "a-2"),)
    )

    drawn = draw(lesson, key="1:final:1")
    shown = drawn_lesson(lesson, drawn)

    assert drawn in {("a-1", "b"), ("a-2", "b")}
    assert [step.id for step in shown.steps] == ["s", *drawn]


def test_a_question_in_a_test_has_one_try_and_no_hint() -> None:
    (question,) = drawn_lesson(final(asked("q"), draw=1), ("q",)).questions

    assert (question.tries, question.hints, question.explain) == (1, (), "So.")


def test_another_lesson_and_a_test_that_was_not_begun_stay_as_they_are() -> None:
    plain = Lesson(id="one", title="One", steps=(asked("q"),))

    assert draw(plain, key="1") == ()
    assert drawn_lesson(plain, ("q",)) is plain
    assert drawn_lesson(POOL, ()) is POOL


@st.composite
def pools(draw: st.DrawFn) -> Lesson:
    """Tests with two to twelve questions, some of them variants of each other."""
    count = draw(st.integers(2, 12))
    ids = [f"q-{n}" for n in range(count)]
    size = draw(st.integers(2, 4))
    grouped = draw(st.booleans())
    variants = (tuple(ids[:size]),) if grouped and size <= count else ()
    items = count - (len(variants[0]) - 1 if variants else 0)
    return final(*map(asked, ids), draw=draw(st.integers(1, items)), variants=variants)


@given(lesson=pools(), learner=st.integers(1, 10_000))
def test_a_draw_has_the_right_size_keeps_the_order_and_takes_one_variant(
    lesson: Lesson, learner: int
) -> None:
    assert lesson.test is not None

    drawn = draw(lesson, key=f"{learner}:final:1")

    ids = [question.id for question in lesson.questions]
    assert len(drawn) == lesson.test.draw
    assert list(drawn) == [identity for identity in ids if identity in drawn]
    assert all(len(set(group) & set(drawn)) <= 1 for group in lesson.test.variants)


@given(lesson=pools(), learner=st.integers(1, 10_000))
def test_what_was_seen_comes_again_only_when_nothing_else_is_left(lesson: Lesson, learner: int) -> None:
    first = draw(lesson, key=f"{learner}:final:1")

    second = draw(lesson, key=f"{learner}:final:2", seen=first)

    assert lesson.test is not None
    # Of a group one variant comes at a time, so a group is new as long as one of its variants is.
    groups = [*lesson.test.variants]
    alone = [(one.id,) for one in lesson.questions if all(one.id not in group for group in groups)]
    new = sum(any(identity not in first for identity in item) for item in (*groups, *alone))
    assert len(set(second) - set(first)) == min(lesson.test.draw, new)
