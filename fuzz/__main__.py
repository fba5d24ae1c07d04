"""`python -m fuzz`: hand in mutated inputs of every kind for some time; exit 1 when anything went wrong."""

import argparse
import os
import secrets
import sys
from pathlib import Path

from fuzz.corpus import KEPT
from fuzz.kept_inputs import keep
from fuzz.kinds import KINDS, Run

FOUND = Path("build") / "fuzz"
DEFAULT_SECONDS = 600
_FINDINGS_AT_MOST = 20
_KEPT_BYTES_AT_MOST = 2_000


def main() -> int:
    """Return the exit code: 0 when nothing went wrong."""
    asked = argparse.ArgumentParser(prog="python -m fuzz", description=__doc__)
    asked.add_argument("--kind", choices=[*KINDS], help="Only this one; else each of them in turn.")
    asked.add_argument(
        "--seconds",
        type=float,
        default=float(os.environ.get("FUZZ_SECONDS", DEFAULT_SECONDS)),
        help="For all kinds together.",
    )
    asked.add_argument("--seed", type=int, default=None, help="Makes the same inputs again; else a new one.")
    asked.add_argument("--most", type=int, default=None, help="Inputs of a kind at most.")
    asked.add_argument(
        "--keep", action="store_true", help="Add inputs with answers of a new kind to the corpus."
    )
    given = asked.parse_args()
    seed = secrets.randbelow(10**6) if given.seed is None else given.seed
    names = [given.kind] if given.kind else list(KINDS)
    found = 0
    for name in names:
        found += _run(name, seed, seconds=given.seconds / len(names), most=given.most, add=given.keep)
    return 1 if found else 0


def _run(name: str, seed: int, *, seconds: float, most: int | None, add: bool) -> int:
    """Return how often something went wrong."""
    run = KINDS[name](seed)
    print(f"{name}: seed {seed}, {seconds:.0f} s", flush=True)
    found = 0
    for finding in run.run(most=most, seconds=seconds):
        found += 1
        FOUND.mkdir(parents=True, exist_ok=True)
        (FOUND / finding.file_name).write_bytes(finding.content)
        print(f"\ninput {finding.number}: {FOUND / finding.file_name}\n{finding.fault}", flush=True)
        if found >= _FINDINGS_AT_MOST:
            break
    print(
        f"{name}: {run.inputs} inputs, {len(run.kinds)} kinds of answer, "
        f"slowest {run.slowest_seconds:.2f} s, {found} went wrong (seed {seed})"
    )
    if add:
        _keep(name, run)
    return found


def _keep(name: str, run: Run) -> None:
    """Write a small input for each kind of answer into the corpus; of courses, those with a single code."""
    if name != "courses":
        keep(name, run.kinds, most_bytes=_KEPT_BYTES_AT_MOST)
        return
    for codes, content in run.kinds.items():
        if len(codes) != 1 or len(content) > _KEPT_BYTES_AT_MOST:
            continue
        path = KEPT / f"{codes[0]}.yaml"
        if not path.exists():
            path.write_bytes(content)


if __name__ == "__main__":
    sys.exit(main())
