"""F18, and `python -m faults.promises`: the table "no sentence without a test" of docs/guarantees.md.

A sentence in quotation marks at the beginning of a line is a promise; the list under it names its tests.
The table is made of these lines and of docs/faults.md alone, so it can say nothing that they do not say.
"""

import ast
import re
import sys
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from faults.figures import Found, Size

ROOT = Path(__file__).parents[1]
GUARANTEES = ROOT / "docs/guarantees.md"
FAULTS = ROOT / "docs/faults.md"
BEGINS = "<!-- made by `python -m faults.promises` -->"
ENDS = "<!-- the end of what is made -->"
SHORT_CHARS = 72
_TEST = re.compile(r"`(tests/[^`\s]+::test_\w+)`")
_FAULT = re.compile(r"^\| ([A-Z]\d\d) \|", re.MULTILINE)


@dataclass(frozen=True, slots=True, kw_only=True)
class Promise:
    """One sentence, or a few that are held by the same tests."""

    words: str
    """On one line, without the quotation marks."""
    tests: tuple[str, ...]
    """`tests/…::test_…`, in the order of the page; empty where somebody has forgotten them."""


def promises(page: str) -> tuple[Promise, ...]:
    """Return what the page promises, in its order; what stands under "What is not promised" is none."""
    promised = page.partition("\n## ")[2].partition("\n## What is not promised")[0]
    found = []
    for part in re.split(r'(?m)^(?=")', promised)[1:]:
        words, _, rest = part[1:].partition('"')
        # Up to the next heading: a list under that belongs to nobody.
        listed = re.findall(r"^- " + _TEST.pattern + "$", rest.partition("\n#")[0], re.MULTILINE)
        found.append(Promise(words=" ".join(words.split()), tests=tuple(listed)))
    return tuple(found)


def faults(page: str) -> Mapping[str, tuple[str, ...]]:
    """Return the tests of each fault by its id, from the rows of docs/faults.md above its runs.

    Raises ValueError when an id has two rows.
    """
    found: dict[str, tuple[str, ...]] = {}
    for line in page.partition("\n## Fault runs\n")[0].splitlines():
        if (fault := _FAULT.match(line)) is None:
            continue
        if fault[1] in found:
            raise ValueError(f"{fault[1]} stands in the page twice")
        found[fault[1]] = tuple(_TEST.findall(line))
    return found


def missing(tests: Iterable[str], *, root: Path) -> list[str]:
    """Return those of `path::name` that are in no file under `root`, in their order."""
    known: dict[str, set[str]] = {}
    absent = []
    for test in tests:
        file, _, name = test.partition("::")
        if file not in known:
            known[file] = _functions(root / file)
        if name not in known[file]:
            absent.append(test)
    return absent


def _functions(file: Path) -> set[str]:
    if not file.is_file():
        return set()
    tree = ast.parse(file.read_text(encoding="utf-8"))
    return {node.name for node in tree.body if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef))}


def table(promised: Sequence[Promise], under: Mapping[str, Sequence[str]]) -> str:
    """Return a row for each promise: its beginning, how many tests, and the faults under the same tests."""
    lines = ["| Promise | Tests | Faults under the same tests |", "| --- | ---: | --- |"]
    for promise in promised:
        ids = [fault for fault, tests in under.items() if set(tests) & set(promise.tests)]
        lines.append(f"| {_short(promise.words)} | {len(promise.tests)} | {' '.join(ids) or '–'} |")
    tests = {test for promise in promised for test in promise.tests}
    return "\n".join((*lines, "", f"{len(promised)} promises, {len(tests)} tests."))


def _short(words: str) -> str:
    """Cut between two words; a line of a table must not be broken by what it quotes."""
    plain = words.replace("|", "/")
    if len(plain) <= SHORT_CHARS:
        return plain
    return plain[:SHORT_CHARS].rpartition(" ")[0].rstrip(",;:") + " …"


def with_table(page: str, *, faults_page: str) -> str:
    """Return the page with its table made anew; raises ValueError where it has no place for one."""
    before, begins, rest = page.partition(BEGINS)
    _, ends, after = rest.partition(ENDS)
    if not begins or not ends:
        raise ValueError(f"there is no {BEGINS} … {ENDS}")
    made = table(promises(page), faults(faults_page))
    return f"{before}{begins}\n\n{made}\n\n{ends}{after}"


async def run(_size: Size, _seed: int, _folder: Path) -> Sequence[Found]:
    """Look at the pages as they are: there is no larger and no smaller size, and nothing is drawn."""
    promised = promises(GUARANTEES.read_text(encoding="utf-8"))
    known = faults(FAULTS.read_text(encoding="utf-8"))
    named = {test for one in promised for test in one.tests} | {
        test for tests in known.values() for test in tests
    }
    without = sum(not one.tests for one in promised)
    absent = missing(sorted(named), root=ROOT)
    unheld = [fault for fault, tests in known.items() if not tests]
    return [
        Found(
            figure="F18",
            what=f"{len(promised)} promises and {len(known)} faults against {len(named)} tests",
            goal="no promise without a test, no test that is not there",
            result=f"{without} without, {len(absent)} not there; held by none: {', '.join(unheld)}",
            holds=not without and not absent,
        )
    ]


def main() -> int:
    page = GUARANTEES.read_text(encoding="utf-8")
    promised = promises(page)
    GUARANTEES.write_text(with_table(page, faults_page=FAULTS.read_text(encoding="utf-8")), encoding="utf-8")
    print(table(promised, faults(FAULTS.read_text(encoding="utf-8"))))
    without = [promise.words for promise in promised if not promise.tests]
    absent = missing((test for promise in promised for test in promise.tests), root=ROOT)
    for words in without:
        print(f"no test: {words}", file=sys.stderr)
    for test in absent:
        print(f"there is no {test}", file=sys.stderr)
    return 1 if without or absent else 0


if __name__ == "__main__":
    sys.exit(main())
