"""The course format as JSON Schema, for editors: they complete keys and underline mistakes while typing.

The schema says which keys there are and what each takes. It is never stricter than the reader, and
knows less: what needs more than one key to judge, `dusal course check` tells.
"""

import json
from typing import Literal, TypeAlias, get_args

from lessons.schema_keys import COURSE, LESSON, OTHERS, REQUIRED, STEPS, TEXT, TEXTS, YES_NO, Keys, Shape, a

SchemaKind: TypeAlias = Literal["course", "lesson", "translation"]
SCHEMA_KINDS: tuple[SchemaKind, ...] = get_args(SchemaKind)

_DIALECT = "https://json-schema.org/draft/2020-12/schema"
_TITLES: dict[SchemaKind, str] = {
    "course": "A course, or the course.yaml of a folder",
    "lesson": "A lesson file of a course folder: one lesson, or a list of them",
    "translation": "A translation of a course: pairs of source and target",
}


def schema_text(kind: SchemaKind = "course") -> str:
    """Return the JSON Schema (2020-12) of a course, lesson or translation file, ending in a newline."""
    return json.dumps(schema(kind), ensure_ascii=False, indent=2) + "\n"


def first_line(kind: SchemaKind = "course") -> str:
    """Return the comment by which editors find the schema in the file's own folder, without a newline.

    Source: yaml-language-server, "Using inlined schema".
    """
    return f"# yaml-language-server: $schema={file_name(kind)}"


def file_name(kind: SchemaKind = "course") -> str:
    """Return what the schema is called in a course folder: `course.schema.json`."""
    return f"{kind}.schema.json"


def schema(kind: SchemaKind) -> Shape:
    """Return the schema of one kind of file, to be written as JSON."""
    head: Shape = {"$schema": _DIALECT, "title": _TITLES[kind]}
    match kind:
        case "course":
            return {**head, **_mapping("course", COURSE), "$defs": _definitions()}
        case "lesson":
            lesson = {**_mapping("lesson", LESSON), "type": ["object", "array"], "items": a("lesson")}
            return {**head, **lesson, "$defs": _definitions()}
        case "translation":
            return {**head, **_translation()}


def _definitions() -> Shape:
    found = {name: _mapping(name, keys) for name, keys in OTHERS.items()}
    found |= {f"step-{kind}": _mapping(kind, keys, needed=(kind,)) for kind, keys in STEPS.items()}
    return {**found, "lesson": _mapping("lesson", LESSON), "step": _step()}


def _mapping(name: str, keys: Keys, *, needed: tuple[str, ...] = ()) -> Shape:
    shape: Shape = {
        "type": "object",
        "properties": {key: {**takes, "description": says} for key, (takes, says) in keys.items()},
        "additionalProperties": False,
    }
    required = [*needed, *REQUIRED.get(name, ())]
    return {**shape, "required": required} if required else shape


def _step() -> Shape:
    """Return a chain of if and else in the reader's order: an editor judges by one kind only."""
    chain: Shape = {"anyOf": [{"required": [kind]} for kind in STEPS]}
    for kind in reversed(STEPS):
        chain = {"if": {"required": [kind]}, "then": a(f"step-{kind}"), "else": chain}
    # Here once more, so that an editor offers the kinds before one is chosen.
    kinds = {kind: {"description": keys[kind][1]} for kind, keys in STEPS.items()}
    return {"type": "object", "properties": kinds, **chain}


def _translation() -> Shape:
    pair: Shape = {
        "type": "object",
        "properties": {"at": {**TEXT, "description": "The step it is for, or `<step id>.accept`."}},
        "additionalProperties": TEXTS,
        "maxProperties": 3,
    }
    return {
        "type": "object",
        "properties": {
            "language": {**TEXT, "description": "The language of the translation, such as `mn`."},
            "of": {**TEXT, "description": "The course and version that was translated."},
            "draft": {**YES_NO, "description": "Shown to admins only until somebody has read it."},
        },
        "additionalProperties": {"type": "array", "items": pair},
        "required": ["language"],
    }
