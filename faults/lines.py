"""A child's side of the recorder: asks it by one line each time, and speaks for the academy."""

import asyncio
import json
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from academy.messenger import NotSent, Outcome, Recipient, Sent, Uncertain
from academy.outgoing import OUTGOING, Outgoing


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """The way to the recorder, and a messenger over it."""

    port: int
    life: int

    async def ask(self, **question: object) -> dict[str, Any]:
        """Return the answer; raises OSError, ValueError when there is none."""
        reader, writer = await asyncio.open_connection("127.0.0.1", self.port)
        try:
            writer.write(json.dumps(question).encode() + b"\n")
            await writer.drain()
            answer: dict[str, Any] = json.loads(await reader.readline())
        finally:
            writer.close()
        return answer

    async def send(self, outgoing: Outgoing, to: Recipient, *, now: datetime) -> Outcome:
        """Say it (academy.messenger.Messenger)."""
        try:
            answer = await self.ask(say=OUTGOING.dump_json(outgoing).decode(), to=to.address, life=self.life)
        except ConnectionRefusedError:
            return NotSent(reason="refused")
        except (OSError, ValueError):
            return Uncertain(reason="cut")
        if "retry_after" in answer:
            return NotSent(reason="429", retry_after_seconds=float(answer["retry_after"]))
        return Sent(message_id=int(answer["message_id"]))
