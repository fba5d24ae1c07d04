"""What all attacks have in common: a file that is no course is read quickly."""

import pytest


@pytest.fixture(autouse=True)
def courses_are_read_quickly(quick_reading: None) -> None:
    """The process that reads them is forked, confined, and ended as the real one is."""
