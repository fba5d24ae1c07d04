"""Who was shown what is personal data of both: how it is exported, and that names go."""

from typing import Final

from sqlalchemy import case, select

from storage.accesses import showed
from storage.holding import Holding
from storage.tables import accesses, groups, people

_WHAT: Final = {
    "figures": "How your group stands, with the names of some who need a hand",
    "hands": "Who in your group needs a hand, by name",
    "answer": "An answer in your own words",
    "name": "Your name, beside such an answer",
    "report": "How far everybody in your group is, by name",
    "answers": "What your group answered, without names",
    "update": "What you sent to the bot, as it came",
}
_BY: Final = {
    "facilitator": "A facilitator",
    "admin": "An admin",
    "operator": "Whoever runs this service, by a command",
}
_VIEWER = select(people.c.name).where(people.c.id == accesses.c.person_id).scalar_subquery()
_GROUP = select(groups.c.name).where(groups.c.id == accesses.c.group_id).scalar_subquery()

ACCESS_HOLDINGS: Final = (
    Holding(
        table=accesses,
        why="Who was shown what is kept about you, alone or with your group, and when.",
        owned=lambda person: showed(person.id),
        erased=lambda person: accesses.c.learner_id == person.id,
        shown=(
            accesses.c.accessed_at,
            case(_BY, value=accesses.c.role).label("by"),
            _VIEWER.label("name"),
            case(_WHAT, value=accesses.c.what).label("what"),
        ),
        # That it happened stays, as what the other one did.
        blanked={"learner_id": None},
    ),
    Holding(
        table=accesses,
        why="When you were shown records of learners: the note stays, without your name.",
        owned=lambda person: accesses.c.person_id == person.id,
        shown=(accesses.c.accessed_at, accesses.c.role, accesses.c.what, _GROUP.label("group")),
        blanked={"person_id": None},
    ),
)
"""One for those who are shown, one for those who look."""
