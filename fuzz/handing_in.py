"""A run of many updates against one academy in memory, which begins again now and then.

Every input has a random of its own, and the academy starts from the same furniture: the same seed
makes the same inputs with the same effects. What is kept beside the courses (`fuzz.kept_inputs`) are
inputs that led to something of a new kind.
"""

import asyncio
import contextlib
import json
import time
import traceback
from collections.abc import AsyncIterator, Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from random import Random
from typing import Final, Literal, TypeAlias

from bot.receiving import Webhook, received
from fuzz.campaign import SECONDS_AT_MOST, Finding
from fuzz.json_mutations import Json
from fuzz.kept_inputs import kept_of
from fuzz.small_academy import SmallAcademy
from fuzz.update_inputs import any_link, any_press, any_update, seeds
from storage.inbox import Received

Kind: TypeAlias = Literal["updates", "callbacks", "webhook", "links"]
_INPUTS_A_LIFE: Final = 1_500
_LOOK_EVERY: Final = 100
_NEW_SEEDS_AT_MOST: Final = 400
_SEED_BYTES_AT_MOST: Final = 20_000
_NUMBERS_FROM: Final = 1_000_000
_SECRET: Final = "an-example-0123456789"  # noqa: S105 - opens nothing
_HEADER: Final = "x-telegram-bot-api-secret-token"

_MAKERS: Final[Mapping[Kind, Callable[[SmallAcademy, list[Json], Random], bytes]]] = {
    "updates": any_update,
    "callbacks": any_press,
    "webhook": any_update,
    "links": any_link,
}


@dataclass(slots=True)
class HandingIn:
    """Inputs of one kind, made of a seed."""

    seed: int
    kind: Kind
    inputs: int = 0
    slowest_seconds: float = 0.0
    kinds: dict[tuple[str, ...], bytes] = field(default_factory=dict)
    """What inputs led to → the first input that did."""

    def run(self, *, most: int | None = None, seconds: float | None = None) -> Iterator[Finding]:
        """Yield what went wrong, until so many inputs were handed in or so many seconds have passed."""
        academy = SmallAcademy()
        try:
            yield from self.run_in(academy, most=most, seconds=seconds)
        finally:
            academy.close()

    def run_in(
        self, academy: SmallAcademy, *, most: int | None = None, seconds: float | None = None
    ) -> Iterator[Finding]:
        """Do the same in an academy that is there already, as it was furnished."""
        begun = time.monotonic()
        academy.begin_again()
        loop = asyncio.new_event_loop()
        pool = seeds()
        for content in kept_of(self.kind).values():
            self._add(content, pool)
        try:
            while (most is None or self.inputs < most) and (
                seconds is None or time.monotonic() - begun < seconds
            ):
                if self.inputs and self.inputs % _INPUTS_A_LIFE == 0:
                    academy.begin_again()
                content, fault, codes = self._one(academy, pool, loop)
                if fault:
                    yield Finding(number=self.inputs, name=f"{self.kind}.json", content=content, fault=fault)
                    academy.begin_again()
                elif codes not in self.kinds:
                    self._learn(codes, content, pool)
                self.inputs += 1
        finally:
            loop.close()

    def _one(
        self, academy: SmallAcademy, pool: list[Json], loop: asyncio.AbstractEventLoop
    ) -> tuple[bytes, str, tuple[str, ...]]:
        random = Random(f"{self.kind}-{self.seed}-{self.inputs}")
        content = _numbered(_MAKERS[self.kind](academy, pool, random), _NUMBERS_FROM + self.inputs)
        begun = time.process_time()
        codes: tuple[str, ...] = ()
        fault = ""
        try:
            if self.kind == "webhook":
                codes = loop.run_until_complete(_posted(academy, content, random))
            else:
                codes = _handed_in(academy, content)
            if (self.inputs + 1) % _LOOK_EVERY == 0:
                academy.look_after()
        except Exception:  # noqa: BLE001 - the very thing that is looked for
            fault = traceback.format_exc(limit=-8)
        spent = time.process_time() - begun
        self.slowest_seconds = max(self.slowest_seconds, spent)
        if not fault and spent > SECONDS_AT_MOST:
            fault = f"handling took {spent:.1f} s"
        return content, fault, codes

    def _learn(self, codes: tuple[str, ...], content: bytes, pool: list[Json]) -> None:
        self.kinds[codes] = content
        if len(self.kinds) <= _NEW_SEEDS_AT_MOST:
            self._add(content, pool)

    def _add(self, content: bytes, pool: list[Json]) -> None:
        """Let further inputs be made of this one, where it can be changed like the others."""
        if len(content) > _SEED_BYTES_AT_MOST or b"[[[[[[[[" in content:
            return
        with contextlib.suppress(ValueError, RecursionError):
            pool.append(json.loads(content))


def examine(academy: SmallAcademy, kind: Kind, contents: Sequence[bytes]) -> str:
    """Return what is wrong when a freshly furnished academy is handed these; empty when nothing is."""
    academy.begin_again()
    loop = asyncio.new_event_loop()
    try:
        for content in contents:
            if kind == "webhook":
                loop.run_until_complete(_posted(academy, content, Random(1)))
            else:
                _handed_in(academy, content)
        academy.look_after()
    except Exception:  # noqa: BLE001 - the very thing that is looked for
        return traceback.format_exc(limit=-8)
    finally:
        loop.close()
    return ""


def _handed_in(academy: SmallAcademy, content: bytes) -> tuple[str, ...]:
    try:
        update = json.loads(content)
    except (ValueError, RecursionError):
        return ("no JSON",)
    given = received(update)
    return ("no number",) if given is None else academy.take(given)


async def _posted(academy: SmallAcademy, content: bytes, random: Random) -> tuple[str, ...]:
    """Post a body in pieces, with the secret or without; what is not answered 200 must leave nothing."""
    codes: list[str] = []

    async def keep(updates: Sequence[Received]) -> None:
        for update in updates:
            codes.extend(academy.take(update))

    secret = _SECRET if random.random() < 0.9 else random.choice(("", "guess", "é\ud800", _SECRET + "x"))
    if random.random() < 0.01:
        content += b" " * (1024 * 1024)
    door = Webhook(secret=_SECRET, keep=keep, clock=lambda: academy.now)
    before = academy.changes()
    reply = await door.accept({_HEADER: secret}, _pieces(content, random))
    if reply.status == 503:
        raise AssertionError("what was to be kept could not be kept")
    if reply.status not in {200, 400, 403, 413}:
        raise AssertionError(f"answered {reply.status}")
    if (reply.status == 403) != (secret != _SECRET):
        raise AssertionError("the secret decides who comes in")
    if reply.status != 200 and academy.changes() != before:
        raise AssertionError(f"answered {reply.status}, and something was kept")
    return (str(reply.status), *codes)


async def _pieces(content: bytes, random: Random) -> AsyncIterator[bytes]:
    at = 0
    while at < len(content):
        size = random.choice((1, 10, 1_000, 100_000))
        yield content[at : at + size]
        at += size


def _numbered(content: bytes, number: int) -> bytes:
    """Return the update with a number of its own, where it lost none; else as it is."""
    if content.startswith(b"{") and b'"update_id"' not in content:
        return b'{"update_id": %d, ' % number + content[1:] if len(content) > 2 else content
    return content
