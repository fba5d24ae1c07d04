"""`dusal serve` as an operator meets it: starting, commands beside it, stopping, refusing."""

import resource
import time
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from uuid import uuid4

import httpx
import pytest
from sqlalchemy import create_engine, make_url, text

from preview.faults import CutAfter, ErrorBefore
from preview.people import BotAccount
from tests.app.serving_process import GROUP, Town, free_port, town
from tests.loopback import NO_TLS

pytestmark = pytest.mark.fault


@pytest.fixture
def fresh_postgresql(postgresql_url: str) -> Iterator[str]:
    """The address of an empty database of its own."""
    name = f"serve_{uuid4().hex[:12]}"
    engine = create_engine(postgresql_url, isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        connection.execute(text(f"CREATE DATABASE {name}"))
        yield (
            make_url(postgresql_url)
            .set(drivername="postgresql", database=name)
            .render_as_string(hide_password=False)
        )
        connection.execute(text(f"DROP DATABASE {name} WITH (FORCE)"))
    engine.dispose()


@pytest.fixture
async def place(tmp_path: Path) -> AsyncIterator[Town]:
    async with town(tmp_path) as made:
        yield made


@pytest.fixture(params=["sqlite", "postgresql"])
async def either(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[Town]:
    """A town on each of the two databases."""
    address = "" if request.param == "sqlite" else request.getfixturevalue("fresh_postgresql")
    async with town(tmp_path, database=address) as made:
        yield made


async def test_a_lesson_is_learned_while_commands_run_beside(either: Town) -> None:
    serve = await either.serve()
    # The service is up and has nothing to teach: everything below is done beside it.
    token = await either.teach()
    bold = await either.join("Bold", token)
    await bold.press("Continue")
    await bold.shows("Question 1 of 1")
    await bold.press("True")
    await bold.shows("Right: True")
    await bold.press("Continue")
    await bold.shows("You have finished Tea")

    told = await either.dusal("announce", "--group", GROUP, "--text", "The **kettle** is on.")
    began = time.monotonic()
    kettle = await bold.shows("The kettle is on.")
    seconds = time.monotonic() - began
    sent = await either.listed("outbox")
    groups = await either.listed("group", "list")
    ended = await serve.stop()

    assert "1 person" in told.out
    assert not kettle.silent
    # It is woken: on SQLite by a datagram, on PostgreSQL it looks by itself within a second.
    assert seconds < 3
    assert {row["state"] for row in sent} == {"sent"}
    assert not any(row["maybe_doubled"] for row in sent)
    assert [row["kind"] for row in sent][-1] == "announcement"
    assert groups[0]["group"] == GROUP
    assert ended.code == 0
    assert ended.out == ""


async def test_a_second_serve_is_refused_at_once(place: Town) -> None:
    first = await place.serve()
    bold = await place.phones.add("Bold")
    await bold.write("/start")
    await bold.shows("Type your join code")

    seconds = []
    for _ in range(3):
        before = processor_seconds()
        second = await (await place.launched("serve")).end()
        assert second.code == 3
        seconds.append(processor_seconds() - before)
        if seconds[-1] < 2:
            break

    assert f"already running as pid {first.process.pid}" in second.err
    # What a machine with nothing else to do takes; a busy one is given three goes.
    assert min(seconds) < 2
    assert (await first.stop()).code == 0


async def test_a_token_taken_back_ends_the_service_with_a_sentence(place: Town) -> None:
    serve = await place.forked()
    bold = await place.phones.add("Bold")
    await bold.write("/start")
    await bold.shows("Type your join code")

    place.server.world.bot = BotAccount(
        token="1000000001:another-token-of-the-same-bot-12345", username="dusal_preview_bot", name="Dusal"
    )
    # The poll under way ends by itself; the next one is refused.
    place.server.world.queue.release()
    ended = await serve.end()

    assert ended.code == 4
    assert "Telegram does not know this token" in ended.err
    assert "@BotFather" in ended.err


async def test_a_wrong_token_is_refused_at_the_start(place: Town) -> None:
    place.settle(telegram={"token": "1000000001:this-token-was-never-given-to-anybody"})

    ended = await (await place.forked()).end()

    assert ended.code == 4
    assert ended.err.strip().splitlines()[-1].startswith("dusal: Telegram does not know this token")


async def test_the_token_is_never_written_anywhere(place: Town) -> None:
    place.settle(log={"level": "debug"})
    token, secret = place.server.token, place.server.token.partition(":")[2]
    serve = await place.launched("serve")
    join = await place.teach()
    bold = await place.join("Bold", join)
    place.server.faults.next("sendMessage", CutAfter())
    place.server.faults.next("getUpdates", ErrorBefore(), times=2)
    await bold.press_data((await bold.last()).id, "l_go:not:numbers")
    await bold.write("/help")
    await bold.shows("Today's lesson: /today")

    shown = await place.dusal("settings", "show")
    doctor = await place.dusal("doctor")
    ended = await serve.stop()

    written = ended.out + ended.err + shown.out + shown.err + doctor.out + doctor.err
    assert "event='serving'" in ended.err
    assert token not in written
    assert secret not in written
    for file in (place.folder / "data").rglob("*"):
        if file.is_file():
            assert secret.encode() not in file.read_bytes(), file


async def test_without_settings_three_lines_say_what_to_do(tmp_path: Path) -> None:
    async with town(tmp_path) as place:
        (tmp_path / "config.yaml").unlink()

        ended = await place.dusal("serve", code=2)

    assert ended.out == ""
    assert len(ended.err.strip().splitlines()) == 3
    assert "config.example.yaml" in ended.err
    assert "dusal demo" in ended.err


@pytest.mark.parametrize(
    ("section", "said"),
    [
        (
            {"database": {"url": "sqlite:////proc/nowhere/dusal.db"}},
            "the folder /proc/nowhere cannot be used",
        ),
        ({"database": {"url": "postgresql://u:secret-word@127.0.0.1:1/x"}}, "cannot be reached"),
    ],
)
async def test_a_place_that_cannot_be_used_is_named(
    place: Town, section: dict[str, dict[str, object]], said: str
) -> None:
    place.settle(**section)

    ended = await (await place.forked()).end()

    assert ended.code == 1
    assert said in ended.err
    assert "Traceback" not in ended.err
    assert "secret-word" not in ended.err


async def test_health_tells_that_every_loop_runs(place: Town) -> None:
    port = free_port()
    place.settle(web={"address": f"127.0.0.1:{port}"})
    serve = await place.forked()
    bold = await place.phones.add("Bold")
    await bold.write("/start")
    await bold.shows("Type your join code")

    async with httpx.AsyncClient(verify=NO_TLS) as client:
        answer = await client.get(f"http://127.0.0.1:{port}/health")
    await serve.stop()

    assert answer.status_code == 200
    told = answer.json()
    assert told["healthy"] is True
    assert told["running"] == {"handling": True, "sending": True, "receiving": True}


def processor_seconds() -> float:
    """Return how long ended children of this process kept a processor busy."""
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime
