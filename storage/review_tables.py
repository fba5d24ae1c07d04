"""Tables of questions that come again some days after their lesson.

How well somebody remembers a question is kept nowhere: it follows from what they answered, in
lessons and here (`scheduler.practice`). The limits are constraints: one round a day, five
questions in it. `storage.tables` hands these tables on with all the others.
"""

from sqlalchemy import (
    Boolean,
    CheckConstraint,
    Column,
    Date,
    Float,
    ForeignKey,
    Integer,
    String,
    Table,
    Text,
    UniqueConstraint,
    false,
)

from storage.columns import ALL_TABLES, BigId, UtcMoment

# The questions of one local day, whichever way they come: before a lesson, asked for, or afterwards.
review_rounds = Table(
    "review_rounds",
    ALL_TABLES,
    Column("id", BigId, primary_key=True, autoincrement=True),
    Column("enrollment_id", ForeignKey("enrollments.id", ondelete="CASCADE"), nullable=False),
    Column("held_on", Date, nullable=False),
    Column("occasion", String(8), nullable=False),
    Column("created_at", UtcMoment, nullable=False),
    UniqueConstraint("enrollment_id", "held_on"),
    CheckConstraint("occasion IN ('lesson', 'asked', 'fresh')", name="occasion"),
    sqlite_autoincrement=True,
)

# One question of a round, and where the learner is in it: as in `assignments`.
reviews = Table(
    "reviews",
    ALL_TABLES,
    Column("id", BigId, primary_key=True, autoincrement=True),
    Column("round_id", ForeignKey("review_rounds.id", ondelete="CASCADE"), nullable=False),
    Column("number", Integer, nullable=False),
    Column("question_id", String(64), nullable=False),
    Column("course_version_id", ForeignKey("course_versions.id"), nullable=False),
    Column("hints_shown", Integer, nullable=False, server_default="0"),
    Column("try_number", Integer, nullable=False, server_default="1"),
    Column("picked", String(64), nullable=False, server_default=""),
    Column("placed", String(64), nullable=False, server_default=""),
    Column("asked_at", UtcMoment),
    Column("finished_at", UtcMoment),
    # Left out on purpose: it may rest for some days.
    Column("skipped", Boolean, nullable=False, server_default=false()),
    UniqueConstraint("round_id", "number"),
    UniqueConstraint("round_id", "question_id"),
    CheckConstraint("number >= 1 AND number <= 5", name="five_a_day"),
    sqlite_autoincrement=True,
)

review_responses = Table(
    "review_responses",
    ALL_TABLES,
    Column("id", BigId, primary_key=True, autoincrement=True),
    Column("review_id", ForeignKey("reviews.id", ondelete="CASCADE"), nullable=False),
    Column("try_number", Integer, nullable=False),
    Column("response", Text, nullable=False),
    Column("score", Float, nullable=False),
    Column("verdict", String(12), nullable=False),
    # Hints on the screen when it was given.
    Column("hints", Integer, nullable=False, server_default="0"),
    Column("answered_at", UtcMoment, nullable=False),
    UniqueConstraint("review_id", "try_number"),
    CheckConstraint("score >= 0 AND score <= 1", name="score"),
)
