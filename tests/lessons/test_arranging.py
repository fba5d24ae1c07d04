"""Marks for what was put in order and put together."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lessons.arranging import (
    Placed,
    match_score,
    neighbours_right,
    order_score,
    places_in,
    read_positions,
    written,
)
from lessons.grading import Mark, NotReadable, OptionMark, Picked, Response, Typed, grade, right_answer
from lessons.steps import Match, MatchPair, Order

MONDAY = Order(
    id="q-order",
    prompt="Put the steps in order.",
    items=("Close the windows", "Set the valve to 3", "Wait one hour", "Call the caretaker"),
    why="An open window heats the street.",
)
ROOMS = Match(
    id="q-rooms",
    prompt="Match each room.",
    pairs=(
        MatchPair(left="Office", right="20 °C"),
        MatchPair(left="Corridor", right="15 °C"),
        MatchPair(left="Sports hall", right="17 °C"),
    ),
    why="Whoever moves needs less.",
)
permutations = st.integers(min_value=2, max_value=8).flatmap(lambda count: st.permutations(range(count)))


@pytest.mark.parametrize(
    ("places", "right"),
    [
        ((0, 1, 2, 3), 3),
        ((0, 2, 1, 3), 2),  # one swap in the middle
        ((1, 0, 2, 3), 2),
        ((1, 0, 3, 2), 1),  # two swaps
        ((3, 0, 1, 2), 2),  # the last one first
        ((2, 3, 0, 1), 2),  # halves swapped
        ((3, 2, 1, 0), 0),
        ((1, 0), 0),
    ],
)
def test_order_counts_the_neighbours_that_are_the_right_way_round(
    places: tuple[int, ...], right: int
) -> None:
    assert neighbours_right(places) == right
    assert order_score(places) == right / (len(places) - 1)


def test_order_right() -> None:
    lines = "1. Close the windows\n2. Set the valve to 3\n3. Wait one hour\n4. Call the caretaker"

    assert grade(MONDAY, Placed(places=(0, 1, 2, 3))) == Mark(
        score=1.0, verdict="right", chosen=lines, answer=lines
    )
    assert right_answer(MONDAY) == lines


def test_order_partly_says_why() -> None:
    assert grade(MONDAY, Placed(places=(0, 2, 1, 3))) == Mark(
        score=2 / 3,
        verdict="partly",
        chosen="1. Close the windows\n2. Wait one hour\n3. Set the valve to 3\n4. Call the caretaker",
        why="An open window heats the street.",
        answer=right_answer(MONDAY),
    )


def test_match_tells_each_pair_as_it_was_made() -> None:
    assert grade(ROOMS, Placed(places=(0, 2, 1))) == Mark(
        score=1 / 3,
        verdict="partly",
        chosen="Office – 20 °C\nCorridor – 17 °C\nSports hall – 15 °C",
        why="Whoever moves needs less.",
        answer="Office – 20 °C\nCorridor – 15 °C\nSports hall – 17 °C",
        options=(
            OptionMark(text="Office – 20 °C", result="right", why=""),
            OptionMark(text="Corridor – 17 °C", result="wrong", why=""),
            OptionMark(text="Sports hall – 15 °C", result="wrong", why=""),
        ),
    )


@pytest.mark.parametrize("question", [MONDAY, ROOMS])
@pytest.mark.parametrize(
    "response",
    [
        Placed(places=()),
        Placed(places=(0, 1)),
        Placed(places=(0, 1, 1, 2)),
        Placed(places=(0, 1, 2, 3, 4)),
        Placed(places=(1, 2, 3, 4)),
        Picked(options=frozenset({0, 1, 2, 3})),
    ],
)
def test_what_no_buttons_can_make_is_no_answer(question: Order | Match, response: Response) -> None:
    assert grade(question, response) == NotReadable(reason="button_expected", typed="")


def test_words_are_no_answer() -> None:
    assert grade(MONDAY, Typed(text="windows first")) == NotReadable(
        reason="button_expected", typed="windows first"
    )


@given(permutations)
def test_a_score_is_a_share_and_only_the_right_answer_has_all(places: list[int]) -> None:
    right = places == sorted(places)

    for score in (order_score(places), match_score(places)):
        assert 0 <= score <= 1
        assert (score == 1) is right


@given(permutations)
def test_read_backwards_every_neighbour_is_the_other_way_round(places: list[int]) -> None:
    assert neighbours_right(places) + neighbours_right(places[::-1]) == len(places) - 1


@given(permutations)
def test_swapping_what_belongs_together_on_both_sides_changes_no_match(places: list[int]) -> None:
    # The inverse permutation: asked from the right sides, as many pairs belong together.
    inverse = sorted(range(len(places)), key=lambda index: places[index])

    assert match_score(inverse) == match_score(places)


@given(
    permutations,
    st.sampled_from([" ", ",", ", ", ".", ") ", "", " > "]),
    st.sampled_from(["ABCDEFGH", "abcdefgh"]),
)
def test_typed_numbers_and_letters_are_read(places: list[int], between: str, alphabet: str) -> None:
    numbers = between.join(str(place + 1) for place in places)
    letters = between.join(alphabet[place] for place in places)

    assert read_positions(numbers, count=len(places)) == tuple(places)
    assert read_positions(letters, count=len(places)) == tuple(places)


@pytest.mark.parametrize(
    ("typed", "places"),
    [
        ("2 1 3", (1, 0, 2)),
        ("2) 1) 3)", (1, 0, 2)),
        ("B A C.", (1, 0, 2)),
        ("В А С", (1, 0, 2)),  # Cyrillic, by their looks
        ("б а с", (1, 0, 2)),  # and by the sound of the first
        ("٢ ١ ٣", (1, 0, 2)),
        ("2 1", None),
        ("2 1 3 4", None),
        ("2 2 1", None),
        ("0 1 2", None),
        ("B A D", None),
        ("windows", None),
        ("", None),
        ("1" * 10_000, None),
    ],
)
def test_read_positions(typed: str, places: tuple[int, ...] | None) -> None:
    assert read_positions(typed, count=3) == places


@given(st.text(max_size=100), st.integers(min_value=2, max_value=8))
def test_any_words_are_positions_or_nothing(typed: str, count: int) -> None:
    found = read_positions(typed, count=count)

    assert found is None or sorted(found) == list(range(count))


@given(permutations)
def test_places_are_kept_and_read_back(places: list[int]) -> None:
    assert places_in(written(places)) == tuple(places)
