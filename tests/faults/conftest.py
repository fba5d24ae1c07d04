"""Services to be killed, forked from a process that has imported everything, and who outlives them."""

from collections.abc import AsyncIterator
from pathlib import Path
from random import Random

import pytest

from faults.nursery import Nursery, opened
from faults.recorder import Recorder, recording


@pytest.fixture
async def nursery(tmp_path: Path) -> AsyncIterator[Nursery]:
    async with opened(tmp_path) as made:
        yield made


@pytest.fixture
async def recorder() -> AsyncIterator[Recorder]:
    async with recording(random=Random(20261123)) as made:
        yield made
