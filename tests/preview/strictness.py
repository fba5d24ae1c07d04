"""Telegram's own schema, as aiogram types it: what is missing fails, and what is unknown is found."""

from collections.abc import Iterator

from pydantic import BaseModel


def unknown_fields(model: BaseModel, *, path: str = "") -> Iterator[str]:
    """Every field, at any depth, that aiogram's model of the Bot API does not know."""
    yield from (f"{path}.{name}" for name in model.model_extra or {})
    for name in type(model).model_fields:
        yield from _inside(getattr(model, name), path=f"{path}.{name}")


def _inside(value: object, *, path: str) -> Iterator[str]:
    if isinstance(value, BaseModel):
        yield from unknown_fields(value, path=path)
    elif isinstance(value, list):
        for item in value:
            yield from _inside(item, path=path)
