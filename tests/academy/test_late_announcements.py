from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import Connection, select

from academy import announcing, late_announcements
from academy.messages.facilitating import AnnounceCancelled, AnnounceLate, Announcement
from academy.outgoing import Screen
from learners.groups import Group
from learners.people import Person
from lessons.markup import RichText
from storage import announcements
from storage.announcements import KeptAnnouncement
from storage.tables import outbox
from tests.academy.cohort import NOW, cohort, facilitator, settle, shown
from tests.academy.school import ACADEMY, HOUR

TEXT = RichText("Bring one bill today.")
USEFUL_UNTIL = NOW + 4 * HOUR
BACK_AT = NOW + 5 * HOUR
"""15:00 in Ulaanbaatar, 08:00 in Skopje: nobody sleeps."""
SCREEN = Screen(message_id=900, has_media=False)


def announced(tx: Connection) -> tuple[KeptAnnouncement, Person, Group]:
    """An announcement from the command line to four, of whom one has got it."""
    group = cohort(tx)
    asked = facilitator(tx, group)
    announcing.announce(
        tx, group=group, text=TEXT, send_at=None, useful_until=USEFUL_UNTIL, now=NOW, academy=ACADEMY
    )
    (kept,) = announcements.under_way(tx)
    first = copies(tx)[0]
    settle(tx, announcements.key(kept.id, first[0]), "sent")
    return kept, asked, group


def copies(tx: Connection) -> list[tuple[int, str, str | None, datetime]]:
    """Person, state, reason, not before: every copy, in the order they were made."""
    rows = tx.execute(
        select(outbox.c.person_id, outbox.c.state, outbox.c.reason, outbox.c.not_before)
        .where(outbox.c.kind == "announcement")
        .order_by(outbox.c.id)
    )
    return [(row.person_id, row.state, row.reason, row.not_before) for row in rows]


def again(tx: Connection, kept: KeptAnnouncement) -> KeptAnnouncement:
    found = announcements.get(tx, kept.id)
    assert found is not None
    return found


def test_back_before_its_end_it_goes_by_itself(tx: Connection) -> None:
    _, asked, _ = announced(tx)

    announcing.tick(tx, now=USEFUL_UNTIL - timedelta(seconds=1), academy=ACADEMY)

    assert [state for _, state, _, _ in copies(tx)] == ["sent", "waiting", "waiting", "waiting"]
    assert shown(tx, asked) == []


def test_back_after_its_end_a_facilitator_is_asked_once(tx: Connection) -> None:
    kept, asked, _ = announced(tx)

    for minute in range(3):
        announcing.tick(tx, now=BACK_AT + timedelta(minutes=minute), academy=ACADEMY)

    assert [(state, reason) for _, state, reason, _ in copies(tx)] == [
        ("sent", None),
        ("cancelled", "too_late"),
        ("cancelled", "too_late"),
        ("cancelled", "too_late"),
    ]
    assert [one.message for one in shown(tx, asked)] == [
        Announcement(text=TEXT),
        AnnounceLate(
            announcement_id=kept.id,
            group="Autumn",
            people=3,
            told=1,
            useful_until=USEFUL_UNTIL,
            zone="Asia/Ulaanbaatar",
        ),
    ]


def test_send_anyway_sends_it_to_the_others_and_only_once(tx: Connection) -> None:
    kept, asked, _ = announced(tx)
    announcing.tick(tx, now=BACK_AT, academy=ACADEMY)

    outcomes = [
        late_announcements.send_anyway(
            tx, kept=again(tx, kept), by=asked, screen=SCREEN, now=BACK_AT, academy=ACADEMY
        )
        for _ in range(2)
    ]
    announcing.tick(tx, now=BACK_AT + HOUR, academy=ACADEMY)

    assert outcomes == ["done", "closed"]
    assert [(state, reason) for _, state, reason, _ in copies(tx)] == [
        ("sent", None),
        ("waiting", None),
        ("waiting", None),
        ("waiting", None),
    ]
    assert {at for *_, at in copies(tx)[1:]} == {BACK_AT + ACADEMY.undo}


def test_dropped_is_dropped_whatever_is_pressed_after_it(tx: Connection) -> None:
    kept, asked, _ = announced(tx)
    announcing.tick(tx, now=BACK_AT, academy=ACADEMY)

    dropped = late_announcements.drop(tx, kept=again(tx, kept), by=asked, screen=SCREEN, now=BACK_AT)
    late = late_announcements.send_anyway(
        tx, kept=again(tx, kept), by=asked, screen=SCREEN, now=BACK_AT, academy=ACADEMY
    )

    assert (dropped, late) == ("done", "closed")
    assert [state for _, state, _, _ in copies(tx)] == ["sent", "cancelled", "cancelled", "cancelled"]
    assert shown(tx, asked)[-1].message == AnnounceCancelled(sent_before=1)


@pytest.mark.parametrize("now", [BACK_AT, datetime(2036, 1, 1, 2, tzinfo=UTC)])
def test_without_an_end_it_goes_however_late_it_is(tx: Connection, now: datetime) -> None:
    group = cohort(tx)
    announcing.announce(tx, group=group, text=TEXT, send_at=None, now=NOW, academy=ACADEMY)

    announcing.tick(tx, now=now, academy=ACADEMY)

    assert {state for _, state, _, _ in copies(tx)} == {"waiting"}
