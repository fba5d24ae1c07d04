"""The small size of F3 and P4: a service told to stop, or killed, in the middle of an announcement."""

from pathlib import Path

import pytest

from faults import stops

pytestmark = pytest.mark.fault

SEED = 20261123


async def test_deploys_in_the_middle_of_an_announcement_lose_and_double_nothing(tmp_path: Path) -> None:
    [found] = await stops.deploys("small", SEED, tmp_path)

    assert found.holds, found


async def test_a_killed_service_goes_on_where_it_stopped(tmp_path: Path) -> None:
    [found] = await stops.back_after_a_kill("small", SEED, tmp_path)

    assert found.holds, found
