"""What follows a commit and may fail without harm: a press is answered, a group is left."""

import asyncio
from collections.abc import Coroutine
from typing import Any

import structlog
import telegram
from telegram.error import BadRequest, TelegramError

from bot.handling import Handled
from bot.outcomes import says
from bot.plain_calls import PlainCalls

log = structlog.get_logger(__name__)


class FollowUp:
    """Answers presses, each once, beside whatever the same person does next."""

    def __init__(self, bot: telegram.Bot) -> None:
        self._plain = PlainCalls(bot)
        self._answered_early: set[int] = set()
        self.under_way: set[asyncio.Task[None]] = set()

    def after(self, handled: Handled, *, inbox_id: int | None = None) -> None:
        """Do what an update left to be done; `inbox_id` is its row, if it has been in the table."""
        answered = inbox_id in self._answered_early
        if inbox_id is not None:
            self._answered_early.discard(inbox_id)
        if handled.callback_id is not None and not answered:
            self._spawn(self._answer(handled.callback_id, handled.toast))
        if handled.leave_chat is not None:
            self._spawn(self._leave(handled.leave_chat))

    def answer_early(self, callback_id: str, *, inbox_id: int) -> None:
        """Let the button stop spinning, though its press has failed; a later success says nothing more."""
        if inbox_id not in self._answered_early:
            self._answered_early.add(inbox_id)
            self._spawn(self._answer(callback_id, None))

    def _spawn(self, work: Coroutine[Any, Any, None]) -> None:
        task = asyncio.create_task(work)
        self.under_way.add(task)
        task.add_done_callback(self.under_way.discard)

    async def _answer(self, callback_id: str, toast: str | None) -> None:
        # The edit that was begun just before is written by a task of its own: let it leave first, for
        # that is what the person looks at.
        await asyncio.sleep(0)
        try:
            await self._plain.call("answerCallbackQuery", {"callback_query_id": callback_id, "text": toast})
        except TelegramError as error:
            # After an outage the press is too old to be answered; what it did counts all the same.
            if not (isinstance(error, BadRequest) and says(error, "query is too old", "query id is invalid")):
                log.warning("press_not_answered", error=type(error).__name__)

    async def _leave(self, chat: int) -> None:
        try:
            await self._plain.call("leaveChat", {"chat_id": chat})
        except TelegramError as error:
            log.info("group_not_left", error=type(error).__name__)
