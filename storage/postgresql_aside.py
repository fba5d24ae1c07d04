"""Another academy in a PostgreSQL database, in one transaction: what was there stays under another name."""

from sqlalchemy import Connection, inspect, text

from storage.copying import Progress, copy_rows
from storage.errors import WrongDatabaseError
from storage.schema import migrate
from storage.tables import bots


def fill_anew(tx: Connection, *, source: Connection, aside: str, progress: Progress) -> None:
    """Put the rows of `source` in the place of all that is there, which is kept in the schema `aside`.

    `aside` is letters, digits and underscores. Raises WrongDatabaseError when the server does not let
    us rename the schema: its owner may.
    """
    if not inspect(tx).has_table(bots.name):
        raise WrongDatabaseError("this database has no academy to be replaced: use dusal database copy")
    schema = tx.execute(text("SELECT current_schema()")).scalar_one()
    tx.execute(text(f'ALTER SCHEMA "{schema}" RENAME TO "{aside}"'))
    tx.execute(text(f'CREATE SCHEMA "{schema}"'))
    migrate(tx)
    copy_rows(source, tx, progress=progress)
