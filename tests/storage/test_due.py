from datetime import UTC, datetime, timedelta

from sqlalchemy import Connection

from academy.messages.learning import NothingNow
from academy.saying import say
from storage import due
from tests.academy.school import join

NOW = datetime(2026, 11, 23, 1, tzinfo=UTC)
MINUTE = timedelta(minutes=1)


def test_claim_returns_the_longest_waiting_first(tx: Connection) -> None:
    for enrollment_id, minutes in ((1, 0), (2, -5), (3, 1), (4, -2)):
        due.set_due(tx, enrollment_id, NOW + minutes * MINUTE)

    assert due.claim(tx, now=NOW, limit=2) == (2, 4)
    assert due.claim(tx, now=NOW, limit=10) == (2, 4, 1)


def test_setting_due_again_moves_the_one_row(tx: Connection) -> None:
    due.set_due(tx, 1, NOW)
    due.set_due(tx, 1, NOW + MINUTE)

    assert due.claim(tx, now=NOW, limit=10) == ()
    assert due.due_at(tx, 1) == NOW + MINUTE
    assert due.next_due_at(tx) == NOW + MINUTE


def test_nothing_due_leaves_no_row(tx: Connection) -> None:
    due.set_due(tx, 1, NOW)
    due.set_due(tx, 1, None)

    assert due.due_at(tx, 1) is None
    assert due.next_due_at(tx) is None


def test_started_by_us_counts_what_nobody_asked_for(tx: Connection) -> None:
    learner = join(tx)
    for kind, minutes in (("reply", 0), ("lesson", 1), ("reminder", -1), ("announcement", 60)):
        say(
            tx,
            person_id=learner.person_id,
            message=NothingNow(reason="finished"),
            now=NOW,
            kind=kind,  # type: ignore[arg-type]  # literals in a loop
            not_before=NOW + minutes * MINUTE,
        )

    found = due.started_by_us(tx, person_id=learner.person_id, since=NOW)

    assert found == (NOW + MINUTE, NOW + 60 * MINUTE)
