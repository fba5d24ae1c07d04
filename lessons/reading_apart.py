"""A course read in a process of its own, which may be slow, hungry or killed without harm to anybody.

What comes out is data again and nothing else: JSON that is checked when it is read back, and the
bytes of the pictures behind it. Run as `python -m lessons.reading_apart`, a question on standard
input and the answer on standard output; `question` and `answered` are the other end.
"""

import os
import resource
import sys
from dataclasses import dataclass
from functools import cache
from typing import Any

from pydantic import TypeAdapter

from lessons.limits import Limits
from lessons.media import Media
from lessons.problems import Problem
from lessons.reader import Reading, read_bytes
from lessons.versions import canonical, from_canonical

CPU_SECONDS = 5
"""A course of a hundred lessons takes less than one; this is for 4 MB of text (guarantees C03)."""
MEMORY_BYTES = 512 * 1024 * 1024
"""Of address space; a course with 20 MB of pictures takes 200 MB of it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Question:
    name: str
    limits: Limits
    cpu_seconds: int


@dataclass(frozen=True, slots=True, kw_only=True)
class _Answer:
    course: str | None
    problems: tuple[Problem, ...]
    pictures: tuple[tuple[str, str, int], ...]
    """sha256, MIME type and bytes of each, in the order in which they follow."""


def question(name: str, content: bytes, *, limits: Limits, cpu_seconds: int = CPU_SECONDS) -> bytes:
    """Return what the process is asked: to read the file `name` with this content."""
    asked = _Question(name=name, limits=limits, cpu_seconds=cpu_seconds)
    return _adapter(_Question).dump_json(asked) + b"\n" + content


def answered(answer: bytes) -> Reading | None:
    """Return what the process found; None when it ended before it could say so."""
    head, _, bytes_left = answer.partition(b"\n")
    try:
        told = _adapter(_Answer).validate_json(head)
        course = None if told.course is None else from_canonical(told.course)
    except ValueError:
        return None
    media = {}
    for sha256, mime, size in told.pictures:
        media[sha256], bytes_left = Media(mime=mime, content=bytes_left[:size]), bytes_left[size:]
    return Reading(course=course, problems=told.problems, media=media)


def too_much(name: str) -> Reading:
    """Return the one problem of a file whose reading was broken off."""
    problem = Problem(
        path=name,
        line=0,
        column=1,
        severity="error",
        code="E012",
        message="reading it takes too long, or too much memory",
        fix="send fewer and shorter files: a course has 10 to 20 lessons of a page each",
    )
    return Reading(course=None, problems=(problem,))


def main() -> None:
    """Answer the question on standard input, within the limits."""
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY_BYTES, MEMORY_BYTES))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    # Learners' taps come first.
    os.nice(10)
    head, _, content = sys.stdin.buffer.read().partition(b"\n")
    asked = _adapter(_Question).validate_json(head)
    resource.setrlimit(resource.RLIMIT_CPU, (asked.cpu_seconds, asked.cpu_seconds))
    reading = read_bytes(asked.name, content, limits=asked.limits)
    told = _Answer(
        course=None if reading.course is None else canonical(reading.course),
        problems=reading.problems,
        pictures=tuple((key, one.mime, len(one.content)) for key, one in reading.media.items()),
    )
    sys.stdout.buffer.write(_adapter(_Answer).dump_json(told) + b"\n")
    for one in reading.media.values():
        sys.stdout.buffer.write(one.content)


@cache
def _adapter(kind: type) -> TypeAdapter[Any]:  # of either end's head
    return TypeAdapter(kind)


if __name__ == "__main__":
    main()
