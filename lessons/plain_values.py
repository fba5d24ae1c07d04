"""Frozen values as plain ones, for JSON, and back again, as their fields declare them.

What is read back is not believed: each value has exactly the type of its field, and nothing is
converted that a writer would not have written so. Fields at their default are left out; a field
that is not known is passed over, because a newer version of this program may have written it.
"""

from collections.abc import Callable
from dataclasses import MISSING, Field, fields, is_dataclass
from datetime import time
from decimal import Decimal
from functools import cache
from types import NoneType, UnionType
from typing import Any, Literal, TypeAlias, get_args, get_origin, get_type_hints

Declared: TypeAlias = Any
"""A type as an annotation says it, for which there is no type."""
Reader: TypeAlias = Callable[[Any], Any]
"""From whatever JSON holds to a value of the declared type; raises TypeError, LookupError, ValueError or
ArithmeticError for anything else."""
Writer: TypeAlias = Callable[[Any], Any]
"""From a value of the declared type to what JSON holds; a tuple is a list to JSON already."""


@cache
def reader(declared: Declared) -> Reader:
    """Return what reads values of a type: of a dataclass, or of what its fields may hold."""
    if is_dataclass(declared):
        return _dataclass_reader(declared)
    kind, inner = _origin(declared), get_args(declared)
    if kind is tuple:
        return _tuple_reader(inner)
    if kind is frozenset:
        read_all = _tuple_reader((*inner, ...))
        return lambda value: frozenset(read_all(value))
    if kind is UnionType:
        return _union_reader(inner)
    if kind is Literal:
        return _word_reader(inner)
    if kind is dict:
        return _named_texts
    return {str: _text, int: _whole, bool: _yes_no, Decimal: _decimal, time: _time}[kind]


@cache
def writer(declared: Declared) -> Writer | None:
    """Return what writes values of a type; None when JSON holds them as they are."""
    if is_dataclass(declared):
        return _dataclass_writer(declared)
    kind, inner = _origin(declared), get_args(declared)
    if kind is tuple:
        write_one = writer(inner[0])
        return None if write_one is None else lambda value: [write_one(one) for one in value]
    if kind is UnionType:
        return _union_writer(inner)
    # A set has no order of its own; what is hashed needs one.
    simple: dict[Declared, Writer] = {frozenset: sorted, Decimal: str, time: time.isoformat}
    return simple.get(kind)


def _origin(declared: Declared) -> Declared:
    origin: Declared = get_origin(declared)
    return declared if origin is None else origin


def _dataclass_reader(declared: Declared) -> Reader:
    hints = get_type_hints(declared)
    # Each slot is filled by itself, as a frozen class does it for itself when it is called, in less than
    # half of the time: a course has thousands of parts. A class that does more than that is not for here.
    assert not hasattr(declared, "__post_init__")
    parts = tuple(
        (part.name, getattr(declared, part.name).__set__, part, reader(hints[part.name]))
        for part in fields(declared)
    )
    defaults = {part.name: part.default for part in fields(declared) if part.default is not MISSING}

    def read(value: Any) -> Any:  # JSON, and an instance of `declared`
        given = _exactly(dict, value)
        made = object.__new__(declared)
        for name, put, part, read_part in parts:
            if name in given:
                put(made, read_part(given[name]))
            elif name in defaults:
                put(made, defaults[name])
            else:
                put(made, _made_anew(part))
        return made

    return read


def _dataclass_writer(declared: Declared) -> Writer:
    hints = get_type_hints(declared)
    parts = tuple((part.name, _default(part), writer(hints[part.name])) for part in fields(declared))

    def write(value: Any) -> dict[str, Any]:  # an instance of `declared`, and JSON
        written = {}
        for name, default, write_part in parts:
            given = getattr(value, name)
            if given != default:
                written[name] = given if write_part is None else write_part(given)
        return written

    return write


def _default(part: "Field[Any]") -> Any:  # the value of a field, of whatever type
    """Return the default of a field, or MISSING, which no value equals."""
    return part.default if part.default_factory is MISSING else part.default_factory()


def _made_anew(part: "Field[Any]") -> Any:  # the same
    """Return a default that is not shared; TypeError for a field that has to be there."""
    if part.default_factory is MISSING:
        raise TypeError(f"`{part.name}` is missing")
    return part.default_factory()


def _tuple_reader(inner: tuple[Declared, ...]) -> Reader:
    read_each = [reader(one) for one in inner if one is not ...]
    if inner[-1] is ...:
        (read_one,) = read_each
        return lambda value: tuple([read_one(one) for one in _exactly(list, value)])
    return lambda value: tuple(
        [read(one) for read, one in zip(read_each, _exactly(list, value), strict=True)]
    )


def _union_reader(members: tuple[Declared, ...]) -> Reader:
    if NoneType in members:
        read_other = reader(_other(members))
        return lambda value: None if value is None else read_other(value)
    readers = {_kind(member): reader(member) for member in members}
    return lambda value: readers[_exactly(dict, value)["kind"]](value)


def _union_writer(members: tuple[Declared, ...]) -> Writer | None:
    if NoneType in members:
        write_other = writer(_other(members))
        return None if write_other is None else lambda value: None if value is None else write_other(value)
    writers = {member: (_kind(member), _dataclass_writer(member)) for member in members}

    def write(value: Any) -> dict[str, Any]:  # an instance of a member, and JSON
        kind, write_member = writers[type(value)]
        # A default like the others, but the one that says which class to read back.
        return {**write_member(value), "kind": kind}

    return write


def _other(members: tuple[Declared, ...]) -> Declared:
    (other,) = (member for member in members if member is not NoneType)
    return other


def _kind(member: Declared) -> str:
    (kind,) = (part.default for part in fields(member) if part.name == "kind")
    return str(kind)


def _word_reader(words: tuple[str, ...]) -> Reader:
    known = {word: word for word in words}
    return known.__getitem__


def _exactly(kind: type, value: Any) -> Any:  # JSON, and the same as an instance of `kind`
    if type(value) is not kind:
        raise TypeError(f"{kind.__name__} was written here, not {type(value).__name__}")
    return value


def _text(value: Any) -> str:  # JSON
    if type(value) is not str:
        raise TypeError("a text was written here")
    return value


def _whole(value: Any) -> int:  # JSON, where `true` is no number
    if type(value) is not int:
        raise TypeError("a whole number was written here")
    return value


def _yes_no(value: Any) -> bool:  # JSON
    if type(value) is not bool:
        raise TypeError("`true` or `false` was written here")
    return value


def _decimal(value: Any) -> Decimal:  # JSON
    number = Decimal(_text(value))
    if not number.is_finite():
        raise ValueError("a number was written here")
    return number


def _time(value: Any) -> time:  # JSON
    moment = time.fromisoformat(_text(value))
    if moment.tzinfo is not None:
        raise ValueError("a time without a zone was written here")
    return moment


def _named_texts(value: Any) -> dict[str, str]:  # JSON
    return {_text(name): _text(text) for name, text in _exactly(dict, value).items()}
