"""The people a service speaks with."""

from dataclasses import dataclass
from datetime import datetime
from typing import Literal, TypeAlias

RoleName: TypeAlias = Literal["facilitator", "admin"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Role:
    """What somebody may do beyond learning."""

    name: RoleName
    group_id: int | None
    """The group a facilitator follows; None for an admin."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Person:
    """Somebody the messenger knows by a number."""

    id: int
    address: int
    """The messenger's numeric id; never a user name, which can change hands."""
    name: str
    """As the messenger gave it, cleaned; empty for a role granted before the first message."""
    language: str
    """BCP 47; empty until known."""
    zone: str | None
    """IANA zone the person confirmed; None means the group's."""
    text_only: bool = False
    notice_accepted_at: datetime | None = None
    unreachable_since: datetime | None = None
    last_active_at: datetime | None = None
    in_doubt_since: datetime | None = None
    """Something we said may have arrived without our knowing its number, or twice."""
