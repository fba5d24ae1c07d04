import re
from pathlib import Path

import pytest
from pydantic import BaseModel

from app.settings import Settings
from app.settings_file import load, tell
from lessons.problems import Problem

ROOT = Path(__file__).parents[2]


def written(tmp_path: Path, text: str) -> Path:
    path = tmp_path / "config.yaml"
    path.write_text(text, encoding="utf-8")
    return path


def told(problems: tuple[Problem, ...]) -> list[tuple[int, str]]:
    return [(problem.line, problem.message) for problem in problems]


def test_two_settings_are_enough(tmp_path: Path) -> None:
    path = written(tmp_path, "academy: {name: Darkhan-Uul}\ntelegram: {token: '1:planted'}\n")

    loaded = load(path, environ={})

    assert loaded.problems == ()
    assert loaded.settings is not None
    assert loaded.settings.academy.name == "Darkhan-Uul"
    assert loaded.settings.telegram.token.get_secret_value() == "1:planted"
    assert loaded.settings.telegram.mode == "polling"


def test_every_mistake_is_named_at_once_with_its_line(tmp_path: Path) -> None:
    path = written(
        tmp_path,
        "academy:\n  name: Here\n  quiet_hours: late\n  langages: [en]\ntelegram:\n  mode: push\nwbe: {}\n",
    )

    loaded = load(path, environ={})

    assert loaded.settings is None
    assert told(loaded.problems) == [
        (3, "`academy.quiet_hours`: quiet hours are written like 19:00-08:00"),
        (4, "unknown key `langages` in `academy`"),
        (6, "`telegram.mode`: input should be 'polling' or 'webhook'"),
        (7, "unknown key `wbe` in the settings"),
    ]
    assert "did you mean `languages`?" in tell(loaded.problems)
    assert "did you mean `web`?" in tell(loaded.problems)


def test_times_and_words_are_not_guessed_at_by_yaml(tmp_path: Path) -> None:
    path = written(tmp_path, "academy: {name: no, contact: 0123}\n")

    loaded = load(path, environ={})

    assert loaded.settings is not None
    assert loaded.settings.academy.name == "no"
    assert loaded.settings.academy.contact == "0123"


def test_the_environment_lies_over_the_file(tmp_path: Path) -> None:
    path = written(tmp_path, "academy: {name: Here, languages: [en]}\ntelegram: {token: old}\n")
    environ = {"DUSAL_TELEGRAM__TOKEN": "new", "DUSAL_ACADEMY__LANGUAGES": "mn, en", "HOME": "/somewhere"}

    loaded = load(path, environ=environ)

    assert loaded.settings is not None
    assert loaded.settings.telegram.token.get_secret_value() == "new"
    assert loaded.settings.academy.languages == ("mn", "en")


def test_an_environment_variable_that_names_no_setting_is_told(tmp_path: Path) -> None:
    path = written(tmp_path, "academy: {name: Here}\n")

    loaded = load(path, environ={"DUSAL_TOKEN": "x"})

    assert told(loaded.problems) == [(0, "the environment variable DUSAL_TOKEN names no setting")]


def test_the_token_may_lie_in_a_file_beside_the_settings(tmp_path: Path) -> None:
    (tmp_path / "token").write_text("5:from-file\n")
    path = written(tmp_path, "academy: {name: Here}\ntelegram: {token_file: token}\n")

    loaded = load(path, environ={})

    assert loaded.settings is not None
    assert loaded.settings.telegram.token.get_secret_value() == "5:from-file"


def test_a_missing_file_is_told_with_what_to_do(tmp_path: Path) -> None:
    loaded = load(tmp_path / "config.yaml", environ={})

    assert loaded.settings is None
    assert "copy config.example.yaml to config.yaml" in tell(loaded.problems)


def test_a_missing_name_is_told_where_it_belongs(tmp_path: Path) -> None:
    path = written(tmp_path, "academy:\n  zone: Asia/Ulaanbaatar\n")

    loaded = load(path, environ={})

    assert told(loaded.problems) == [(2, "`academy.name` is missing")]


@pytest.mark.parametrize("secret", ["short", "with space and more", "a" * 257])
def test_a_webhook_secret_that_telegram_or_a_guesser_would_not_mind_is_refused(
    tmp_path: Path, secret: str
) -> None:
    path = written(tmp_path, f"academy: {{name: Here}}\ntelegram: {{webhook: {{secret: '{secret}'}}}}\n")

    loaded = load(path, environ={})

    assert [problem.message for problem in loaded.problems] == [
        "`telegram.webhook.secret`: a webhook secret has 16 to 256 letters, digits, _ or -"
    ]


def test_no_secret_shows_in_what_is_told_or_in_a_repr(tmp_path: Path) -> None:
    path = written(
        tmp_path,
        "academy: {name: Here}\n"
        "telegram: {token: PLANTED, mode: wrong, webhook: {secret: 'PLANTED, too short'}}\n",
    )

    told_text = tell(load(path, environ={}).problems)
    right = load(written(tmp_path, "academy: {name: Here}\ntelegram: {token: PLANTED}\n"), environ={})

    assert "mode" in told_text
    assert "PLANTED" not in told_text
    assert "PLANTED" not in repr(right.settings)


def test_the_example_file_is_right_and_shows_every_setting_with_its_default_and_meaning() -> None:
    text = (ROOT / "config.example.yaml").read_text(encoding="utf-8")
    loaded = load(ROOT / "config.example.yaml", environ={})

    assert loaded.problems == ()
    assert loaded.settings == Settings.model_validate({"academy": {"name": "Darkhan-Uul e-Academy"}})
    plain = " ".join(re.sub(r"^\s*# ?", "", line) for line in text.splitlines()).split()
    for name, description in explained(Settings):
        assert re.search(rf"^\s*{name}:", text, re.MULTILINE), name
        assert " ".join(description.split()) in " ".join(plain), name


def explained(model: type[BaseModel]) -> list[tuple[str, str]]:
    found = []
    for name, field in model.model_fields.items():
        inner = field.annotation
        if isinstance(inner, type) and issubclass(inner, BaseModel):
            found += explained(inner)
        else:
            found.append((name, field.description or ""))
    return found
