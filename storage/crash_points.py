"""Named places at which a test may kill the process, as a power cut would; otherwise inert.

`DUSAL_CRASH_AT=after_claim_commit:2` kills at the second passage. A raised exception would run
`finally` blocks and buffers, which no crash does: so the process kills itself with SIGKILL.
"""

import os
import signal
from functools import cache
from typing import Literal, TypeAlias

CrashPoint: TypeAlias = Literal[
    "after_inbox_commit",
    "before_handler_commit",
    "after_handler_commit",
    "after_claim_commit",
    "after_http_ok",
    "after_settle",
]

WriterPoint: TypeAlias = Literal["inside_publish", "inside_confirmation", "inside_tick", "inside_migration"]
"""In the middle of one transaction that writes much: half of the learners have been moved, one copy
of an announcement or one learner's lesson is written, the tables are made and not yet committed."""

_passages: dict[str, int] = {}


def crash_here(name: CrashPoint | WriterPoint) -> None:
    """Kill this process when the environment asks for it at this passage."""
    asked = _asked()
    if asked is None or asked[0] != name:
        return
    _passages[name] = _passages.get(name, 0) + 1
    if _passages[name] == asked[1]:
        os.kill(os.getpid(), signal.SIGKILL)


# Every message passes here three times.
@cache
def _asked() -> tuple[str, int] | None:
    at, _, passage = os.environ.get("DUSAL_CRASH_AT", "").partition(":")
    return (at, int(passage or 1)) if at else None
