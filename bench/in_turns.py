"""A course loaded, checked and read again by turns in one process: `python -m bench.in_turns course told 7`.

The seconds of work of each turn are written to `told` as JSON. No start of a process is in them, so
they say what reading costs, and nothing about Python.
"""

import gc
import json
import sys
import time
from collections.abc import Callable
from pathlib import Path

import yaml

from bot.limits import TELEGRAM
from lessons.reader import read
from lessons.versions import canonical, from_canonical


def main() -> None:
    file, told, runs = Path(sys.argv[1]), Path(sys.argv[2]), int(sys.argv[3])
    course = read(file).course
    assert course is not None
    stored = canonical(course)
    assert from_canonical(stored) == course
    turns: tuple[Callable[[], object], ...] = (
        lambda: yaml.load(file.read_bytes(), Loader=yaml.SafeLoader),
        lambda: read(file, limits=TELEGRAM),
        # What a service does with a published course when it needs it for the first time.
        lambda: from_canonical(stored),
    )
    told.write_text(json.dumps([[_seconds(turn) for turn in turns] for _ in range(runs)]), encoding="ascii")


def _seconds(turn: Callable[[], object]) -> float:
    # So that nobody pays for what the turn before has left behind.
    gc.collect()
    began_at = time.process_time()
    turn()
    return time.process_time() - began_at


if __name__ == "__main__":
    main()
