"""Where each part of a course was written, so that a rule found broken later can point at it."""

from dataclasses import dataclass, field
from typing import TypeAlias

from lessons.model import BundledAnnouncement, Course, Lesson, Pair, Translation
from lessons.nodes import Mapping, Node, Place, Scalar, Sequence, Source
from lessons.steps import Option, Step

Part: TypeAlias = Course | Lesson | Step | Option | Translation | Pair | BundledAnnouncement


@dataclass(slots=True)
class Places:
    """Parts of one course, by identity: two equal options stand in two places."""

    _kept: dict[int, tuple[Part, Place]] = field(default_factory=dict)
    texts: dict[int, tuple[tuple[str, Node, str], ...]] = field(default_factory=dict)
    """What `lessons.checks.texts_of` found in a step, by the step's identity: each rule asks again."""

    def keep(self, part: Part, source: Source, node: Node) -> None:
        """Remember where `part` was written; the part is kept alive, so its identity stays its own."""
        self._kept[id(part)] = (part, Place(source, node))

    def of(self, part: Part) -> Place:
        """Return where `part` was written; KeyError for a part that was not read from a file."""
        return self._kept[id(part)][1]

    def source(self, part: Part) -> Source:
        """Return the file in which `part` was written."""
        return self.of(part).source

    def value(self, part: Part, key: str, *, index: int = 0) -> Node:
        """Return what is written under a key of `part`, or the part itself when the key is not there.

        In a list, `index` says which item.
        """
        # The longest of the loops come by here, so this is `of` without the call.
        node = self._kept[id(part)][1].node
        value = node.values.get(key) if isinstance(node, Mapping) else None
        if isinstance(value, Sequence) and index < len(value.items):
            value = value.items[index]
        return node if value is None else value

    def key(self, part: Part, *keys: str) -> Node:
        """Return the first of these keys that is written in `part`, to point at; else the part itself."""
        node = self.of(part).node
        if isinstance(node, Mapping):
            for key in keys:
                if key in node.keys:
                    return node.keys[key]
        return node

    def scalar(self, part: Part, key: str, *, index: int = 0) -> Scalar | None:
        """Return the text under a key of `part`, or None when there is no text."""
        value = self.value(part, key, index=index)
        return value if isinstance(value, Scalar) and value is not self.of(part).node else None
