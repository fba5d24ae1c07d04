"""The garbage collector rests while a course is read: it would look at each new value again and again.

A hundred thousand values hold no cycle, so nothing is left lying about. Reading ends soon, for a file
has a size at most, and then the collector is on again whatever happened.
"""

import gc
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def no_garbage_collection() -> Iterator[None]:
    """Keep the collector off for a while, in all threads; it stays off where it was off before."""
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_on:
            gc.enable()
