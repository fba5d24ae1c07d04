"""Whoever reads several things reads them as of one moment, whatever is committed meanwhile (X05)."""

from datetime import UTC, datetime

from sqlalchemy import Connection, func, select

from storage import people
from storage.database import Database
from storage.tables import people as people_table

NOW = datetime(2026, 11, 23, 9, 12, tzinfo=UTC)


def count(tx: Connection) -> int:
    return int(tx.execute(select(func.count()).select_from(people_table)).scalar_one())


async def test_a_report_is_of_one_moment(database_url: str) -> None:
    database, other = Database.open(database_url), Database.open(database_url)
    database.prepare(now=NOW)
    await database.start()

    def joins(tx: Connection) -> None:
        people.add(tx, address=7 + count(tx), name="Olena", language="en", now=NOW)

    def report(tx: Connection) -> tuple[int, int]:
        before = count(tx)
        other.run_here(joins)
        return before, count(tx)

    while_serving = await database.read(report)
    by_a_command = database.read_here(report)
    afterwards = await database.read(count)

    assert (while_serving, by_a_command, afterwards) == ((0, 0), (1, 1), 2)
    other.close()
    await database.stop()
