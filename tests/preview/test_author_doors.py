"""The author's routes: nobody comes in from elsewhere, and without a course there is nothing."""

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from preview.workbench import Desk, LessonLine, SavedFile, Standing, StepLine
from tests.preview.wire import Wire

READ_AT = datetime(2026, 11, 23, 7, 0, tzinfo=UTC)
DESK = Desk(
    title="Tea",
    version="1.0.0",
    lessons=(
        LessonLine(
            id="water", title="Water", is_test=False, steps=(StepLine(id="boil", kind="say", words="Boil."),)
        ),
    ),
    problems=(),
    is_shown=True,
    read_at=READ_AT,
    revision=3,
)
HERE = Standing(
    person_id=101,
    lesson_id="water",
    step=0,
    step_id="boil",
    steps=1,
    version="1.0.0",
    try_number=1,
    next_at=READ_AT,
)


class TeaBench:
    """A course of one step, and a list of what was asked of it."""

    def __init__(self) -> None:
        self.shown = DESK
        self.asked: list[object] = []
        self.disk_is_full = False

    def desk(self) -> Desk:
        return self.shown

    async def standings(self) -> tuple[Standing, ...]:
        return (HERE,)

    async def jump(self, *, person_id: int, lesson_id: str, step: int) -> str:
        self.asked.append((person_id, lesson_id, step))
        return "" if (lesson_id, step) == ("water", 0) else "No such step."

    def transcript(self, *, person_id: int) -> SavedFile:
        return SavedFile(name="tea.md", content="# Tea\n")

    async def save_script(self, *, person_id: int) -> SavedFile | str:
        self.asked.append(person_id)
        if self.disk_is_full:
            raise OSError(28, "No space left on device")
        return SavedFile(name="tests/tea.yaml", content="steps: []\n")


@pytest.fixture
def bench(wire: Wire) -> TeaBench:
    made = TeaBench()
    wire.server.bench = made
    return made


async def test_without_a_course_there_is_no_panel(wire: Wire) -> None:
    answer = await wire.http.get("/author")

    assert (answer.status_code, answer.json()) == (200, {"course": None, "revision": 0, "standings": []})
    refused = [
        await wire.http.post("/author/people/101/jump", json={"lesson": "water", "step": 0}),
        await wire.http.post("/author/people/101/script"),
        await wire.http.get("/author/people/101/transcript"),
    ]
    assert [one.status_code for one in refused] == [404] * 3


async def test_the_course_comes_once_and_where_everybody_is_always(wire: Wire, bench: TeaBench) -> None:
    first = (await wire.http.get("/author")).json()
    again = (await wire.http.get("/author", params={"after": "3"})).json()
    bench.shown = replace(DESK, revision=4)
    newer = (await wire.http.get("/author", params={"after": "3"})).json()

    assert first["course"] == {
        "title": "Tea",
        "version": "1.0.0",
        "lessons": [
            {
                "id": "water",
                "title": "Water",
                "is_test": False,
                "steps": [{"id": "boil", "kind": "say", "words": "Boil."}],
            }
        ],
        "problems": [],
        "is_shown": True,
        "read_at": "2026-11-23T07:00:00+00:00",
        "revision": 3,
    }
    assert (again["course"], again["revision"]) == (None, 3)
    assert again["standings"] == first["standings"]
    assert first["standings"][0]["next_at"] == "2026-11-23T07:00:00+00:00"
    assert newer["course"]["revision"] == 4


async def test_a_jump_is_done_or_refused_in_words(wire: Wire, bench: TeaBench) -> None:
    door = "/author/people/101/jump"
    answers = [
        await wire.http.post(door, json={"lesson": "water", "step": 0}),
        await wire.http.post(door, json={"lesson": "milk", "step": "x"}),
        await wire.http.post(door, content=b"{"),
        await wire.http.post("/author/people/99/jump", json={"lesson": "water", "step": 0}),
    ]

    assert [one.status_code for one in answers] == [200, 409, 409, 404]
    assert answers[1].json() == {"error": "No such step."}
    assert bench.asked == [(101, "water", 0), (101, "milk", -1), (101, "", -1)]


async def test_what_is_saved_is_a_file(wire: Wire, bench: TeaBench) -> None:
    transcript = await wire.http.get("/author/people/101/transcript")
    script = await wire.http.post("/author/people/101/script")
    bench.disk_is_full = True
    full = await wire.http.post("/author/people/101/script")

    assert (transcript.text, transcript.headers["content-disposition"]) == (
        "# Tea\n", 'attachment; filename="tea.md"',
    )  # fmt: skip
    assert transcript.headers["x-content-type-options"] == "nosniff"
    assert (script.status_code, script.json()) == (
        201, {"path": "tests/tea.yaml", "content": "steps: []\n"},
    )  # fmt: skip
    assert (full.status_code, full.json()) == (
        409, {"error": "The test could not be saved: No space left on device."},
    )  # fmt: skip


@pytest.mark.parametrize("path", ["jump", "script"])
@pytest.mark.parametrize(
    "headers",
    [
        {"origin": "https://evil.example"},
        {"origin": "null", "content-type": "text/plain"},
        {"sec-fetch-site": "cross-site"},
        {"host": "rebound.example:80"},
    ],
    ids=["origin", "null", "site", "host"],
)
async def test_a_foreign_page_gets_nowhere(
    wire: Wire, bench: TeaBench, path: str, headers: dict[str, str]
) -> None:
    answer = await wire.http.post(
        f"/author/people/101/{path}", content=b'{"lesson": "water", "step": 0}', headers=headers
    )
    read = await wire.http.get("/author", headers=headers)

    assert (answer.status_code, read.status_code, bench.asked) == (403, 403, [])
