"""Who holds a phone, and the one bot they write to."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Person:
    """Somebody with an account."""

    id: int
    first_name: str
    last_name: str | None = None
    username: str | None = None
    language_code: str = "en"

    def as_user(self) -> dict[str, object]:
        """Return the Bot API's User."""
        return {"id": self.id, "is_bot": False, **self._names(), "language_code": self.language_code}

    def as_chat(self) -> dict[str, object]:
        """Return the Bot API's Chat: the private one with the bot."""
        return {"id": self.id, "type": "private", **self._names()}

    def _names(self) -> dict[str, object]:
        names: dict[str, object] = {"first_name": self.first_name}
        if self.last_name:
            names["last_name"] = self.last_name
        if self.username:
            names["username"] = self.username
        return names


@dataclass(frozen=True, slots=True, kw_only=True)
class BotAccount:
    """The bot this server knows."""

    token: str
    """`<id>:<35 letters>`, as BotFather gives them."""
    username: str
    name: str

    @property
    def id(self) -> int:
        """The number before the colon."""
        return int(self.token.partition(":")[0])

    def as_user(self) -> dict[str, object]:
        """Return the Bot API's User, as it stands in messages."""
        return {"id": self.id, "is_bot": True, "first_name": self.name, "username": self.username}

    def as_me(self) -> dict[str, object]:
        """Return the answer of getMe."""
        return self.as_user() | {
            "can_join_groups": True,
            "can_read_all_group_messages": False,
            "supports_inline_queries": False,
            "can_connect_to_business": False,
            "has_main_web_app": False,
        }
