"""Updates as Telegram hands them out: again until they are confirmed, some twice, in any order."""

from collections import deque
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from random import Random
from typing import Any

from sqlalchemy import Connection

from bot.callback_data import encode, press
from faults.fresh import fresh
from storage import people
from storage.database import Database


def command(number: int, *, update_id: int, sender: int) -> dict[str, Any]:
    """Return an update with a typed `/effect`."""
    chat = {"id": sender, "type": "private"}
    text = f"/effect {number}"
    entity = {"type": "bot_command", "offset": 0, "length": len("/effect")}
    body = {"message_id": number, "date": 1, "chat": chat, "from": _person(sender), "text": text}
    return {"update_id": update_id, "message": {**body, "entities": [entity]}}


def tap(number: int, *, update_id: int, sender: int) -> dict[str, Any]:
    """Return an update with a pressed button."""
    shown = {"message_id": 1, "date": 1, "chat": {"id": sender, "type": "private"}}
    data = encode(press("l_next", number))
    query = {"id": f"c{update_id}", "message": shown, "from": _person(sender), "data": data}
    return {"update_id": update_id, "callback_query": query}


def acquainted(path: Path, addresses: Iterable[int]) -> str:
    """Return the address of a new database that knows these people: strangers are answered otherwise."""
    now = datetime.now(UTC)

    def fill(tx: Connection) -> None:
        for address in addresses:
            people.add(tx, address=address, name="Olena", language="en", now=now)

    url = fresh(path)
    database = Database.open(url)
    database.run_here(fill)
    database.close()
    return url


def _person(sender: int) -> dict[str, Any]:
    return {"id": sender, "is_bot": False, "first_name": "Olena", "language_code": "en"}


@dataclass(slots=True)
class Pile:
    """Updates that are not confirmed yet, in the order in which they are handed out."""

    _waiting: deque[dict[str, Any]]
    _handed: dict[int, dict[str, Any]] = field(default_factory=dict)
    _life: int = 0
    confirmed: int = 0

    @classmethod
    def of(cls, updates: Iterable[dict[str, Any]]) -> "Pile":
        return cls(deque(updates))

    def answer(self, asked: dict[str, Any]) -> dict[str, Any]:
        """Answer a child: confirm what it has kept, and hand out the next."""
        if asked["life"] != self._life:
            # The one before is gone: what it did not confirm comes again, first.
            self._waiting.extendleft(reversed(self._handed.values()))
            self._handed = {}
            self._life = asked["life"]
        for number in asked["kept"]:
            self.confirmed += self._handed.pop(number, None) is not None
        batch = [self._waiting.popleft() for _ in range(min(asked["updates"], len(self._waiting)))]
        self._handed |= {update["update_id"]: update for update in batch}
        return {"updates": batch}


def repeated(updates: Sequence[dict[str, Any]], *, share: float, random: Random) -> list[dict[str, Any]]:
    """Return the updates shuffled, and this share of them two to five times, anywhere."""
    again = [
        update
        for update in random.sample(list(updates), int(share * len(updates)))
        for _ in range(random.choice((1, 1, 1, 4)))
    ]
    mixed = [*updates, *again]
    random.shuffle(mixed)
    return mixed
