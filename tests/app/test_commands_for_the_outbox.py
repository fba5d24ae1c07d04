import pytest
from sqlalchemy import Connection, update

from app.place import Place
from storage import outbox as rows
from storage import people
from storage.tables import outbox
from tests.app.scripting import NOW, Run, listed


def held(place: Place) -> int:
    def keep(tx: Connection) -> int:
        person = people.add(tx, address=6_000_001, name="Bold", language="en", now=NOW)
        row = rows.add(
            tx,
            person_id=person.id,
            kind="lesson",
            priority=1,
            content="{}",
            now=NOW,
            key="lesson",
            not_before=NOW,
        )
        assert row is not None
        tx.execute(update(outbox).where(outbox.c.id == row).values(state="held", attempts=2))
        return row

    return place.run(keep)


@pytest.mark.parametrize(
    ("verdict", "told", "state"),
    [
        ("send_again", "is sent again", "waiting"),
        ("arrived", "counts as sent", "sent"),
        ("drop", "is not sent any more", "cancelled"),
    ],
)
def test_a_held_delivery_is_settled_once(run: Run, place: Place, verdict: str, told: str, state: str) -> None:
    number = held(place)

    first = run("outbox", "--decide", str(number), verdict)
    second = run("outbox", "--decide", str(number), "drop")

    assert (first.exit_code, first.output) == (0, f"Delivery {number} {told}.\n")
    assert (second.exit_code, second.output) == (
        1,
        f"Error: Delivery {number} is not held. See which are: dusal outbox --state held\n",
    )
    assert [row["state"] for row in listed(run("outbox", "--format", "json"))] == [state]


def test_a_verdict_has_three_words(run: Run) -> None:
    asked = run("outbox", "--decide", "1", "perhaps")

    assert asked.exit_code == 2
    assert "'send_again', 'arrived', 'drop'" in asked.output


@pytest.mark.parametrize(
    ("verdict", "told", "state"),
    [
        ("send_again", "Sent again: 1", "waiting"),
        ("arrived", "Counted as sent: 1", "sent"),
        ("drop", "Not sent any more: 1", "cancelled"),
    ],
)
def test_all_that_is_held_is_settled_at_once(
    run: Run, place: Place, verdict: str, told: str, state: str
) -> None:
    held(place)

    first = run("outbox", "--decide-all", verdict)
    second = run("outbox", "--decide-all", "drop")

    assert (first.exit_code, first.output) == (0, f"{told}\n")
    assert second.output == "Not sent any more: 0\n"
    assert [row["state"] for row in listed(run("outbox", "--format", "json"))] == [state]
