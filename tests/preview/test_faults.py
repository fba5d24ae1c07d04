import asyncio
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

import httpx
import pytest

from preview.faults import (
    BadJson,
    CutAfter,
    CutBefore,
    ErrorAfter,
    ErrorBefore,
    Fault,
    FloodWait,
    Slow,
    TwoPollers,
    WrongDate,
)
from tests.preview.wire import Wire


async def send(met: Wire, text: str = "x") -> httpx.Response:
    return await met.http.post(f"/bot{met.server.token}/sendMessage", json={"chat_id": 101, "text": text})


@pytest.mark.parametrize(("fault", "arrived"), [(CutBefore(), False), (CutAfter(), True)])
async def test_a_cut_line_gives_no_answer(met: Wire, fault: Fault, arrived: bool) -> None:
    met.server.faults.next("sendMessage", fault)

    with pytest.raises((httpx.RemoteProtocolError, httpx.ReadError)):
        await send(met)

    assert await met.texts() == (["/start", "x"] if arrived else ["/start"])
    assert met.server.requests[-1].status == 0
    assert (await send(met, "next")).status_code == 200


@pytest.mark.parametrize(
    ("fault", "status", "arrived"),
    [
        (ErrorBefore(), 502, False),
        (ErrorAfter(), 500, True),
        (FloodWait(seconds=3), 429, False),
        (TwoPollers(), 409, False),
        (Slow(before=0.01, after=0.01), 200, True),
    ],
)
async def test_faults_fall_before_or_after_acceptance(
    met: Wire, fault: Fault, status: int, arrived: bool
) -> None:
    met.server.faults.next("sendmessage", fault, times=1)

    answer = await send(met)

    assert answer.status_code == status
    assert await met.texts() == (["/start", "x"] if arrived else ["/start"])
    assert (await send(met, "next")).status_code == 200


async def test_bad_json_and_a_wrong_date(met: Wire) -> None:
    met.server.faults.next("sendMessage", BadJson())
    met.server.faults.next("sendMessage", WrongDate(seconds=86_400))

    broken, dated = await send(met), await send(met)

    with pytest.raises(ValueError, match=r"Unterminated"):
        broken.json()
    ahead = parsedate_to_datetime(dated.headers["date"]) - datetime.now(UTC)
    assert 86_000 < ahead.total_seconds() < 86_500


async def test_standing_faults_until_cleared_over_http(met: Wire) -> None:
    await met.http.post("/phone/faults", json={"fault": "error_before", "code": 503, "description": "Down"})
    assert [(await send(met)).status_code for _ in range(3)] == [503, 503, 503]
    await met.http.post("/phone/faults", json={})
    assert (await send(met)).status_code == 200
    wrong = await met.http.post("/phone/faults", json={"fault": "slow", "colour": "red"})
    assert (wrong.status_code, wrong.json()) == (400, {"error": "That fault takes other fields."})


async def test_requests_are_recorded_with_their_time(met: Wire) -> None:
    first = len(met.server.requests)
    await send(met, "one")
    await asyncio.sleep(0)
    await met.http.post(f"/bot{met.server.token}/sendMessage", data={"chat_id": "101", "text": "two"})

    one, two = met.server.requests[first:]

    assert (one.method, one.values, one.status) == ("sendMessage", {"chat_id": 101, "text": "one"}, 200)
    assert two.values == {"chat_id": "101", "text": "two"}
    assert one.monotonic_at <= two.monotonic_at
