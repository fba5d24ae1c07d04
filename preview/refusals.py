"""What Telegram says when it refuses: its codes and its words, typed once.

The words are the Bot API server's own (tdlib/telegram-bot-api, Client.cpp; tdlib/td), because
programs match on them. They are typed here without looking at `bot`, so that the one checks the other.
"""


class Refusal(Exception):  # noqa: N818 - it is an answer, not a fault of ours
    """A method that Telegram would not carry out."""

    def __init__(self, code: int, description: str, *, retry_after: int | None = None) -> None:
        super().__init__(description)
        self.code = code
        self.description = description
        self.retry_after = retry_after
        """Seconds; only with code 429."""

    def answer(self) -> dict[str, object]:
        """Return the body of the HTTP answer."""
        body: dict[str, object] = {"ok": False, "error_code": self.code, "description": self.description}
        if self.retry_after is not None:
            body["parameters"] = {"retry_after": self.retry_after}
        return body


TEXT_EMPTY = "message text is empty"
TEXT_TOO_LONG = "message is too long"
EDITED_TEXT_TOO_LONG = "MESSAGE_TOO_LONG"
CAPTION_TOO_LONG = "message caption is too long"
NOT_MODIFIED = (
    "message is not modified: specified new message content and reply markup are exactly the same "
    "as a current content and reply markup of the message"
)
EDIT_NOT_FOUND = "message to edit not found"
EDIT_FORBIDDEN = "message can't be edited"
EDIT_NO_TEXT = "there is no text in the message to edit"
EDIT_NO_CAPTION = "there is no caption in the message to edit"
EDIT_NO_ID = "message identifier is not specified"
DELETE_NOT_FOUND = "message to delete not found"
DELETE_FORBIDDEN = "message can't be deleted for everyone"
REPLY_NOT_FOUND = "message to be replied not found"
REACT_NOT_FOUND = "message to react not found"
CHAT_EMPTY = "chat_id is empty"
CHAT_NOT_FOUND = "chat not found"
QUERY_TOO_OLD = "query is too old and response timeout expired or query ID is invalid"
ANSWER_TOO_LONG = "MESSAGE_TOO_LONG"
BUTTON_DATA = "BUTTON_DATA_INVALID"
BUTTON_TEXT_ONLY = "can't parse inline keyboard button: Text buttons are unallowed in the inline keyboard"
BUTTON_URL = "BUTTON_URL_INVALID"
MARKUP_TOO_LONG = "reply markup is too long"
MARKUP_JSON = "can't parse reply keyboard markup JSON object"
MARKUP_OBJECT = "object expected as reply markup"
ENTITIES_JSON = "can't parse entities JSON object"
FILE_ID_WRONG = "wrong file_id or the file is temporarily unavailable"
FILE_ID_REMOTE = "wrong remote file identifier specified: Wrong string length"
FILE_ID_MISSING = "file_id not specified"
FILE_TOO_BIG_TO_GET = "file is too big"
FILE_EMPTY = "file must be non-empty"
NO_PHOTO = "there is no photo in the request"
NO_DOCUMENT = "there is no document in the request"
NO_PLAYED = "there is no {kind} in the request"
NO_MEDIA = "there is no media in the request"
PHOTO_UNREADABLE = "IMAGE_PROCESS_FAILED"
PHOTO_DIMENSIONS = "PHOTO_INVALID_DIMENSIONS"
FILE_KIND_MISMATCH = "type of file mismatch"
PARSE_MODE = "unsupported parse_mode"
COMMAND_NAME = "BOT_COMMAND_INVALID"
COMMAND_DESCRIPTION = "BOT_COMMAND_DESCRIPTION_INVALID"
COMMANDS_TOO_MUCH = "BOT_COMMANDS_TOO_MUCH"
LANGUAGE_CODE = "invalid language_code specified"
REACTION = "REACTION_INVALID"
CHAT_ACTION = "wrong parameter action in request"
WEBHOOK_URL = "bad webhook: only loopback addresses are reached from here"
WEBHOOK_SECRET = "secret token contains illegal characters"  # noqa: S105 - words, no secret
CONFLICT_POLLER = (
    "Conflict: terminated by other getUpdates request; make sure that only one bot instance is running"
)
CONFLICT_WEBHOOK = (
    "Conflict: can't use getUpdates method while webhook is active; "
    "use deleteWebhook to delete the webhook first"
)


def bad_request(words: str) -> Refusal:
    """Return the refusal with code 400 and `words` behind "Bad Request: "."""
    return Refusal(400, f"Bad Request: {words}")


def blocked() -> Refusal:
    """Return the refusal for a person who has blocked the bot."""
    return Refusal(403, "Forbidden: bot was blocked by the user")


def never_met() -> Refusal:
    """Return the refusal for a person who has never written to the bot."""
    return Refusal(403, "Forbidden: bot can't initiate conversation with a user")


def too_many(seconds: int) -> Refusal:
    """Return the refusal for too many requests; `seconds` to wait, at least 1."""
    return Refusal(429, f"Too Many Requests: retry after {seconds}", retry_after=seconds)


def unauthorized() -> Refusal:
    """Return the refusal for a token of the right shape that belongs to nobody."""
    return Refusal(401, "Unauthorized")


def not_found() -> Refusal:
    """Return the refusal for an unknown method, or a token that is none."""
    return Refusal(404, "Not Found")


def too_large() -> Refusal:
    """Return the refusal for a request body above 50 MB."""
    return Refusal(413, "Request Entity Too Large")
