"""Reasons why nothing may be sent for now, kept apart from who found them.

The clock that jumped, the lock that is in doubt, the database that is older than what was sent: each
shuts the gate under its own name and opens it under the same one, and sending goes on when no reason
is left. What is on its way is not called back.
"""

from collections.abc import Callable
from typing import Final

import structlog

from app.leading import Leading

log = structlog.get_logger(__name__)


class SendingGate:
    """Open while nobody has a reason to shut it."""

    def __init__(self) -> None:
        self._reasons: dict[str, str] = {}
        self._changed: list[Callable[[], None]] = []
        self._looks: list[Callable[[], None]] = []

    @property
    def is_open(self) -> bool:
        """Whether something may be sent; whoever wants to look first is asked."""
        for look in self._looks:
            look()
        return not self._reasons

    @property
    def reasons(self) -> dict[str, str]:
        """Why it is shut: the name of each reason, and a sentence for the log and /health."""
        return dict(self._reasons)

    def on_change(self, changed: Callable[[], None]) -> None:
        """Call `changed` after the first reason came or the last one went."""
        self._changed.append(changed)

    def look_first(self, look: Callable[[], None]) -> None:
        """Call `look`, which may shut the gate, each time somebody asks whether it is open."""
        self._looks.append(look)

    def shut(self, name: str, *, says: str) -> None:
        """Send nothing until `open_again(name)`."""
        if self._reasons.get(name) == says:
            return
        was_open = not self._reasons
        self._reasons[name] = says
        log.warning("sending paused", reason=name, says=says)
        if was_open:
            self._tell()

    def open_again(self, name: str) -> None:
        """Take this reason back; it may not have been there."""
        if self._reasons.pop(name, None) is None:
            return
        log.info("reason to pause is gone", reason=name, left=sorted(self._reasons))
        if not self._reasons:
            self._tell()

    def _tell(self) -> None:
        for changed in self._changed:
            changed()


class Trust:
    """Shuts the gate the moment our lease might be somebody else's; asked right before each message.

    Time alone decides that: a process that was frozen finds out before it sends one message more.
    """

    def __init__(self, gate: SendingGate, *, leading: Leading) -> None:
        self._gate = gate
        self._leading = leading

    def look(self) -> None:
        """Shut the gate or open it."""
        if not self._leading.has_taken("send") or self._leading.is_trusted("send"):
            self._gate.open_again(LEASE)
        else:
            self._gate.shut(LEASE, says="this process is a standby: another one sends, or is about to")


LEASE: Final = "lease"
"""Name of the reason while another process sends; no cause for alarm."""
