"""What every test of the bot starts from."""

import pytest

from app.log_setup import set_up


@pytest.fixture(autouse=True)
def quiet_log(quick_reading: None) -> None:
    """Log as the service does: until this is called structlog draws every traceback with its values."""
    set_up(level="WARNING")
