"""What Telegram takes, each figure once: the course checks and the renderer both read it here.

Only `preview` types them again, independent on purpose, and a test compares. Sources: Bot API
10.1 and the Bot API server's own source; where the two disagree, the smaller figure stands.
"""

from lessons.limits import Limits

TEXT_UNITS = 4096
"""Bot API, sendMessage.text, after entities are parsed. Telegram counts code points when it refuses
and UTF-16 units when it places entities; UTF-16 units are the safe side of both."""

CAPTION_UNITS = 1024
"""Bot API, sendPhoto.caption, counted as above."""

TOAST_CHARS = 200
"""Bot API, answerCallbackQuery.text."""

BUTTONS_IN_A_ROW = 8
"""python-telegram-bot, InlineKeyboardMarkupLimit; not in the official page."""

BUTTONS_IN_ALL = 100
"""python-telegram-bot, InlineKeyboardMarkupLimit; more are refused as "reply markup is too long"."""

ENTITIES = 100
"""python-telegram-bot, MessageLimit.MESSAGE_ENTITIES; further ones are ignored by Telegram."""

START_PAYLOAD_CHARS = 64
"""core.telegram.org/bots/features, deep linking."""

DOWNLOAD_BYTES = 20 * 1024 * 1024
"""Bot API, getFile."""

COMMAND_DESCRIPTION_CHARS = 256
"""Bot API, BotCommand.description."""

BOT_DESCRIPTION_CHARS = 512
"""Bot API, setMyDescription."""

DELETABLE_HOURS = 48
"""Bot API, deleteMessage: a bot's own message in a private chat."""

TELEGRAM = Limits(
    text_chars=TEXT_UNITS,
    caption_chars=CAPTION_UNITS,
    # Not Telegram's: a longer label wraps on a 360 pixel wide phone, so longer options are lettered.
    button_chars=28,
    # Not Telegram's (10 MB): phones on mobile data.
    picture_bytes=300 * 1024,
)
"""The limits a course is checked against before it can be published."""


def utf16_units(text: str) -> int:
    """Return how long Telegram counts `text`: characters beyond U+FFFF count twice."""
    # Half a character counts once; it never gets this far (bot.render.sendable).
    return len(text.encode("utf-16-le", errors="surrogatepass")) // 2
