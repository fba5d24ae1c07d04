"""What a service does not begin with: a clock that cannot be right, a machine without time zones."""

import resource
import sys
import zoneinfo
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from click.testing import CliRunner

from app import zone_rules
from app.cli import main
from app.place import Place
from app.serving import EXIT_FAILED, serve
from app.settings import Settings
from app.stopped import ZonesMissingError
from bot.transport import AiohttpTransport
from preview.faults import WrongDate
from preview.movable_clock import MovableClock
from preview.server import PreviewServer
from scheduler.clock_watch import HeardTime
from tests.app.scripting import NOW

CLOCK = MovableClock(NOW)
ENERGY = Path(__file__).parents[2] / "lessons/courses/energy-saving"


async def test_a_clock_a_day_ahead_of_telegrams_begins_nothing(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    async with PreviewServer(clock=CLOCK) as telegram:
        telegram.faults.always("getMe", WrongDate(seconds=-90_000))
        settings = Settings.model_validate(
            {"academy": {"name": "Here"}, "telegram": {"token": telegram.token, "api_url": telegram.url}}
        )

        code = await serve(settings, url=f"sqlite:///{tmp_path / 'dusal.db'}", clock=CLOCK)
        asked = {request.method for request in telegram.requests}

    # A core of this process would hold the token.
    assert resource.getrlimit(resource.RLIMIT_CORE)[0] == 0
    assert code == EXIT_FAILED
    assert asked == {"getMe"}
    said = capsys.readouterr().err.splitlines()[-1]
    assert said.startswith("dusal: this computer's clock says ")
    assert "but Telegram's " in said
    assert said.endswith(": set it")


@pytest.mark.parametrize(
    ("date", "told"),
    [
        ("Mon, 23 Nov 2026 09:00:00 GMT", datetime(2026, 11, 23, 9, tzinfo=UTC)),
        ("Mon, 23 Nov 2026 17:00:00 +0800", datetime(2026, 11, 23, 9, tzinfo=UTC)),
        ("Mon, 23 Nov 2026 09:00:00", datetime(2026, 11, 23, 9, tzinfo=UTC)),
        ("yesterday", None),
        ("Fri, 31 Dec 9999 23:59:59 GMT", None),
        ("Mon, 01 Jan 1001 00:00:00 +1400", None),
        ("", None),
    ],
)
def test_what_time_telegram_says_it_is(date: str, told: datetime | None) -> None:
    transport = AiohttpTransport()
    transport._dated = (date, 1000.0)

    assert transport.heard_time == (None if told is None else HeardTime(wall=told, elapsed=1000.0))


@pytest.fixture
def no_zones(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """A machine without any file of time zones, as a slim image is."""
    monkeypatch.setattr("sys.path", [])
    monkeypatch.setattr("sys.path_importer_cache", {})
    for name in [name for name in sys.modules if name.split(".")[0] == "tzdata"]:
        monkeypatch.delitem(sys.modules, name)
    zoneinfo.reset_tzpath(to=(str(tmp_path),))
    zoneinfo.ZoneInfo.clear_cache()
    yield
    zoneinfo.reset_tzpath()
    zoneinfo.ZoneInfo.clear_cache()


@pytest.mark.usefixtures("no_zones")
def test_without_time_zones_it_says_what_to_install() -> None:
    with pytest.raises(ZonesMissingError, match="pip install tzdata"):
        zone_rules.check()


def test_the_rules_have_a_version_and_they_are_there() -> None:
    zone_rules.check()

    version = zone_rules.rules_version()

    assert "tzdata 20" in version
    assert len(version) <= 64


def test_the_systems_rules_count_too(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "tzdata.zi").write_text("# version 2015g\nL Asia/Ulaanbaatar\n")
    monkeypatch.setattr(zoneinfo, "TZPATH", (str(tmp_path / "nothing"), str(tmp_path)))

    assert zone_rules.rules_version().startswith("system 2015g, tzdata 20")


def test_a_day_that_no_calendar_reaches_is_refused_in_words(tmp_path: Path) -> None:
    place = Place(config=tmp_path / "config.yaml", data=tmp_path, environ={})

    told = CliRunner().invoke(
        main, ["course", "rehearse", str(ENERGY), "--start", "9999-12-30"], obj=place, catch_exceptions=False
    )

    assert told.exit_code == 2
    assert "9999-12-30 is too far away" in told.stderr
