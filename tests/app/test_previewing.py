"""The author's workbench, over HTTP, with the real bot behind it."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from app.cli import main
from app.log_setup import set_up
from app.place import Place
from tests.app.previewed import BOLD, FACILITATOR, OYUNA, Watcher, previewed


@pytest.fixture(autouse=True)
def quiet_log() -> None:
    set_up(level="WARNING")


@pytest.fixture
async def preview(tmp_path: Path) -> AsyncIterator[Watcher]:
    async with previewed(tmp_path) as watcher:
        yield watcher


async def test_the_course_is_listed_with_its_steps(preview: Watcher) -> None:
    seen = await preview.author()

    course = seen["course"]
    assert (course["title"], course["version"], course["is_shown"], course["revision"]) == (
        "Tea for everybody", "1.0.0", True, 1,
    )  # fmt: skip
    assert [(one["id"], one["title"], len(one["steps"])) for one in course["lessons"]] == [
        ("water", "Water first", 3), ("pot", "The pot", 1), ("cup", "The cup", 2),
    ]  # fmt: skip
    assert course["lessons"][0]["steps"][2] == {
        "id": "q-hot", "kind": "true_false", "words": "Tea needs hot water.",
    }  # fmt: skip
    assert (await preview.http.get("/author", params={"after": 1})).json()["course"] is None


async def test_a_saved_file_is_on_the_phone_at_the_same_step(preview: Watcher) -> None:
    assert (await preview.jump("water", 1)).status_code == 200
    before = await preview.shows("Wait a minute.")

    preview.save("Wait a minute.", "Wait two minutes.")

    after = await preview.shows("Wait two minutes.")
    assert (after["id"], after["edited"]) == (before["id"], True)
    seen = await preview.until(lambda news: news["course"]["revision"] == 2)
    assert seen["course"]["version"] == "1.0.0+2"
    (standing,) = seen["standings"]
    assert (standing["person_id"], standing["step_id"], standing["version"]) == (BOLD, "wait", "1.0.0+2")


async def test_a_broken_file_leaves_the_phones_alone_and_lists_what_is_wrong(preview: Watcher) -> None:
    await preview.jump("water", 1)
    await preview.shows("Wait a minute.")

    preview.save("        say: Wait a minute.", "        sya: Wait two minutes.")
    broken = await preview.until(lambda news: not news["course"]["is_shown"])

    (problem,) = [one for one in broken["course"]["problems"] if one["severity"] == "error"]
    assert (problem["code"], problem["place"]) == ("E110", "tea.yaml:13:9")
    assert problem["fix"]
    assert problem["drawn"].startswith("error[E110]")
    assert broken["course"]["version"] == "1.0.0"
    assert (await preview.last())["text"].endswith("Wait a minute.")

    preview.save("        sya: Wait two minutes.", "        say: Wait two minutes.")
    await preview.shows("Wait two minutes.")


async def test_a_comment_is_no_new_course(preview: Watcher) -> None:
    preview.save("format: 1\n", "# ours\nformat: 1\n")

    seen = await preview.until(lambda news: news["course"]["revision"] == 2)

    assert (seen["course"]["version"], seen["course"]["is_shown"]) == ("1.0.0", True)


async def test_only_learners_are_put_at_steps(preview: Watcher) -> None:
    answers = [
        await preview.jump("water", 0, person=FACILITATOR),
        await preview.jump("water", 9),
        await preview.jump("milk", 0),
        await preview.jump("water", 0, person=77),
    ]

    assert [answer.status_code for answer in answers] == [409, 409, 409, 404]
    assert answers[1].json() == {"error": "The course on the phones has no such step."}
    assert (await preview.author())["standings"] == []


async def test_a_conversation_becomes_a_test_that_can_be_played(preview: Watcher, place: Place) -> None:
    # The second to join sees answers in another order than the first.
    await preview.shows("Hello Oyuna!", person=OYUNA)
    assert (await preview.jump("water", 0, person=OYUNA)).status_code == 200
    await preview.press("Start")
    await preview.jump("cup", 1)
    await preview.shows("Who drinks first?")
    await preview.press("The guest")
    await preview.shows("Always.")

    made = await preview.http.post(f"/author/people/{BOLD}/script")

    file = Path(made.json()["path"])
    assert (made.status_code, file.parent) == (201, preview.path.parent / "tests")
    content = await asyncio.to_thread(file.read_text, encoding="utf-8")
    assert content == made.json()["content"]
    assert "joined: 2" in content
    played = await replay(place, preview.path, file)
    assert (played.exit_code, played.output.count("everything is as written")) == (0, 1), played.output

    preview.save("Who drinks first?", "Who drinks last?")
    played = await replay(place, preview.path, file)
    assert played.exit_code == 1
    number = next(n for n, line in enumerate(content.splitlines(), 1) if "Who drinks" in line)
    # The line on which what the bot says begins.
    assert f"{file}:{number - 3}: The bot says something else" in played.output
    assert "- Who drinks first?\n+ Who drinks last?" in played.output


async def test_words_from_before_a_save_make_no_test(preview: Watcher) -> None:
    await preview.jump("water", 0)
    await preview.shows("Boil the water.")
    preview.save("Wait a minute.", "Wait two minutes.")
    await preview.until(lambda news: news["course"]["revision"] == 2)

    refused = await preview.http.post(f"/author/people/{BOLD}/script")

    assert refused.status_code == 409
    assert refused.json()["error"].startswith("The course was saved since this conversation began.")
    assert not (preview.path.parent / "tests").exists()


async def test_the_transcript_is_a_file_of_markdown(preview: Watcher) -> None:
    await preview.press("Start")

    saved = await preview.http.get(f"/author/people/{BOLD}/transcript")

    assert saved.headers["content-type"] == "text/markdown; charset=utf-8"
    assert saved.headers["content-disposition"].startswith('attachment; filename="tea-bold-')
    assert "presses [Start]" in saved.text
    assert "[Start] ✓" in saved.text


async def replay(place: Place, course: Path, script: Path) -> Result:
    """Play a test by the command, which runs a loop of its own."""
    words = ["course", "replay", str(course), str(script)]
    return await asyncio.to_thread(lambda: CliRunner().invoke(main, words, obj=place))
