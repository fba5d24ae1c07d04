"""Logs that can be kept: one record is one line, and no line holds a secret.

Everything the process logs, from our own code and from libraries, goes through one handler. It
writes ids, never texts or names; what was planted as a secret is replaced wherever it turns up,
also inside a traceback.
"""

import logging
import re
import sys
import traceback
from collections.abc import Iterable, MutableMapping
from typing import Any, Literal, TextIO
from urllib.parse import quote

import structlog

from app.sparing import Sparing

HIDDEN = "***"

_QUIET = ("httpx", "httpcore", "aiohttp", "telegram", "apscheduler", "asyncio", "uvicorn", "alembic")
"""Libraries that log addresses, and so the token, at INFO or DEBUG."""

_CONTROLS = re.compile("[\x00-\x1f\x7f-\x9f\u2028\u2029\u200e\u200f\u202a-\u202e\u2066-\u2069]")
"""Line breaks, ANSI sequences and bidirectional controls: what could forge a record or hide one."""

_TOKEN = re.compile(r"(?<!\d)\d{6,12}:[A-Za-z0-9_-]{30,}")
"""Anything shaped like a bot token, should one appear that nobody planted."""

_QUOTED = re.compile(r"""'[^']*'?|"[^"]*"?|`[^`]*`?""")
_WORDS_TOLD = 200
_CAUSES_TOLD = 5


class Redaction:
    """Replaces secrets in text; secrets may be added while the process runs."""

    def __init__(self, secrets: Iterable[str] = ()) -> None:
        self._secrets: set[str] = set()
        for secret in secrets:
            self.add(secret)

    def add(self, secret: str) -> None:
        """Hide `secret` from now on, also when it stands percent-encoded in an address."""
        # A short secret would blank out ordinary words, and protects nothing.
        if len(secret) >= 6:
            self._secrets |= {secret, quote(secret, safe="")}

    def __call__(self, text: str) -> str:
        """Return `text` with every secret replaced."""
        for secret in self._secrets:
            text = text.replace(secret, HIDDEN)
        return _TOKEN.sub(HIDDEN, text)


class _OneLine(logging.Formatter):
    """Renders a record, then hides and escapes: last, so that nothing comes after it."""

    def __init__(self, inner: logging.Formatter, redact: Redaction) -> None:
        super().__init__()
        self._inner = inner
        self._redact = redact

    def format(self, record: logging.LogRecord) -> str:
        return one_line(self._redact(self._inner.format(record)))


def one_line(text: str) -> str:
    r"""Return `text` with everything escaped that could end a line or move the cursor.

    >>> one_line("a\nb")
    'a\\nb'
    """
    return _CONTROLS.sub(_escaped, text)


def _escaped(found: re.Match[str]) -> str:
    """Return an escape that JSON reads too."""
    character = found.group()
    return {"\n": "\\n", "\r": "\\r", "\t": "\\t"}.get(character) or f"\\u{ord(character):04x}"


def set_up(
    *,
    level: str = "INFO",
    form: Literal["text", "json"] = "text",
    secrets: Iterable[str] = (),
    stream: TextIO | None = None,
) -> Redaction:
    """Send all logging to `stream` (stderr by default), and return what hides secrets.

    Raises ValueError for an unknown level.
    """
    redact, sparing = Redaction(secrets), Sparing()
    shared: list[structlog.typing.Processor] = [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_logger_name,
        structlog.stdlib.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        structlog.processors.StackInfoRenderer(),
        structlog.processors.ExceptionRenderer(_told),
        _hide(redact),
    ]
    rendered: structlog.typing.Processor = (
        structlog.processors.JSONRenderer(ensure_ascii=False, default=repr)
        if form == "json"
        else structlog.processors.KeyValueRenderer(key_order=["timestamp", "level", "event"], sort_keys=True)
    )
    formatter = structlog.stdlib.ProcessorFormatter(
        foreign_pre_chain=shared,
        processors=[structlog.stdlib.ProcessorFormatter.remove_processors_meta, rendered],
    )
    handler = logging.StreamHandler(stream or sys.stderr)
    handler.setFormatter(_OneLine(formatter, redact))
    handler.addFilter(sparing.passes)
    root = logging.getLogger()
    for present in tuple(root.handlers):
        root.removeHandler(present)
    root.addHandler(handler)
    root.setLevel(level.upper())
    for name in _QUIET:
        logging.getLogger(name).setLevel(logging.WARNING)
    logging.captureWarnings(capture=True)
    structlog.configure(
        processors=[
            structlog.stdlib.filter_by_level,
            sparing.processor,
            *shared,
            structlog.stdlib.ProcessorFormatter.wrap_for_formatter,
        ],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.stdlib.BoundLogger,
        cache_logger_on_first_use=True,
    )
    return redact


def _told(exc_info: structlog.typing.ExcInfo) -> str:
    """Return where an exception was raised and why, the first cause first, without what it quotes.

    Exceptions quote what they choked on: a name, an answer, a row of the database. So of each text
    the first line is kept, and what stands there in quotation marks is not.
    """
    told: list[str] = []
    error: BaseException | None = exc_info[1]
    while error is not None and len(told) < _CAUSES_TOLD:
        places = "".join(traceback.format_tb(error.__traceback__))
        words = _QUOTED.sub("…", (str(error).splitlines() or [""])[0])[:_WORDS_TOLD]
        told.append(f"{places}{type(error).__module__}.{type(error).__qualname__}: {words}")
        error = error.__cause__ or (None if error.__suppress_context__ else error.__context__)
    return "\n".join(reversed(told))


def _hide(redact: Redaction) -> structlog.typing.Processor:
    """Return a processor that hides secrets before other handlers could see the record."""

    def hide(
        logger: Any,  # noqa: ARG001 - structlog gives whatever logger was wrapped
        method: str,  # noqa: ARG001 - the signature is structlog's
        event: MutableMapping[str, Any],  # a log record holds anything
    ) -> MutableMapping[str, Any]:
        for key, value in event.items():
            if key not in {"_record", "_from_structlog"}:
                event[key] = redact(value) if isinstance(value, str) else _hidden(value, redact)
        return event

    return hide


def _hidden(value: object, redact: Redaction) -> object:
    if value is None or isinstance(value, (bool, int, float)):
        return value
    text = repr(value)
    hidden = redact(text)
    return value if hidden == text else hidden
