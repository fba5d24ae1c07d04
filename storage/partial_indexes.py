"""Indexes over the few rows that are still open, so that settled ones cost nothing.

They stand apart from `storage.tables` because naming PostgreSQL's option loads its whole dialect,
100 ms that a service on SQLite would pay at every start. Only making and comparing tables needs them.
"""

from sqlalchemy import Index, false

from storage.tables import assignments, inbox, outbox

_NEW = inbox.c.state == "new"
_DEAD = inbox.c.state == "dead"
_OPEN = outbox.c.state.in_(("waiting", "sending", "uncertain"))
_WAITING = outbox.c.state == "waiting"
_UNCERTAIN = outbox.c.state == "uncertain"
_HELD = outbox.c.state == "held"
_DOUBLED = outbox.c.surplus_message_id.is_not(None)
_STARTED_BY_US = assignments.c.asked.is_(false())
_UNFINISHED = assignments.c.finished_at.is_(None)

PARTIAL_INDEXES = (
    Index("ix_inbox_open", inbox.c.id, sqlite_where=_NEW, postgresql_where=_NEW),
    Index("ix_inbox_open_sender", inbox.c.sender, inbox.c.id, sqlite_where=_NEW, postgresql_where=_NEW),
    Index("ix_inbox_dead", inbox.c.id, sqlite_where=_DEAD, postgresql_where=_DEAD),
    # Without what is being sent: it would lie before everything that waits, and be looked at each time.
    Index(
        "ix_outbox_waiting",
        outbox.c.priority,
        outbox.c.not_before,
        outbox.c.id,
        sqlite_where=_WAITING,
        postgresql_where=_WAITING,
    ),
    Index(
        "ix_outbox_open_person", outbox.c.person_id, outbox.c.id, sqlite_where=_OPEN, postgresql_where=_OPEN
    ),
    Index(
        "uq_assignments_enrollment_id_assigned_on",
        assignments.c.enrollment_id,
        assignments.c.assigned_on,
        unique=True,
        sqlite_where=_STARTED_BY_US,
        postgresql_where=_STARTED_BY_US,
    ),
    Index(
        "uq_assignments_enrollment_id_unfinished",
        assignments.c.enrollment_id,
        unique=True,
        sqlite_where=_UNFINISHED,
        postgresql_where=_UNFINISHED,
    ),
    Index("ix_outbox_uncertain", outbox.c.not_before, sqlite_where=_UNCERTAIN, postgresql_where=_UNCERTAIN),
    Index("ix_outbox_held", outbox.c.id, sqlite_where=_HELD, postgresql_where=_HELD),
    Index("ix_outbox_doubled", outbox.c.id, sqlite_where=_DOUBLED, postgresql_where=_DOUBLED),
)
