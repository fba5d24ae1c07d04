from dataclasses import replace
from decimal import Decimal

import pytest

from lessons.differences import (
    Difference,
    LessonChange,
    StepChange,
    TranslationChange,
    difference,
)
from lessons.keys import carried_over, key_changed
from lessons.likeness import Renamed
from lessons.model import BundledAnnouncement, Course, Lesson, Pair, Translation
from lessons.renaming import with_ids
from lessons.steps import (
    Choose,
    ChooseAll,
    Match,
    MatchPair,
    Number,
    Option,
    Order,
    Poll,
    Say,
    Step,
    Text,
    TrueFalse,
)

FANS = Choose(
    id="q-fans",
    prompt="What uses the most electricity at night?",
    options=(
        Option(text="Fans", right=True),
        Option(text="Lamps", right=False),
        Option(text="PCs", right=False),
    ),
)
FLAT = TrueFalse(id="q-flat", prompt="A short wide opening saves heat.", answer=True)
KWH = Number(id="q-kwh", prompt="How many kWh?", answer=Decimal(150))
VALVE = Text(id="q-valve", prompt="Which part keeps the temperature?", accept=("valve",))
STEPS = Order(id="q-order", prompt="In order.", items=("close", "set", "wait"))
ROOMS = Match(
    id="q-rooms",
    prompt="Match.",
    pairs=(MatchPair(left="Office", right="20"), MatchPair(left="Hall", right="17")),
)
LAMPS = tuple(replace(option, right=option.text == "Lamps") for option in FANS.options)
SWAPPED = replace(ROOMS, pairs=(MatchPair(left="Office", right="17"), MatchPair(left="Hall", right="20")))
MENDED = replace(FANS, options=(replace(FANS.options[0], text="The fans"), *FANS.options[1:]))


def lesson(name: str, *steps: Step) -> Lesson:
    return Lesson(
        id=name, title=f"About {name}", steps=steps or (Say(id=f"{name}-1", text=f"Text of {name}."),)
    )


def course(*lessons: Lesson, translations: tuple[Translation, ...] = ()) -> Course:
    return Course(
        id="town", title="Town", language="en", version="1", lessons=lessons, translations=translations
    )


ONE, TWO, THREE, FOUR = (
    lesson(name, Say(id=f"{name}-1", text=f"{name} " * 20)) for name in ("one", "two", "three", "four")
)


def test_equal_courses_differ_in_nothing_whatever_they_are_called() -> None:
    before = course(ONE, TWO)

    assert difference(before, replace(before, version="2")) == Difference()


def test_lessons_are_added_removed_moved_and_changed_by_their_ids() -> None:
    before = course(ONE, TWO, THREE, FOUR)
    mended = replace(TWO, title="About two, mended")
    after = course(FOUR, ONE, lesson("five"), mended)

    found = difference(before, after)

    # Of one, two and four the fewest have moved when only four has.
    assert found.lessons == (
        LessonChange(id="four", title="About four", what="moved", number=1, was_number=4),
        LessonChange(id="five", title="About five", what="added", number=3),
        LessonChange(id="two", title="About two, mended", what="changed", number=4, was_number=2),
        LessonChange(id="three", title="About three", what="removed", number=3, was_number=3),
    )
    assert found.new_ids == ("five",)


def test_steps_are_told_with_what_changed_in_them() -> None:
    poll = Poll(id="q-poll", prompt="Which topic?", options=("Sun", "Wind"))
    before = course(lesson("one", FANS, FLAT, KWH, VALVE, poll))
    after = course(
        lesson(
            "one",
            replace(FANS, options=LAMPS, points=2),
            replace(FLAT, prompt="A short opening saves heat."),
            replace(KWH, tries=3, tolerance=Decimal(2)),
            Say(id="say-more", text="More."),
        )
    )

    found = difference(before, after)

    assert found.steps == (
        StepChange(
            id="q-fans",
            lesson_id="one",
            kind="choose",
            is_asked=True,
            what="changed",
            aspects=("key", "points"),
        ),
        StepChange(
            id="q-flat", lesson_id="one", kind="true_false", is_asked=True, what="changed", aspects=("words",)
        ),
        StepChange(
            id="q-kwh",
            lesson_id="one",
            kind="number",
            is_asked=True,
            what="changed",
            aspects=("key", "rules"),
        ),
        StepChange(id="say-more", lesson_id="one", kind="say", is_asked=False, what="added"),
        StepChange(id="q-valve", lesson_id="one", kind="text", is_asked=True, what="removed"),
        StepChange(id="q-poll", lesson_id="one", kind="poll", is_asked=True, what="removed"),
    )
    assert found.corrected == ("q-fans", "q-kwh")
    assert found.removed_questions == ("q-valve", "q-poll")


def test_translations_are_told_with_how_many_pairs_are_new() -> None:
    pairs = (Pair(source="Town", target="Хот"), Pair(source="Fans", target="Сэнс"))
    before = course(ONE, translations=(Translation(language="mn", pairs=pairs), Translation(language="uk")))
    mended = (pairs[0], replace(pairs[1], target="Агааржуулагч"))
    after = course(
        ONE, translations=(Translation(language="mn", pairs=mended), Translation(language="sq", pairs=pairs))
    )

    assert difference(before, after).translations == (
        TranslationChange(language="mn", what="changed", pairs=1),
        TranslationChange(language="sq", what="added", pairs=2),
        TranslationChange(language="uk", what="removed", pairs=0),
    )


def test_accepted_answers_of_a_translation_are_a_key_too() -> None:
    def accepting(*words: str) -> Course:
        pair = Pair(source="", target="", at="q-valve.accept", accept=words)
        return course(lesson("one", VALVE), translations=(Translation(language="mn", pairs=(pair,)),))

    assert difference(accepting("хавхлага"), accepting("хавхлага", "термостат")).corrected == ("q-valve",)


def test_a_question_under_another_id_is_suspected_by_its_words() -> None:
    other = replace(FANS, id="q-ventilation", prompt="What uses the most electricity at night time?")
    before = course(lesson("one", FANS, KWH))
    after = course(lesson("one", other, replace(KWH, id="q-energy", prompt="What is the name of the mayor?")))

    found = difference(before, after)

    assert found.renamed == (
        Renamed(
            old="q-fans",
            new="q-ventilation",
            what="question",
            title="What uses the most electricity at night time?",
        ),
    )
    # Until somebody says so, they are two.
    assert (found.removed_questions, found.new_ids) == (("q-fans", "q-kwh"), ("q-ventilation", "q-energy"))


def test_a_lesson_under_another_id_is_suspected_by_its_words() -> None:
    before = course(ONE, TWO)
    after = course(replace(ONE, id="first"), TWO)

    assert difference(before, after).renamed == (
        Renamed(old="one", new="first", what="lesson", title="About one"),
    )


def test_a_renamed_id_is_kept_wherever_the_course_names_it() -> None:
    asked = lesson("one", replace(FANS, id="q-new"))
    after = replace(
        course(
            asked,
            replace(TWO, needs=("one",)),
            translations=(
                Translation(
                    language="mn",
                    pairs=(Pair(source="x", target="y", at="q-new.accept", lesson="one", accept=("a",)),),
                ),
            ),
        ),
        announcements=(BundledAnnouncement(id="a", when="after_lesson", lesson="one", text="Well done."),),
    )

    kept = with_ids(after, {"q-new": "q-fans", "one": "uno", "gone": "x", "two": "q-new"})

    # `two` stays: the course has a `q-new` of its own.
    assert [one.id for one in kept.lessons] == ["uno", "two"]
    assert kept.lessons[0].steps[0].id == "q-fans"
    assert kept.lessons[1].needs == ("uno",)
    assert kept.announcements[0].lesson == "uno"
    (pair,) = kept.translations[0].pairs
    assert (pair.at, pair.lesson) == ("q-fans.accept", "uno")


@pytest.mark.parametrize(
    ("was", "now", "changed"),
    [
        (FANS, replace(FANS, options=LAMPS), True),
        (FANS, replace(FANS, options=FANS.options[::-1]), False),
        (FANS, MENDED, False),
        (FLAT, replace(FLAT, answer=False), True),
        (KWH, replace(KWH, answer=None, between=(Decimal(140), Decimal(160))), True),
        (KWH, replace(KWH, unit="kWh"), False),
        (VALVE, replace(VALVE, accept=("valve", "TRV")), True),
        (STEPS, replace(STEPS, items=("set", "close", "wait")), True),
        (STEPS, replace(STEPS, items=("close", "set", "wait long")), False),
        (ROOMS, SWAPPED, True),
        (FANS, replace(FLAT, id="q-fans"), False),
    ],
)  # fmt: skip
def test_a_key_has_changed_when_another_response_is_right(was: Step, now: Step, *, changed: bool) -> None:
    assert key_changed(was, now) is changed


ALL = ChooseAll(id="q-all", prompt="Which?", options=FANS.options)


@pytest.mark.parametrize(
    ("was", "now", "response", "carried"),
    [
        (FANS, replace(FANS, options=FANS.options[::-1]), "0", "2"),
        (ALL, replace(ALL, options=ALL.options[::-1]), "0,1", "1,2"),
        # A mended option at its old place is the same option; one that is gone is nothing.
        (FANS, MENDED, "0", "0"),
        (FANS, replace(FANS, options=FANS.options[1:]), "0", None),
        (FLAT, replace(FLAT, answer=False), "1", "1"),
        (VALVE, replace(VALVE, accept=("TRV",)), "the valve", "the valve"),
        # "close, set, wait" was placed; in the new list that is 1, 0, 2.
        (STEPS, replace(STEPS, items=("set", "close", "wait")), "0,1,2", "1,0,2"),
        (STEPS, replace(STEPS, items=("set", "close")), "0,1,2", None),
        # Office got "17" and Hall "20": the second and the first right side then, the other way round now.
        (ROOMS, SWAPPED, "1,0", "0,1"),
        (FANS, replace(FLAT, id="q-fans"), "0", None),
    ],
)  # fmt: skip
def test_a_response_is_carried_over_by_what_was_chosen(
    was: Step, now: Step, response: str, carried: str | None
) -> None:
    assert carried_over(was, now, response=response) == carried
