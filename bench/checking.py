"""A course of a thousand lessons: read, checked, with line numbers for every problem."""

import asyncio
import gc
import time
from pathlib import Path

import yaml

from bench.children import Children
from bench.figures import Figure, Measured, Pair
from lessons.reader import read

LESSONS = 1000
ROUNDS = 2

HEAD = """\
format: 1
id: bench
title: Bench
language: en
version: 1.0.0
licence: CC-BY-4.0
authors: [Bench]
lessons:
"""
LESSON = """\
  - id: lesson-{number}
    title: What runs at night? ({number})
    minutes: 4
    steps:
      - say: |
          **Your building works the night shift too.**

          Go in at 20:00, look and listen. What is on, and who needs it?
      - choose: What uses the most at night? ({number})
        id: q-{number}-a
        options:
          - right: Ventilation fans
            why: Nobody has changed the timer.
          - wrong: Sleeping computers
            why: About 2 W each.
          - wrong: Emergency lighting
        explain: Look for what is **big** and runs all night.
      - true_false: A short wide opening saves heat. ({number})
        id: q-{number}-b
        answer: true
        explain: The walls stay warm.
"""


async def measure(children: Children, scratch: Path) -> Measured:
    file = scratch / "course.yaml"
    await asyncio.to_thread(_write, file)
    pairs = [
        Pair(here=await asyncio.to_thread(_check, file), anchor=await asyncio.to_thread(_load, file))
        for _ in range(ROUNDS)
    ]
    return Measured(
        command="check",
        figures=(
            Figure(
                title=f"a course of {LESSONS:,} lessons checked",
                anchor="PyYAML SafeLoader",
                unit="s",
                pairs=tuple(pairs),
            ),
        ),
        notes=(
            "check: everything `dusal course check` does with one file of 900 KB, every problem with its "
            "line; the anchor only loads the same file. Both in one process, one after the other.",
        ),
    )


def _write(file: Path) -> None:
    lessons = "".join(LESSON.format(number=number) for number in range(LESSONS))
    file.write_text(HEAD + lessons, encoding="utf-8")


def _check(file: Path) -> float:
    gc.collect()
    begun = time.monotonic()
    reading = read(file)
    seconds = time.monotonic() - begun
    assert reading.course is not None, reading.problems[:3]
    assert len(reading.course.lessons) == LESSONS
    return seconds


def _load(file: Path) -> float:
    gc.collect()
    begun = time.monotonic()
    # The pure Python loader that PyYAML's documentation recommends.
    yaml.load(file.read_bytes(), Loader=yaml.SafeLoader)
    return time.monotonic() - begun
