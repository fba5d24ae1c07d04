"""A promise without its test is a wish: every test that docs/guarantees.md names has to exist."""

import ast
import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "docs/guarantees.md").read_text(encoding="utf-8")
NAMED = re.findall(r"^- `(tests/[^`]+)`$", PAGE, re.MULTILINE)
PROMISES = re.findall(r'^"[^"]*"', PAGE, re.MULTILINE)


def names_in(file: Path) -> set[str]:
    tree = ast.parse(file.read_text(encoding="utf-8"))
    return {node.name for node in tree.body if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef))}


@pytest.mark.parametrize("named", sorted(set(NAMED)))
def test_every_test_named_in_the_guarantees_exists(named: str) -> None:
    file, _, name = named.partition("::")

    assert name in names_in(ROOT / file)


def test_every_promise_names_a_test() -> None:
    promised = PAGE.partition("## What is not promised")[0].partition("\n## ")[2]
    without = [
        part.split("\n")[0]
        for part in re.split(r'(?m)^(?=")', promised)[1:]
        if not re.search(r"^- `tests/", part, re.MULTILINE)
    ]

    assert len(PROMISES) > 20
    assert without == []
