"""What the pages name has to be there: files, headings, commands with their options, settings."""

import re
import shlex
from collections.abc import Iterator
from pathlib import Path

import click
import pytest
import yaml
from pydantic import BaseModel

from app import serving
from app.cli import main
from app.settings import Settings
from bot.commands import MENU

ROOT = Path(__file__).parents[2]
PAGES = sorted([*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md")])
PROMPT = re.compile(r"^ *\$ (.+)$", re.MULTILINE)
FENCED = re.compile(r"^ *```(\w*)\n(.*?)^ *```$", re.MULTILINE | re.DOTALL)


def called(page: Path) -> str:
    return str(page.relative_to(ROOT))


def anchors(page: Path) -> set[str]:
    """Return the anchors of the headings, as GitHub makes them."""
    headings = re.findall(r"^#+ (.+)$", FENCED.sub("", page.read_text(encoding="utf-8")), re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", heading.lower()).strip().replace(" ", "-") for heading in headings}


@pytest.mark.parametrize("page", PAGES, ids=called)
def test_every_relative_link_leads_somewhere(page: Path) -> None:
    text = FENCED.sub("", page.read_text(encoding="utf-8"))
    astray = []
    for target in re.findall(r"\]\(([^)\s]+)\)", re.sub(r"`[^`]*`", "", text)):
        if re.match(r"https?:|mailto:", target):
            continue
        file, _, anchor = target.partition("#")
        there = (page.parent / file).resolve() if file else page
        if not there.exists() or (anchor and anchor not in anchors(there)):
            astray.append(target)

    assert astray == []


def commands() -> Iterator[tuple[str, str]]:
    """Every `dusal …` of the pages: behind a prompt, or alone in code."""
    for page in PAGES:
        text = page.read_text(encoding="utf-8")
        found = [
            line
            for _, block in FENCED.findall(text)
            for line in re.findall(r"^ *\$ (.+)$", block, re.MULTILINE)
        ]
        found += re.findall(r"^ExecStart=(.+)$", text, re.MULTILINE)
        found += re.findall(r"`((?:dusal) [^`\n]+)`", FENCED.sub("", text).replace("\n", " "))
        for line in found:
            words = shlex.split(line.partition("#")[0])
            if words and words[0].rpartition("/")[2] == "dusal":
                yield called(page), shlex.join(words[1:])


@pytest.mark.parametrize(("page", "line"), sorted(set(commands())))
def test_every_command_named_exists_with_these_options(page: str, line: str) -> None:
    command: click.Command = main
    words = shlex.split(line)
    values = 0
    while words:
        word = words.pop(0)
        # With its own settings: click keeps the help option that it is asked for first.
        context = click.Context(command, **command.context_settings)
        if word.startswith("--"):
            [option] = [one for one in command.get_params(context) if word in one.opts]
            if isinstance(option, click.Option) and not option.is_flag and option.name != "version":
                del words[: option.nargs]
        elif isinstance(command, click.Group) and word != "…":
            found = command.get_command(context, word)
            assert found is not None, f"{page}: there is no `{word}` in `dusal {line}`"
            command = found
        else:
            values += 1

    takes = [one for one in command.params if isinstance(one, click.Argument)]
    assert values <= len(takes), f"{page}: `dusal {line}` has a word too many"


def settings(model: type[BaseModel], prefix: str = "") -> Iterator[str]:
    for name, field in model.model_fields.items():
        yield prefix + name
        inner = field.annotation
        if isinstance(inner, type) and issubclass(inner, BaseModel):
            yield from settings(inner, f"{prefix}{name}.")


def keys(written: object, prefix: str = "") -> Iterator[str]:
    if isinstance(written, dict):
        for name, value in written.items():
            yield f"{prefix}{name}"
            yield from keys(value, f"{prefix}{name}.")


def test_every_setting_named_exists() -> None:
    known = set(settings(Settings))
    sections = "|".join(Settings.model_fields)
    named: dict[str, str] = {}
    for page in PAGES:
        text = page.read_text(encoding="utf-8")
        for name in re.findall(rf"`((?:{sections})\.[a-z_.]+)(?:: [^`]*)?`", text):
            named[name] = called(page)
        for name in re.findall(r"\bDUSAL_([A-Z_]+__[A-Z_]+)\b", text):
            named[name.lower().replace("__", ".")] = called(page)
        for language, block in FENCED.findall(text):
            if language == "yaml" and page.name != "course-format.md":
                named |= dict.fromkeys(keys(yaml.safe_load(block)), called(page))
    # A module named in the same manner, such as `academy.messages`, is no setting.
    modules = {".".join(path.relative_to(ROOT).with_suffix("").parts) for path in ROOT.glob("*/*")}

    assert {name: page for name, page in named.items() if name not in known | modules} == {}
    assert len(named) > 10


def test_every_target_of_make_exists() -> None:
    made = set(re.findall(r"^([a-z]+):", (ROOT / "Makefile").read_text(encoding="utf-8"), re.MULTILINE))
    named = {
        target
        for page in PAGES
        for target in re.findall(r"(?:`|\$ )make ([a-z]+)\b", page.read_text(encoding="utf-8"))
    }

    assert named <= made
    assert {"demo", "test", "check"} <= named


def test_exit_codes_are_explained() -> None:
    page = (ROOT / "docs/operating.md").read_text(encoding="utf-8")
    told = {int(code) for code in re.findall(r"^\| (\d) \|", page, re.MULTILINE)}
    stops_for_good = {serving.EXIT_ALREADY_RUNNING, serving.EXIT_TOKEN}

    assert told == {0, 2, serving.EXIT_FAILED, *stops_for_good}
    assert re.findall(r"^RestartPreventExitStatus=(.+)$", page, re.MULTILINE) == [
        " ".join(str(code) for code in sorted(stops_for_good))
    ]


def test_a_decision_fits_on_a_page() -> None:
    pages = list((ROOT / "docs/decisions").glob("*.md"))

    assert [called(page) for page in pages if len(page.read_text(encoding="utf-8").splitlines()) > 40] == []
    assert len({page.name[:4] for page in pages}) == len(pages)


def test_the_facilitators_page_names_their_commands() -> None:
    page = (ROOT / "docs/facilitators.md").read_text(encoding="utf-8")

    assert [
        entry.name for entry in MENU if entry.audience == "facilitator" and f"/{entry.name}" not in page
    ] == []


def test_every_folder_of_the_product_is_on_the_map() -> None:
    page = (ROOT / "docs/architecture.md").read_text(encoding="utf-8")
    packages = {file.parent.name for file in ROOT.glob("*/__init__.py")}

    assert {name for name in packages if f"`{name}/`" not in page} == set()


def test_the_picture_is_light_enough_for_a_readme() -> None:
    assert (ROOT / "docs/pictures/phone.png").stat().st_size < 250_000
