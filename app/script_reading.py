"""Reading a test that was made in the preview, or written by hand.

Nothing here raises for what somebody wrote: a file with a mistake is no script, and every mistake
is told with its line.
"""

from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

from app.scripts import (
    MOMENT,
    WORDS,
    ClockStands,
    Goes,
    Line,
    OpensInvitation,
    Presses,
    Says,
    Script,
    Types,
)
from lessons.nodes import Mapping, Node, Scalar, Sequence, did_you_mean
from lessons.problems import draw
from lessons.yaml_text import load_nodes

_HEAD = ("course", "person", "language", "joined", "begins", "steps")
_BESIDE = {"says": frozenset({"buttons", "with"}), "clock": frozenset[str]()}
"""What may stand beside a word; `at` beside all others."""
_MOST_PLACES = 100
"""As many people fit into the group of a preview."""


class ScriptRefusedError(Exception):
    """The file is no script; the text says why, with lines."""


def read_script(path: Path, *, zone: ZoneInfo) -> Script:
    """Return the script in a file; raises ScriptRefusedError with every mistake in it.

    Its moments are wall-clock times in `zone`.
    """
    root, source = load_nodes(path)
    if source.problems:
        raise ScriptRefusedError("\n\n".join(draw(problem) for problem in source.problems))
    reader = _Reader(path=str(path), zone=zone)
    script = reader.script(root)
    if reader.mistakes or script is None:
        raise ScriptRefusedError("\n".join(reader.mistakes) or f"{path}: there is no test in the file")
    return script


class _Reader:
    """Reads one file, and collects what is wrong with it."""

    def __init__(self, *, path: str, zone: ZoneInfo) -> None:
        self._path = path
        self._zone = zone
        self._now: datetime | None = None
        self.mistakes: list[str] = []

    def script(self, root: Node | None) -> Script | None:
        """Return the script; None when there is none, or a mistake that leaves none."""
        if not isinstance(root, Mapping):
            return None
        for key, node in root.keys.items():
            if key not in _HEAD:
                self._wrong(node, f"unknown key `{key}`: {did_you_mean(key, list(_HEAD))}")
        begins_at = self._now = self._moment(root, "begins")
        steps = root.get("steps")
        if not isinstance(steps, Sequence):
            self._wrong(root, "there are no `steps`")
            return None
        joined = _text(root, "joined") or "0"
        if not (joined.isdecimal() and int(joined) <= _MOST_PLACES):
            self._wrong(root.values["joined"], f"`joined` is a number from 0 to {_MOST_PLACES}")
        lines = [self._line(one) for one in steps.items]
        if begins_at is None or self.mistakes:
            return None
        return Script(
            course_id=_text(root, "course"),
            person=_text(root, "person") or "Bold",
            language=_text(root, "language") or "en",
            joined=int(joined),
            begins_at=begins_at,
            lines=tuple(line for line in lines if line is not None),
        )

    def _line(self, node: Node) -> Line | None:
        if not isinstance(node, Mapping) or not node.keys:
            self._wrong(node, "write one thing that happens, such as `press: Start`")
            return None
        word = next(iter(node.keys))
        if word not in WORDS:
            self._wrong(node, f"unknown word `{word}`: {did_you_mean(word, list(WORDS))}")
            return None
        known = _BESIDE.get(word, frozenset({"at"})) | {word}
        for key, place in node.keys.items():
            if key not in known:
                self._wrong(place, f"`{key}` does not belong to `{word}`")
        if word == "says":
            return self._says(node)
        if word == "clock":
            self._now = self._moment(node, "clock")
            return None if self._now is None else ClockStands(line=node.line, at=self._now)
        at = None
        if node.get("at") is not None:
            at = self._now = self._moment(node, "at")
        match word:
            case "press":
                return Presses(line=node.line, at=at, label=_text(node, "press"))
            case "type":
                return Types(line=node.line, at=at, text=_text(node, "type"))
            case "go":
                return self._go(node, at=at)
            case _:
                return OpensInvitation(line=node.line, at=at)

    def _says(self, node: Mapping) -> Says:
        buttons = node.get("buttons")
        labels: tuple[str, ...] = ()
        if isinstance(buttons, Sequence):
            labels = tuple(one.value for one in buttons.items if isinstance(one, Scalar))
        elif buttons is not None:
            self._wrong(buttons, "write the buttons as a list: [Start, Later]")
        return Says(line=node.line, text=_text(node, "says"), labels=labels, media=_text(node, "with"))

    def _go(self, node: Mapping, *, at: datetime | None) -> Goes | None:
        lesson_id, _, step_id = _text(node, "go").partition("/")
        if not (lesson_id and step_id):
            self._wrong(node, "write where to go as `go: LESSON/STEP`, with their ids")
            return None
        return Goes(line=node.line, at=at, lesson_id=lesson_id, step_id=step_id)

    def _moment(self, mapping: Mapping, key: str) -> datetime | None:
        """Return a moment, or a time on the day of the one before; seconds may be left out."""
        written = _text(mapping, key)
        day = "" if self._now is None else f"{self._now:%Y-%m-%d} "
        for text in (written, f"{written}:00", f"{day}{written}", f"{day}{written}:00"):
            try:
                return datetime.strptime(text, MOMENT).replace(tzinfo=self._zone)
            except ValueError:
                continue
        words = f"`{key}` is a moment, written like 2026-11-30 08:30:00"
        self._wrong(mapping.get(key) or mapping, words)
        return None

    def _wrong(self, node: Node, words: str) -> None:
        self.mistakes.append(f"{self._path}:{node.line}: {words}")


def _text(mapping: Mapping, key: str) -> str:
    node = mapping.get(key)
    return node.value if isinstance(node, Scalar) else ""
