"""The process in which a course is read: it may be slow, hungry or killed without harm to anybody.

Run as `python -m lessons.reading_process`, with the question on standard input and the answer on
standard output (`lessons.reading_apart`). It is confined before it looks at a single byte of the
course. What comes out is data again and nothing else: JSON, and the bytes of the pictures behind it.
"""

import json
import os
import sys
from dataclasses import asdict
from pathlib import Path
from typing import Any

from lessons.confinement import confine
from lessons.limits import Limits
from lessons.reader import Reading, read, read_bytes
from lessons.reading_report import conclusion


def main() -> None:
    """Answer the question on standard input, within the limits."""
    asked = json.loads(sys.stdin.buffer.readline())
    # No file may be written from here on.
    sys.dont_write_bytecode = True
    confine(cpu_seconds=asked["cpu_seconds"])
    reading = _read(asked)
    sys.stdout.buffer.write(json.dumps(_answer(reading, course=asked["course"])).encode() + b"\n")
    for one in reading.media.values() if asked["course"] else ():
        sys.stdout.buffer.write(one.content)


def _read(asked: dict[str, Any]) -> Reading:  # JSON as `lessons.reading_apart` writes it
    limits = None if asked["limits"] is None else Limits(**asked["limits"])
    if asked["in_chat"]:
        # Learners' taps come first.
        os.nice(10)
        return read_bytes(asked["name"], sys.stdin.buffer.read(), limits=limits)
    return read(Path(asked["name"]), limits=limits)


def _answer(reading: Reading, *, course: bool) -> dict[str, Any]:  # JSON for `lessons.reading_apart`
    told: dict[str, Any] = {  # the same
        "problems": [asdict(problem) for problem in reading.problems],
        "conclusion": conclusion(reading),
    }
    if not course:
        return told
    from lessons.versions import canonical

    return {
        **told,
        "course": None if reading.course is None else canonical(reading.course),
        "pictures": [(key, one.mime, len(one.content)) for key, one in reading.media.items()],
    }


if __name__ == "__main__":
    main()
