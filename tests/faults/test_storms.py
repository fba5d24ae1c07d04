"""The small size of F8: 429 to everybody, again, and to one chat for an hour."""

from pathlib import Path

import pytest

from faults import storms

pytestmark = pytest.mark.fault


async def test_whoever_is_told_to_wait_waits_also_after_a_kill(tmp_path: Path) -> None:
    [found] = await storms.run("small", 20261123, tmp_path)

    assert found.holds, found
