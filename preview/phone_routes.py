"""The phones over HTTP: the page, the demo's story and the tests all act through these doors."""

from collections.abc import Awaitable, Callable
from typing import TypeAlias

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from preview import phone
from preview.calls import Call, read_call
from preview.faults import FAULTS_BY_NAME, Switchboard
from preview.files import Upload
from preview.messages import Chat, Message, phone_json
from preview.phone import Impossible
from preview.refusals import Refusal
from preview.world import World

TOAST_SECONDS = 2.0
"""How long a tap waits for the bot's answer unless told otherwise."""
LONGEST_WAIT_SECONDS = 30.0

Door: TypeAlias = Callable[[Request], Awaitable[Response]]


def trouble(words: str, *, status: int = 400) -> Response:
    """Return an answer that says what was wrong with a request."""
    return JSONResponse({"error": words}, status_code=status)


class PhoneDoors:
    """The routes under /phone/ that concern people and their chats."""

    def __init__(self, world: World, *, faults: Switchboard) -> None:
        self._world = world
        self._faults = faults

    def routes(self) -> list[Route]:
        """Return them."""
        one = "/phone/people/{person_id:int}"
        return [
            Route("/phone/people", self.people, methods=["GET"]),
            Route("/phone/people", self.add_person, methods=["POST"]),
            Route(f"{one}/chat", self.chat, methods=["GET"]),
            Route(f"{one}/text", self.text, methods=["POST"]),
            Route(f"{one}/edit", self.edit, methods=["POST"]),
            Route(f"{one}/press", self.press, methods=["POST"]),
            Route(f"{one}/photo", self.photo, methods=["POST"]),
            Route(f"{one}/document", self.document, methods=["POST"]),
            Route(f"{one}/voice", self.voice, methods=["POST"]),
            Route(f"{one}/block", self.block, methods=["POST"]),
            Route(f"{one}/unblock", self.unblock, methods=["POST"]),
            Route("/phone/idle", self.idle, methods=["GET"]),
            Route("/phone/faults", self.set_fault, methods=["POST"]),
            Route("/phone/files/{path:path}", self.file, methods=["GET"]),
        ]

    async def people(self, request: Request) -> Response:
        """GET: everybody, in the order they were added; `?after=REVISION&wait=SECONDS` waits for news."""
        after = _number(request, "after")
        await self._world.changes.until(
            lambda: self._world.changes.revision > after, seconds=_seconds(request)
        )
        listed = [phone.person_view(chat) for chat in self._world.chats.values()]
        return JSONResponse({"revision": self._world.changes.revision, "people": listed})

    async def add_person(self, request: Request) -> Response:
        """POST {name, language, id?}: a new phone, or new names for a known id."""
        call = await _read(request)
        if not call.text("name").strip():
            return trouble("A person needs a name.")
        person_id = call.number("id") or max([5_000_000, *self._world.chats]) + 1
        person = phone.person_from(
            call.text("name"), person_id=person_id, language=call.text("language").strip() or "en"
        )
        return JSONResponse(phone.person_view(self._world.add_person(person)), status_code=201)

    async def chat(self, request: Request) -> Response:
        """GET: the chat; `?after=REVISION` only what is newer, `&wait=SECONDS` waits until there is some."""
        chat = self._chat(request)
        if chat is None:
            return _nobody()
        after = _number(request, "after")
        await self._world.changes.until(lambda: chat.revision > after, seconds=_seconds(request))
        return JSONResponse(phone.chat_view(self._world, chat, after=after))

    async def text(self, request: Request) -> Response:
        """POST {text, reply_to?}: write to the bot."""
        chat = self._chat(request)
        if chat is None:
            return _nobody()
        call = await _read(request)
        sent = phone.write(
            self._world, chat, text=call.text("text"), reply_to=call.number("reply_to") or None
        )
        return _sent(sent, chat=chat)

    async def edit(self, request: Request) -> Response:
        """POST {message_id, text}: change one's own message."""
        chat = self._chat(request)
        if chat is None:
            return _nobody()
        call = await _read(request)
        number = call.number("message_id")
        return _sent(phone.rewrite(self._world, chat, message_id=number, text=call.text("text")), chat=chat)

    async def press(self, request: Request) -> Response:
        """POST {message_id, row, column} or {message_id, data}: tap; waits for the bot's answer."""
        chat = self._chat(request)
        if chat is None:
            return _nobody()
        call = await _read(request)
        number = call.number("message_id")
        data = call.text("data")
        if not data:
            button = phone.button_at(
                chat, message_id=number, row=call.number("row"), column=call.number("column")
            )
            if button is None:
                return trouble("There is no such button.", status=404)
            if "callback_data" not in button:
                return JSONResponse({"answered": True, "toast": "", "alert": False, **_does(button)})
            data = str(button["callback_data"])
        made = phone.press(self._world, chat, message_id=number, data=data)
        if isinstance(made, Impossible):
            return trouble(made.words, status=409)
        wait = _bounded(call.text("wait") or str(TOAST_SECONDS))
        await self._world.changes.until(lambda: made.answered, seconds=wait)
        return JSONResponse(
            {"answered": made.answered, "toast": made.toast, "alert": made.alert, "url": made.url}
        )

    async def photo(self, request: Request) -> Response:
        """POST multipart {file, caption?, reply_to?}: send a picture."""
        return await self._upload(request, kind="photo")

    async def document(self, request: Request) -> Response:
        """POST multipart {file, caption?, reply_to?}: send a file."""
        return await self._upload(request, kind="document")

    async def voice(self, request: Request) -> Response:
        """POST multipart {file, caption?, reply_to?}: send a voice message, ogg with Opus."""
        return await self._upload(request, kind="voice")

    async def _upload(self, request: Request, *, kind: str) -> Response:
        chat = self._chat(request)
        if chat is None:
            return _nobody()
        try:
            call = await read_call(request, method=kind)
            upload = call.file("file")
            if not isinstance(upload, Upload):
                return trouble("The file is missing.")
            mime = "audio/ogg" if kind == "voice" else ""
            stored = self._world.files.keep(upload, kind=kind, mime=mime)
        except Refusal as refusal:
            return trouble(refusal.description)
        sent = phone.write(
            self._world,
            chat,
            text=call.text("caption"),
            reply_to=call.number("reply_to") or None,
            photo=stored if kind == "photo" else None,
            document=stored if kind == "document" else None,
            playing=stored if kind == "voice" else None,
        )
        return _sent(sent, chat=chat)

    async def block(self, request: Request) -> Response:
        """POST: block the bot."""
        return self._set_blocked(request, blocked=True)

    async def unblock(self, request: Request) -> Response:
        """POST: take the bot back."""
        return self._set_blocked(request, blocked=False)

    def _set_blocked(self, request: Request, *, blocked: bool) -> Response:
        chat = self._chat(request)
        if chat is None:
            return _nobody()
        phone.block(self._world, chat, blocked=blocked)
        return JSONResponse({"blocked": chat.blocked})

    async def idle(self, request: Request) -> Response:
        """GET: whether no update waits unconfirmed; `?wait=SECONDS` waits for that."""
        queue = self._world.queue
        idle = await queue.changes.until(lambda: not queue.waiting(), seconds=_seconds(request))
        return JSONResponse({"idle": idle, "waiting": len(queue.waiting())})

    async def set_fault(self, request: Request) -> Response:
        """POST {method, fault, times?, …}: switch a fault on; {} switches all off."""
        call = await _read(request)
        kind = FAULTS_BY_NAME.get(call.text("fault"))
        if kind is None:
            self._faults.clear()
            return JSONResponse({"faults": sorted(FAULTS_BY_NAME)})
        known = {k: v for k, v in call.values.items() if k not in {"method", "fault", "times"}}
        try:
            fault = kind(**known)
        except TypeError:
            return trouble("That fault takes other fields.")
        times = call.number("times")
        if times:
            self._faults.next(call.text("method") or "*", fault, times=times)
        else:
            self._faults.always(call.text("method") or "*", fault)
        return JSONResponse({"faults": sorted(FAULTS_BY_NAME)})

    async def file(self, request: Request) -> Response:
        """GET: a picture to show, or a document to save; never a page to open."""
        stored = self._world.files.at_path(str(request.path_params["path"]))
        if stored is None:
            return trouble("There is no such file.", status=404)
        if stored.kind != "document":
            return Response(stored.content, media_type=stored.mime)
        safe = "".join(c if c.isascii() and (c.isalnum() or c in "._-") else "_" for c in stored.name)
        return Response(
            stored.content,
            media_type="application/octet-stream",
            headers={"content-disposition": f'attachment; filename="{safe or "file"}"'},
        )

    def _chat(self, request: Request) -> Chat | None:
        return self._world.chats.get(int(request.path_params["person_id"]))


def _nobody() -> Response:
    return trouble("There is no such person.", status=404)


def _sent(sent: Message | Impossible, *, chat: Chat) -> Response:
    if isinstance(sent, Impossible):
        return trouble(sent.words, status=409)
    return JSONResponse(phone_json(sent, chat=chat), status_code=201)


def _does(button: dict[str, object]) -> dict[str, object]:
    """What a button does that never reaches the bot."""
    copied = button.get("copy_text")
    return {"url": button.get("url"), "copied": copied.get("text") if isinstance(copied, dict) else None}


async def _read(request: Request) -> Call:
    """Return the body of a phone's request: a JSON object, empty when it is none."""
    try:
        return await read_call(request, method="")
    except Refusal:
        return Call(method="")


def _number(request: Request, name: str) -> int:
    value = request.query_params.get(name, "0")
    return int(value) if value.isdecimal() and len(value) < 20 else 0


def _seconds(request: Request) -> float:
    return _bounded(request.query_params.get("wait", "0"))


def _bounded(seconds: str) -> float:
    """Return a waiting time that somebody asked for, 0 when it is none."""
    try:
        return min(max(float(seconds), 0.0), LONGEST_WAIT_SECONDS)
    except ValueError:
        return 0.0
