"""A fault that repeats a million times is told a few times a minute, with a count of the others.

A full disk is the first thing a careless log turns a small fault into. Only warnings and errors are
spared: what is told at lower levels is no repetition but a record of its own.
"""

import logging
import time
from collections.abc import Callable, MutableMapping
from typing import Any, Final

import structlog

TOLD_A_MINUTE: Final = 20
"""Records of one kind that are written in a minute."""
_SECONDS: Final = 60.0
_KINDS_KEPT: Final = 1000
"""Texts of libraries may be of any number."""


class Sparing:
    """Decides which records are written; a record is of the kind of its event, whatever its values."""

    def __init__(self, *, monotonic: Callable[[], float] = time.monotonic) -> None:
        self._monotonic = monotonic
        self._kinds: dict[tuple[str, str], tuple[float, int]] = {}

    def spared(self, logger: str, event: str) -> int | None:
        """Return None when this one is not to be written, else how many before it were not."""
        now = self._monotonic()
        since, count = self._kinds.get((logger, event), (now, 0))
        unwritten = 0
        if now - since >= _SECONDS:
            unwritten = max(0, count - TOLD_A_MINUTE)
            since, count = now, 0
        if len(self._kinds) >= _KINDS_KEPT:
            self._kinds.clear()
        self._kinds[logger, event] = (since, count + 1)
        return unwritten if count < TOLD_A_MINUTE else None

    def processor(
        self,
        logger: Any,  # structlog gives whatever logger was wrapped
        method: str,
        event: MutableMapping[str, Any],  # a log record holds anything
    ) -> MutableMapping[str, Any]:
        """Drop a record of our own that was written often enough, before anything is rendered."""
        if method not in {"warning", "error", "critical", "exception"}:
            return event
        unwritten = self.spared(getattr(logger, "name", ""), str(event.get("event", "")))
        if unwritten is None:
            raise structlog.DropEvent
        if unwritten:
            event["same_not_written"] = unwritten
        return event

    def passes(self, record: logging.LogRecord) -> bool:
        """Return whether a record of a library is written; ours were looked at before."""
        if isinstance(record.msg, dict) or record.levelno < logging.WARNING:
            return True
        unwritten = self.spared(record.name, str(record.msg))
        if unwritten:
            record.msg = f"{record.msg} (and {unwritten} more of the same that were not written)"
        return unwritten is not None
