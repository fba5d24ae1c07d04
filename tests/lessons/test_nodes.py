from pathlib import Path

from lessons.nodes import Mapping
from lessons.problems import draw
from lessons.reader import load_nodes


def test_other_yaml_is_read_with_its_lines() -> None:
    root, source = load_nodes("academy:\n  name: Lviv\n  zone: no\n", path="config.yaml")

    assert isinstance(root, Mapping)
    academy = root.values["academy"]
    assert isinstance(academy, Mapping)
    source.report("E104", "`zone` is not a zone", at=academy.values["zone"], fix="write one")
    assert draw(source.problems[0]) == (
        "error[E104]: `zone` is not a zone\n --> config.yaml:3:9\n  |\n3 |   zone: no\n  |         ^^\n  |\n"
        "  = fix: write one"
    )


def test_a_file_of_settings_that_is_not_there_is_a_problem(tmp_path: Path) -> None:
    root, source = load_nodes(tmp_path / "config.yaml", path="config.yaml")

    assert root is None
    assert [(problem.code, problem.path) for problem in source.problems] == [("E014", "config.yaml")]
