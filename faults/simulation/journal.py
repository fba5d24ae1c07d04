"""What happened, in order: the last of it is printed when something breaks, and all of it is hashed.

Two runs of one seed are the same run exactly when their hashes are equal. What breaks is noted and
not raised: it may break inside the service, which catches and logs what is raised there.
"""

import hashlib
import traceback
from collections import deque
from collections.abc import Callable, Iterator, MutableMapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, Final

import structlog
from sqlalchemy.exc import OperationalError

_KEPT: Final = 400


@dataclass(frozen=True, slots=True, kw_only=True)
class Broken:
    """The first thing that went wrong in a simulation."""

    invariant: str
    """I1 to I8, or "raised" for what was raised and should not have been."""
    says: str
    step: int


class Journal:
    """The events of one simulation."""

    def __init__(self, moment: Callable[[], float]) -> None:
        self._moment = moment
        self._hash = hashlib.sha256()
        self._last: deque[str] = deque(maxlen=_KEPT)
        self.step = 0
        self.broken: Broken | None = None
        self.secrets: tuple[str, ...] = ()

    @property
    def digest(self) -> str:
        return self._hash.hexdigest()[:16]

    @property
    def last(self) -> tuple[str, ...]:
        return tuple(self._last)

    def note(self, what: str, *details: object) -> None:
        """Count one event."""
        self.step += 1
        line = f"{self.step:6} {self._moment():13.4f} {what} {' '.join(str(one) for one in details)}"
        self._hash.update(line.encode())
        self._last.append(line)

    def breaks(self, invariant: str, says: str) -> None:
        """Note that an invariant does not hold; the first one counts."""
        self.note("BROKEN", invariant, says)
        if self.broken is None:
            self.broken = Broken(invariant=invariant, says=says, step=self.step)

    def heard(self, event: MutableMapping[str, Any], *, level: str) -> None:
        """Look at one line of the service's log."""
        said = str(event.get("event"))
        raised = event.get("exc_info")
        self.note("log", level, said, *(f"{key}={event[key]}" for key in _TOLD if key in event))
        text = " ".join(str(value) for value in event.values())
        for secret in self.secrets:
            if secret in text:
                self.breaks("I8", f"a secret stands in the log line {said!r}")
        error = _error(raised)
        if error is not None and not isinstance(error, OperationalError) and _should_not(error, level=level):
            told = "".join(traceback.format_exception(error)[-12:])
            self.breaks("raised", f"{said}: {told}")


_TOLD: Final = (
    "reason",
    "state",
    "error",
    "job",
    "tries",
    "inbox_id",
    "delivery",
    "epoch",
    "held",
    "uncertain",
)
_LAWFUL: Final = ("SettledBeforeError", "UnreadablePressError", "OtherReceiverError", "DatabaseBusyError")


def _error(raised: object) -> BaseException | None:
    if isinstance(raised, BaseException):
        return raised
    if raised is True:
        import sys

        return sys.exc_info()[1]
    return None


def _should_not(error: BaseException, *, level: str) -> bool:
    return type(error).__name__ not in _LAWFUL


@contextmanager
def listened(journal: Journal) -> Iterator[None]:
    """Send the log of the service to the journal while the block lasts, and nowhere else."""

    def hear(_logger: Any, method: str, event: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
        journal.heard(event, level="error" if method == "exception" else method)
        raise structlog.DropEvent

    processors = structlog.get_config()["processors"]
    before = list(processors)
    # In place: loggers that have been used keep this very list.
    processors[:] = [hear]
    try:
        yield
    finally:
        processors[:] = before
