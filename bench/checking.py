"""A course of a thousand lessons: read, checked, with line numbers for every problem."""

import asyncio
import gc
import time
from pathlib import Path

from bench.children import Children
from bench.figures import Figure, Measured, Pair

LESSONS = 1000
ROUNDS = 1

HEAD = """\
format: 1
id: bench
title: Bench
language: en
version: 1.0.0
licence: CC-BY-4.0
authors: [Bench]
"""
LESSON = """\
id: lesson-{number}
title: What runs at night? ({number})
minutes: 4
goal: Name the two biggest loads at night in your building.
steps:
  - say: |
      **Your building works the night shift too.**

      Go in at 20:00, look and listen. What is on, and who needs it? Write down three things.
  - choose: What uses the most at night? ({number})
    id: q-{number}-a
    options:
      - right: Ventilation fans
        why: Nobody has changed the timer.
      - wrong: Sleeping computers
        why: About 2 W each.
      - wrong: Emergency lighting
        why: About 3% of the load.
    explain: Look for what is **big** and runs all night.
  - true_false: A short wide opening saves heat. ({number})
    id: q-{number}-b
    answer: true
    explain: The walls stay warm.
  - number: How many kWh does 0.5 kW use in ten nights of ten hours? ({number})
    id: q-{number}-c
    answer: 50
    unit: kWh
    explain: kW × hours × nights.
"""


async def measure(children: Children, scratch: Path) -> Measured:
    folder = scratch / "course"
    await asyncio.to_thread(_write, folder)
    pairs = [
        Pair(here=await asyncio.to_thread(_check, folder), anchor=await asyncio.to_thread(_load, folder))
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
            "check: everything `dusal course check` does, with file and line for each problem; the "
            "anchor only "
            "loads the same files. Both in one process, one after the other.",
        ),
    )


def _write(folder: Path) -> None:
    folder.mkdir()
    (folder / "course.yaml").write_text(HEAD, encoding="utf-8")
    for number in range(LESSONS):
        (folder / f"{number:04}-lesson.yaml").write_text(LESSON.format(number=number), encoding="utf-8")


def _check(folder: Path) -> float:
    from lessons.reader import read

    gc.collect()
    begun = time.monotonic()
    reading = read(folder)
    seconds = time.monotonic() - begun
    assert reading.course is not None, reading.problems[:3]
    assert len(reading.course.lessons) == LESSONS
    return seconds


def _load(folder: Path) -> float:
    import yaml

    begun = time.monotonic()
    for file in sorted(folder.glob("*.yaml")):
        # The pure Python loader that PyYAML's documentation recommends.
        yaml.load(file.read_bytes(), Loader=yaml.SafeLoader)
    return time.monotonic() - begun
