"""Any sequence of presses, from anybody, in any order, keeps what a learner did true.

The presses are those of buttons that were really shown, old and new, doubled and borrowed, and
some that nobody was ever shown.
"""

from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from random import Random
from typing import TypeAlias

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import Connection, Engine, select

from academy import answering, delivering
from academy.outgoing import OUTGOING, Outgoing, Show
from bot.callback_data import Press, encode, press
from bot.context import Context
from bot.handlers import learning, lessons, progress
from bot.handlers.presses import BUTTON_NOT_IN_USE as NOT_IN_USE
from bot.incoming import Sender, Tap
from bot.render import overflows
from bot.screens.learning import view
from i18n.catalog import translator
from learners.progress import progress_of
from learners.records import Verdict
from lessons.steps import Say
from storage import people, records
from storage.tables import outbox
from tests.academy.school import ACADEMY, ENERGY, FANS, LESSONS, MONDAY, Learner, join, screen

CARDS = tuple(Say(id=f"card-{number}", text=f"Card {number}.") for number in range(4))
COURSE = replace(ENERGY, lessons=(replace(LESSONS[0], steps=(*CARDS[:3], FANS, CARDS[3])), *LESSONS[1:]))
"""Long enough that a stale [Continue] could lead back."""

TAPS = lessons.TAPS | learning.TAPS | progress.TAPS
Kept: TypeAlias = dict[tuple[int, str, int], tuple[str, float, Verdict]]


@dataclass
class School:
    """Two learners, the moment, and every button each of them was ever shown."""

    tx: Connection
    learners: tuple[Learner, Learner]
    now: datetime = MONDAY
    shown: tuple[list[Press], list[Press]] = field(default_factory=lambda: ([], []))
    seen: list[int] = field(default_factory=lambda: [0, 0])
    """The newest outbox row looked at."""
    kept: list[Kept] = field(default_factory=lambda: [{}, {}])
    steps: dict[int, tuple[int, bool]] = field(default_factory=dict)

    def context(self, who: int) -> Context:
        person = people.get(self.tx, self.learners[who].person_id)
        return Context(now=self.now, academy=ACADEMY, person=person, read_roles=tuple, random=Random(1))

    def press(self, who: int, pressed: Press, *, message_id: int) -> str | None:
        tap = Tap(
            sender=Sender(address=who, name="", language=""),
            callback_id="1",
            press=pressed,
            screen=screen(message_id),
        )
        self.now += timedelta(seconds=1)
        try:
            return TAPS[pressed.verb](self.tx, tap, self.context(who))
        except ValueError:
            # As `bot.handling` answers what no button of ours carries.
            return NOT_IN_USE

    def type(self, who: int, text: str) -> None:
        answering.typed(self.tx, person_id=self.learners[who].person_id, text=text, now=self.now)

    def look(self) -> None:
        """Read what was said since, and check what must always hold."""
        for who, learner in enumerate(self.learners):
            for row_id, outgoing in self._said_since(who):
                self.seen[who] = row_id
                if isinstance(outgoing, Show):
                    screen_shown = view(outgoing.message, translator("en"), now=self.now)  # type: ignore[arg-type]  # learning only
                    assert overflows(screen_shown) == ()
                    self.shown[who].extend(
                        one.press for row in screen_shown.buttons for one in row if one.press is not None
                    )
            self._check_facts(who, learner)

    def _said_since(self, who: int) -> list[tuple[int, Outgoing]]:
        rows = self.tx.execute(
            select(outbox.c.id, outbox.c.content)
            .where(outbox.c.person_id == self.learners[who].person_id, outbox.c.id > self.seen[who])
            .order_by(outbox.c.id)
        )
        return [(row.id, OUTGOING.validate_json(row.content)) for row in rows]

    def _check_facts(self, who: int, learner: Learner) -> None:
        given_lessons = learner.given
        for one in given_lessons:
            step, finished = self.steps.get(one.id, (0, False))
            assert one.step >= step
            assert one.finished_at is not None or not finished
            self.steps[one.id] = (one.step, one.finished_at is not None)
        assert len({one.assigned_on for one in given_lessons}) == len(given_lessons)
        assert sum(one.finished_at is None for one in given_lessons) <= 1
        responses = records.responses_of(self.tx, learner.enrollment_id)
        kept = {
            (one.assignment_id, one.question_id, one.try_number): (one.response, one.score, one.verdict)
            for one in responses
        }
        assert len(kept) == len(responses)
        # What was recorded first stays as it is.
        assert {key: kept[key] for key in self.kept[who]} == self.kept[who]
        self.kept[who] = kept
        assert all(0 <= score <= 1 for _, score, _ in kept.values())
        assert all(1 <= number <= 2 for _, _, number in kept)
        # Nothing is answered once it was right, or the answer was shown.
        closed = {
            (one, asked)
            for (one, asked, number), (_, _, verdict) in kept.items()
            if number == 1 and verdict in {"right", "shown"}
        }
        assert not closed & {(one, asked) for one, asked, number in kept if number == 2}
        stands = progress_of(
            COURSE,
            enrollment=learner.enrollment,
            assignments=given_lessons,
            responses=responses,
            now=self.now,
            zone=UTC,  # type: ignore[arg-type]  # any zone does
        )
        assert stands.score_percent is None or 0 <= stands.score_percent <= 100

    def facts(self, who: int) -> object:
        learner = self.learners[who]
        return (learner.given, records.responses_of(self.tx, learner.enrollment_id), learner.heard())


@dataclass(frozen=True)
class Pressing:
    """Press the `nth` button `whose` was shown, counted from the newest, `times` over."""

    who: int
    whose: int
    nth: int
    times: int


@dataclass(frozen=True)
class Bending:
    """Press one of one's own newest buttons with one value changed."""

    who: int
    nth: int
    position: int
    value: int


@dataclass(frozen=True)
class Forging:
    """Press a button that nobody was shown."""

    who: int
    verb: str
    values: tuple[str, ...]


@dataclass(frozen=True)
class Typing:
    who: int
    text: str


@dataclass(frozen=True)
class Waiting:
    hours: int


PEOPLE = st.integers(0, 1)
ONWARD = st.builds(
    lambda who, nth, times: Pressing(who, who, nth, times), PEOPLE, st.integers(0, 3), st.integers(1, 2)
)
ANY_OLD = st.builds(Pressing, PEOPLE, PEOPLE, st.integers(0, 60), st.integers(1, 2))
FORGED = st.builds(
    Forging,
    PEOPLE,
    st.sampled_from(sorted(TAPS)),
    st.lists(
        st.one_of(st.integers(0, 12).map(str), st.sampled_from(["", "-1", "zzzzzzzzzzzzzzzz", "é", "1 "])),
        max_size=6,
    ).map(tuple),
)
BENT = st.builds(Bending, PEOPLE, st.integers(0, 5), st.integers(1, 4), st.integers(0, 4))
TYPED = st.builds(Typing, PEOPLE, st.sampled_from(["150", "140 kWh", "valve", "pump", "a lot", "", "\x00"]))
DAYS = st.builds(Waiting, st.sampled_from([1, 4, 24, 24, 72]))
DEEDS = st.lists(
    st.one_of(ONWARD, ONWARD, ONWARD, ANY_OLD, BENT, FORGED, TYPED, DAYS), min_size=20, max_size=40
)
Deed: TypeAlias = Pressing | Bending | Forging | Typing | Waiting


@settings(
    max_examples=15,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(deeds=DEEDS)
def test_any_sequence_of_presses_keeps_the_facts(engine: Engine, deeds: list[Deed]) -> None:
    with engine.connect() as tx, tx.begin() as transaction:
        school = School(tx, (join(tx, address=1, course=COURSE), join(tx, address=2, course=COURSE)))
        for learner in school.learners:
            delivering.begin(tx, enrollment_id=learner.enrollment_id, now=MONDAY, academy=ACADEMY)
        school.look()
        for number, deed in enumerate(deeds):
            do(school, deed, number)
            school.look()
        transaction.rollback()


def do(school: School, deed: Deed, number: int) -> None:
    match deed:
        case Pressing(who=who, whose=whose, nth=nth, times=times):
            buttons = school.shown[whose]
            pressed = buttons[-1 - nth % len(buttons)]
            borrowed = who != whose
            for _ in range(times):
                before = (school.facts(0), school.facts(1)) if borrowed else None
                toast = school.press(who, pressed, message_id=number)
                if borrowed:
                    assert toast == NOT_IN_USE
                    assert (school.facts(0), school.facts(1)) == before
        case Bending(who=who, nth=nth, position=position, value=value):
            shown = school.shown[who][-1 - nth % len(school.shown[who])]
            if position < len(shown.values):
                bent = (*shown.values[:position], str(value), *shown.values[position + 1 :])
                school.press(who, Press(shown.verb, bent), message_id=number)
        case Forging(who=who, verb=verb, values=values):
            other = school.facts(1 - who)
            school.press(who, Press(verb, values), message_id=number)
            assert school.facts(1 - who) == other
        case Typing(who=who, text=text):
            school.type(who, text)
        case Waiting(hours=hours):
            school.now += timedelta(hours=hours)
            delivering.tick(school.tx, now=school.now, academy=ACADEMY)


def test_a_whole_course_can_be_learned_by_pressing_the_first_button(engine: Engine) -> None:
    with engine.connect() as tx, tx.begin() as transaction:
        school = School(tx, (join(tx, address=1, course=COURSE), join(tx, address=2, course=COURSE)))
        delivering.begin(tx, enrollment_id=school.learners[0].enrollment_id, now=MONDAY, academy=ACADEMY)
        school.look()

        for number in range(60):
            heard = len(school.shown[0])
            if not press_on(school, number):
                break
            school.look()
            if len(school.shown[0]) == heard:
                school.now += timedelta(days=1)
                delivering.tick(tx, now=school.now, academy=ACADEMY)
                school.look()

        assert school.learners[0].enrollment.state == "finished"
        assert [one.lesson_id for one in school.learners[0].given] == ["night", "switch", "heat"]
        transaction.rollback()


def press_on(school: School, number: int) -> bool:
    """Do what the newest screen asks for: show the answer where there is one to show, else go on."""
    shown = [one for one in school.learners[0].heard() if isinstance(one, Show)]
    buttons = [
        one
        for row in view(shown[-1].message, translator("en"), now=school.now).buttons  # type: ignore[arg-type]  # learning only
        for one in row
    ]
    wanted = next((one for one in buttons if one.label in {"Show answer", "Check (1 chosen)"}), None)
    chosen = wanted or (buttons[0] if buttons else None)
    if school.learners[0].enrollment.state == "finished":
        return False
    if chosen is not None and chosen.press is not None:
        school.press(0, chosen.press, message_id=number)
    return True


@pytest.mark.parametrize("verb", sorted(TAPS))
@pytest.mark.parametrize("values", [(), ("",), ("-1", "0"), ("zzzzzzzzzzzzzzzzzzzz",) * 2, ("1",) * 9])
def test_what_no_button_carries_is_answered_kindly(
    tx: Connection, verb: str, values: tuple[str, ...]
) -> None:
    school = School(tx, (join(tx, address=1, course=COURSE), join(tx, address=2, course=COURSE)))

    assert school.press(0, Press(verb, values), message_id=1) == NOT_IN_USE


def test_every_verb_fits_with_the_largest_numbers() -> None:
    largest = 2**53 - 1

    assert max(len(encode(press(verb, largest, 99, 9, 9, 1))) for verb in TAPS) <= 64
