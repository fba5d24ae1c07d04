"""Who may do what, in one table; every door asks it at every press."""

from collections.abc import Iterable
from typing import Literal, TypeAlias

from learners.people import Role, RoleName

Action: TypeAlias = Literal[
    "see_group",
    "announce",
    "answer_question",
    "drop_course",
    "publish_course",
    "create_group",
    "grant_role",
    "see_outbox",
    "decide_held",
]

_MAY: dict[Action, frozenset[RoleName]] = {
    "see_group": frozenset({"facilitator", "admin"}),
    "announce": frozenset({"facilitator", "admin"}),
    "answer_question": frozenset({"facilitator", "admin"}),
    "drop_course": frozenset({"admin"}),
    "publish_course": frozenset({"admin"}),
    "create_group": frozenset({"admin"}),
    "grant_role": frozenset({"admin"}),
    "see_outbox": frozenset({"admin"}),
    "decide_held": frozenset({"facilitator", "admin"}),
}


def may(roles: Iterable[Role], action: Action, *, group_id: int | None = None) -> bool:
    """Return whether somebody with these roles may do `action`, in this group where it has one.

    A facilitator's role counts in its own group only; an admin's everywhere. Learning needs no
    role and is not asked about here.
    """
    return any(
        role.name in _MAY[action]
        and (role.name == "admin" or (group_id is not None and role.group_id == group_id))
        for role in roles
    )
