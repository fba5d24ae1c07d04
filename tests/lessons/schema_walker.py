"""JSON Schema (2020-12), as much of it as our own schemas use, and files as an editor reads them."""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from lessons.nodes import Mapping, Node, Scalar, Sequence
from lessons.yaml_text import read_nodes

TYPES = {"object": dict, "array": list, "string": str, "boolean": bool, "null": type(None)}
KNOWN = {
    "$schema", "$defs", "$ref", "title", "description", "type", "properties", "additionalProperties",
    "required", "items", "minItems", "maxItems", "maxProperties", "minimum", "maximum", "pattern", "enum",
    "anyOf", "if", "then", "else",
}  # fmt: skip


def as_editor_reads(path: Path) -> Any:  # JSON
    root, source = read_nodes(path.read_bytes(), path=str(path))
    assert root is not None, source.problems
    return value(root)


def value(node: Node) -> Any:  # JSON
    """Return what YAML 1.2's core schema (10.3.2) makes of a node."""
    match node:
        case Mapping():
            return {key: value(one) for key, one in node.values.items()}
        case Sequence():
            return [value(one) for one in node.items]
        case Scalar(value=text, style="plain"):
            if text in {"", "~", "null", "Null", "NULL"}:
                return None
            if text.casefold() in {"true", "false"}:
                return text.casefold() == "true"
            if re.fullmatch(r"[-+]?[0-9]+", text):
                return int(text)
            if re.fullmatch(r"[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?", text):
                return float(text)
            return text
        case Scalar(value=text):
            return text


def faults(schema: Any, found: Any) -> list[str]:  # JSON, both of them
    """Return what the schema says against a file, as paths and rules; empty when it fits."""
    return list(_faults(schema, found, root=schema, at=""))


def _faults(schema: Any, found: Any, *, root: Any, at: str) -> Iterator[str]:  # JSON
    assert not schema.keys() - KNOWN, schema.keys() - KNOWN
    if "$ref" in schema:
        yield from _faults(root["$defs"][schema["$ref"].removeprefix("#/$defs/")], found, root=root, at=at)
    if "type" in schema and not _is_any(schema["type"], found):
        yield f"{at}: not {schema['type']}"
        return
    if "enum" in schema and not any(type(one) is type(found) and one == found for one in schema["enum"]):
        yield f"{at}: not one of {schema['enum']}"
    if isinstance(found, str) and not re.search(schema.get("pattern", ""), found):
        yield f"{at}: not like {schema['pattern']}"
    if isinstance(found, int | float) and not (
        schema.get("minimum", found) <= found <= schema.get("maximum", found)
    ):
        yield f"{at}: out of range"
    if "anyOf" in schema:
        tried = [list(_faults(one, found, root=root, at=at)) for one in schema["anyOf"]]
        if all(tried):
            # The way that came furthest is the one that was meant.
            yield max((fault for way in tried for fault in way), key=lambda fault: fault.count("/"))
    if "if" in schema:
        holds = not list(_faults(schema["if"], found, root=root, at=at))
        yield from _faults(schema["then" if holds else "else"], found, root=root, at=at)
    if isinstance(found, dict):
        yield from _object_faults(schema, found, root=root, at=at)
    if isinstance(found, list):
        if not schema.get("minItems", 0) <= len(found) <= schema.get("maxItems", len(found)):
            yield f"{at}: {len(found)} items"
        for number, one in enumerate(found):
            yield from _faults(schema.get("items", {}), one, root=root, at=f"{at}/{number}")


def _object_faults(schema: Any, found: dict[str, Any], *, root: Any, at: str) -> Iterator[str]:  # JSON
    for key in schema.get("required", ()):
        if key not in found:
            yield f"{at}: no {key}"
    if len(found) > schema.get("maxProperties", len(found)):
        yield f"{at}: {len(found)} keys"
    for key, one in found.items():
        rule = schema.get("properties", {}).get(key, schema.get("additionalProperties", {}))
        if rule is False:
            yield f"{at}: unknown key {key}"
        else:
            yield from _faults(rule, one, root=root, at=f"{at}/{key}")


def _is_any(kinds: str | list[str], found: Any) -> bool:  # JSON
    return any(_is(kind, found) for kind in ([kinds] if isinstance(kinds, str) else kinds))


def _is(kind: str, found: Any) -> bool:  # JSON
    if kind in {"integer", "number"}:
        return not isinstance(found, bool) and isinstance(found, int if kind == "integer" else int | float)
    return isinstance(found, TYPES[kind])
