"""Of whom nothing is kept, nothing stays in what they sent either, once it is handled.

The row stays, because Telegram may bring the same update again; who sent it and what stood in it goes.
Whoever is known pays nothing for that: their updates go with them when they are erased.
"""

from sqlalchemy import Connection, bindparam, select, update

from storage.prepared import Prepared
from storage.tables import inbox, people

NOTHING = "{}"
"""In the place of what came."""


def empty_if_unknown(tx: Connection, *, id: int) -> None:  # noqa: A002 - the field's name
    """Empty a handled update unless its sender is known by now; a handler may just have kept them."""
    _EMPTY.rows(tx, {"given": id})


_EMPTY = Prepared(
    update(inbox)
    .where(
        inbox.c.id == bindparam("given"),
        ~select(people.c.id).where(people.c.address == inbox.c.sender).exists(),
    )
    .values(payload=NOTHING, sender=0)
    .returning(inbox.c.id)
)
