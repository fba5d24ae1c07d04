"""Inputs that are kept beside the courses, a file of lines for each kind (`tests/data/fuzz/updates.jsonl`).

One is kept for each thing that an input led to, named by its first two words; what once went wrong
is added by hand, under the name of what it was.
"""

import json
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Final

from fuzz.corpus import KEPT

_WORDS: Final = 2
_CHARS: Final = 60


def kept_of(kind: str) -> dict[str, bytes]:
    """Return what is kept of a kind, by name; empty where nothing is."""
    path = _path(kind)
    if not path.exists():
        return {}
    lines = map(json.loads, path.read_text(encoding="ascii").splitlines())
    # As Latin-1 every byte is a letter: inputs need not be text.
    return {line["led_to"]: line["input"].encode("latin-1") for line in lines}


def keep(kind: str, found: Mapping[tuple[str, ...], bytes], *, most_bytes: int) -> None:
    """Add inputs that led to something of which none is kept, the short ones."""
    kept = kept_of(kind)
    for codes, content in found.items():
        if len(content) <= most_bytes:
            kept.setdefault(_name(codes), content)
    lines = [
        json.dumps({"led_to": name, "input": content.decode("latin-1")})
        for name, content in sorted(kept.items())
    ]
    _path(kind).write_text("".join(f"{line}\n" for line in lines), encoding="ascii")


def _path(kind: str) -> Path:
    return KEPT / f"{kind}.jsonl"


def _name(codes: tuple[str, ...]) -> str:
    return re.sub(r"[^a-z0-9_]+", "-", "-".join(codes[:_WORDS]).lower()).strip("-")[:_CHARS]
