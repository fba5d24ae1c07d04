"""From text to values, as the schema says and YAML does not.

Each function takes a node and returns the value or None; when it returns None it has reported
why, with an example of how to write it.
"""

import re
from collections.abc import Collection
from collections.abc import Sequence as AnySequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from datetime import time
from decimal import Decimal

from lessons.nodes import Mapping, Node, Scalar, Sequence, Source, did_you_mean, nearest
from lessons.problems import Label

_TIME = re.compile(r"([01]?\d|2[0-3]):([0-5]\d)")
_ID = re.compile(r"[a-z0-9](?:[a-z0-9_-]{0,58}[a-z0-9])?")
_NUMBER = re.compile(r"[+-]?(?:\d{1,15}(?:\.\d{1,9})?|\.\d{1,9})", re.ASCII)
_WHOLE = re.compile(r"[+-]?\d{1,9}", re.ASCII)
_YES, _NO = frozenset({"yes", "true", "on"}), frozenset({"no", "false", "off"})
_QUOTES = "put quotes around the text, or start it on the next line after `|`"


@dataclass(slots=True)
class Fields:
    """One mapping of a course file, read key by key; not frozen, for the same reason as its node."""

    source: Source
    node: Mapping
    where: str
    """What the mapping is, as the author calls it: `lesson`, `option`."""

    def refuse_unknown(self, known: AbstractSet[str]) -> None:
        """Report each key that is not known, with the nearest one that is."""
        if self.node.keys.keys() <= known:
            return
        for name, key in self.node.keys.items():
            if self.source.is_full:
                return
            if name not in known:
                self.source.report(
                    "E101",
                    f"unknown key `{name}` in {self.where}",
                    at=key,
                    label="not a key here",
                    fix=did_you_mean(name, tuple(known)),
                )

    def has(self, key: str) -> bool:
        """Tell whether the key is written, whatever its value."""
        return key in self.node.keys

    def key(self, key: str) -> Node:
        """Return the key itself, to point at; the mapping when the key is not written."""
        return self.node.keys.get(key, self.node)

    def missing(self, key: str, *, fix: str) -> None:
        """Report a key that has to be there, unless one that is not known was told to be it."""
        if self.source.is_misspelt(self.node, key):
            return
        self.source.report(
            "E102",
            f"`{key}` is missing in {self.where}",
            at=self.node,
            label=f"in this {self.where}",
            fix=fix,
        )

    def text(self, key: str, *, required: str = "") -> str:
        """Return the text under `key`, stripped at its end, or an empty one.

        `required` is the fix to tell when it is missing or empty.
        """
        node = self.node.values.get(key)
        if node is None:
            if required:
                self.missing(key, fix=required)
            return ""
        return scalar_text(self.source, node, name=key, key=self.node.keys[key], required=required) or ""

    def texts(self, key: str) -> tuple[str, ...]:
        """Return one text or a list of texts; a string is accepted wherever a list is."""
        node = self.node.get(key)
        if node is None:
            return ()
        found = []
        for item in node.items if isinstance(node, Sequence) else (node,):
            text = scalar_text(self.source, item, name=key, key=item, required="write a text")
            if text:
                found.append(text)
        return tuple(found)

    def items(self, key: str) -> AnySequence[Node]:
        """Return the list under `key`; empty when there is none."""
        node = self.node.get(key)
        if isinstance(node, Sequence):
            return node.items
        if node is not None:
            self.wrong_shape(key, "a list", fix="write each item on a line of its own, after `- `")
        return ()

    def mapping(self, key: str) -> "Fields | None":
        """Return the keys under `key`; None when there are none."""
        node = self.node.get(key)
        if isinstance(node, Mapping):
            return Fields(self.source, node, f"`{key}`")
        if node is not None:
            self.wrong_shape(key, "keys of its own", fix=f"write `{key}:` and its keys below, indented")
        return None

    def wrong_shape(self, key: str, wanted: str, *, fix: str) -> None:
        """Report a value that is a text, a list or keys where something else is needed."""
        self.source.report("E103", f"`{key}` needs {wanted}", at=self.key(key), fix=fix)

    def whole(self, key: str, *, default: int, least: int, most: int) -> int:
        """Return a whole number from `least` to `most`, both included."""
        node = self.node.get(key)
        if node is None:
            return default
        text = _word(node)
        if text is None or not _WHOLE.fullmatch(text):
            self._unread(key, node, "a whole number", f"write a number, for example `{key}: {default}`")
            return default
        value = int(text)
        if not least <= value <= most:
            self.source.report(
                "E105",
                f"`{key}` is {value}; it can be {least} to {most}",
                at=node,
                fix=f"write a number from {least} to {most}",
            )
            return default
        return value

    def yes_no(self, key: str, *, default: bool) -> bool:
        """Return `yes` or `no`."""
        node = self.node.get(key)
        if node is None:
            return default
        text = (_word(node) or "").casefold()
        if text in _YES:
            return True
        if text not in _NO:
            self._unread(key, node, "`yes` or `no`", f"write `{key}: yes` or `{key}: no`")
        return default if text not in _NO else False

    def decimal(self, key: str) -> Decimal | None:
        """Return a number written with a point: `0.5`."""
        node = self.node.get(key)
        return None if node is None else self.decimal_of(node, key)

    def decimal_of(self, node: Node, key: str) -> Decimal | None:
        """Return the number in `node`, which stands under `key`."""
        value = plain_number(_word(node) or "")
        if value is None:
            self._unread(key, node, "a number", f"write digits and a point, for example `{key}: 0.5`")
        return value

    def percent(self, key: str, *, default: int) -> int:
        """Return a percentage of 0 to 100, written `70%` or `70`."""
        node = self.node.get(key)
        if node is None:
            return default
        value = plain_number((_word(node) or "").removesuffix("%").strip())
        if value is None or value != value.to_integral_value():
            self._unread(key, node, "a percentage", f"write it like `{key}: {default}%`")
            return default
        if not 0 <= value <= 100:
            self.source.report(
                "E153",
                f"`{key}` is {value}%; it can be 0% to 100%",
                at=node,
                fix=f"for example `{key}: {default}%`",
            )
            return default
        return int(value)

    def time_of_day(self, key: str, *, default: time) -> time:
        """Return a time written `HH:MM`."""
        node = self.node.get(key)
        if node is None:
            return default
        found = _TIME.fullmatch(_word(node) or "")
        if found is None:
            self.source.report(
                "E150",
                f"`{key}` is not a time",
                at=node,
                fix=f"write hours and minutes, for example `{key}: 09:00`",
            )
            return default
        return time(int(found[1]), int(found[2]))

    def id(self, key: str = "id", *, required: str = "") -> str:
        """Return an id: small Latin letters, digits, `-` and `_`, at most 60 in all; empty when none."""
        text = self.text(key, required=required)
        if text and not _ID.fullmatch(text):
            self.source.report(
                "E106",
                f"`{shortened(text)}` cannot be an id",
                at=self.node.values[key],
                fix=f"use small Latin letters, digits and `-`, for example `{slug(text)}`",
            )
        return text

    def one_of(self, key: str, known: Collection[str]) -> str | None:
        """Return a word out of `known`, or None."""
        node = self.node.get(key)
        if node is None:
            return None
        text = _word(node) or ""
        if text in known:
            return text
        near = nearest(text, tuple(known))
        choices = ", ".join(f"`{word}`" for word in known)
        self._unread(
            key, node, f"one of {choices}", f"did you mean `{near}`?" if near else f"write one of {choices}"
        )
        return None

    def _unread(self, key: str, node: Node, wanted: str, fix: str) -> None:
        self.source.report("E104", f"`{key}` needs {wanted}", at=node, fix=fix)


def scalar_text(source: Source, node: Node, *, name: str, key: Node, required: str = "") -> str | None:
    """Return the text of a node, or None when it is a list or has keys; reports what is lost in it."""
    if isinstance(node, Scalar):
        text = node.value.rstrip()
        comment = _comment_column(source, node)
        if required and not text.strip():
            _report_empty(source, node, name=name, key=key, required=required, comment=comment)
        elif comment is not None:
            _warn_of_comment(source, node, column=comment)
        return text
    if isinstance(node, Mapping) and len(node.keys) == 1:
        (first,) = node.keys.values()
        line = source.lines[first.end_line - 1]
        if source.lines[node.line - 1][node.column - 1 :].startswith("{"):
            source.report(
                "E002",
                "text that starts with `{` needs quotes or a `|` block",
                at=node,
                length=1,
                label="YAML reads `{` as a list of keys",
                fix=_QUOTES,
            )
            return None
        if first.style == "plain" and line[first.end_column - 1 : first.end_column + 1].startswith(":"):
            source.report(
                "E001",
                "a colon and a space inside unquoted text",
                line=first.end_line,
                column=first.end_column,
                length=1,
                label="YAML reads this as a new key",
                fix=_QUOTES,
            )
            return None
    what = "a list" if isinstance(node, Sequence) else "keys"
    source.report("E103", f"`{name}` needs a text, and this is {what}", at=node, fix=_QUOTES)
    return None


def _report_empty(
    source: Source, node: Scalar, *, name: str, key: Node, required: str, comment: int | None
) -> None:
    if comment is None:
        source.report("E103", f"`{name}` is empty", at=key, fix=required)
        return
    source.report(
        "E103",
        f"`{name}` is empty: what starts with `#` is a comment",
        line=node.end_line,
        column=comment,
        length=len(source.lines[node.end_line - 1].rstrip()) - comment + 1,
        label="not read",
        fix="put quotes around the whole text",
    )


def _comment_column(source: Source, node: Scalar) -> int | None:
    """Return where a `#` cuts prose short; a comment set apart as usual, `  # so`, is left alone."""
    if node.style != "plain" or node.end_line > len(source.lines):
        return None
    line = source.lines[node.end_line - 1]
    if node.end_column > len(line):
        return None
    after = line[node.end_column - 1 :]
    comment = after.lstrip()
    if not comment.startswith("#") or (after.startswith("  ") and comment.startswith("# ")):
        return None
    return node.end_column + len(after) - len(comment)


def _warn_of_comment(source: Source, node: Scalar, *, column: int) -> None:
    source.report(
        "W220",
        "the text after ` #` is a comment and will not be shown",
        line=node.end_line,
        column=column,
        length=len(source.lines[node.end_line - 1].rstrip()) - column + 1,
        label="dropped",
        fix="put quotes around the whole text",
    )


def plain_number(text: str) -> Decimal | None:
    """Return a number as authors write it: digits, a point, a sign; nothing else."""
    return Decimal(text) if _NUMBER.fullmatch(text) else None


def slug(text: str) -> str:
    """Return an id made of a text: `Q Night!` → `q-night`."""
    made = re.sub(r"[^a-z0-9]+", "-", text.casefold()).strip("-")[:60].strip("-")
    return made or "an-id"


def shortened(text: str, most: int = 40) -> str:
    """Return the text on one line, cut where it is too long to be quoted."""
    line = " ".join(text.split())
    return line if len(line) <= most else line[: most - 1] + "…"


def first_use(place: Node, *, length: int, text: str) -> tuple[Label, ...]:
    """Return the label that points back at an earlier use."""
    return (Label(line=place.line, column=place.column, length=length, text=text),)


def _word(node: Node) -> str | None:
    return node.value.strip() if isinstance(node, Scalar) else None
