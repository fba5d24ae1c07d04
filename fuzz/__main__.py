"""`python -m fuzz`: read mutated courses for some time, and exit 1 when anything went wrong."""

import argparse
import os
import secrets
import sys
from pathlib import Path

from fuzz.campaign import Campaign
from fuzz.corpus import KEPT

FOUND = Path("build") / "fuzz"
DEFAULT_SECONDS = 600
_FINDINGS_AT_MOST = 20
_KEPT_BYTES_AT_MOST = 2_000


def main() -> int:
    """Return the exit code: 0 when nothing went wrong."""
    asked = argparse.ArgumentParser(prog="python -m fuzz", description=__doc__)
    asked.add_argument(
        "--seconds", type=float, default=float(os.environ.get("FUZZ_SECONDS", DEFAULT_SECONDS))
    )
    asked.add_argument("--seed", type=int, default=None, help="Makes the same inputs again; else a new one.")
    asked.add_argument("--most", type=int, default=None, help="Inputs to read at most.")
    asked.add_argument(
        "--keep", action="store_true", help="Add inputs with answers of a new kind to the corpus."
    )
    given = asked.parse_args()
    campaign = Campaign(secrets.randbelow(10**6) if given.seed is None else given.seed)
    print(f"seed {campaign.seed}, {given.seconds:.0f} s", flush=True)
    found = 0
    for finding in campaign.run(most=given.most, seconds=given.seconds):
        found += 1
        FOUND.mkdir(parents=True, exist_ok=True)
        (FOUND / finding.file_name).write_bytes(finding.content)
        print(f"\ninput {finding.number}: {FOUND / finding.file_name}\n{finding.fault}", flush=True)
        if found >= _FINDINGS_AT_MOST:
            break
    print(
        f"{campaign.inputs} inputs, {len(campaign.kinds)} kinds of answer, "
        f"slowest {campaign.slowest_seconds:.2f} s, {found} went wrong (seed {campaign.seed})"
    )
    if given.keep:
        _keep(campaign)
    return 1 if found else 0


def _keep(campaign: Campaign) -> None:
    """Write a small input for each answer with a single code into the corpus."""
    for codes, content in campaign.kinds.items():
        if len(codes) != 1 or len(content) > _KEPT_BYTES_AT_MOST:
            continue
        path = KEPT / f"{codes[0]}.yaml"
        if not path.exists():
            path.write_bytes(content)


if __name__ == "__main__":
    sys.exit(main())
