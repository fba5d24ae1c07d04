"""The academy speaks through Telegram: one outgoing thing becomes one call and one outcome.

Nothing here repeats a call that may have arrived, and nothing raises for what the network or
Telegram does. A call is repeated at once only after a refusal that says what to do differently:
plain text when the formatting is refused, the bytes when a file's name is not known, a file where
somebody takes no voice messages.
"""

from collections.abc import Awaitable, Callable
from dataclasses import replace
from datetime import datetime
from functools import lru_cache
from typing import Final, assert_never

import structlog
import telegram
from telegram import InputMediaPhoto
from telegram.error import BadRequest, TelegramError

from academy.facts import AcademyFacts
from academy.messages.facilitating import Announcement
from academy.messenger import Outcome, Recipient, Refused, Sent, Uncertain
from academy.outgoing import Delete, Outgoing, RemoveButtons, Screen, Show
from bot import screens
from bot.attachments import (
    Attachment,
    MediaStore,
    caption,
    caption_entities,
    file_id_in,
    reply_markup,
    send,
)
from bot.limits import CAPTION_UNITS, TEXT_UNITS, utf16_units
from bot.outcomes import NOTHING_TO_CHANGE, outcome_of, says
from bot.plain_calls import PlainCalls
from bot.render import Payload, has_media, payload
from bot.screen import View
from bot.screens import announcing
from bot.taken_from_answers import message_id
from i18n.catalog import translator

log = structlog.get_logger(__name__)

_NO_PREVIEW: Final = {"is_disabled": True}
"""Bot API, LinkPreviewOptions: an announcement with a link stays as small as it was written."""

_NAME_UNKNOWN: Final = ("file identifier", "file_id", "type of file mismatch")
"""Telegram's words for a file name that is another bot's, too old, or of another kind of file."""

_VOICE_UNWANTED: Final = ("voice_messages_forbidden",)
"""Telegram's word for people who have asked not to get voice messages (MTProto, messages.sendMedia)."""


Draw = Callable[[str], Awaitable[bytes | None]]
"""SVG to PNG; None when it could not be drawn, and then the words go alone."""


class TelegramMessenger:
    """Speaks one outgoing thing to one person (academy.messenger.Messenger)."""

    def __init__(
        self, bot: telegram.Bot, *, academy: Callable[[], AcademyFacts], media: MediaStore, draw: Draw
    ) -> None:
        self._bot = bot
        self._plain = PlainCalls(bot)
        self._academy = academy
        self._media = media
        self._draw = draw

    async def send(self, outgoing: Outgoing, to: Recipient, *, now: datetime) -> Outcome:
        """Return what became of it; never raises for what the network or Telegram does."""
        try:
            match outgoing:
                case Show():
                    return await self._show(outgoing, to, now=now)
                case RemoveButtons():
                    return await self._remove_buttons(to.address, outgoing.screen)
                case Delete():
                    return await self._delete(to.address, outgoing.message_id)
                case _:
                    assert_never(outgoing)
        except TelegramError as error:
            return outcome_of(error)
        except (AttributeError, LookupError, OSError, OverflowError, TypeError, ValueError) as unreadable:
            # The library enforces required fields when it reads an answer: the call was done, but
            # its answer is not one this version of the library knows, or none of the kind at all.
            log.exception("answer_not_read", person=to.person_id, error=type(unreadable).__name__)
            return Uncertain(reason="the answer could not be read")

    async def _show(self, show: Show, to: Recipient, *, now: datetime) -> Outcome:
        try:
            view, made = self._drawn(show, to, now=now)
        except Exception as fault:
            # An edge: one screen's fault must not stop the sender.
            log.exception("screen_failed", person=to.person_id, kind=show.message.kind)
            return Refused(reason="refused", detail=f"cannot be shown: {type(fault).__name__}")
        if show.edits is not None:
            return await self._edit(view, made, to.address, show.edits, show=show)
        return await self._new(view, made, to.address, show=show)

    def _view(self, show: Show, to: Recipient, *, now: datetime) -> View:
        language = to.language or self._academy().languages[0]
        return screens.view(show.message, translator(language), now=now)

    def _drawn(self, show: Show, to: Recipient, *, now: datetime) -> tuple[View, Payload]:
        if isinstance(show.message, Announcement):
            return _for_all(show.message)
        view = self._view(show, to, now=now)
        return view, payload(view)

    async def _new(self, view: View, made: Payload, address: int, *, show: Show) -> Outcome:
        attachment = await self._attachment(view)
        if attachment is None and has_media(view):
            # It is gone or cannot be drawn: its words still go.
            made = payload(view, limit_units=TEXT_UNITS)
        try:
            return await self._send(made, attachment, address, show=show)
        except BadRequest as refused:
            if says(refused, "can't parse entities"):
                log.warning("sent_as_plain_text", kind=show.message.kind)
                return await self._send(replace(made, entities=()), attachment, address, show=show)
            if attachment is not None and attachment.form in {"voice", "audio"} and not attachment.sha256:
                # Somebody's voice note that this bot cannot name, or may not send: its words still go.
                return await self._send(made, None, address, show=show)
            if attachment is None or not attachment.sha256:
                raise
            voice_unwanted = attachment.form == "voice" and says(refused, *_VOICE_UNWANTED)
            name_unknown = isinstance(attachment.file, str) and says(refused, *_NAME_UNKNOWN)
            if not voice_unwanted and not name_unknown:
                raise
            fresh = await self._media.content(attachment.sha256)
            again = None if fresh is None else replace(attachment, file=fresh)
            if again is not None and voice_unwanted:
                # Not remembered: as a file it has another name than as a voice message.
                again = replace(again, form="file", sha256="")
            return await self._send(made, again, address, show=show)

    async def _send(
        self, made: Payload, attachment: Attachment | None, address: int, *, show: Show
    ) -> Outcome:
        if attachment is None:
            said = await self._plain.call("sendMessage", _message(made, address, show=show))
            number = message_id(said["message_id"])
        else:
            below = caption(made, silent=show.silent, reply_to=show.reply_to)
            message = await send(self._bot, attachment, address=address, below=below)
            await self._remember(attachment, message)
            number = message_id(message.message_id)
        return Uncertain(reason="the answer could not be read") if number is None else Sent(message_id=number)

    async def _edit(self, view: View, made: Payload, address: int, screen: Screen, *, show: Show) -> Outcome:
        fits_caption = utf16_units(view.text.text) <= CAPTION_UNITS
        becomes_media = has_media(view) and not screen.has_media
        loses_media = screen.has_media and (bool(view.document) or not fits_caption)
        if becomes_media or loses_media:
            # Telegram turns no text into a picture, nor the other way: say it anew.
            outcome = await self._new(view, made, address, show=show)
            if isinstance(outcome, Sent):
                await self._tidy(address, screen)
            return outcome
        try:
            await self._edit_in_place(view, made, address, screen)
        except BadRequest as refused:
            if says(refused, "can't parse entities"):
                await self._edit_in_place(view, replace(made, entities=()), address, screen)
            elif not says(refused, *NOTHING_TO_CHANGE):
                raise
        return Sent(message_id=None)

    async def _edit_in_place(self, view: View, made: Payload, address: int, screen: Screen) -> None:
        drawn = await self._draw(view.drawing) if view.drawing else None
        if drawn is not None:
            await self._bot.edit_message_media(
                InputMediaPhoto(drawn, caption=made.text, caption_entities=caption_entities(made)),
                chat_id=address,
                message_id=screen.message_id,
                reply_markup=reply_markup(made),
            )
            return
        edited: dict[str, object] = {"chat_id": address, "message_id": screen.message_id}
        edited["reply_markup"] = made.keyboard
        if screen.has_media:
            # The picture stays above its new words: a question keeps it when it turns into its result.
            edited |= {"caption": made.text, "caption_entities": made.entities or None}
            await self._plain.call("editMessageCaption", edited)
        else:
            edited |= {"text": made.text, "entities": made.entities or None}
            edited["link_preview_options"] = _NO_PREVIEW
            await self._plain.call("editMessageText", edited)

    async def _remove_buttons(self, address: int, screen: Screen) -> Outcome:
        try:
            await self._plain.call(
                "editMessageReplyMarkup", {"chat_id": address, "message_id": screen.message_id}
            )
        except BadRequest as refused:
            if not says(refused, *NOTHING_TO_CHANGE):
                raise
        return Sent(message_id=None)

    async def _tidy(self, address: int, screen: Screen) -> None:
        try:
            await self._remove_buttons(address, screen)
        except (TelegramError, AttributeError, LookupError, OSError, TypeError, ValueError) as error:
            # A button left behind explains itself when pressed; what matters has been said.
            log.info("buttons_left", error=type(error).__name__)

    async def _delete(self, address: int, message_id: int) -> Outcome:
        try:
            await self._plain.call("deleteMessage", {"chat_id": address, "message_id": message_id})
        except BadRequest as refused:
            if not says(refused, *NOTHING_TO_CHANGE):
                raise
        return Sent(message_id=None)

    async def _attachment(self, view: View) -> Attachment | None:
        if view.document is not None:
            file_name, text = view.document
            return Attachment(form="file", file=text.encode(errors="replace"), file_name=file_name)
        if view.photo_file_id is not None:
            return Attachment(form="picture", file=view.photo_file_id)
        if view.voice_file_id is not None:
            return Attachment(form=view.voice_form, file=view.voice_file_id)
        if view.drawing is not None:
            drawn = await self._draw(view.drawing)
            return Attachment(form="picture", file=drawn) if drawn is not None else None
        if view.picture is not None:
            sha256 = view.picture.sha256
            file = await self._file(sha256)
            return Attachment(form="picture", file=file, sha256=sha256) if file is not None else None
        if view.enclosure is not None:
            sent = view.enclosure
            file = await self._file(sent.sha256)
            if file is not None:
                return Attachment(form=sent.form, file=file, file_name=sent.name, sha256=sent.sha256)
        return None

    async def _file(self, sha256: str) -> str | bytes | None:
        """Return Telegram's name of something of a course, else its bytes; None when it is gone."""
        return await self._media.file_id(sha256) or await self._media.content(sha256)

    async def _remember(self, attachment: Attachment, message: telegram.Message) -> None:
        file_id = file_id_in(message, attachment)
        if not attachment.sha256 or isinstance(attachment.file, str) or file_id is None:
            return
        try:
            await self._media.keep_file_id(attachment.sha256, file_id)
        except Exception:
            # An edge: between a send and the record of its outcome nothing may fail, or it is sent twice.
            log.exception("file_id_not_kept", sha256=attachment.sha256)


@lru_cache(maxsize=8)
def _for_all(message: Announcement) -> tuple[View, Payload]:
    """Return what everybody gets, drawn once: neither a language nor the day of the week is in it."""
    view = announcing.announcement(message)
    return view, payload(view)


def _message(made: Payload, address: int, *, show: Show) -> dict[str, object]:
    """Return the values of sendMessage."""
    values: dict[str, object] = {
        "chat_id": address,
        "text": made.text,
        "entities": made.entities or None,
        "reply_markup": made.keyboard,
        "disable_notification": show.silent,
        "link_preview_options": _NO_PREVIEW,
    }
    if show.reply_to is not None:
        values["reply_parameters"] = {"message_id": show.reply_to, "allow_sending_without_reply": True}
    return values
