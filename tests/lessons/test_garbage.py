import gc

import pytest

from lessons.garbage import no_garbage_collection


def test_the_collector_rests_and_is_on_again() -> None:
    with no_garbage_collection():
        within = gc.isenabled()

    assert (within, gc.isenabled()) == (False, True)


def test_the_collector_is_on_again_after_a_fault() -> None:
    with pytest.raises(RuntimeError), no_garbage_collection():
        raise RuntimeError

    assert gc.isenabled()


def test_the_collector_stays_off_where_it_was_off() -> None:
    with no_garbage_collection():
        with no_garbage_collection():
            pass
        within = gc.isenabled()

    assert not within
