"""Whatever a client sends as a press, from whomever, has no effect or the one it names (A01, A02, A08)."""

import json
from contextlib import suppress
from datetime import UTC, datetime
from random import Random

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import Connection

from academy.facts import AcademyFacts
from bot.all_handlers import all_handlers
from bot.commands import MENU
from bot.handling import Circumstances, Handled, UnreadablePressError, handle, read
from storage import inbox, people
from storage.inbox import Received

NOW = datetime(2026, 11, 23, 9, tzinfo=UTC)
HANDLERS = all_handlers()
CIRCUMSTANCES = Circumstances(
    academy=AcademyFacts(name="Lviv", languages=("en", "mn")), handlers=HANDLERS, random=Random(1), now=NOW
)
VALUES = st.lists(
    st.sampled_from(
        ["", "0", "1", "7", "zz", "-1", "zzzzzzzzzzzz", "zzzzzzzzzzzzz", "en", "024", "9999999", "é", "\0"]
    )
    | st.text(max_size=6),
    max_size=5,
)
SENDER = {"id": 42, "is_bot": False, "first_name": "Olena", "language_code": "en"}
CHAT = {"id": 42, "type": "private"}
number = iter(range(1, 10**9))


def handled(tx: Connection, **kind: object) -> Handled | None:
    """Handle one update in a savepoint; None when the press was none of ours."""
    update_id = next(number)
    payload = json.dumps({"update_id": update_id, **kind})
    received = Received(update_id=update_id, sender=42, payload=payload)
    outcome = None
    with tx.begin_nested() as undone:
        (update,) = inbox.receive(tx, bot_id=1, updates=[received], now=NOW)
        with suppress(UnreadablePressError):
            outcome = handle(
                tx, update, read(update), pace="fine", prepared=None, circumstances=CIRCUMSTANCES
            )
        undone.rollback()
    return outcome


def tap(data: str) -> dict[str, object]:
    shown = {"message_id": 90, "date": 1, "chat": CHAT}
    return {"id": "c1", "from": SENDER, "message": shown, "data": data}


@pytest.mark.parametrize("known", [True, False], ids=["somebody", "a stranger"])
@settings(max_examples=80, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(verb=st.sampled_from(sorted(HANDLERS.taps)) | st.text(max_size=8), values=VALUES)
def test_no_press_fails_for_somebody_in_no_group(
    tx: Connection, known: bool, verb: str, values: list[str]
) -> None:
    if known:
        people.add(tx, address=42, name="Olena", language="en", now=NOW)

    outcome = handled(tx, callback_query=tap(":".join((verb, *values))))

    assert outcome is None or outcome.callback_id == "c1"


@pytest.mark.parametrize("known", [True, False], ids=["somebody", "a stranger"])
@settings(max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(
    text=st.sampled_from([f"/{name}" for name in sorted(HANDLERS.commands)]) | st.text(max_size=8),
    more=st.text(),
)
def test_no_text_fails(tx: Connection, known: bool, text: str, more: str) -> None:
    if known:
        people.add(tx, address=42, name="Olena", language="en", now=NOW)
    message = {"message_id": 100, "date": 1, "from": SENDER, "chat": CHAT, "text": f"{text} {more}"}

    assert handled(tx, message=message) is not None


def test_every_line_of_the_menu_is_answered() -> None:
    assert {entry.name for entry in MENU} <= set(HANDLERS.commands)


def test_every_command_but_start_is_in_the_menu() -> None:
    assert set(HANDLERS.commands) - {entry.name for entry in MENU} == {"start"}
