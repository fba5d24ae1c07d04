"""Every handler by what it answers to: the parts list their own, and nothing is listed twice."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from types import ModuleType
from typing import Any, Protocol

from sqlalchemy import Connection

from bot.context import CommandHandler, Context, TapHandler, TypedHandler
from bot.files import Fetch
from bot.incoming import Edited, FileSent, VoiceSent


class FileHandler(Protocol):
    """Takes files: the slow part outside the transaction, the rest inside."""

    async def prepare(self, file: FileSent, *, fetch: Fetch) -> Any:  # whatever `file_sent` takes
        """Read and check the file; touches no database."""
        ...

    def file_sent(self, tx: Connection, file: FileSent, context: Context, prepared: Any) -> None:
        """Answer it; `prepared` is what `prepare` returned."""
        ...


class VoiceHandler(Protocol):
    """Takes voice notes, and texts that were changed after they were sent."""

    def voice_sent(self, tx: Connection, voice: VoiceSent, context: Context) -> bool:
        """Return whether something waited for a voice note."""
        ...

    def text_edited(self, tx: Connection, edited: Edited, context: Context) -> None:
        """Take the new words where the old ones still count; anything else is left alone."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class HandlerTable:
    """What answers to what."""

    commands: Mapping[str, CommandHandler] = field(default_factory=dict)
    taps: Mapping[str, TapHandler] = field(default_factory=dict)
    free_text: TypedHandler | None = None
    """Everything typed that is no command, and pictures."""
    files: FileHandler | None = None
    voices: VoiceHandler | None = None


def commands_of(modules: Iterable[ModuleType]) -> dict[str, CommandHandler]:
    """Return every module's COMMANDS; raises ValueError when two answer to the same name."""
    return _merged(modules, "COMMANDS")


def taps_of(modules: Iterable[ModuleType]) -> dict[str, TapHandler]:
    """Return every module's TAPS; raises ValueError when two answer to the same verb."""
    return _merged(modules, "TAPS")


def topics_of(modules: Iterable[ModuleType]) -> dict[str, TypedHandler]:
    """Return every module's TYPED; raises ValueError when two answer to the same topic."""
    return _merged(modules, "TYPED")


def _merged(modules: Iterable[ModuleType], table: str) -> dict[str, Any]:  # three tables, one way
    merged: dict[str, Any] = {}
    for module in modules:
        for key, handler in getattr(module, table, {}).items():
            if key in merged:
                raise ValueError(f"{table}: {key!r} is answered twice, the second time in {module.__name__}")
            merged[key] = handler
    return merged
