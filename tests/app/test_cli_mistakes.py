"""What a person meets who writes something wrong: a sentence, a place and a way out, never a traceback."""

import json
from pathlib import Path

import pytest
from click.testing import CliRunner

from app.cli import main


def dusal(folder: Path, *words: str) -> tuple[int, str]:
    config, data = folder / "config.yaml", folder / "data"
    told = CliRunner().invoke(main, ["--config", str(config), "--data", str(data), *words])
    assert told.exception is None or isinstance(told.exception, SystemExit), told.exception
    return told.exit_code, told.output


def test_wrong_settings_are_named_with_file_and_line(tmp_path: Path) -> None:
    (tmp_path / "config.yaml").write_text(
        "academy:\n  name: Darkhan\n  zoen: UTC\ntelegram:\n  mode: pigeons\n"
        "limits:\n  group_capacity: many\n"
    )

    code, told = dusal(tmp_path, "serve")

    assert code == 1
    for place in ("config.yaml:3:", "config.yaml:5:", "config.yaml:7:"):
        assert place in told
    assert "`zone`" in told
    assert "Traceback" not in told


def test_a_missing_token_is_named(tmp_path: Path) -> None:
    (tmp_path / "config.yaml").write_text("academy:\n  name: Darkhan\n")

    code, told = dusal(tmp_path, "serve")

    assert code == 1
    assert "telegram.token" in told
    assert "@BotFather" in told


def test_webhook_mode_without_a_secret_is_refused(tmp_path: Path) -> None:
    (tmp_path / "config.yaml").write_text(
        "academy:\n  name: Darkhan\n"
        "telegram:\n  token: 1:abc\n  mode: webhook\n  webhook: {url: 'https://a.example/b'}\n"
    )

    code, told = dusal(tmp_path, "serve")

    assert code == 1
    assert "telegram.webhook.secret" in told


@pytest.mark.parametrize(
    "words",
    [
        ("group", "list"),
        ("course", "list"),
        ("role", "list"),
        ("outbox",),
        ("settings", "show"),
        ("doctor",),
    ],
)
def test_listings_work_in_an_empty_folder(tmp_path: Path, words: tuple[str, ...]) -> None:
    code, told = dusal(tmp_path, *words)

    assert "Traceback" not in told
    assert code in ({0, 1} if words == ("doctor",) else {0})


@pytest.mark.parametrize("words", [("group", "list"), ("course", "list"), ("role", "list"), ("outbox",)])
def test_an_empty_listing_is_an_empty_list(tmp_path: Path, words: tuple[str, ...]) -> None:
    code, told = dusal(tmp_path, *words, "--format", "json")

    assert code == 0
    assert json.loads(told) == []


@pytest.mark.parametrize(
    ("words", "code", "said"),
    [
        (("fly",), 2, "No such command"),
        (("group", "create"), 2, "--course"),
        (("group", "show", "Nowhere"), 1, "dusal group create"),
        (
            ("group", "create", "--course", "x", "--name", "A", "--zone", "Mars/Olympus"),
            2,
            "Asia/Ulaanbaatar",
        ),
        (("group", "create", "--course", "x", "--name", "A", "--at", "9 o'clock"), 2, "09:00"),
        (("group", "create", "--course", "x", "--name", "A", "--days", "someday"), 2, "mon,wed"),
        (("course", "publish", "nowhere.yaml"), 1, "write the path of a course file or folder"),
        (("role", "grant", "me", "admin"), 2, "me"),
        (("report", "completion", "--group", "Nowhere"), 1, "dusal group create"),
        (("announce", "--group", "Nowhere", "--text", "x"), 1, "dusal group create"),
    ],
)
def test_mistakes_get_a_sentence(tmp_path: Path, words: tuple[str, ...], code: int, said: str) -> None:
    exit_code, told = dusal(tmp_path, *words)

    assert exit_code == code, told
    assert said in told
    assert "Traceback" not in told
