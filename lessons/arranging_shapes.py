"""`order` and `match`, from nodes: their lists, and what must not stand twice in them.

Told are both places of a text that is there twice: whichever is wrong, the other one stays.
"""

from collections.abc import Sequence as AnySequence
from dataclasses import dataclass

from lessons.arranging import PLACES_MOST
from lessons.convert import Fields, first_use, scalar_text
from lessons.nodes import Mapping, Node, Sequence
from lessons.steps import MatchPair

PAIRS_MOST = 5
"""experience.md, 1.4."""

KEYS = {
    "order": frozenset({"order", "items", "why"}),
    "match": frozenset({"match", "pairs", "why"}),
}
"""What each may hold besides the keys of every question."""

_PAIR_KEYS = frozenset({"left", "right"})
_PAIRS_FIX = "write a line such as `Office: 20 °C` for each pair, indented below `pairs:`"


@dataclass(frozen=True, slots=True, kw_only=True)
class _Written:
    """A text, and where it stands."""

    text: str
    node: Node


def order_items(fields: Fields) -> tuple[str, ...] | None:
    """Return the items of an `order` in the right order, or None after reporting why there are none."""
    if not fields.has("items"):
        fields.missing("items", fix="add `items:` and write them in the right order, each after `- `")
        return None
    nodes = fields.items("items")
    found = [_written(fields, node, name="items", fix="write what is put in order") for node in nodes]
    items = [item for item in found if item is not None]
    if len(items) != len(nodes) or not isinstance(fields.node.get("items"), Sequence):
        # What is missing was told where it is missing.
        return None
    if not 2 <= len(items) <= PLACES_MOST:
        fields.source.report(
            "E145",
            f"`order` needs 2 to {PLACES_MOST} items; this one has {len(items)}",
            at=fields.key("items"),
            fix="three to five are best: more cannot be kept in mind"
            if len(items) > PLACES_MOST
            else "write what comes before it or after it, each after `- `",
        )
        return None
    return (
        tuple(item.text for item in items)
        if _all_different(fields, items, what="items", code="E146")
        else None
    )


def match_pairs(fields: Fields) -> tuple[MatchPair, ...] | None:
    """Return the pairs of a `match`, or None after reporting why there are none."""
    node = fields.node.get("pairs")
    if node is None:
        fields.missing("pairs", fix=_PAIRS_FIX)
        return None
    sides = _sides(fields, node)
    if sides is None:
        return None
    if not 2 <= len(sides) <= PAIRS_MOST:
        fields.source.report(
            "E147",
            f"`match` needs 2 to {PAIRS_MOST} pairs; this one has {len(sides)}",
            at=fields.key("pairs"),
            fix="leave out what learners know already, or make two questions of it"
            if len(sides) > PAIRS_MOST
            else _PAIRS_FIX,
        )
        return None
    lefts, rights = [left for left, _ in sides], [right for _, right in sides]
    different = (
        _all_different(fields, lefts, what="left sides", code="E148"),
        _all_different(fields, rights, what="right sides", code="E148"),
    )
    return (
        tuple(MatchPair(left=left.text, right=right.text) for left, right in sides)
        if all(different)
        else None
    )


def _sides(fields: Fields, node: Node) -> AnySequence[tuple[_Written, _Written]] | None:
    """Return both sides of each pair, from keys with values or from a list of `left` and `right`."""
    pairs: list[tuple[_Written | None, _Written | None]] = []
    match node:
        case Mapping(keys=keys, values=values):
            for name, key in keys.items():
                right = _written(fields, values[name], name=name, key=key, fix="write what belongs to it")
                pairs.append((_Written(text=name.strip(), node=key), right))
        case Sequence(items=items):
            pairs = [_listed(fields, item) for item in items]
        case _:
            fields.wrong_shape("pairs", "pairs of its own", fix=_PAIRS_FIX)
            return None
    whole = [(left, right) for left, right in pairs if left is not None and right is not None]
    return whole if len(whole) == len(pairs) else None


def _listed(fields: Fields, item: Node) -> tuple[_Written | None, _Written | None]:
    if not isinstance(item, Mapping) or not item.keys.keys() & _PAIR_KEYS:
        fields.source.report(
            "E149",
            "a pair has a `left` and a `right`",
            at=item,
            fix="write `- {left: Office, right: 20 °C}`, or `Office: 20 °C` without the `- `",
        )
        return None, None
    pair = Fields(fields.source, item, "pair")
    pair.refuse_unknown(_PAIR_KEYS)
    sides: list[_Written | None] = []
    for side in ("left", "right"):
        if not pair.has(side):
            pair.missing(side, fix="write `- {left: Office, right: 20 °C}`")
            sides.append(None)
        else:
            sides.append(_written(pair, item.values[side], name=side, fix="write what belongs together"))
    return sides[0], sides[1]


def _written(fields: Fields, node: Node, *, name: str, fix: str, key: Node | None = None) -> _Written | None:
    text = scalar_text(fields.source, node, name=name, key=key or node, required=fix)
    return None if text is None or not text.strip() else _Written(text=text.strip(), node=node)


def _all_different(fields: Fields, found: AnySequence[_Written], *, what: str, code: str) -> bool:
    seen: dict[str, _Written] = {}
    different = True
    for one in found:
        first = seen.setdefault(" ".join(one.text.casefold().split()), one)
        if first is not one:
            different = False
            fields.source.report(
                code,
                f"two {what} say the same",
                at=one.node,
                label="again",
                fix="change or remove one of them: nobody could tell which is meant",
                related=first_use(first.node, length=fields.source.length_of(first.node), text="first here"),
            )
    return different
