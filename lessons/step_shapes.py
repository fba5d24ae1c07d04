"""Steps, from nodes: which kind a step is, and what its keys must hold."""

from collections.abc import Mapping as AnyMapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import TypedDict

from lessons import arranging_shapes, card_shapes, survey_shapes
from lessons.convert import Fields, plain_number, shortened
from lessons.nodes import Mapping, Node, Scalar, nearest
from lessons.places import Places
from lessons.steps import (
    AnyQuestion,
    Choose,
    ChooseAll,
    KnownNumber,
    KnownText,
    Match,
    Number,
    Option,
    Order,
    Step,
    Text,
    TrueFalse,
)

QUESTION_KINDS = (
    "choose",
    "choose_all",
    "true_false",
    "number",
    "text",
    *arranging_shapes.KEYS,
    *survey_shapes.KEYS,
)
CONTENT_KINDS = tuple(card_shapes.KEYS)
KINDS = (*CONTENT_KINDS, *QUESTION_KINDS)

_COMMON = frozenset({"id", "hint", "explain", "points", "tries", "review", "image", "alt", "note"})
_KEYS = {
    **card_shapes.KEYS,
    "choose": _COMMON | {"choose", "options", "shuffle", "keep_last"},
    "choose_all": _COMMON | {"choose_all", "options", "shuffle", "keep_last"},
    "true_false": _COMMON | {"true_false", "answer", "why"},
    "number": _COMMON | {"number", "answer", "between", "tolerance", "unit", "close"},
    "text": _COMMON | {"text", "accept", "reject", "typos"},
    **{kind: _COMMON | keys for kind, keys in arranging_shapes.KEYS.items()},
    **survey_shapes.KEYS,
}
_QUESTIONS, _CONTENTS, _KINDS = frozenset(QUESTION_KINDS), frozenset(CONTENT_KINDS), frozenset(KINDS)
_EVERY_KEY = frozenset().union(*_KEYS.values()) - frozenset(KINDS)
_OPTION_KEYS = frozenset({"right", "wrong", "why"})


@dataclass(slots=True, kw_only=True)
class StepReader:
    """Reads the steps of one lesson, counting what needs a number."""

    lesson_id: str
    tries: int
    """What a question has that does not say it."""
    review: bool = False
    """Whether a question that does not say it is asked again later."""
    places: Places
    shelf: card_shapes.Shelf
    cards: int = 0
    questions: int = 0
    given: set[str] = field(default_factory=set)

    def read(self, fields: Fields) -> Step | None:
        """Return the step, or None after reporting why it is none."""
        kind = _kind(fields)
        if kind is None:
            return None
        fields = Fields(fields.source, fields.node, f"`{kind}`")
        fields.refuse_unknown(_KEYS[kind])
        step = self._read(kind, fields)
        if step is not None:
            self.places.keep(step, fields.source, fields.node)
        return step

    def _read(self, kind: str, fields: Fields) -> Step | None:
        match kind:
            case card if card in _CONTENTS:
                return card_shapes.read(kind, fields, identity=self._card_id(fields), shelf=self.shelf)
            case "choose" | "choose_all":
                return self._options_question(kind, fields)
            case "true_false":
                return self._true_false(fields)
            case "number":
                return self._number(fields)
            case "order":
                return self._order(fields)
            case "match":
                return self._match(fields)
            case "open" | "poll" | "rate" | "reflect":
                return survey_shapes.read(kind, fields, asked=self._question(kind, fields))
            case _:
                return self._text(fields)

    def _card_id(self, fields: Fields) -> str:
        self.cards += 1
        return fields.id() or f"{self.lesson_id}-card-{self.cards}"

    def _question(self, kind: str, fields: Fields) -> "_Shared":
        self.questions += 1
        identity = fields.id()
        if not identity:
            identity = f"{self.lesson_id}-q{self.questions}"
            fields.source.report(
                "W122",
                "a question without an id",
                at=fields.key(kind),
                fix=f"write `id: {identity}` under it, or run `dusal course fmt`: answers stay with an id",
            )
        image = self.shelf.picture(fields, "image") if fields.has("image") else None
        return _Shared(
            id=identity,
            prompt=fields.text(kind, required="write the question"),
            hints=fields.texts("hint"),
            explain=fields.text("explain"),
            points=fields.whole("points", default=1, least=1, most=100),
            tries=fields.whole("tries", default=self.tries, least=1, most=5),
            image=image,
            alt=card_shapes.alt(fields, "image") if fields.has("image") else fields.text("alt"),
            review=fields.yes_no("review", default=self.review),
        )

    def _options_question(self, kind: str, fields: Fields) -> AnyQuestion | None:
        shared = self._question(kind, fields)
        if not fields.has("options"):
            fields.missing("options", fix="add `options:` with `- right: …` and `- wrong: …` below it")
            return None
        read = [self._option(fields, node) for node in fields.items("options")]
        options = tuple(option for option in read if option is not None)
        shuffle = fields.yes_no("shuffle", default=True)
        keep_last = fields.yes_no("keep_last", default=False)
        if kind == "choose":
            return Choose(**shared, options=options, shuffle=shuffle, keep_last=keep_last)
        return ChooseAll(**shared, options=options, shuffle=shuffle, keep_last=keep_last)

    def _option(self, question: Fields, node: Node) -> Option | None:
        source = question.source
        written = [key for key in ("right", "wrong") if isinstance(node, Mapping) and key in node.keys]
        if not isinstance(node, Mapping) or len(written) != 1:
            first = next(iter(node.keys), "") if isinstance(node, Mapping) else ""
            near = None if written else nearest(first, ("right", "wrong"))
            source.report(
                "E141",
                "an option is either `right` or `wrong`",
                at=node,
                fix=f"did you mean `{near}`?"
                if near
                else "write `- right: …` or `- wrong: …`, and `why: …` below it",
            )
            return None
        fields = Fields(source, node, "option")
        fields.refuse_unknown(_OPTION_KEYS)
        text = fields.text(written[0], required="write what can be chosen")
        option = Option(text=text, right=written[0] == "right", why=fields.text("why"))
        self.places.keep(option, source, node)
        return option

    def _true_false(self, fields: Fields) -> TrueFalse | None:
        shared = self._question("true_false", fields)
        if not fields.has("answer"):
            fields.missing("answer", fix="write `answer: true` or `answer: false`")
            return None
        return TrueFalse(**shared, answer=fields.yes_no("answer", default=True), why=fields.text("why"))

    def _number(self, fields: Fields) -> Number | None:
        shared = self._question("number", fields)
        if fields.has("answer") == fields.has("between"):
            fields.source.report(
                "E144",
                "`number` needs either `answer` or `between`",
                at=fields.key("number"),
                fix="write `answer: 150`, or `between: [140, 160]`",
            )
            return None
        answer = fields.decimal("answer")
        between = self._between(fields)
        return Number(
            **shared,
            answer=answer,
            between=between,
            tolerance=_tolerance(fields, answer),
            unit=fields.text("unit"),
            known=self._close(fields),
        )

    def _between(self, fields: Fields) -> tuple[Decimal, Decimal] | None:
        if not fields.has("between"):
            return None
        ends = [fields.decimal_of(node, "between") for node in fields.items("between")]
        if len(ends) != 2 or None in ends:
            if len(ends) != 2:
                fields.wrong_shape("between", "two numbers", fix="write `between: [140, 160]`")
            return None
        low, high = (end for end in ends if end is not None)
        if low > high:
            fields.wrong_shape("between", "the smaller number first", fix=f"write `between: [{high}, {low}]`")
        return (low, high)

    def _close(self, fields: Fields) -> tuple[KnownNumber, ...]:
        notes = []
        for node in fields.items("close"):
            note = _note(fields, node, "close")
            when = None if note is None else note.decimal("when")
            if note is not None and when is not None:
                notes.append(KnownNumber(when=when, why=note.text("why", required="say why it is not right")))
        return tuple(notes)

    def _order(self, fields: Fields) -> Order | None:
        shared = self._question("order", fields)
        items = arranging_shapes.order_items(fields)
        return None if items is None else Order(**shared, items=items, why=fields.text("why"))

    def _match(self, fields: Fields) -> Match | None:
        shared = self._question("match", fields)
        pairs = arranging_shapes.match_pairs(fields)
        return None if pairs is None else Match(**shared, pairs=pairs, why=fields.text("why"))

    def _text(self, fields: Fields) -> Text | None:
        shared = self._question("text", fields)
        accept = fields.texts("accept")
        if not fields.has("accept"):
            fields.missing("accept", fix="write `accept: [the answer, another spelling]`")
            return None
        notes = []
        for node in fields.items("reject"):
            note = _note(fields, node, "reject")
            if note is not None:
                when = note.text("when", required="write the answer it is about")
                notes.append(KnownText(when=when, why=note.text("why", required="say why it is not right")))
        typos = fields.whole("typos", default=1, least=0, most=2)
        return Text(**shared, accept=accept, typos=typos, known=tuple(notes)) if accept else None


class _Shared(TypedDict):
    id: str
    prompt: str
    hints: tuple[str, ...]
    explain: str
    points: int
    tries: int
    image: str | None
    alt: str
    review: bool


def _note(fields: Fields, node: Node, key: str) -> Fields | None:
    if not isinstance(node, Mapping):
        fields.wrong_shape(
            key, "`when` and `why` in each item", fix=f"write `{key}:` and `- when: …` with `why: …`"
        )
        return None
    note = Fields(fields.source, node, f"`{key}`")
    note.refuse_unknown(frozenset({"when", "why"}))
    return note


def _tolerance(fields: Fields, answer: Decimal | None) -> Decimal:
    node = fields.node.get("tolerance")
    if node is None:
        return Decimal(0)
    text = node.value.strip() if isinstance(node, Scalar) else ""
    value = plain_number(text.removesuffix("%").strip())
    fix = "write it like `tolerance: 2%` or `tolerance: 0.5`"
    if value is None or value < 0:
        fields.source.report("E104", "`tolerance` needs a number or a percentage", at=node, fix=fix)
    elif not text.endswith("%"):
        return value
    elif answer is not None:
        return abs(answer) * value / 100
    elif fields.has("between"):
        fields.source.report(
            "E104", "`tolerance` in percent needs an `answer`", at=node, fix="write wider ends instead"
        )
    return Decimal(0)


def _kind(fields: Fields) -> str | None:
    """Return the kind of a step by its keys, or None after reporting why there is none."""
    keys: AnyMapping[str, Scalar] = fields.node.keys
    written = keys.keys() & _KINDS
    if len(written) == 1:
        return written.pop()
    questions = [key for key in keys if key in _QUESTIONS]
    # A question may have a picture, and a card of any kind a text.
    beside = {"say", "image"} if questions else {"say"}
    both = [*questions, *(key for key in keys if key in _CONTENTS and key not in beside)]
    if len(both) > 1:
        fields.source.report(
            "E112",
            f"one step is both `{both[0]}` and `{both[1]}`",
            at=keys[both[1]],
            fix="make two steps of it: put `- ` before the second one",
        )
        return None
    if both:
        return both[0]
    if "say" in keys:
        return "say"
    _report_no_kind(fields)
    return None


def _report_no_kind(fields: Fields) -> None:
    if fields.source.is_full:
        return
    # The key meant as the kind is the one that belongs to no step at all.
    strange = [key for key in fields.node.keys if key not in _EVERY_KEY]
    at = fields.node.keys[strange[0]] if strange else fields.node
    near = nearest(strange[0], KINDS) if strange else None
    message = f"no step is called `{shortened(strange[0])}`" if strange else "a step without its kind"
    listed = ", ".join(f"`{kind}`" for kind in KINDS)
    fields.source.report(
        "E110", message, at=at, fix=f"did you mean `{near}`?" if near else f"start it with {listed}"
    )
