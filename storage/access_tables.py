"""The table of accesses: who was shown learners' records, never what was in them.

`storage.accesses` alone writes it, and removes what is old. `storage.tables` hands it on.
"""

from sqlalchemy import CheckConstraint, Column, ForeignKey, Index, String, Table

from storage.columns import ALL_TABLES, BigId, UtcMoment

accesses = Table(
    "accesses",
    ALL_TABLES,
    Column("id", BigId, primary_key=True, autoincrement=True),
    Column("accessed_at", UtcMoment, nullable=False),
    # What they were at that moment: it stays when the person is erased.
    Column("role", String(11), nullable=False),
    # Nobody: the command line, or somebody who was erased since.
    Column("person_id", ForeignKey("people.id", ondelete="SET NULL")),
    Column("what", String(8), nullable=False),
    Column("group_id", ForeignKey("groups.id")),
    # Nobody: the whole group, or somebody who was erased since.
    Column("learner_id", ForeignKey("people.id", ondelete="SET NULL")),
    CheckConstraint(
        "role IN ('facilitator', 'admin') OR (role = 'operator' AND person_id IS NULL)", name="role"
    ),
    CheckConstraint(
        "(what IN ('figures', 'hands', 'report', 'answers') AND group_id IS NOT NULL AND learner_id IS NULL)"
        " OR (what IN ('answer', 'name') AND group_id IS NOT NULL)"
        " OR (what = 'update' AND group_id IS NULL)",
        name="what",
    ),
    Index("ix_accesses_accessed_at", "accessed_at"),
    # With the moment: the same thing is looked for in the last minutes only, and most rows have one of
    # few groups and people, and no learner.
    Index("ix_accesses_group_id", "group_id", "accessed_at"),
    Index("ix_accesses_person_id", "person_id", "accessed_at"),
    Index("ix_accesses_learner_id", "learner_id", "accessed_at"),
)
