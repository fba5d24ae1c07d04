"""How a table is printed: for a person, for a spreadsheet, for a program."""

from typing import Literal, TypeAlias

import click

from reports.exports import to_csv, to_json, to_text
from reports.table import Table

Form: TypeAlias = Literal["table", "csv", "json"]

FORMATS: tuple[Form, ...] = ("table", "json")
"""What every listing offers; reports offer csv as well."""


def show(table: Table, form: Form) -> None:
    """Print `table` on standard output."""
    match form:
        case "table":
            click.echo(to_text(table))
        case "csv":
            click.echo(to_csv(table), nl=False)
        case "json":
            click.echo(to_json(table))
