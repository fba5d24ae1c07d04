"""U16 at a small size."""

from pathlib import Path

import pytest

from faults import flood

pytestmark = pytest.mark.fault


async def test_a_flood_of_one_person_keeps_nobody_else_waiting(tmp_path: Path) -> None:
    found = await flood.run("small", 20261123, tmp_path)

    assert [one.result for one in found if not one.holds] == []
