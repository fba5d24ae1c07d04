"""The Bot API over HTTP, as strict as Telegram: it refuses what Telegram refuses, with its words.

It shares no code with `bot`: what both sides got wrong in the same way would otherwise pass.
"""

import asyncio
import json
import re
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from typing import TypeAlias

from starlette.requests import Request
from starlette.responses import Response

from preview import editing, profile, receiving, sending
from preview.calls import Call, read_call
from preview.connections import Connections
from preview.faults import (
    BadJson,
    CutAfter,
    CutBefore,
    ErrorAfter,
    ErrorBefore,
    Fault,
    FloodWait,
    Recorded,
    RefuseWith,
    Slow,
    Switchboard,
    TwoPollers,
    WrongDate,
)
from preview.refusals import CONFLICT_POLLER, Refusal, not_found, too_many, unauthorized
from preview.world import World

Method: TypeAlias = Callable[[World, Call], Awaitable[object]]
"""Carries a call out and returns its `result`; raises Refusal."""

METHODS: dict[str, Method] = {
    name.lower(): method
    for name, method in {
        "getMe": receiving.get_me,
        "getUpdates": receiving.get_updates,
        "setWebhook": receiving.set_webhook,
        "deleteWebhook": receiving.delete_webhook,
        "getWebhookInfo": receiving.get_webhook_info,
        "getChat": receiving.get_chat,
        "getFile": receiving.get_file,
        "sendMessage": sending.send_message,
        "sendPhoto": sending.send_photo,
        "sendDocument": sending.send_document,
        "sendVoice": sending.send_voice,
        "sendAudio": sending.send_audio,
        "sendVideo": sending.send_video,
        "sendChatAction": sending.send_chat_action,
        "setMessageReaction": sending.set_message_reaction,
        "answerCallbackQuery": sending.answer_callback_query,
        "editMessageText": editing.edit_message_text,
        "editMessageCaption": editing.edit_message_caption,
        "editMessageReplyMarkup": editing.edit_message_reply_markup,
        "editMessageMedia": editing.edit_message_media,
        "deleteMessage": editing.delete_message,
        "deleteMessages": editing.delete_messages,
        "setMyCommands": profile.set_my_commands,
        "getMyCommands": profile.get_my_commands,
        "deleteMyCommands": profile.delete_my_commands,
        "setMyDescription": profile.set_my_description,
        "getMyDescription": profile.get_my_description,
        "setMyShortDescription": profile.set_my_short_description,
        "getMyShortDescription": profile.get_my_short_description,
        "setMyName": profile.set_my_name,
        "getMyName": profile.get_my_name,
        "setChatMenuButton": profile.set_chat_menu_button,
        "getChatMenuButton": profile.get_chat_menu_button,
    }.items()
}

TOKEN = re.compile(r"\d{1,15}:[A-Za-z0-9_-]{10,}")


class BotApi:
    """The door of the bot: tokens, faults, the record of requests, and the answers."""

    def __init__(self, world: World, *, faults: Switchboard, connections: Connections) -> None:
        self._world = world
        self._faults = faults
        self._connections = connections
        self.requests: list[Recorded] = []
        """Everything that was asked, oldest first."""

    async def call(self, request: Request) -> Response:
        """Answer `/bot<token>/<method>`."""
        name = str(request.path_params["method"])
        try:
            self._check_token(str(request.path_params["token"]))
            call = await read_call(request, method=name)
        except Refusal as refusal:
            return _answer(refusal.answer(), status=refusal.code, retry_after=refusal.retry_after)
        place = len(self.requests)
        asked = Recorded(
            method=name,
            values=call.values,
            uploads=tuple(call.uploads),
            monotonic_at=self._world.monotonic(),
        )
        self.requests.append(asked)
        fault = self._faults.take(call.method)
        response = await self._carry_out(call, fault)
        if response is None:
            self._connections.cut(request)
            return Response(status_code=500)
        self.requests[place] = _with_status(asked, response.status_code)
        return response

    async def download(self, request: Request) -> Response:
        """Answer `/file/bot<token>/<path>`."""
        try:
            self._check_token(str(request.path_params["token"]))
            stored = self._world.files.at_path(str(request.path_params["path"]))
            if stored is None:
                raise not_found()
        except Refusal as refusal:
            return _answer(refusal.answer(), status=refusal.code)
        return Response(stored.content, media_type="application/octet-stream")

    def _check_token(self, token: str) -> None:
        if not TOKEN.fullmatch(token):
            raise not_found()
        if token != self._world.bot.token:
            raise unauthorized()

    async def _carry_out(self, call: Call, fault: Fault | None) -> Response | None:
        """Return the answer, or None when the connection is to be cut."""
        match fault:
            case CutBefore():
                return None
            case ErrorBefore(code=code, description=words) | RefuseWith(code=code, description=words):
                return _refusal(Refusal(code, words))
            case FloodWait(seconds=seconds):
                return _refusal(too_many(seconds))
            case TwoPollers():
                return _refusal(Refusal(409, CONFLICT_POLLER))
            case Slow(before=before):
                await asyncio.sleep(before)
            case _:
                pass
        answer = await self._answer_of(call)
        match fault:
            case CutAfter():
                return None
            case ErrorAfter(code=code, description=words):
                return _refusal(Refusal(code, words))
            case Slow(after=after):
                await asyncio.sleep(after)
            case BadJson():
                return Response('{"ok": true, "resu', media_type="application/json")
            case WrongDate(seconds=seconds):
                answer.headers["date"] = format_datetime(
                    datetime.now(UTC) + timedelta(seconds=seconds), usegmt=True
                )
            case _:
                pass
        return answer

    async def _answer_of(self, call: Call) -> Response:
        method = METHODS.get(call.method)
        try:
            if method is None:
                raise not_found()
            return _answer({"ok": True, "result": await method(self._world, call)})
        except Refusal as refusal:
            return _refusal(refusal)


def _with_status(asked: Recorded, status: int) -> Recorded:
    return Recorded(
        method=asked.method,
        values=asked.values,
        uploads=asked.uploads,
        monotonic_at=asked.monotonic_at,
        status=status,
    )


def _refusal(refusal: Refusal) -> Response:
    return _answer(refusal.answer(), status=refusal.code, retry_after=refusal.retry_after)


def _answer(body: dict[str, object], *, status: int = 200, retry_after: int | None = None) -> Response:
    response = Response(
        json.dumps(body, ensure_ascii=False), status_code=status, media_type="application/json"
    )
    response.headers["date"] = format_datetime(datetime.now(UTC), usegmt=True)
    if retry_after is not None:
        response.headers["retry-after"] = str(retry_after)
    return response
