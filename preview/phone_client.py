"""Phones in other hands than a person's: the demo's story and the journeys act through this client.

It speaks HTTP with the preview's server, as the page does, and knows nothing that a phone would
not show.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from io import BytesIO
from types import TracebackType
from typing import Any, Self

import aiohttp

WAIT_SECONDS = 20.0
"""How long a phone waits for something to appear before the story is wrong."""


class NotShownError(AssertionError):
    """The phone does not show what was looked for; the text says what it shows instead."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Shown:
    """One message, as the phone shows it now."""

    id: int
    from_bot: bool
    text: str
    labels: tuple[tuple[str, ...], ...]
    """Button labels, row by row."""
    edited: bool
    silent: bool
    has_photo: bool
    document: str | None
    """Path of a file to fetch, if the message carries one."""
    reply_to: int | None
    revision: int
    photo: str | None = None
    """Path of the picture, if the message carries one."""
    playing: str | None = None
    """Path of what can be played, if the message carries such a thing."""
    playing_kind: str = ""
    """`voice`, `audio`, `video` or `animation`; empty without."""
    folded: tuple[str, ...] = ()
    """The parts of the text that are folded up."""
    urls: tuple[str, ...] = ()
    """Where buttons lead that open a page."""


@dataclass(slots=True)
class Phone:
    """One person's phone."""

    _http: aiohttp.ClientSession
    id: int
    name: str
    _seen: int = 0
    _read: dict[int, Shown] = field(default_factory=dict)

    async def write(self, text: str, *, reply_to: int | None = None) -> None:
        """Send a message to the bot."""
        body: dict[str, object] = {"text": text}
        if reply_to is not None:
            body["reply_to"] = reply_to
        await self._post("text", body)

    async def rewrite(self, message_id: int, text: str) -> None:
        """Change one's own message."""
        await self._post("edit", {"message_id": message_id, "text": text})

    async def press(self, label: str, *, on: int | None = None) -> str:
        """Tap the newest button whose label begins with `label`, and return the toast.

        Raises NotShownError when no message shows such a button.
        """
        for message in reversed(await self.messages()):
            if on is not None and message.id != on:
                continue
            for row, labels in enumerate(message.labels):
                for column, shown in enumerate(labels):
                    if shown.startswith(label):
                        return await self.press_at(message.id, row=row, column=column)
        raise NotShownError(f"{self.name}: no button {label!r}\n{await self.screen()}")

    async def press_at(self, message_id: int, *, row: int, column: int) -> str:
        """Tap a button by its place, counted from 0, and return the toast."""
        answer = await self._post("press", {"message_id": message_id, "row": row, "column": column})
        return str(answer["toast"] or "")

    async def press_data(self, message_id: int, data: str) -> str:
        """Send callback data that need not stand on the message, and return the toast."""
        answer = await self._post("press", {"message_id": message_id, "data": data})
        return str(answer["toast"] or "")

    async def send_document(self, name: str, content: bytes, *, caption: str = "") -> None:
        """Send a file to the bot."""
        form = aiohttp.FormData()
        form.add_field("file", BytesIO(content), filename=name, content_type="application/octet-stream")
        form.add_field("caption", caption)
        await self._post("document", form)

    async def send_photo(self, content: bytes, *, caption: str = "") -> None:
        """Send a picture to the bot."""
        form = aiohttp.FormData()
        form.add_field("file", BytesIO(content), filename="picture.png", content_type="image/png")
        form.add_field("caption", caption)
        await self._post("photo", form)

    async def send_voice(self, content: bytes) -> None:
        """Send a voice message to the bot."""
        form = aiohttp.FormData()
        form.add_field("file", BytesIO(content), filename="voice.oga", content_type="audio/ogg")
        await self._post("voice", form)

    async def block(self) -> None:
        """Block the bot."""
        await self._post("block", {})

    async def unblock(self) -> None:
        """Take the bot back."""
        await self._post("unblock", {})

    async def messages(self) -> list[Shown]:
        """Return every message of the chat, oldest first."""
        await self._refresh(wait=0.0)
        return list(self._read.values())

    async def last(self) -> Shown:
        """Return the newest message of the bot; raises NotShownError when there is none."""
        found = [message for message in await self.messages() if message.from_bot]
        if not found:
            raise NotShownError(f"{self.name}: the bot has said nothing")
        return found[-1]

    async def shows(self, text: str, *, seconds: float = WAIT_SECONDS) -> Shown:
        """Return the newest message of the bot with `text` in it, waiting until there is one.

        Raises NotShownError after `seconds`.
        """
        loop_seconds = 0.0
        while True:
            for message in reversed(list(self._read.values())):
                if message.from_bot and text in message.text:
                    return message
            if loop_seconds >= seconds:
                raise NotShownError(f"{self.name}: {text!r} did not appear\n{await self.screen()}")
            await self._refresh(wait=1.0 if self._read or loop_seconds else 0.2)
            loop_seconds += 1.0

    async def screen(self, *, count: int = 6) -> str:
        """Return the last messages in words, for a failing test."""
        lines = []
        for message in (await self.messages())[-count:]:
            who = "bot" if message.from_bot else self.name
            lines.append(f"{who}: {message.text}")
            lines += ["  " + "  ".join(f"[ {label} ]" for label in row) for row in message.labels]
        return "\n".join(lines)

    async def menu(self) -> list[str]:
        """Return the commands in the menu, without slashes."""
        async with self._http.get(f"/phone/people/{self.id}/chat") as response:
            chat = await response.json()
        return [str(command["command"]) for command in chat["commands"]]

    async def file(self, path: str) -> bytes:
        """Return a picture or document that a message carries."""
        async with self._http.get(path) as response:
            return await response.read()

    async def _refresh(self, *, wait: float) -> None:
        query = {"after": str(self._seen), "wait": str(wait)}
        async with self._http.get(f"/phone/people/{self.id}/chat", params=query) as response:
            chat = await response.json()
        self._seen = int(chat["revision"])
        for number in chat["deleted"]:
            self._read.pop(int(number), None)
        for message in chat["messages"]:
            self._read[int(message["id"])] = _shown(message)

    async def _post(self, door: str, body: object) -> dict[str, Any]:  # Any: JSON of the phone's doors
        how: dict[str, Any] = {"data": body} if isinstance(body, aiohttp.FormData) else {"json": body}
        async with self._http.post(f"/phone/people/{self.id}/{door}", **how) as response:
            answer = await response.json()
            if response.status >= 400:
                raise NotShownError(f"{self.name}: {answer.get('error')}")
            return dict(answer)


class Phones:
    """All phones of one preview server; an async context manager."""

    def __init__(self, url: str) -> None:
        self._http = aiohttp.ClientSession(url, timeout=aiohttp.ClientTimeout(total=60))

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self._http.close()

    async def add(self, name: str, *, language: str = "en", number: int | None = None) -> Phone:
        """Return a new person's phone; the number is the person's address."""
        body: dict[str, object] = {"name": name, "language": language}
        if number is not None:
            body["id"] = number
        async with self._http.post("/phone/people", json=body) as response:
            person = await response.json()
        return Phone(self._http, int(person["id"]), str(person["name"]))

    async def move_clock(self, **how: object) -> dict[str, Any]:  # Any: JSON of the clock's door
        """Move the clock by `seconds=…` or `to="next_lesson"`; returns what the clock shows then.

        It answers once everything that fell due on the way has been done.
        """
        async with self._http.post(
            "/phone/clock", json=how, timeout=aiohttp.ClientTimeout(total=300)
        ) as response:
            answer = dict(await response.json())
            if response.status >= 400:
                raise NotShownError(f"the clock: {answer.get('error')}")
            return answer

    async def clock(self) -> dict[str, Any]:  # Any: JSON of the clock's door
        """Return what the clock shows."""
        async with self._http.get("/phone/clock") as response:
            return dict(await response.json())


def texts(messages: Sequence[Shown]) -> list[str]:
    """Return the texts of messages, in order."""
    return [message.text for message in messages]


def _shown(message: dict[str, Any]) -> Shown:  # Any: JSON of the phone's doors
    photo, document, playing = message["photo"], message["document"], message["playing"]
    return Shown(
        id=int(message["id"]),
        from_bot=bool(message["from_bot"]),
        text=str(message["text"]),
        labels=tuple(tuple(str(button["text"]) for button in row) for row in message["buttons"]),
        edited=bool(message["edited"]),
        silent=bool(message["silent"]),
        has_photo=photo is not None,
        photo=None if photo is None else str(photo["url"]),
        document=None if document is None else str(document["url"]),
        playing=None if playing is None else str(playing["url"]),
        playing_kind="" if playing is None else str(playing["kind"]),
        folded=_folded(message),
        urls=tuple(str(button["url"]) for row in message["buttons"] for button in row if "url" in button),
        reply_to=message["reply_to"],
        revision=int(message["revision"]),
    )


def _folded(message: dict[str, Any]) -> tuple[str, ...]:  # Any: JSON of the phone's doors
    """Return what expandable quotations hold; their places are counted in UTF-16 units."""
    units = str(message["text"]).encode("utf-16-le")
    return tuple(
        units[2 * entity["offset"] : 2 * (entity["offset"] + entity["length"])].decode("utf-16-le")
        for entity in message["entities"]
        if entity["type"] == "expandable_blockquote"
    )
