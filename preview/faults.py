"""Switches that make this server misbehave as networks and servers do, and a record of what was asked.

A fault is set for one method, once or until cleared. Each says on which side of "accepted" it
falls: after it, the message exists although the bot never hears of it.
"""

from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TypeAlias


@dataclass(frozen=True, slots=True)
class CutBefore:
    """The connection is cut before the method is carried out."""


@dataclass(frozen=True, slots=True)
class CutAfter:
    """The method is carried out, and the connection cut before the answer."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ErrorBefore:
    """A server error, nothing done."""

    code: int = 502
    description: str = "Bad Gateway"


@dataclass(frozen=True, slots=True, kw_only=True)
class ErrorAfter:
    """A server error although the method was carried out (as a restarting server answers)."""

    code: int = 500
    description: str = "Internal Server Error: restart"


@dataclass(frozen=True, slots=True, kw_only=True)
class FloodWait:
    """429 with `retry_after`."""

    seconds: int = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class Slow:
    """Real seconds before the method is carried out, and before its answer."""

    before: float = 0.0
    after: float = 0.0


@dataclass(frozen=True, slots=True)
class BadJson:
    """The method is carried out; the answer is 200 and no JSON."""


@dataclass(frozen=True, slots=True, kw_only=True)
class WrongDate:
    """The answer's Date header is wrong by this many seconds."""

    seconds: int = 86_400


@dataclass(frozen=True, slots=True)
class TwoPollers:
    """409, as when another instance polls."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RefuseWith:
    """Any refusal, in the server's words."""

    code: int
    description: str


Fault: TypeAlias = (
    CutBefore
    | CutAfter
    | ErrorBefore
    | ErrorAfter
    | FloodWait
    | Slow
    | BadJson
    | WrongDate
    | TwoPollers
    | RefuseWith
)

ANY_METHOD = "*"


@dataclass(slots=True)
class Switchboard:
    """Which faults are on."""

    _next: defaultdict[str, list[Fault]] = field(default_factory=lambda: defaultdict(list))
    _always: dict[str, Fault] = field(default_factory=dict)

    def next(self, method: str, fault: Fault, *, times: int = 1) -> None:
        """Let the next `times` calls of `method` (or "*") fail; they queue up behind earlier ones."""
        self._next[method.lower()].extend([fault] * times)

    def always(self, method: str, fault: Fault) -> None:
        """Let every call of `method` (or "*") fail until cleared."""
        self._always[method.lower()] = fault

    def clear(self) -> None:
        """Switch everything off."""
        self._next.clear()
        self._always.clear()

    def take(self, method: str) -> Fault | None:
        """Return the fault this call of `method` (lower case) meets, if any, and count it."""
        for name in (method, ANY_METHOD):
            if self._next[name]:
                return self._next[name].pop(0)
        return self._always.get(method) or self._always.get(ANY_METHOD)


@dataclass(frozen=True, slots=True, kw_only=True)
class Recorded:
    """One request as it came."""

    method: str
    """As written in the path."""
    values: dict[str, object]
    """Arguments as decoded from the body and query, otherwise untouched."""
    uploads: tuple[str, ...]
    """Names of the parts that were files."""
    monotonic_at: float
    """Seconds of the server's monotonic clock when it was read."""
    status: int = 0
    """HTTP status of the answer; 0 when the connection was cut."""


FAULTS_BY_NAME: dict[str, Callable[..., Fault]] = {
    "cut_before": CutBefore,
    "cut_after": CutAfter,
    "error_before": ErrorBefore,
    "error_after": ErrorAfter,
    "flood_wait": FloodWait,
    "slow": Slow,
    "bad_json": BadJson,
    "wrong_date": WrongDate,
    "two_pollers": TwoPollers,
    "refuse_with": RefuseWith,
}
"""For the switches under `/phone/faults`."""
