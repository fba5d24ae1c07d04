"""Changing some columns of one row: written once for each set of columns, because presses do it."""

from functools import cache

from sqlalchemy import Connection, Table, bindparam, update

from storage.prepared import Prepared


def change_row(tx: Connection, table: Table, row_id: int, **values: object) -> None:
    """Set these columns in the row with this number; nothing happens when there is none."""
    row = {f"new_{name}": value for name, value in values.items()}
    _changing(table, *values).rows(tx, {"given": row_id, **row})


@cache
def _changing(table: Table, *names: str) -> Prepared:
    # A parameter of an UPDATE may not have the name of a column.
    return Prepared(
        update(table)
        .where(table.c.id == bindparam("given"))
        .values({name: bindparam(f"new_{name}", type_=table.c[name].type) for name in names})
    )
