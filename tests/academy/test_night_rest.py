"""A reminder that could not leave in the afternoon does not leave at night (found by a simulation)."""

from datetime import datetime, timedelta

from sqlalchemy import Connection, select, update

from academy import night_rest
from academy.messages.facilitating import Notice
from academy.outgoing import Kind
from academy.saying import say
from storage.tables import outbox
from tests.academy.school import ACADEMY, HOUR, MONDAY, join

EVENING = MONDAY + 9 * HOUR + 50 * timedelta(minutes=1)  # 18:50 in Ulaanbaatar
NIGHT = MONDAY + 14 * HOUR  # 23:00
MORNING = MONDAY + 23 * HOUR  # 08:00, when the quiet hours end


def said(tx: Connection, *, address: int, kind: Kind, at: datetime, zone: str | None = None) -> int:
    learner = join(tx, address=address, zone=zone)
    made = say(tx, person_id=learner.person_id, message=Notice(what="slow_down"), now=at, kind=kind)
    assert made is not None
    return made


def moments(tx: Connection) -> dict[int, datetime]:
    rows = tx.execute(select(outbox.c.id, outbox.c.not_before))
    return {row.id: row.not_before for row in rows}


def test_what_is_late_waits_for_the_morning_of_whoever_it_is_for(tx: Connection) -> None:
    here = said(tx, address=7, kind="reminder", at=EVENING)
    in_london = said(tx, address=8, kind="lesson", at=EVENING, zone="Europe/London")
    answer = said(tx, address=9, kind="reply", at=EVENING)

    put_off = night_rest.rest(tx, now=NIGHT, academy=ACADEMY)

    assert put_off == 1
    assert moments(tx) == {here: MORNING, in_london: EVENING, answer: EVENING}


def test_what_is_just_leaving_leaves(tx: Connection) -> None:
    here = said(tx, address=7, kind="lesson", at=NIGHT)

    put_off = night_rest.rest(tx, now=NIGHT, academy=ACADEMY)

    assert put_off == 0
    assert moments(tx) == {here: NIGHT}


def test_what_may_have_arrived_is_not_sent_again_at_night(tx: Connection) -> None:
    here = said(tx, address=7, kind="lesson", at=NIGHT)
    tx.execute(update(outbox).values(state="uncertain", not_before=NIGHT + night_rest.LATE))

    put_off = night_rest.rest(tx, now=NIGHT, academy=ACADEMY)

    assert put_off == 1
    assert moments(tx) == {here: MORNING}
