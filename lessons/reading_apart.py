"""A course read in a process of its own: how it is asked, and what of its answer is believed.

Nothing here imports the reader, so that `dusal course check` pays for it once, in that process.
The answer is taken apart as carefully as any other input: a file that took the process over could
still only say which course it wants to be, and that is checked when it is read back.
"""

import json
import os
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from lessons.limits import Limits
from lessons.problems import Label, Problem

if TYPE_CHECKING:
    from lessons.reader import Reading

CPU_SECONDS = 5
"""A course of a hundred lessons takes less than one; this is for 2 MB of text (guarantees C03)."""
LONGEST_SECONDS = 30.0
"""Of waiting: on a busy machine five seconds of work take longer."""
COMMAND = (sys.executable, "-m", "lessons.reading_process")


@dataclass(frozen=True, slots=True, kw_only=True)
class Checked:
    """What came of checking a course."""

    problems: tuple[Problem, ...]
    """In the order of the files and their lines."""
    conclusion: str
    """One or more lines for a person, without a newline at the end."""

    @property
    def errors(self) -> tuple[Problem, ...]:
        """The problems without which the course could be published."""
        return tuple(problem for problem in self.problems if problem.severity == "error")


def environment() -> dict[str, str]:
    """Return the environment of the process: a file that took it over would find no token in it."""
    return {name: value for name, value in os.environ.items() if not name.startswith("DUSAL_")}


def question(
    name: str,
    content: bytes | None = None,
    *,
    limits: Limits | None,
    cpu_seconds: int = CPU_SECONDS,
    course: bool = True,
) -> bytes:
    """Return what the process is asked: to read the file `name` with this content, or the path `name`.

    Without `course` it only tells what is wrong, and nothing has to be believed about the course.
    """
    asked = {
        "name": name,
        "in_chat": content is not None,
        "limits": None if limits is None else asdict(limits),
        "cpu_seconds": cpu_seconds,
        "course": course,
    }
    return json.dumps(asked).encode() + b"\n" + (content or b"")


def answered(answer: bytes) -> "Reading | None":
    """Return what the process found; None when it ended before it could say so."""
    from lessons.media import Media
    from lessons.reader import Reading
    from lessons.versions import from_canonical

    head, _, bytes_left = answer.partition(b"\n")
    try:
        told = json.loads(head)
        problems = _problems(told["problems"])
        course = None if told["course"] is None else from_canonical(told["course"])
        pictures = [(str(key), str(mime), int(size)) for key, mime, size in told["pictures"]]
    except (ValueError, TypeError, KeyError, RecursionError):
        return None
    media = {}
    for sha256, mime, size in pictures:
        media[sha256], bytes_left = Media(mime=mime, content=bytes_left[:size]), bytes_left[size:]
    return Reading(course=course, problems=problems, media=media)


def checked(answer: bytes) -> Checked | None:
    """Return what the process found, when it was not asked for the course."""
    try:
        told = json.loads(answer)
        return Checked(problems=_problems(told["problems"]), conclusion=str(told["conclusion"]))
    except (ValueError, TypeError, KeyError, RecursionError):
        return None


def _problems(told: Sequence[dict[str, Any]]) -> tuple[Problem, ...]:  # JSON, whose types are checked here
    problems = tuple(
        Problem(
            **{
                **one,
                "related": tuple(Label(**label) for label in one["related"]),
                "snippet": tuple((int(number), str(line)) for number, line in one["snippet"]),
            }
        )
        for one in told
    )
    labels = [label for problem in problems for label in problem.related]
    parts: list[Problem | Label] = [*problems, *labels]
    for part in parts:
        if {type(part.line), type(part.column), type(part.length)} != {int}:
            raise TypeError("places are whole numbers")
    for problem in problems:
        words = (problem.path, problem.code, problem.message, problem.label, problem.fix)
        if problem.severity not in {"error", "warning"} or {type(word) for word in words} != {str}:
            raise TypeError("words are texts")
    return problems


def too_much(name: str) -> Problem:
    """Return the one problem of a file whose reading was broken off."""
    return Problem(
        path=name,
        line=0,
        column=1,
        severity="error",
        code="E012",
        message="reading it takes too long, or too much memory",
        fix="send fewer and shorter files: a course has 10 to 20 lessons of a page each",
    )


def read_path(path: Path, *, limits: Limits | None = None) -> "Reading":
    """Return the course in a file, a folder or a package, read apart."""
    from lessons.reader import Reading

    reading = answered(_asked(question(str(path), limits=limits)))
    return reading or Reading(course=None, problems=(too_much(str(path)),))


def check_path(path: Path, *, limits: Limits | None = None) -> Checked:
    """Return what is wrong with the course in a file, a folder or a package, read apart."""
    found = checked(_asked(question(str(path), limits=limits, course=False)))
    return found or Checked(problems=(too_much(str(path)),), conclusion="1 error")


def _asked(question: bytes) -> bytes:
    """Return the answer of the process, empty when it ended in another way than by answering."""
    try:
        done = subprocess.run(  # noqa: S603 - this interpreter and this package, nothing of the author's
            COMMAND,
            input=question,
            stdout=subprocess.PIPE,
            # What went wrong there quotes the file, and no log holds contents.
            stderr=subprocess.DEVNULL,
            env=environment(),
            timeout=LONGEST_SECONDS,
            check=False,
        )
    except subprocess.TimeoutExpired:
        return b""
    return done.stdout if done.returncode == 0 else b""
