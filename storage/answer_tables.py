"""Tables of answers that a person reads: what was sent, and how it was graded.

Both are only ever added to: a changed answer is a version more, a changed grade a round more, and
the newest of each counts. `storage.tables` hands them on with all the others.
"""

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    Column,
    Float,
    ForeignKey,
    Index,
    Integer,
    String,
    Table,
    Text,
    UniqueConstraint,
)

from storage.columns import ALL_TABLES, BigId, UtcMoment

# What was written or said to an open question: a version more each time its author changes it.
open_answers = Table(
    "open_answers",
    ALL_TABLES,
    Column("id", BigId, primary_key=True, autoincrement=True),
    Column("response_id", ForeignKey("responses.id", ondelete="CASCADE"), nullable=False),
    Column("version", Integer, nullable=False),
    Column("text", Text, nullable=False, server_default=""),
    # The messenger's name of a voice note: it is passed on by that name and never fetched.
    Column("file_id", Text),
    Column("file_kind", String(8)),
    Column("seconds", Integer),
    # The learner's own message: changes of it are found by it, and the grade quotes it.
    Column("message_id", BigInteger, nullable=False),
    Column("sent_at", UtcMoment, nullable=False),
    UniqueConstraint("response_id", "version"),
    Index("ix_open_answers_message_id", "message_id"),
    CheckConstraint("file_kind IN ('voice', 'audio')", name="file_kind"),
)

# A grade is given once per round: of two people grading together the first one counts.
grades = Table(
    "grades",
    ALL_TABLES,
    Column("id", BigId, primary_key=True, autoincrement=True),
    Column("response_id", ForeignKey("responses.id", ondelete="CASCADE"), nullable=False),
    Column("round", Integer, nullable=False),
    Column("points", Float, nullable=False),
    Column("of_points", Integer, nullable=False),
    Column("comment", Text, nullable=False, server_default=""),
    Column("graded_by", ForeignKey("people.id", ondelete="SET NULL")),
    Column("graded_at", UtcMoment, nullable=False),
    UniqueConstraint("response_id", "round"),
    CheckConstraint("points >= 0 AND points <= of_points", name="points"),
)
