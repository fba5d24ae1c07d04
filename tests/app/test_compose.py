"""compose.yaml and the Dockerfile say what this program understands."""

import re
from pathlib import Path
from typing import Any

import click
import pytest
import yaml

from app.commands.serve import serve
from app.service_parts import ALL_PARTS, UnknownPartError, chosen
from app.settings_file import load

ROOT = Path(__file__).parents[2]
# As somebody might fill them in; the names are examples.
FILLED_IN = {
    "ACADEMY": "Darkhan-Uul e-Academy",
    "TOKEN": "1000000001:not-a-token-of-anybody",
    "HOST": "bot.example.org",
    "WEBHOOK_SECRET": "sixteen_or_more_letters",
    "DATABASE_PASSWORD": "letters1and2digits",
}


@pytest.fixture
def services() -> dict[str, dict[str, Any]]:  # any YAML value
    text = (ROOT / "compose.yaml").read_text(encoding="utf-8")
    filled = re.sub(r"\$\{(\w+)(:\?[^}]*)?\}", lambda found: FILLED_IN[found[1]], text)
    read: dict[str, dict[str, Any]] = yaml.safe_load(filled)["services"]
    return read


def ours(services: dict[str, dict[str, Any]]) -> dict[str, dict[str, Any]]:
    return {name: service for name, service in services.items() if service["image"] == "dusal"}


def test_every_part_runs_somewhere_and_every_command_is_one_of_ours(
    services: dict[str, dict[str, Any]],
) -> None:
    parts = {}
    for name, service in ours(services).items():
        command, *options = service["command"]
        assert command == "serve"
        given = serve.make_context(command, list(options), parent=click.Context(serve)).params
        parts[name] = chosen(given["only"])

    assert parts == {
        "receiver": {"receive", "web"},
        "handler": {"handle", "web"},
        "sender": {"send", "tick", "web"},
    }
    assert frozenset().union(*parts.values()) == ALL_PARTS


def test_there_are_two_handlers_and_two_senders(services: dict[str, dict[str, Any]]) -> None:
    replicas = {name: service.get("deploy", {}).get("replicas", 1) for name, service in services.items()}

    assert replicas == {"receiver": 1, "handler": 2, "sender": 2, "proxy": 1, "database": 1}


def test_every_environment_variable_is_a_setting(services: dict[str, dict[str, Any]], tmp_path: Path) -> None:
    for service in ours(services).values():
        loaded = load(tmp_path / "config.yaml", environ=service["environment"], required=False)

        assert loaded.problems == ()
        assert loaded.settings is not None
        assert loaded.settings.telegram.mode == "webhook"
        assert loaded.settings.database.url == "postgresql://dusal:letters1and2digits@database/dusal"


def test_the_database_is_made_for_whom_it_is_asked_by(services: dict[str, dict[str, Any]]) -> None:
    made = services["database"]["environment"]

    assert (made["POSTGRES_USER"], made["POSTGRES_DB"]) == ("dusal", "dusal")


def test_the_image_installs_what_is_locked_and_names_no_address() -> None:
    written = (ROOT / "Dockerfile").read_text(encoding="utf-8")

    assert "pip install --no-cache-dir --require-hashes -r requirements.lock" in written
    assert "://" not in written
    assert "index" not in written


@pytest.mark.parametrize(
    ("written", "parts"),
    [
        ((), ALL_PARTS),
        (("send",), {"send"}),
        (("send,tick", " web "), {"send", "tick", "web"}),
        ((",",), ALL_PARTS),
    ],
)
def test_parts_are_named_one_by_one_or_with_commas(written: tuple[str, ...], parts: frozenset[str]) -> None:
    assert chosen(written) == parts


def test_an_unknown_part_is_refused_with_those_there_are() -> None:
    with pytest.raises(UnknownPartError, match="receive, handle, send, web, tick"):
        chosen(["sender"])
