"""The power goes, the process is killed, or a sync fails: what was acknowledged is still there."""

from pathlib import Path
from random import Random

import pytest

from faults.power import run
from faults.power_cut import Disk

pytestmark = pytest.mark.fault

SEED = 20261123


async def test_nothing_acknowledged_is_lost_at_any_sync(tmp_path: Path) -> None:
    found = await run("small", SEED, tmp_path)

    assert [one for one in found if not one.holds] == []
    # The control among them: without FULL the same pictures of the disk show a loss.
    assert len(found) == 4


def test_after_a_power_cut_only_what_was_synced_is_sure(tmp_path: Path) -> None:
    disk = Disk(there=["a"])
    for event in (
        ("write", "a", 0, b"x" * 600),
        ("synced", "a"),
        ("write", "a", 0, b"y" * 600),
        ("made", "b"),
        ("write", "b", 0, b"z"),
    ):
        disk.follow(event)
    nothing, everything, torn = tmp_path / "nothing", tmp_path / "everything", tmp_path / "torn"
    for folder in (nothing, everything, torn):
        folder.mkdir()

    disk.leave(nothing, survives="nothing", random=Random(1))
    disk.leave(everything, survives="everything", random=Random(1))
    disk.leave(torn, survives=0.5, random=Random(3))

    assert {file.name: file.read_bytes() for file in nothing.iterdir()} == {"a": b"x" * 600}
    assert {file.name: file.read_bytes() for file in everything.iterdir()} == {"a": b"y" * 600, "b": b"z"}
    # Cut where a sector of 512 bytes ends.
    assert (torn / "a").read_bytes() in {b"x" * 512 + b"y" * 88, b"y" * 512 + b"x" * 88}
