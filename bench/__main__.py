"""`python -m bench`: measure everything, or the figures named."""

import asyncio
import sys
import tempfile
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import TypeAlias

from bench import (
    checking,
    committing,
    delivering,
    disturbing,
    reporting,
    sending,
    starting,
    sustaining,
    tapping,
    ticking,
)
from bench.children import Children
from bench.figures import Measured, machine, table

Command: TypeAlias = Callable[[Children, Path], Awaitable[Measured]]

COMMANDS: dict[str, Command] = {
    "help": starting.help_text,
    "first_poll": starting.first_poll,
    "tap": tapping.measure,
    "sustained": sustaining.measure,
    "busy": disturbing.measure,
    "sending": sending.measure,
    "deliver": delivering.measure,
    "commit": committing.measure,
    "check": checking.measure,
    "tick": ticking.measure,
    "report": reporting.measure,
}


async def run(names: list[str]) -> int:
    """Print the table of the named figures; return 1 when a target is missed."""
    measured: list[Measured] = []
    with tempfile.TemporaryDirectory(prefix="dusal-bench-") as folder:
        scratch = Path(folder)
        children = Children(scratch)
        for name in names:
            print(f"measuring {name} …", file=sys.stderr, flush=True)
            measured.append(await COMMANDS[name](children, scratch))
    print(table(measured))
    print(f"\n{machine()}\n")
    for one in measured:
        for note in one.notes:
            print(f"{note}\n")
    return 0 if all(figure.holds for one in measured for figure in one.figures) else 1


def main() -> int:
    names = sys.argv[1:] or list(COMMANDS)
    if unknown := [name for name in names if name not in COMMANDS]:
        print(f"no figure is called {unknown[0]!r}; there are {', '.join(COMMANDS)}", file=sys.stderr)
        return 2
    return asyncio.run(run(names))


if __name__ == "__main__":
    sys.exit(main())
