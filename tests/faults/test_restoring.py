"""F16 at a small size, and that its judge can say no."""

from dataclasses import replace
from pathlib import Path

from faults import restoring
from faults.restoring import Drill


async def test_going_back_says_nothing_old_again(tmp_path: Path) -> None:
    found = await restoring.run("small", 20261123, tmp_path)

    assert [one.result for one in found if not one.holds] == []


def test_an_old_message_and_a_slow_return_would_be_found_out() -> None:
    good = Drill(seconds=10, again=0, news=20, held=3, lost=100)
    drills = (
        good,
        replace(good, again=1),
        replace(good, seconds=301),
        replace(good, news=19),
        replace(good, lost=0),
    )

    judged = [restoring._verdict(drill, learners=50, seed=1).holds for drill in drills]

    assert judged == [True, False, False, False, False]
