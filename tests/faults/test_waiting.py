"""F17 at a small size."""

from pathlib import Path

import pytest

from faults import waiting

pytestmark = pytest.mark.fault


async def test_questions_are_answered_while_everybody_is_told_something(tmp_path: Path) -> None:
    found = await waiting.run("small", 20261123, tmp_path)

    assert [one.result for one in found if not one.holds] == []
