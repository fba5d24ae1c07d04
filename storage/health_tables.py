"""Tables about the service itself: what it has counted, and when it has run.

Nothing here says anything about a person.
"""

from sqlalchemy import BigInteger, Boolean, CheckConstraint, Column, Double, Index, String, Table

from storage.columns import ALL_TABLES, BigId, UtcMoment

# What can not be counted from rows afterwards, such as lessons that never came.
counters = Table(
    "counters",
    ALL_TABLES,
    Column("name", String(32), primary_key=True),
    Column("value", BigInteger, nullable=False),
)

# One row for each time a service took over; without an end it was killed, or is running.
runs = Table(
    "runs",
    ALL_TABLES,
    Column("id", BigId, primary_key=True, autoincrement=True),
    Column("began_at", UtcMoment, nullable=False),
    Column("ended_at", UtcMoment),
)
Index("ix_runs_began_at", runs.c.began_at)

# Who does what only one process may do, where several work on one database (storage.lock_session).
leases = Table(
    "leases",
    ALL_TABLES,
    Column("name", String(8), primary_key=True),
    # storage.process_names.process_name
    Column("holder", String(120), nullable=False),
    # Raised again and again by its holder: a sign of life that needs no clock.
    Column("beat", BigInteger, nullable=False),
    # Given back in order: nobody has to wait.
    Column("released", Boolean, nullable=False),
    # How long its holder may believe itself without another beat.
    Column("seconds", Double, nullable=False),
    CheckConstraint("name IN ('send', 'tick', 'receive')", name="name"),
)
