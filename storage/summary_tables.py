"""What each enrollment has behind it, added up: so that a group's report reads one row for each learner.

A row says nothing that `assignments` and `responses` do not say; `storage.summaries` alone writes it,
in the transaction that changed them, and can count it again. What is under way is not in it.
"""

from sqlalchemy import BigInteger, Boolean, Column, ForeignKey, Integer, Table, false

from storage.columns import ALL_TABLES, BigId, UtcMoment


def _count(name: str) -> Column[int]:
    return Column(name, Integer, nullable=False, server_default="0")


def _shares(name: str) -> Column[int]:
    return Column(name, BigInteger, nullable=False, server_default="0")


# One for each enrollment; the fields are those of `learners.summary`.
summaries = Table(
    "summaries",
    ALL_TABLES,
    Column(
        "enrollment_id",
        BigId,
        ForeignKey("enrollments.id", ondelete="CASCADE"),
        primary_key=True,
        autoincrement=False,
    ),
    Column("plain", Boolean, nullable=False),
    _count("finished"),
    _count("lessons_given"),
    _count("lessons_finished"),
    _count("lessons_over"),
    Column("begun", Boolean, nullable=False),
    Column("last_sign_at", UtcMoment),
    Column("last_finished_at", UtcMoment),
    _shares("reached"),
    _shares("first_reached"),
    _count("possible"),
    _count("waiting"),
    _shares("last_reached"),
    _count("last_possible"),
    _shares("before_reached"),
    _count("before_possible"),
    Column("test_percent", Integer),
    Column("tests_passed", Boolean),
    Column("tests_failed", Boolean, nullable=False, server_default=false()),
)
