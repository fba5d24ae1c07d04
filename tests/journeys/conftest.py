"""A stage for each story."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from app.log_setup import set_up
from tests.journeys.stage import Stage, opened


@pytest.fixture(autouse=True)
def quiet_log(quick_reading: None) -> None:
    """Log as the demo does: until this is called structlog draws every traceback with its values."""
    set_up(level="WARNING")


@pytest.fixture
async def stage(tmp_path: Path) -> AsyncIterator[Stage]:
    async with opened(tmp_path) as running:
        yield running
