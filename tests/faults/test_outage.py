"""F10 at a small size, and that its judge can say no."""

from datetime import timedelta
from pathlib import Path

import pytest

from faults import outage
from faults.outage import BACK_AT, Came


@pytest.mark.long
async def test_after_three_days_away_one_lesson_a_day_and_none_at_night(tmp_path: Path) -> None:
    found = await outage.run("small", 20261123, tmp_path)

    assert [one.result for one in found if not one.holds] == []


def test_a_burst_and_a_night_would_be_found_out() -> None:
    # 12:01 UTC on a Wednesday: 20:01 in Ulaanbaatar, 13:01 in Skopje.
    night = Came(person_id=1, at=BACK_AT, zone="Asia/Ulaanbaatar")
    noon = Came(person_id=2, at=BACK_AT, zone="Europe/Skopje")
    again = Came(person_id=2, at=BACK_AT + timedelta(hours=2), zone="Europe/Skopje")

    judged = [
        outage._verdict(came, missed=1, total=total, seed=1)
        for came, total in (((night,), 1), ((noon, again), 1), ((noon,), 2), ((noon,), 1))
    ]

    assert [one.holds for one in judged] == [False, False, False, True]
