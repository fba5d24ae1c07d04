"""Telegram asked us to wait, and meanwhile somebody has everything erased (found by a simulation)."""

from sqlalchemy import Connection, update

from academy import privacy
from storage import sending_limits
from storage.tables import outbox
from tests.academy.school import DAY, HOUR, MONDAY, join


def test_a_pause_holds_for_the_last_word_and_goes_with_the_number(tx: Connection) -> None:
    person = join(tx, address=7).person
    sending_limits.pause(tx, bot_id=1, address=7, until=MONDAY + HOUR)

    privacy.erase(tx, person=person, screen=None, now=MONDAY)

    assert sending_limits.paused_until(tx, bot_id=1, address=7) == MONDAY + HOUR

    tx.execute(update(outbox).values(state="sent", settled_at=MONDAY + HOUR))
    privacy.sweep(tx, now=MONDAY + DAY)

    assert sending_limits.paused_until(tx, bot_id=1, address=7) is None
