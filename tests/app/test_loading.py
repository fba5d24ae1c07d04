import gc
import sys
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from app.loading import collector_at_rest, loaded

TELLS = """
import gc, sys, threading
COLLECTS = gc.isenabled()
TURN = sys.getswitchinterval()
THREAD = threading.current_thread()
"""


@pytest.fixture(autouse=True)
def _as_it_was() -> Iterator[None]:
    was_on = gc.isenabled()
    yield
    (gc.enable if was_on else gc.disable)()


class Ring:
    """Holds itself, so that only the collector would find it."""

    def __init__(self) -> None:
        self.itself = self


def test_what_comes_meanwhile_is_never_looked_at() -> None:
    gc.enable()

    with collector_at_rest():
        assert not gc.isenabled()
        ring = Ring()

    assert gc.isenabled()
    assert not any(known is ring for known in gc.get_objects())


def test_the_collector_stays_off_where_it_was_off() -> None:
    gc.disable()

    with collector_at_rest():
        pass

    assert not gc.isenabled()


def test_the_collector_is_on_again_whatever_happens() -> None:
    gc.enable()

    with pytest.raises(ImportError), collector_at_rest():
        raise ImportError

    assert gc.isenabled()


async def test_modules_come_in_a_thread_and_in_short_turns(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "told_when_loaded.py").write_text(TELLS)
    monkeypatch.syspath_prepend(tmp_path)
    gc.enable()
    usual = sys.getswitchinterval()

    await loaded("told_when_loaded")

    told = sys.modules.pop("told_when_loaded")
    assert told.THREAD is not threading.main_thread()
    assert not told.COLLECTS
    assert usual / told.TURN > 5
    assert sys.getswitchinterval() == usual
    assert gc.isenabled()


async def test_what_is_there_already_is_left_alone() -> None:
    gc.enable()
    ring = Ring()

    await loaded("sys", "gc")

    assert any(known is ring for known in gc.get_objects())


async def test_what_cannot_be_loaded_is_raised() -> None:
    usual = sys.getswitchinterval()

    with pytest.raises(ModuleNotFoundError):
        await loaded("there_is_no_such_module")

    assert sys.getswitchinterval() == usual
