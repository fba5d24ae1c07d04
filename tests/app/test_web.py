"""What a watcher of the service is answered."""

import httpx
import pytest

from app.web import Health, application
from tests.loopback import NO_TLS


async def well() -> dict[str, object]:
    return {"healthy": True}


async def ill() -> dict[str, object]:
    return {"healthy": False, "running": {"sending": False}}


async def without_a_database() -> dict[str, object]:
    raise OSError("the server at db.example is away")


@pytest.mark.parametrize(
    ("health", "status", "told"),
    [
        (well, 200, {"healthy": True}),
        (ill, 503, {"healthy": False, "running": {"sending": False}}),
        (without_a_database, 503, {"healthy": False}),
    ],
)
async def test_health_is_yes_or_no_and_never_an_accident(
    health: Health, status: int, told: dict[str, object]
) -> None:
    transport = httpx.ASGITransport(app=application(health=health))
    async with httpx.AsyncClient(
        transport=transport, base_url="http://dusal.example", verify=NO_TLS
    ) as watcher:
        answer = await watcher.get("/health")

    assert (answer.status_code, answer.json()) == (status, told)
