"""Reasons why nothing may be sent for now, kept apart from who found them.

The clock that jumped, the lock that is in doubt, the database that is older than what was sent: each
shuts the gate under its own name and opens it under the same one, and sending goes on when no reason
is left. What is on its way is not called back.
"""

from collections.abc import Callable

import structlog

log = structlog.get_logger(__name__)


class SendingGate:
    """Open while nobody has a reason to shut it."""

    def __init__(self) -> None:
        self._reasons: dict[str, str] = {}
        self._changed: list[Callable[[], None]] = []

    @property
    def is_open(self) -> bool:
        """Whether something may be sent."""
        return not self._reasons

    @property
    def reasons(self) -> dict[str, str]:
        """Why it is shut: the name of each reason, and a sentence for the log and /health."""
        return dict(self._reasons)

    def on_change(self, changed: Callable[[], None]) -> None:
        """Call `changed` after the first reason came or the last one went."""
        self._changed.append(changed)

    def shut(self, name: str, *, says: str) -> None:
        """Send nothing until `open_again(name)`."""
        if self._reasons.get(name) == says:
            return
        was_open = self.is_open
        self._reasons[name] = says
        log.warning("sending paused", reason=name, says=says)
        if was_open:
            self._tell()

    def open_again(self, name: str) -> None:
        """Take this reason back; it may not have been there."""
        if self._reasons.pop(name, None) is None:
            return
        log.info("reason to pause is gone", reason=name, left=sorted(self._reasons))
        if self.is_open:
            self._tell()

    def _tell(self) -> None:
        for changed in self._changed:
            changed()
