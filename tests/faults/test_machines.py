"""F6b at a small size: senders that are frozen and woken."""

from pathlib import Path

import pytest

from faults import machines

pytestmark = pytest.mark.fault


async def test_a_frozen_sender_is_replaced_and_silent_when_it_wakes(tmp_path: Path) -> None:
    [found] = await machines.run("small", 20261123, tmp_path)

    assert found.holds, found
