from datetime import UTC, datetime, timedelta

import pytest

from scheduler.clock_watch import ClockWatch, HeardTime, Reading, ahead, jump_seconds, refusal

NOON = datetime(2026, 11, 23, 12, tzinfo=UTC)
MINUTE = timedelta(minutes=1)
HOUR = timedelta(hours=1)
DAY = timedelta(days=1)
BEFORE_IT_WAS_WRITTEN = (
    "this computer's clock says 1970-01-01 00:05 UTC, which is before this program was written: set it"
)


class Clocks:
    """Two clocks: one that a test can set, and one that nobody can."""

    def __init__(self) -> None:
        self.now = Reading(wall=NOON, elapsed=1000.0)

    def __call__(self) -> Reading:
        return self.now

    def pass_by(self, span: timedelta, *, jump: timedelta = timedelta(0)) -> None:
        self.now = Reading(wall=self.now.wall + span + jump, elapsed=self.now.elapsed + span.total_seconds())

    def heard(self, *, telegram_ahead: timedelta = timedelta(0)) -> HeardTime:
        return HeardTime(wall=self.now.wall + telegram_ahead, elapsed=self.now.elapsed)


@pytest.fixture
def clocks() -> Clocks:
    return Clocks()


def test_a_jump_is_what_the_two_clocks_do_not_share() -> None:
    before = Reading(wall=NOON, elapsed=1000.0)

    assert jump_seconds(before, Reading(wall=NOON + HOUR, elapsed=4600.0)) == 0
    assert jump_seconds(before, Reading(wall=NOON + DAY, elapsed=1060.0)) == 86_400 - 60
    assert jump_seconds(before, Reading(wall=NOON - HOUR, elapsed=1000.0)) == -3600


@pytest.mark.parametrize("moved", [6 * MINUTE, -6 * MINUTE, -HOUR, DAY, -DAY, 3652 * DAY])
def test_a_jump_puts_the_clock_in_doubt(clocks: Clocks, moved: timedelta) -> None:
    watch = ClockWatch(read=clocks)

    clocks.pass_by(MINUTE, jump=moved)

    assert watch.look(None) == "jumped"
    assert watch.doubt == moved
    assert watch.look(None) is None
    assert watch.doubt == moved


@pytest.mark.parametrize("moved", [timedelta(0), 5 * MINUTE, -5 * MINUTE])
def test_what_ntp_does_is_no_jump_and_neither_is_a_long_sleep(clocks: Clocks, moved: timedelta) -> None:
    watch = ClockWatch(read=clocks)

    clocks.pass_by(30 * DAY, jump=moved)

    assert watch.look(None) is None
    assert watch.doubt is None


def test_an_answer_after_the_jump_that_agrees_ends_the_doubt(clocks: Clocks) -> None:
    watch = ClockWatch(read=clocks)
    before = clocks.heard(telegram_ahead=HOUR)
    clocks.pass_by(MINUTE, jump=HOUR)
    watch.look(before)
    clocks.pass_by(MINUTE)

    # It agrees, but it was said before anything jumped: a restored machine would believe it too.
    assert watch.look(before) is None
    assert watch.doubt == HOUR
    assert watch.look(clocks.heard(telegram_ahead=5 * MINUTE)) == "confirmed"
    assert watch.doubt is None


def test_an_answer_that_disagrees_keeps_the_doubt(clocks: Clocks) -> None:
    watch = ClockWatch(read=clocks)
    clocks.pass_by(MINUTE, jump=DAY)
    watch.look(None)
    clocks.pass_by(MINUTE)

    assert watch.look(clocks.heard(telegram_ahead=-DAY)) is None
    assert watch.doubt == DAY


def test_a_clock_that_is_set_back_again_is_believed_once_it_is_confirmed(clocks: Clocks) -> None:
    watch = ClockWatch(read=clocks)
    clocks.pass_by(MINUTE, jump=DAY)
    watch.look(None)
    clocks.pass_by(MINUTE, jump=-DAY)

    assert watch.look(None) == "jumped"
    assert watch.doubt == timedelta(0)
    assert watch.look(clocks.heard()) == "confirmed"


def test_the_messengers_clock_goes_on_between_its_answers(clocks: Clocks) -> None:
    heard = clocks.heard(telegram_ahead=-2 * MINUTE)
    clocks.pass_by(HOUR)

    assert ahead(clocks.now, heard) == 2 * MINUTE


@pytest.mark.parametrize(
    ("wall", "told", "says"),
    [
        (NOON, None, None),
        (NOON, NOON - 23 * HOUR, None),
        (NOON, NOON + 30 * DAY, None),
        (
            NOON,
            NOON - 25 * HOUR,
            "this computer's clock says 2026-11-23 12:00 UTC, but Telegram's 2026-11-22 11:00 UTC: set it",
        ),
        (
            NOON + 3652 * DAY,
            NOON,
            "this computer's clock says 2036-11-22 12:00 UTC, but Telegram's 2026-11-23 12:00 UTC: set it",
        ),
        (
            datetime(1970, 1, 1, 0, 5, tzinfo=UTC),
            None,
            BEFORE_IT_WAS_WRITTEN,
        ),
    ],
)
def test_what_nobody_begins_with(wall: datetime, told: datetime | None, says: str | None) -> None:
    heard = None if told is None else HeardTime(wall=told, elapsed=1000.0)

    assert refusal(Reading(wall=wall, elapsed=1000.0), heard) == says
