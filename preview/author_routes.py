"""The author's panel over HTTP: the course, its problems, and ways to get to any step."""

from dataclasses import asdict

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from preview.calls import Call, read_call
from preview.phone_routes import trouble
from preview.refusals import Refusal
from preview.workbench import Bench, Desk
from preview.world import World


class AuthorDoors:
    """The routes under /author; without a bench they say that there is no course."""

    def __init__(self, world: World) -> None:
        self._world = world
        self.bench: Bench | None = None

    def routes(self) -> list[Route]:
        """Return them."""
        one = "/author/people/{person_id:int}"
        return [
            Route("/author", self.show, methods=["GET"]),
            Route(f"{one}/jump", self.jump, methods=["POST"]),
            Route(f"{one}/transcript", self.transcript, methods=["GET"]),
            Route(f"{one}/script", self.script, methods=["POST"]),
        ]

    async def show(self, request: Request) -> Response:
        """GET: where everybody is, and the course unless `?after=REVISION` is still the newest."""
        if self.bench is None:
            return JSONResponse({"course": None, "revision": 0, "standings": []})
        desk = self.bench.desk()
        after = request.query_params.get("after", "")
        return JSONResponse(
            {
                "revision": desk.revision,
                "course": None if after == str(desk.revision) else _course(desk),
                "standings": [
                    asdict(one) | {"next_at": None if one.next_at is None else one.next_at.isoformat()}
                    for one in await self.bench.standings()
                ],
            }
        )

    async def jump(self, request: Request) -> Response:
        """POST {lesson, step}: put this person at the step, counted from 0, to begin anew there."""
        person_id = self._person(request)
        if self.bench is None or person_id is None:
            return _nothing()
        try:
            call: Call = await read_call(request, method="")
        except Refusal as refusal:
            return trouble(refusal.description)
        lesson_id, step = call.text("lesson"), call.number("step", default=-1)
        why_not = await self.bench.jump(person_id=person_id, lesson_id=lesson_id, step=step)
        self._world.changes.bump()
        return trouble(why_not, status=409) if why_not else JSONResponse({"done": True})

    async def transcript(self, request: Request) -> Response:
        """GET: the conversation, to be saved as a file."""
        person_id = self._person(request)
        if self.bench is None or person_id is None:
            return _nothing()
        saved = self.bench.transcript(person_id=person_id)
        return Response(
            saved.content,
            media_type="text/markdown",
            headers={"content-disposition": f'attachment; filename="{saved.name}"'},
        )

    async def script(self, request: Request) -> Response:
        """POST: keep a test made of the conversation beside the course; answers with its path."""
        person_id = self._person(request)
        if self.bench is None or person_id is None:
            return _nothing()
        try:
            saved = await self.bench.save_script(person_id=person_id)
        except OSError as error:
            return trouble(f"The test could not be saved: {error.strerror}.", status=409)
        if isinstance(saved, str):
            return trouble(saved, status=409)
        return JSONResponse({"path": saved.name, "content": saved.content}, status_code=201)

    def _person(self, request: Request) -> int | None:
        person_id = int(request.path_params["person_id"])
        return person_id if person_id in self._world.chats else None


def _nothing() -> Response:
    return trouble("There is no such person, or no course.", status=404)


def _course(desk: Desk) -> dict[str, object]:
    return asdict(desk) | {"read_at": desk.read_at.isoformat()}
