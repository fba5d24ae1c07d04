"""F9 at a small size, and that it can find what it looks for."""

from datetime import date, datetime, time
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from faults import zones
from faults.zones import Walked, exists, walk
from scheduler.pacing import Rhythm


async def test_every_day_that_exists_has_one_lesson(tmp_path: Path) -> None:
    found = await zones.run("small", 20261123, tmp_path)

    assert [one.result for one in found if not one.holds] == []


def test_the_day_that_samoa_skipped_does_not_exist() -> None:
    apia = ZoneInfo("Pacific/Apia")

    assert [exists(date(2011, 12, day), apia) for day in (29, 30, 31)] == [True, False, True]


def test_a_plan_in_utc_would_be_found_out(monkeypatch: pytest.MonkeyPatch) -> None:
    def in_utc(self: Rhythm, day: date) -> datetime | None:
        return datetime.combine(day, self.at, tzinfo=ZoneInfo("UTC"))

    monkeypatch.setattr(Rhythm, "slot_on", in_utc)
    walked = Walked()
    walk(ZoneInfo("Asia/Ulaanbaatar"), time(9), walked)

    assert walked.displaced == walked.days
