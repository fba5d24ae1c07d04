"""Loading the program's own parts: without the garbage collector, and without keeping anybody waiting.

What is imported stays. The collector would look through all of it again and again while it comes, a
fifth of the time that importing the academy takes; and what is left out of its sight at the end is
never looked at again.
"""

import asyncio
import gc
import importlib
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

_TURN_SECONDS: Final = 0.0001
"""Importing has no pauses, so whoever needs Python for a moment waits for the end of a turn each time:
a claim of a dozen statements, some thirty times."""


@contextmanager
def collector_at_rest() -> Iterator[None]:
    """Keep the collector off for a while, and what is there at the end out of every collection to come."""
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        gc.freeze()
        if was_on:
            gc.enable()


async def loaded(*modules: str) -> None:
    """Import modules in a thread, while the event loop and the database go on in short turns."""
    missing = [module for module in modules if module not in sys.modules]
    if not missing:
        return
    usual = sys.getswitchinterval()
    sys.setswitchinterval(_TURN_SECONDS)
    try:
        with collector_at_rest():
            for module in missing:
                await asyncio.to_thread(importlib.import_module, module)
    finally:
        sys.setswitchinterval(usual)
