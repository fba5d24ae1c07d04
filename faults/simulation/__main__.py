"""`python -m faults.simulation SEED [HOW MANY]`: play seeds again, and print what broke."""

import sys
import tempfile
import time
from pathlib import Path

from faults.simulation.database import Disk
from faults.simulation.play import play


def main() -> int:
    first, count = int(sys.argv[1]), int(sys.argv[2]) if len(sys.argv) > 2 else 1
    broken = 0
    with tempfile.TemporaryDirectory(prefix="dusal-simulation-") as folder:
        disk = Disk()
        for seed in range(first, first + count):
            begun = time.process_time()
            played = play(seed, disk=disk, folder=Path(folder))
            took = time.process_time() - begun
            verdict = "holds" if played.broken is None else f"BROKEN {played.broken.invariant}"
            print(
                f"{seed} {verdict} {played.digest} steps={played.steps} lives={played.lives}"
                f" days={played.days:.1f} {dict(played.counts)} {took:.2f}s",
                flush=True,
            )
            if played.broken is not None:
                broken += 1
                if count == 1:
                    print("\n".join(played.last))
                print(f"  step {played.broken.step}: {played.broken.says}")
    return 1 if broken else 0


if __name__ == "__main__":
    sys.exit(main())
