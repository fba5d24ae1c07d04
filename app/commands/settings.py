"""`dusal settings`: what is set, and whether it is right."""

import json
from typing import Any, Literal

import click
from pydantic import BaseModel, SecretStr

from app.place import Place


@click.group()
def settings() -> None:
    """Show and check the settings."""


@settings.command()
@click.option("--format", "form", type=click.Choice(["table", "json"]), default="table", show_default=True)
@click.pass_obj
def show(place: Place, form: Literal["table", "json"]) -> None:
    """Print every setting as it is in force; secrets are not shown."""
    listed = dict(_listed(place.settings, ()))
    if form == "json":
        click.echo(json.dumps(listed, ensure_ascii=False, indent=2))
        return
    width = max(len(name) for name in listed)
    for name, value in listed.items():
        shown = ", ".join(value) if isinstance(value, list) else value
        click.echo(f"{name.ljust(width)}  {shown}".rstrip())


@settings.command()
@click.pass_obj
def check(place: Place) -> None:
    """Read the settings and name every mistake, with its line and what to do."""
    from app.settings_file import load, tell

    loaded = load(place.config, environ=place.environ)
    if loaded.settings is None:
        raise click.ClickException(tell(loaded.problems))
    if not loaded.settings.telegram.token.get_secret_value():
        click.echo(f"{place.config}: the settings are right; `telegram.token` is still empty")
        return
    click.echo(f"{place.config}: the settings are right")


def _listed(section: BaseModel, prefix: tuple[str, ...]) -> list[tuple[str, Any]]:  # Any: a setting's value
    rows: list[tuple[str, Any]] = []
    for name in type(section).model_fields:
        value = getattr(section, name)
        if isinstance(value, BaseModel):
            rows += _listed(value, (*prefix, name))
            continue
        if isinstance(value, SecretStr):
            value = "set" if value.get_secret_value() else ""
        if isinstance(value, tuple):
            value = list(value)
        rows.append((".".join((*prefix, name)), value))
    return rows
