"""How long an author waits for `dusal course check`, for one course of ten lessons and one of a thousand."""

import asyncio
import json
import sys
from collections.abc import Sequence
from pathlib import Path

from bench.children import DUSAL, ROOT, Children, alternating
from bench.figures import Figure, Measured, Pair

LESSONS = 1000
LINES = 27_000
LARGE_RUNS, SMALL_RUNS, TURNS = 3, 7, 7
STARTER = ROOT / "lessons" / "courses" / "energy-saving"
# The pure Python loader that PyYAML's documentation recommends; it tells nothing but the first mistake.
LOAD = "import sys, yaml; [yaml.load(open(name, 'rb'), Loader=yaml.SafeLoader) for name in sys.argv[1:]]"

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
      - number: How many hours is a school empty in a week? ({number})
        id: q-{number}-c
        answer: 118
        tolerance: 5
        hint: A week has 168 hours.
        explain: Three of four hours nobody is there.
"""


# A process counts the memory of the one that started it, up to its exec(2): so a small one starts it.
PEAK = """
import pathlib, resource, subprocess, sys
subprocess.run(sys.argv[2:], stdout=subprocess.DEVNULL, check=False)
peak = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss
pathlib.Path(sys.argv[1]).write_text(str(peak * (1 if sys.platform == "darwin" else 1024)))
"""


async def measure(children: Children, scratch: Path) -> Measured:
    file = scratch / "course.yaml"
    await asyncio.to_thread(_write, file)
    starter = [str(path) for path in sorted(STARTER.rglob("*.yaml"))]
    check, load = (DUSAL, "course", "check", str(file)), ("-c", LOAD, str(file))
    large = await asyncio.to_thread(alternating, children, check, load, runs=LARGE_RUNS)
    peaks = [
        Pair(
            here=await asyncio.to_thread(_peak, children, scratch, check),
            anchor=await asyncio.to_thread(_peak, children, scratch, load),
        )
    ]
    small = await asyncio.to_thread(
        alternating,
        children,
        (DUSAL, "course", "check", str(STARTER)),
        ("-c", LOAD, *starter),
        runs=SMALL_RUNS,
    )
    turns = await asyncio.to_thread(_turns, children, scratch, file)
    return Measured(
        command="check",
        figures=(
            Figure(
                title=f"a course of {LESSONS:,} lessons checked, in a process that runs",
                anchor="PyYAML SafeLoader",
                unit="s of CPU",
                pairs=tuple(Pair(here=check, anchor=load) for load, check, _ in turns),
                at_most=0.15,
            ),
            Figure(
                title="… and read again unchanged, from its published form",
                anchor="PyYAML SafeLoader",
                unit="s of CPU",
                pairs=tuple(Pair(here=again, anchor=load) for load, _, again in turns),
                at_most=0.02,
            ),
            Figure(
                title=f"a course of {LESSONS:,} lessons checked, from the shell",
                anchor="PyYAML SafeLoader",
                unit="s",
                pairs=_seconds(large),
                budget=3,
            ),
            Figure(
                title="… memory at its peak",
                anchor="PyYAML SafeLoader",
                unit="MB",
                pairs=tuple(peaks),
                budget=300,
            ),
            Figure(
                title="a course of 10 lessons checked, from the shell",
                anchor="PyYAML SafeLoader",
                unit="s",
                pairs=_seconds(small),
                budget=1,
            ),
        ),
        notes=(
            f"check: `dusal course check` from its start to its end, with the process it reads in: {LINES:,} "
            "lines in one file, and the starter course with its translation. The anchor is a Python that "
            "only loads the same files; it gives no line for what it has loaded. In a process that runs, "
            "loading, checking (problems, lines and columns included) and reading again take turns, and only "
            "their own work is counted.",
        ),
    )


def _write(file: Path) -> None:
    text = HEAD + "".join(LESSON.format(number=number) for number in range(LESSONS))
    assert text.count("\n") >= LINES, text.count("\n")
    file.write_text(text, encoding="utf-8")


def _turns(children: Children, scratch: Path, file: Path) -> list[tuple[float, float, float]]:
    """Return the seconds of loading, of checking and of reading again, for each of the turns."""
    told = scratch / "turns.json"
    children.seconds("-m", "bench.in_turns", str(file), str(told), str(TURNS))
    return [(load, check, again) for load, check, again in json.loads(told.read_text(encoding="ascii"))]


def _seconds(times: list[tuple[float, float]]) -> tuple[Pair, ...]:
    return tuple(Pair(here=here, anchor=anchor) for here, anchor in times)


def _peak(children: Children, scratch: Path, words: Sequence[str]) -> float:
    """Return the megabytes of the largest process of a program, those it starts included."""
    told = scratch / "peak"
    children.seconds("-c", PEAK, str(told), sys.executable, *words)
    return int(told.read_text(encoding="ascii")) / 1_000_000
