"""An older database meets what sent.log and erased.log know; on SQLite and PostgreSQL."""

import re
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import Connection, insert, select, update

from academy import after_restoring, delivering
from academy.after_restoring import Settled
from academy.messages.joining import TypeCode
from academy.outgoing import RemoveButtons, Screen
from academy.saying import keep, say
from storage import bots, inbox, people, records, restored
from storage.bots import Bot
from storage.erased_log import Erased
from storage.inbox import Received
from storage.sent_log import Recorded, SentLine
from storage.tables import announcements, outbox
from tests.academy.school import ACADEMY, DAY, HOUR, MONDAY, Learner, join

ROOT = Path(__file__).parents[2]
TUESDAY = MONDAY + DAY
NOTHING = Recorded(lines=(), tally=0)


@pytest.fixture(autouse=True)
def _bound(tx: Connection) -> None:
    bots.bind(tx, bot=Bot(bot_id=42, username="dusal_bot", name="Dusal"), now=MONDAY)


def line(key: str | None, *, person: int, at: datetime = MONDAY + HOUR, **more: object) -> SentLine:
    found = {"delivery": 9_000, "decided_at": at, "kind": "lesson", "became": "sent", **more}
    return SentLine(person_id=person, at=at, key=key, **found)  # type: ignore[arg-type]  # as given


def waiting(tx: Connection, person: int, *, text: str = "x", at: datetime = MONDAY) -> SentLine:
    """Keep something to be said, and return the line that its sending would leave."""
    row = say(tx, person_id=person, message=TypeCode(academy=text), now=at, key=f"open:{text}")
    assert row is not None
    return line(f"open:{text}", person=person, delivery=row, decided_at=at)


def forgotten(
    tx: Connection, *lines: SentLine, erased: tuple[Erased, ...] = (), now: datetime = TUESDAY
) -> Settled:
    return after_restoring.forgotten(tx, lines=lines, erased=frozenset(erased), now=now)


def states(tx: Connection) -> dict[str | None, tuple[str, str | None]]:
    rows = tx.execute(select(outbox.c.key, outbox.c.state, outbox.c.reason))
    return {row.key: (row.state, row.reason) for row in rows}


def test_what_waits_and_was_sent_counts_as_sent_and_the_rest_is_held(tx: Connection) -> None:
    ann = join(tx).person_id
    known = waiting(tx, ann, text="known")
    unsure = waiting(tx, ann, text="unsure")
    waiting(tx, ann, text="unknown")
    # The same number, given out again later for something else.
    other = waiting(tx, ann, text="other")
    say(
        tx, person_id=ann, message=TypeCode(academy="planned"), now=MONDAY, key="p", not_before=TUESDAY + HOUR
    )
    keep(
        tx,
        person_id=ann,
        outgoing=RemoveButtons(screen=Screen(message_id=3, has_media=False)),
        kind="reply",
        now=MONDAY,
        key="edit",
    )

    found = forgotten(
        tx,
        known,
        line("open:unsure", person=ann, delivery=unsure.delivery, decided_at=MONDAY, became="maybe"),
        line("open:else", person=ann, delivery=other.delivery, decided_at=MONDAY + HOUR),
    )

    assert found == Settled(sent=2, held=2, updates=0, erased=0)
    assert states(tx) == {
        "open:known": ("sent", "restored"),
        "open:unsure": ("held", "restored"),
        "open:unknown": ("held", "restored"),
        "open:other": ("held", "restored"),
        "p": ("waiting", None),
        "edit": ("cancelled", "restored"),
    }


def begun(tx: Connection, *, address: int = 7) -> Learner:
    learner = join(tx, address=address)
    delivering.begin(tx, enrollment_id=learner.enrollment_id, now=MONDAY, academy=ACADEMY)
    tx.execute(update(outbox).values(state="sent", settled_at=MONDAY))
    return learner


def test_only_the_next_lesson_of_each_is_remembered(tx: Connection) -> None:
    learner = begun(tx)
    number, ann = learner.enrollment_id, learner.person_id
    tx.execute(
        insert(announcements).values(
            id=4, group_id=learner.enrollment.group_id, content="{}", state="done", created_at=MONDAY
        )
    )
    lines = (
        line(f"lesson:{number}:switch:0", person=ann),
        line(f"lesson:{number}:heat:0", person=ann, at=TUESDAY),
        line(f"finished:{number}:17", person=ann, at=TUESDAY),
        line(f"reminder:{number}:night:1", person=ann),
        # Of a lesson that this database has not given yet: it comes anew.
        line(f"reminder:{number}:switch:1", person=ann),
        line(f"announcement:4:{ann}", person=ann, kind="announcement"),
        # Of an announcement that was written after the copy was made: the number will be another's.
        line(f"announcement:5:{ann}", person=ann, kind="announcement"),
        line(f"lesson:{number + 1}:switch:0", person=ann),
        line(f"lesson:{number + 2}:switch:0", person=ann + 99),
        line("open:3:4", person=ann, kind="reply"),
        line(None, person=ann),
    )

    for _ in range(2):
        # Once more, as after a crash in between.
        forgotten(tx, *lines)

    kept = {key for key, (state, reason) in states(tx).items() if (state, reason) == ("sent", "restored")}
    assert kept == {f"lesson:{number}:switch:0", f"reminder:{number}:night:1", f"announcement:4:{ann}"}


def test_what_the_agenda_decides_late_is_not_said_twice_and_else_held(tx: Connection) -> None:
    heard, unheard = begun(tx), begun(tx, address=8)
    for learner in (heard, unheard):
        given = learner.open
        records.change(tx, given, replace(given, finished_at=MONDAY))
        delivering.replan(tx, enrollment_id=learner.enrollment_id, now=MONDAY, academy=ACADEMY)

    forgotten(tx, line(f"lesson:{heard.enrollment_id}:switch:0", person=heard.person_id, at=TUESDAY))
    decided = after_restoring.decide_overdue(tx, now=TUESDAY + HOUR, academy=ACADEMY, limit=100)

    assert decided == (2, 1)
    assert [given.lesson_id for given in heard.given] == ["night", "switch"]
    assert states(tx)[f"lesson:{heard.enrollment_id}:switch:0"] == ("sent", "restored")
    assert states(tx)[f"lesson:{unheard.enrollment_id}:switch:0"] == ("held", "restored")


def test_whoever_learns_a_lesson_again_gets_the_one_after_it_again(tx: Connection) -> None:
    learner = begun(tx)
    number, ann = learner.enrollment_id, learner.person_id
    given = learner.open
    records.change(tx, given, replace(given, finished_at=MONDAY))
    forgotten(
        tx,
        line(f"lesson:{number}:switch:0", person=ann),
        line(f"lesson:{number}:heat:0", person=ann, at=TUESDAY),
    )
    after_restoring.decide_overdue(tx, now=TUESDAY, academy=ACADEMY, limit=100)
    again = learner.open
    records.change(tx, again, replace(again, finished_at=TUESDAY + HOUR))
    delivering.replan(tx, enrollment_id=number, now=TUESDAY + HOUR, academy=ACADEMY)
    delivering.tick(tx, now=TUESDAY + DAY, academy=ACADEMY)

    assert states(tx)[f"lesson:{number}:heat:0"] == ("waiting", None)


def test_updates_that_were_in_the_inbox_are_set_aside(tx: Connection) -> None:
    received = [Received(update_id=number, sender=7, payload="{}") for number in (1, 2)]
    inbox.receive(tx, bot_id=42, updates=received, now=MONDAY)

    found = forgotten(tx)

    assert (found.updates, inbox.open_count(tx), inbox.dead_count(tx)) == (2, 0, 2)


def test_the_erased_are_erased_again_and_nobody_else(tx: Connection) -> None:
    ann, ben = join(tx, address=7), join(tx, address=8)
    made = MONDAY
    later = Erased(person_id=ben.person_id, created_at=made + timedelta(microseconds=1))

    found = forgotten(tx, erased=(Erased(person_id=ann.person_id, created_at=made), later))

    assert found.erased == 1
    assert people.by_address(tx, 7) is None
    assert people.by_address(tx, 8) is not None


def test_a_wish_to_be_forgotten_is_noted_until_it_is_fulfilled(tx: Connection) -> None:
    ann = join(tx, address=7)
    join(tx, address=8)
    people.forget_at(tx, ann.person_id, at=MONDAY)

    wishing = restored.wishing_to_be_forgotten(tx)
    after_restoring.erase_again(tx, erased=wishing)

    assert wishing == (Erased(person_id=ann.person_id, created_at=MONDAY),)
    assert restored.wishing_to_be_forgotten(tx) == ()


def test_a_database_is_older_when_the_log_has_counted_further(tx: Connection) -> None:
    tallies = [bots.next_tally(tx) for _ in range(3)]

    assert tallies == [1, 2, 3]
    assert not restored.is_older(tx, Recorded(lines=(), tally=3))
    # The log has lost its end, or somebody else sends.
    assert not restored.is_older(tx, Recorded(lines=(), tally=2))
    assert restored.is_older(tx, Recorded(lines=(), tally=4))
    restored.finish(tx, recorded=Recorded(lines=(), tally=4), now=MONDAY)
    assert not restored.is_older(tx, Recorded(lines=(), tally=4))


def test_within_the_half_minute_the_rows_tell(tx: Connection) -> None:
    ann = join(tx).person_id
    known = waiting(tx, ann)
    same = Recorded(lines=(known,), tally=0)

    assert restored.is_older(tx, same)
    tx.execute(update(outbox).values(state="sending", attempts=1))
    assert not restored.is_older(tx, same)
    tx.execute(outbox.delete())
    assert restored.is_older(tx, same)
    # Erasing takes away what was said to somebody.
    people.forget_at(tx, ann, at=MONDAY)
    assert not restored.is_older(tx, same)


def test_the_command_can_say_that_it_is_older(tx: Connection) -> None:
    restored.say_restored(tx, now=MONDAY)

    assert restored.is_older(tx, NOTHING)
    restored.begin(tx, now=TUESDAY)
    assert restored.is_waiting(tx)
    restored.finish(tx, recorded=NOTHING, now=TUESDAY)
    assert not restored.is_older(tx, NOTHING)
    assert not restored.is_waiting(tx)


ANSWERS = {
    "again", "changed", "corrected", "fresh", "grade_next", "held", "left", "lost", "media", "old", "open",
    "question", "read", "review-media", "trial", "trial-over",
}  # fmt: skip
"""Said because somebody did something, or about the present state: done again, it is said again."""


def test_every_key_is_known_to_follow_the_clock_or_a_person() -> None:
    """A new message that the clock decides must be remembered, or an older database says it again."""
    written = re.compile(r"""f"([a-z_-]+):\{""")
    sources = [path.read_text(encoding="utf-8") for path in (ROOT / "academy").glob("*.py")]
    lines = [line for source in sources for line in source.splitlines()]
    # What is not followed by a number of ours is no key: urls, words of a log.
    keyed = [line for line in lines if "key" in line or "back_again" in line]
    words = {word for line in keyed for word in written.findall(line)}

    timed = {word for word in words if restored.follows_the_clock(f"{word}:1")}
    assert words - timed == ANSWERS
    assert {"lesson", "reminder", "finished", "back", "ready", "to_grade"} <= timed
