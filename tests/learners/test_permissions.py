from typing import get_args

import pytest

from learners.people import Role
from learners.permissions import Action, may

ADMIN = Role(name="admin", group_id=None)
OF_GROUP_5 = Role(name="facilitator", group_id=5)
FOR_FACILITATORS = {"see_group", "announce", "answer_question", "decide_held"}


@pytest.mark.parametrize("action", get_args(Action))
def test_an_admin_may_do_everything_everywhere(action: Action) -> None:
    assert may([ADMIN], action)
    assert may([ADMIN], action, group_id=5)


@pytest.mark.parametrize("action", get_args(Action))
def test_a_facilitator_may_look_after_their_own_group_only(action: Action) -> None:
    assert may([OF_GROUP_5], action, group_id=5) is (action in FOR_FACILITATORS)
    assert not may([OF_GROUP_5], action, group_id=6)
    assert not may([OF_GROUP_5], action)


@pytest.mark.parametrize("action", get_args(Action))
def test_without_a_role_nothing_is_allowed(action: Action) -> None:
    assert not may([], action, group_id=5)


def test_roles_add_up() -> None:
    assert may([OF_GROUP_5, Role(name="facilitator", group_id=6)], "announce", group_id=6)
