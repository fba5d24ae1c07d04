"""`python -m faults [F1 F8 …] [--small] [--seed N]`: break things, and print what became of them."""

import argparse
import asyncio
import secrets
import sys
import tempfile
import time
from dataclasses import replace
from pathlib import Path

from bench.figures import machine
from faults.catalogue import RUNS
from faults.figures import Found, Size, table


async def run(names: list[str], *, size: Size, seed: int) -> int:
    """Print the table of the named figures; return 1 when a goal is missed."""
    found: list[Found] = []
    for name in names:
        print(f"{name}, seed {seed} …", file=sys.stderr, flush=True)
        begun = time.monotonic()
        with tempfile.TemporaryDirectory(prefix="dusal-faults-") as folder:
            lines = await RUNS[name](size, seed, Path(folder))
        found += [replace(line, seconds=time.monotonic() - begun) for line in lines]
        for line in lines:
            print(f"  {'holds' if line.holds else 'MISSED'}: {line.result}", file=sys.stderr, flush=True)
    print(table(found))
    print(f"\n{machine()}")
    return 0 if all(line.holds for line in found) else 1


def main() -> int:
    asked = argparse.ArgumentParser(prog="python -m faults", description=__doc__)
    asked.add_argument("figures", nargs="*", help=f"some of {', '.join(RUNS)}; all without any")
    asked.add_argument("--small", action="store_true", help="The size of `make test`.")
    asked.add_argument("--seed", type=int, default=None, help="Makes the same run again; else a new one.")
    given = asked.parse_args()
    names = given.figures or list(RUNS)
    if unknown := [name for name in names if name not in RUNS]:
        print(f"no figure is called {unknown[0]!r}; there are {', '.join(RUNS)}", file=sys.stderr)
        return 2
    seed = secrets.randbelow(10**6) if given.seed is None else given.seed
    return asyncio.run(run(names, size="small" if given.small else "full", seed=seed))


if __name__ == "__main__":
    sys.exit(main())
