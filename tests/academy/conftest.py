"""Whatever a test of the academy did: what is added up is what counting again says."""

from collections.abc import Iterator

import pytest
from sqlalchemy import Connection

from storage import summaries


@pytest.fixture(autouse=True)
def counted_again(request: pytest.FixtureRequest) -> Iterator[None]:
    """Recount every enrollment at the end of each test that had a transaction."""
    tx: Connection | None = request.getfixturevalue("tx") if "tx" in request.fixturenames else None
    yield
    if tx is not None:
        assert summaries.wrong(tx) == ()
