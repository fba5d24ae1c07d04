import json

import pytest

from lessons.problems import Label, Problem, as_github, as_json, draw

UNKNOWN = Problem(
    path="bad.yaml",
    line=25,
    column=5,
    length=6,
    severity="error",
    code="E101",
    message="unknown key `minuts` in lesson",
    label="not a key here",
    fix="did you mean `minutes`?",
    snippet=((25, "    minuts: 4"),),
)
DOUBLED = Problem(
    path="bad.yaml",
    line=74,
    column=13,
    length=13,
    severity="error",
    code="E120",
    message="two questions have the id `q-heat-window`",
    label="used again",
    fix="rename one, for example `q-heat-window-2`. Ids must not change once learners have answered",
    related=(Label(line=70, column=13, length=13, text="first used here"),),
    snippet=((70, "        id: q-heat-window"), (74, "        id: q-heat-window")),
)
DROPPED = Problem(
    path="bad.yaml",
    line=4,
    column=50,
    length=14,
    severity="warning",
    code="W220",
    message="the text after ` #` is a comment and will not be shown",
    label="dropped",
    fix="put quotes around the whole text",
    snippet=((4, "summary: Ten short lessons for staff in building #3 and others."),),
)


@pytest.mark.parametrize(
    ("problem", "drawn"),
    [
        pytest.param(
            UNKNOWN,
            """\
error[E101]: unknown key `minuts` in lesson
  --> bad.yaml:25:5
   |
25 |     minuts: 4
   |     ^^^^^^ not a key here
   |
   = fix: did you mean `minutes`?""",
            id="one place",
        ),
        pytest.param(
            DOUBLED,
            """\
error[E120]: two questions have the id `q-heat-window`
  --> bad.yaml:74:13
   |
70 |         id: q-heat-window
   |             ------------- first used here
74 |         id: q-heat-window
   |             ^^^^^^^^^^^^^ used again
   |
   = fix: rename one, for example `q-heat-window-2`. Ids must not change once learners have answered""",
            id="two places",
        ),
        pytest.param(
            DROPPED,
            """\
warning[W220]: the text after ` #` is a comment and will not be shown
 --> bad.yaml:4:50
  |
4 | summary: Ten short lessons for staff in building #3 and others.
  |                                                  ^^^^^^^^^^^^^^ dropped
  |
  = fix: put quotes around the whole text""",
            id="one digit",
        ),
    ],
)
def test_draw_follows_the_shape_of_the_design(problem: Problem, drawn: str) -> None:
    assert draw(problem) == drawn


def test_draw_underlines_in_terminal_cells() -> None:
    problem = Problem(
        path="a.yaml",
        line=1,
        column=5,
        length=2,
        severity="error",
        code="E101",
        message="m",
        fix="f",
        snippet=((1, "中文\té: x"),),
    )

    # Two wide characters are four cells, the tab is four, é is one; the colon comes at column 5.
    assert draw(problem).splitlines()[3:5] == ["1 | 中文    é: x", "  |          ^^"]


def test_draw_lets_no_control_character_reach_the_terminal() -> None:
    problem = Problem(
        path="a.yaml",
        line=1,
        column=1,
        severity="error",
        code="E010",
        message="m",
        fix="f",
        snippet=((1, "a\x1b[2J\u202eb"),),
    )

    assert draw(problem).splitlines()[3] == "1 | a\ufffd[2J\ufffdb"


def test_draw_without_a_place_tells_the_file() -> None:
    problem = Problem(path="a.zip", line=0, column=1, severity="error", code="E015", message="m", fix="f")

    assert draw(problem) == "error[E015]: m\n --> a.zip\n  = fix: f"


def test_json_counts_and_keeps_everything() -> None:
    told = json.loads(as_json([UNKNOWN, DROPPED]))

    assert (told["errors"], told["warnings"]) == (1, 1)
    assert told["problems"][0] == {
        "path": "bad.yaml",
        "line": 25,
        "column": 5,
        "length": 6,
        "severity": "error",
        "code": "E101",
        "message": "unknown key `minuts` in lesson",
        "label": "not a key here",
        "fix": "did you mean `minutes`?",
        "related": [],
        "snippet": [[25, "    minuts: 4"]],
    }


def test_github_escapes_what_would_end_the_command() -> None:
    problem = Problem(
        path="a,b:c.yaml",
        line=3,
        column=2,
        length=4,
        severity="warning",
        code="W201",
        message="50%\nmore",
        fix="cut",
    )

    told = "::warning file=a%2Cb%3Ac.yaml,line=3,col=2,endColumn=6,title=W201::50%25%0Amore. Fix: cut"
    assert as_github(problem) == told
