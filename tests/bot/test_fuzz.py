"""A short round of each kind of input with a fixed seed, and everything that longer rounds have found."""

import json
from collections.abc import Iterator
from datetime import UTC, datetime

import pytest
from sqlalchemy import Connection, insert

from bot.context import Context
from bot.handler_table import HandlerTable
from bot.incoming import Command
from fuzz.furniture import LEARNER
from fuzz.handing_in import HandingIn, Kind, examine
from fuzz.kept_inputs import kept_of
from fuzz.kinds import KINDS
from fuzz.small_academy import SmallAcademy
from storage.tables import outbox

HANDED_IN: tuple[Kind, ...] = ("updates", "callbacks", "webhook", "links")
NOW = datetime(2026, 11, 30, tzinfo=UTC)
UNREADABLE = {
    "kind": "reply",
    "priority": 0,
    "content": "{}",
    "not_before": NOW,
    "state": "waiting",
    "created_at": NOW,
}


@pytest.fixture(scope="module")
def academy() -> Iterator[SmallAcademy]:
    made = SmallAcademy()
    yield made
    made.close()


@pytest.mark.parametrize("kind", HANDED_IN)
def test_a_short_round_finds_nothing(kind: Kind, academy: SmallAcademy) -> None:
    run = HandingIn(20261123, kind)

    found = [f"{finding.number}: {finding.fault}" for finding in run.run_in(academy, most=60)]

    assert found == []
    assert (run.inputs, len(run.kinds) > 5) == (60, True)


@pytest.mark.parametrize("kind", HANDED_IN)
def test_what_was_kept_is_handled_without_a_fault(kind: Kind, academy: SmallAcademy) -> None:
    kept = kept_of(kind)

    assert examine(academy, kind, list(kept.values())) == ""
    assert len(kept) > 5


def test_the_same_seed_makes_the_same_inputs(academy: SmallAcademy) -> None:
    once, again = HandingIn(7, "callbacks"), HandingIn(7, "callbacks")

    assert list(once.run_in(academy, most=30)) == list(again.run_in(academy, most=30)) == []
    assert once.kinds == again.kinds


def test_the_kinds_have_names() -> None:
    assert list(KINDS) == ["courses", *HANDED_IN]


def test_a_handler_that_fails_would_be_noticed(academy: SmallAcademy) -> None:
    def fails(tx: Connection, command: Command, context: Context) -> None:
        raise KeyError(command.name)

    broken = SmallAcademy(handlers=HandlerTable(commands={"today": fails}))
    asked = json.dumps({"update_id": 1, **said(LEARNER, "/today")}).encode()

    assert "KeyError: 'today'" in examine(broken, "updates", [asked])
    assert examine(academy, "updates", [asked]) == ""
    broken.close()


def test_a_message_that_cannot_be_drawn_would_be_noticed(academy: SmallAcademy) -> None:
    def says(tx: Connection, command: Command, context: Context) -> None:
        tx.execute(insert(outbox).values(**UNREADABLE, person_id=context.known().id))

    broken = SmallAcademy(handlers=HandlerTable(commands={"today": says}))
    asked = json.dumps({"update_id": 1, **said(LEARNER, "/today")}).encode()

    assert "ValidationError" in examine(broken, "updates", [asked])
    broken.close()


def said(sender: int, text: str) -> dict[str, object]:
    chat, person = {"id": sender, "type": "private"}, {"id": sender, "is_bot": False, "first_name": "Bold"}
    return {"message": {"message_id": 1, "date": 1, "from": person, "chat": chat, "text": text}}
