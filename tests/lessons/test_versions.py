import json
from datetime import time
from decimal import Decimal

from hypothesis import given, settings
from hypothesis import strategies as st

from lessons.model import Course, Lesson, Pace, Pair, Translation
from lessons.steps import (
    Choose,
    ChooseAll,
    Image,
    KnownNumber,
    KnownText,
    Number,
    Option,
    Say,
    Step,
    Text,
    TrueFalse,
)
from lessons.versions import canonical, content_hash, from_canonical

SMALL = Course(
    id="heat",
    title="Дулаан",
    language="mn",
    version="1.0.0",
    pace=Pace(weekdays=frozenset({6, 0, 5})),
    lessons=(Lesson(id="one", title="One", steps=(Say(id="one-card-1", text="a"),)),),
)

words = st.text(max_size=12)
numbers = st.decimals(allow_nan=False, allow_infinity=False, places=3, min_value=-(10**6), max_value=10**6)
shared = {
    "id": words,
    "prompt": words,
    "hints": st.lists(words, max_size=2).map(tuple),
    "explain": words,
    "points": st.integers(1, 100),
    "tries": st.integers(1, 5),
    "image": st.none() | words,
    "alt": words,
}
options = st.lists(st.builds(Option, text=words, right=st.booleans(), why=words), max_size=3).map(tuple)
steps: st.SearchStrategy[Step] = st.one_of(
    st.builds(Say, id=words, text=words),
    st.builds(Image, id=words, path=words, alt=words, text=words),
    st.builds(Choose, **shared, options=options, shuffle=st.booleans(), keep_last=st.booleans()),
    st.builds(ChooseAll, **shared, options=options),
    st.builds(TrueFalse, **shared, answer=st.booleans(), why=words),
    st.builds(
        Number,
        **shared,
        answer=st.none() | numbers,
        between=st.none() | st.tuples(numbers, numbers),
        tolerance=numbers,
        unit=words,
        known=st.lists(st.builds(KnownNumber, when=numbers, why=words), max_size=2).map(tuple),
    ),
    st.builds(
        Text,
        **shared,
        accept=st.lists(words, max_size=2).map(tuple),
        typos=st.integers(0, 2),
        known=st.lists(st.builds(KnownText, when=words, why=words), max_size=2).map(tuple),
    ),
)
courses = st.builds(
    Course,
    id=words,
    title=words,
    summary=words,
    language=words,
    version=words,
    authors=st.lists(words, max_size=2).map(tuple),
    pace=st.builds(
        Pace,
        weekdays=st.frozensets(st.integers(0, 6), min_size=1),
        at=st.times().map(lambda moment: time(moment.hour, moment.minute)),
    ),
    pass_percent=st.integers(0, 100),
    lessons=st.lists(
        st.builds(
            Lesson,
            id=words,
            title=words,
            minutes=st.integers(1, 60),
            steps=st.lists(steps, max_size=3).map(tuple),
        ),
        max_size=2,
    ).map(tuple),
    translations=st.lists(
        st.builds(
            Translation,
            language=words,
            draft=st.booleans(),
            pairs=st.lists(
                st.builds(Pair, source=words, target=words, accept=st.lists(words, max_size=2).map(tuple)),
                max_size=2,
            ).map(tuple),
        ),
        max_size=2,
    ).map(tuple),
    media=st.dictionaries(words, words, max_size=2),
)


def test_canonical_has_sorted_keys_and_leaves_defaults_out() -> None:
    assert canonical(SMALL) == (
        '{"id":"heat","language":"mn","lessons":[{"id":"one","steps":'
        '[{"id":"one-card-1","kind":"say","text":"a"}],"title":"One"}],'
        '"pace":{"weekdays":[0,5,6]},"title":"Дулаан","version":"1.0.0"}'
    )


@given(courses)
@settings(max_examples=150, deadline=None)
def test_a_course_comes_back_as_it_was(course: Course) -> None:
    written = canonical(course)

    assert from_canonical(written) == course
    assert canonical(from_canonical(written)) == written
    assert (
        json.dumps(json.loads(written), ensure_ascii=False, sort_keys=True, separators=(",", ":")) == written
    )


def test_the_hash_changes_with_any_word_and_with_nothing_else() -> None:
    same = Course(
        id="heat",
        title="Дулаан",
        language="mn",
        version="1.0.0",
        pace=Pace(weekdays=frozenset({5, 6, 0}), at=time(9)),
        lessons=SMALL.lessons,
    )
    other = Course(
        id="heat", title="Дулаан", language="mn", version="1.0.1", pace=same.pace, lessons=SMALL.lessons
    )

    assert content_hash(same) == content_hash(SMALL)
    assert content_hash(other) != content_hash(SMALL)
    assert len(content_hash(SMALL)) == 64


def test_a_tolerance_keeps_its_decimals() -> None:
    number = Number(id="q", prompt="?", answer=Decimal("0.1"), tolerance=Decimal("0.005"))
    course = Course(
        id="a", title="b", language="en", version="1", lessons=(Lesson(id="l", title="t", steps=(number,)),)
    )

    assert from_canonical(canonical(course)).lessons[0].steps == (number,)
