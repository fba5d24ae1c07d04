"""Indexes over the few rows that are still open, so that settled ones cost nothing.

They stand apart from `storage.tables` because naming PostgreSQL's option loads its whole dialect,
100 ms that a service on SQLite would pay at every start. Only making and comparing tables needs them.
"""

from sqlalchemy import Index

from storage.tables import inbox, outbox

_NEW = inbox.c.state == "new"
_OPEN = outbox.c.state.in_(("waiting", "sending", "uncertain"))
_UNCERTAIN = outbox.c.state == "uncertain"

PARTIAL_INDEXES = (
    Index("ix_inbox_open", inbox.c.id, sqlite_where=_NEW, postgresql_where=_NEW),
    Index("ix_inbox_open_sender", inbox.c.sender, inbox.c.id, sqlite_where=_NEW, postgresql_where=_NEW),
    Index(
        "ix_outbox_open",
        outbox.c.priority,
        outbox.c.not_before,
        outbox.c.id,
        sqlite_where=_OPEN,
        postgresql_where=_OPEN,
    ),
    Index(
        "ix_outbox_open_person", outbox.c.person_id, outbox.c.id, sqlite_where=_OPEN, postgresql_where=_OPEN
    ),
    Index("ix_outbox_uncertain", outbox.c.not_before, sqlite_where=_UNCERTAIN, postgresql_where=_UNCERTAIN),
)
