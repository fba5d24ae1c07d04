"""A bot and a phone that talk to a running server by plain HTTP."""

from dataclasses import dataclass
from typing import Any

import httpx

from preview.movable_clock import MovableClock
from preview.people import Person
from preview.server import PreviewServer

Json = dict[str, Any]  # bodies as they came over the wire

OLENA = Person(id=101, first_name="Olena", last_name="Bondar", language_code="uk")
PETRO = Person(id=102, first_name="Petro", language_code="en")


@dataclass
class Wire:
    """Bot and phones, both by plain HTTP."""

    server: PreviewServer
    clock: MovableClock
    http: httpx.AsyncClient

    async def bot(self, method: str, **values: object) -> Json:
        answer = await self.http.post(f"/bot{self.server.token}/{method}", json=values)
        return dict(answer.json())

    async def result(self, method: str, **values: object) -> Any:  # whatever the method returns
        body = await self.bot(method, **values)
        assert body["ok"], body
        return body["result"]

    async def refused(self, method: str, **values: object) -> tuple[int, str]:
        body = await self.bot(method, **values)
        assert not body["ok"], body
        return body["error_code"], body["description"]

    async def act(self, what: str, *, person: int = 101, **values: object) -> Json:
        answer = await self.http.post(f"/phone/people/{person}/{what}", json=values)
        return dict(answer.json())

    async def chat(self, *, person: int = 101, **query: int) -> Json:
        answer = await self.http.get(f"/phone/people/{person}/chat", params=query)
        return dict(answer.json())

    async def texts(self, *, person: int = 101) -> list[str]:
        return [message["text"] for message in (await self.chat(person=person))["messages"]]

    async def updates(self, **values: object) -> list[Json]:
        return list(await self.result("getUpdates", **values))
