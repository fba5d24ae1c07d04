"""Cards: text with at most one picture, recording, film or file, and never only that.

In text-only mode nothing is loaded: what cannot be seen or heard is told in words, and a button
with its size fetches it.
"""

from typing import assert_never

from academy.messages.cards import Enclosure, EnclosureShown, PageLink
from academy.messages.learning import CardShown, Picture, PictureShown
from bot.callback_data import press
from bot.limits import TELEGRAM
from bot.rich import bold, folded, joined
from bot.screen import Button, View
from i18n.catalog import Words
from lessons.markup import RichText, Span

_MEGABYTE = 1_000_000


def card(message: CardShown, words: Words) -> View:
    """Return a card, with its place in the lesson in words."""
    where = words(
        "Lesson {lesson} of {lessons}. Card {card} of {cards}",
        lesson=message.lesson,
        lessons=message.lessons,
        card=message.card,
        cards=message.cards,
    )
    verb = "l_read" if message.again else "l_go"
    go_on = Button(
        label=words("Continue"), press=press(verb, message.assignment_id, message.step), style="primary"
    )
    text = joined((where, bold(message.title), message.text, folded(message.folded)))
    buttons: tuple[tuple[Button, ...], ...] = () if message.again and message.last else ((go_on,),)
    fetch = (message.assignment_id, message.step)
    if message.link is not None:
        text = joined((text, _opens(message.link, words)))
        buttons = (*buttons, (_page(message.link, words),))
    if message.enclosure is None and not message.transcript.text:
        return pictured(
            text,
            picture=message.picture,
            text_only=message.text_only,
            buttons=buttons,
            fetch=fetch,
            words=words,
        )
    if message.text_only or message.enclosure is None:
        said = joined((words("What is said:"), message.transcript), between=" ")
        described = _described(message.enclosure, words)
        told = said if message.transcript.text else ""
        return View(
            text=joined((text, described, told)),
            buttons=(*buttons, *_fetched(message.enclosure, fetch, words)),
        )
    return View(
        text=joined((text, _named(message), _transcript(message.transcript, words))),
        buttons=buttons,
        enclosure=message.enclosure,
    )


def picture(message: PictureShown) -> View:
    """Return the picture with its description."""
    return View(text=RichText(message.picture.alt), picture=message.picture)


def enclosure(message: EnclosureShown, words: Words) -> View:
    """Return the recording, film or file with what it is; where only words say that, with the words."""
    alt = message.enclosure.alt
    text = RichText(alt) if alt else _transcript(message.transcript, words)
    return View(text=text, enclosure=message.enclosure)


def pictured(
    text: RichText,
    *,
    picture: Picture | None,
    text_only: bool,
    buttons: tuple[tuple[Button, ...], ...],
    fetch: tuple[int, int],
    words: Words,
) -> View:
    """Return a text with its picture, or with the picture in words and a button that fetches it.

    `fetch` is assignment and step of the button.
    """
    if picture is None:
        return View(text=text, buttons=buttons)
    if not text_only:
        return View(text=text, buttons=buttons, picture=picture)
    kilobytes = max(1, round(picture.size_bytes / 1000))
    shown = Button(label=words("Picture, {size} KB", size=kilobytes), press=press("l_fetch", *fetch))
    return View(
        text=joined((text, words("Picture: {description}", description=picture.alt))),
        buttons=(*buttons, (shown,)),
    )


def _opens(link: PageLink, words: Words) -> RichText:
    """Return where the page is, and a way there: the button goes with [Continue], the words stay."""
    told = words("Opens {host}.", host=link.host)
    at = told.find(link.host)
    return RichText(
        told, (Span(start=at, length=len(link.host), kind="link", url=link.url),) if at >= 0 else ()
    )


def _page(link: PageLink, words: Words) -> Button:
    shown = link.label or link.host
    if len(shown) > TELEGRAM.button_chars:
        shown = words("Open the page")
    return Button(label=shown, url=link.url)


def _named(message: CardShown) -> str:
    """Return what a file is where the card does not say it; a film shows itself."""
    shown = message.enclosure
    return shown.alt if shown is not None and shown.form == "file" and not message.text.text else ""


def _transcript(transcript: RichText, words: Words) -> RichText:
    if not transcript.text:
        return transcript
    return folded(joined((words("What is said:"), transcript), between=" "))


def _described(shown: Enclosure | None, words: Words) -> str:
    if shown is None:
        return ""
    match shown.form:
        case "voice" | "audio":
            return ""
        case "video":
            return words("Video: {description}", description=shown.alt)
        case "file":
            return words("File: {description}", description=shown.alt)
        case _:
            assert_never(shown.form)


def _fetched(shown: Enclosure | None, fetch: tuple[int, int], words: Words) -> tuple[tuple[Button, ...], ...]:
    if shown is None:
        return ()
    size = _size(shown.size_bytes, words)
    match shown.form:
        case "voice" | "audio":
            label = words("Audio, {size}", size=size)
        case "video":
            label = words("Video, {size}", size=size)
        case "file":
            label = words("File, {size}", size=size)
        case _:
            assert_never(shown.form)
    return ((Button(label=label, press=press("l_fetch", *fetch)),),)


def _size(size_bytes: int, words: Words) -> str:
    if size_bytes < _MEGABYTE:
        return words("{n} KB", n=max(1, round(size_bytes / 1000)))
    return words("{n} MB", n=words.number(round(size_bytes / _MEGABYTE, 1)))
