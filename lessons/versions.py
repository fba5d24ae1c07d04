"""One way to write a course down, so that equal courses are equal bytes with an equal hash.

Published versions are stored in this form and read back from it. Defaults are left out, so a field
added later leaves older hashes alone; for the same reason a default of the model never changes.
"""

import hashlib
import json
import re

from lessons.garbage import no_garbage_collection
from lessons.model import Course
from lessons.plain_values import reader, writer

_HALF_CHARACTER = re.compile(r"\\u[dD][89a-fA-F]")
"""One half of a character in UTF-16, which nothing can be done with; or a backslash and such letters."""


def canonical(course: Course) -> str:
    """Return the course as JSON with sorted keys and no spaces; equal for equal courses."""
    write = writer(Course)
    assert write is not None
    return json.dumps(write(course), ensure_ascii=False, sort_keys=True, separators=(",", ":"))


def content_hash(course: Course) -> str:
    """Return the SHA-256 of the canonical form in UTF-8: 64 hex digits."""
    return hashlib.sha256(canonical(course).encode()).hexdigest()


def from_canonical(text: str) -> Course:
    """Return the course that `canonical` wrote; raises ValueError for anything else."""
    try:
        # Raises where half a character stands as itself, and the second line where it is written out.
        text.encode()
        with no_garbage_collection():
            course: Course = reader(Course)(json.loads(text))
        if _HALF_CHARACTER.search(text):
            canonical(course).encode()
    except (TypeError, LookupError, ArithmeticError, RecursionError) as error:
        raise ValueError("this is not a course as it is stored") from error
    return course
