"""One way to write a course down, so that equal courses are equal bytes with an equal hash.

Published versions are stored in this form and read back from it. Defaults are left out, so a field
added later leaves older hashes alone; for the same reason a default of the model never changes.
"""

import hashlib
import json
from functools import cache

from pydantic import TypeAdapter

from lessons.model import Course


def canonical(course: Course) -> str:
    """Return the course as JSON with sorted keys and no spaces; equal for equal courses."""
    written = _adapter().dump_python(course, mode="json", exclude_defaults=True)
    for lesson, written_lesson in zip(course.lessons, written["lessons"], strict=True):
        for step, written_step in zip(lesson.steps, written_lesson["steps"], strict=True):
            # A default like the others, but the one that says which class to read back.
            written_step["kind"] = step.kind
    if "pace" in written and "weekdays" in written["pace"]:
        # A set has no order of its own; the hash needs one.
        written["pace"]["weekdays"].sort()
    return json.dumps(written, ensure_ascii=False, sort_keys=True, separators=(",", ":"))


def content_hash(course: Course) -> str:
    """Return the SHA-256 of the canonical form in UTF-8: 64 hex digits."""
    return hashlib.sha256(canonical(course).encode()).hexdigest()


def from_canonical(text: str) -> Course:
    """Return the course that `canonical` wrote; raises pydantic.ValidationError for anything else."""
    return _adapter().validate_json(text)


@cache
def _adapter() -> TypeAdapter[Course]:
    # Built once and not on import: building takes longer than most commands run.
    return TypeAdapter(Course)
