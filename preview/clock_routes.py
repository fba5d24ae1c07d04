"""The clock over HTTP: what it shows, and the buttons that move it."""

import asyncio
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from preview.calls import Call, read_call
from preview.movable_clock import Mover
from preview.phone_routes import trouble
from preview.refusals import Refusal
from preview.world import World


class ClockDoors:
    """The routes under /phone/clock."""

    def __init__(self, world: World, *, mover: Mover | None, zone: ZoneInfo) -> None:
        self._world = world
        self.mover = mover
        """None for a clock that cannot be moved."""
        self._zone = zone
        self._moving = asyncio.Lock()

    def routes(self) -> list[Route]:
        """Return them."""
        return [
            Route("/phone/clock", self.show, methods=["GET"]),
            Route("/phone/clock", self.move, methods=["POST"]),
        ]

    async def show(self, request: Request) -> Response:
        """GET: the time here and in UTC, and when the next lesson is due."""
        return JSONResponse(await self._view())

    async def move(self, request: Request) -> Response:
        """POST {seconds} or {to: "next_lesson" | "next_day" | "next_week"}: move on; answers when done."""
        if self.mover is None:
            return trouble("This clock cannot be moved.", status=409)
        try:
            call = await read_call(request, method="")
        except Refusal as refusal:
            return trouble(refusal.description)
        async with self._moving:
            target = await self._target(call)
            if target is None:
                return trouble("No lesson is planned.", status=409)
            target = max(target, self._world.clock())
            # Before what falls due on the way, because that follows from it.
            self._world.diary.moved(to=target)
            await self.mover.advance(to=target)
        self._world.changes.bump()
        return JSONResponse(await self._view())

    async def _target(self, call: Call) -> datetime | None:
        now = self._world.clock()
        match call.text("to"):
            case "next_lesson":
                assert self.mover is not None
                return await self.mover.next_lesson_at()
            case "next_day":
                return self._same_time(now, days=1)
            case "next_week":
                return self._same_time(now, days=7)
            case _:
                return now + timedelta(seconds=max(call.number("seconds"), 0))

    def _same_time(self, now: datetime, *, days: int) -> datetime:
        """The same wall-clock time `days` later, also when the clocks change."""
        local = now.astimezone(self._zone)
        return (local + timedelta(days=days)).astimezone(now.tzinfo)

    async def _view(self) -> dict[str, object]:
        now = self._world.clock()
        lesson = await self.mover.next_lesson_at() if self.mover is not None else None
        return {
            "now": now.isoformat(),
            "local": now.astimezone(self._zone).isoformat(),
            "zone": str(self._zone),
            "movable": self.mover is not None,
            "next_lesson": lesson.isoformat() if lesson is not None else None,
        }
