"""Reads one input after the other, confined as the process that reads a stranger's course is.

Run as `python -m fuzz.worker` by `fuzz.campaign`. Each input comes as a line of JSON with its name
and length, and its bytes; each answer is a line of JSON. When it dies, the input it had was why.
"""

import json
import sys
import time
import traceback
from dataclasses import asdict, dataclass

from bot.limits import TELEGRAM
from lessons.confinement import confine
from lessons.problems import Problem, as_github, as_json, draw
from lessons.reader import Reading, read_bytes
from lessons.translations import apply, count
from lessons.versions import canonical, from_canonical

WHOLE_FILE = frozenset({"E010", "E012", "E014", "E015"})
"""What is wrong with a file as a whole has no line."""
_CPU_SECONDS = 3_600
"""Of all inputs together; each has its own limit."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What came of one input."""

    codes: tuple[str, ...]
    """Of the problems told, sorted, each once."""
    seconds: float
    """Of work, not of waiting."""
    fault: str
    """What is wrong with the reader; empty when nothing is."""


def examine(name: str, content: bytes) -> Answer:
    """Return what came of reading this content; whatever is raised is a fault."""
    begun = time.process_time()
    codes: set[str] = set()
    try:
        reading = read_bytes(name, content, limits=TELEGRAM)
        fault = _fault(reading)
        codes = {problem.code for problem in reading.problems}
    except Exception:  # noqa: BLE001 - the very thing that is looked for
        fault = traceback.format_exc(limit=-6)
    return Answer(codes=tuple(sorted(codes)), seconds=time.process_time() - begun, fault=fault)


def _fault(reading: Reading) -> str:
    for problem in reading.problems:
        if not problem.fix or not problem.message:
            return f"a problem without message or fix: {problem}"
        if problem.line < 1 and problem.code not in WHOLE_FILE:
            return f"a problem without a line: {problem}"
        if not draw(problem) or not as_github(problem):
            return f"a problem that cannot be drawn: {problem}"
    as_json(reading.problems)
    if twice := _twice(reading.problems):
        return f"a problem that is told twice: {twice}"
    if reading.course is None:
        return "" if reading.errors else "refused without an error"
    if reading.errors:
        return "a course with errors was taken"
    if from_canonical(canonical(reading.course)) != reading.course:
        return "the course is another one after it was stored"
    for language in reading.course.languages[1:]:
        count(apply(reading.course, language), language)
    return ""


def _twice(problems: tuple[Problem, ...]) -> Problem | None:
    seen: set[tuple[str, int, int, str, str]] = set()
    for problem in problems:
        told = (problem.path, problem.line, problem.column, problem.code, problem.message)
        if told in seen:
            return problem
        seen.add(told)
    return None


def main() -> None:
    """Answer inputs until there are no more."""
    sys.dont_write_bytecode = True
    # Whatever is only imported on use is imported now, before files are out of reach.
    examine("first.yaml", b"format: 1\nid: a\ntitle: A\nlanguage: en\nversion: 1.0.0\nlessons: []\n")
    confine(cpu_seconds=_CPU_SECONDS)
    for line in sys.stdin.buffer:
        asked = json.loads(line)
        answer = examine(asked["name"], sys.stdin.buffer.read(asked["length"]))
        sys.stdout.write(json.dumps(asdict(answer)) + "\n")
        sys.stdout.flush()


if __name__ == "__main__":
    main()
