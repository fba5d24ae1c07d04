"""A bot of a few lines, so that the page is tested without the academy."""

from typing import Any

import httpx

Json = dict[str, Any]  # bodies as they came over the wire

KEYBOARD = {
    "inline_keyboard": [
        [{"text": "Count", "callback_data": "count"}, {"text": "Say hello", "callback_data": "toast"}],
        [{"text": "Tell Iryna", "callback_data": "tell"}],
    ]
}


class EchoBot:
    """Repeats what it is told; its buttons edit the message, answer with a toast, or write to Iryna."""

    def __init__(self, http: httpx.AsyncClient) -> None:
        self._http = http

    async def call(self, method: str, **values: object) -> Any:  # whatever the method returns
        return (await self._http.post(method, json=values)).json()["result"]

    async def introduce(self) -> None:
        await self.call("setMyCommands", commands=[{"command": "help", "description": "Help"}])
        await self.call("setMyDescription", description="It repeats what you say.")

    async def work(self) -> None:
        offset = 0
        while True:
            for update in await self.call("getUpdates", offset=offset, timeout=30):
                offset = update["update_id"] + 1
                if "message" in update:
                    await self.hear(update["message"])
                if "callback_query" in update:
                    await self.pressed(update["callback_query"])

    async def hear(self, message: Json) -> None:
        chat = message["chat"]["id"]
        replied = message.get("reply_to_message", {}).get("text")
        text = f"You said: <b>{message.get('text', 'a file')}</b>" + (f" about {replied}" if replied else "")
        await self.call(
            "sendMessage",
            chat_id=chat,
            text=text,
            parse_mode="HTML",
            reply_markup=KEYBOARD,
            disable_notification=message.get("text") == "hush",
        )

    async def pressed(self, query: Json) -> None:
        shown = query["message"]
        if query["data"] == "toast":
            await self.call("answerCallbackQuery", callback_query_id=query["id"], text="Hello Olena!")
            return
        await self.call("answerCallbackQuery", callback_query_id=query["id"])
        if query["data"] == "tell":
            await self.call("sendMessage", chat_id=102, text="Olena needs a hand")
            return
        await self.call(
            "editMessageText",
            chat_id=shown["chat"]["id"],
            message_id=shown["message_id"],
            text=f"{shown['text']}!",
            reply_markup=KEYBOARD,
        )
