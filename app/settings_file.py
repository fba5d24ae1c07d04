"""Reading the settings: from one YAML file and from `DUSAL_…` in the environment.

The file is read by the same reader as courses, so a mistake is told with its line and a remedy,
all mistakes at once, and never as a traceback.
"""

from collections.abc import Mapping as Environment
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from pydantic import BaseModel, SecretStr, ValidationError
from pydantic_core import ErrorDetails

from app.settings import Settings
from lessons.nodes import Mapping, Node, Scalar, Sequence, Source, did_you_mean
from lessons.problems import Problem, draw
from lessons.yaml_text import load_nodes

PREFIX = "DUSAL_"
"""`DUSAL_TELEGRAM__TOKEN` sets `telegram.token`: two underscores stand for one step down."""

# Read by other parts than the settings.
_NOT_SETTINGS = {"DUSAL_REQUIRE_ALL", "DUSAL_CRASH_AT"}
_MISSING_NAME = "write a name under `academy:`, such as `name: Darkhan-Uul e-Academy`"


@dataclass(frozen=True, slots=True)
class Loaded:
    """The settings, or what is wrong with them."""

    settings: Settings | None
    """None when there is at least one error."""
    problems: tuple[Problem, ...]


def load(path: Path, *, environ: Environment[str, str], required: bool = True) -> Loaded:
    """Return the settings of the file at `path`, with the environment laid over it.

    Without `required` a missing file counts as empty and an academy without a name is called
    "Academy": enough for commands that speak to nobody.
    """
    source = Source(path=str(path))
    written: dict[str, Any] = {}  # Any: what a person wrote, before it is checked
    places: dict[tuple[str, ...], Node] = {}
    if path.is_file():
        root, source = load_nodes(path)
        if isinstance(root, Mapping):
            written = _gathered(root, Settings, (), source=source, places=places)
    elif required:
        source.report("E400", f"there is no file {path}", fix="copy config.example.yaml to config.yaml")
    from_environment = _laid_over(written, environ, source=source)
    if not required:
        written.setdefault("academy", {}).setdefault("name", "Academy")
    _read_token_file(written, path=path, source=source, places=places)
    settings = None
    try:
        settings = Settings.model_validate(written)
    except ValidationError as wrong:
        for error in wrong.errors(include_url=False, include_context=False, include_input=False):
            _report(error, source=source, places=places, from_environment=from_environment)
    found = _without_secrets(source.problems, written)
    problems = tuple(sorted(found, key=lambda problem: (problem.line, problem.column)))
    if any(problem.severity == "error" for problem in problems):
        settings = None
    return Loaded(settings, problems)


def tell(problems: tuple[Problem, ...]) -> str:
    """Return all problems drawn as text."""
    return "the settings have mistakes\n\n" + "\n\n".join(draw(problem) for problem in problems)


def _gathered(
    mapping: Mapping,
    model: type[BaseModel],
    prefix: tuple[str, ...],
    *,
    source: Source,
    places: dict[tuple[str, ...], Node],
) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for key, value in mapping.values.items():
        where = (*prefix, key)
        places[where] = value
        field = model.model_fields.get(key)
        if field is None:
            title = "`" + ".".join(prefix) + "`" if prefix else "the settings"
            source.report(
                "E401",
                f"unknown key `{key}` in {title}",
                fix=did_you_mean(key, list(model.model_fields)),
                at=mapping.keys[key],
                label="not a setting",
            )
            continue
        inner = field.annotation
        is_section = isinstance(inner, type) and issubclass(inner, BaseModel)
        match value:
            case Mapping() if is_section:
                assert isinstance(inner, type)
                assert issubclass(inner, BaseModel)
                found[key] = _gathered(value, inner, where, source=source, places=places)
            case Scalar() if is_section and not value.value:
                continue
            case Scalar() if not is_section:
                found[key] = value.value
            case Sequence() if not is_section:
                found[key] = tuple(item.value for item in value.items if isinstance(item, Scalar))
            case _:
                wanted = "keys below it, indented" if is_section else "one value"
                source.report(
                    "E402", f"`{'.'.join(where)}` needs {wanted}", fix="see config.example.yaml", at=value
                )
    return found


def _laid_over(
    written: dict[str, Any], environ: Environment[str, str], *, source: Source
) -> set[tuple[str, ...]]:
    laid: set[tuple[str, ...]] = set()
    for name in sorted(environ):
        if not name.startswith(PREFIX) or name in _NOT_SETTINGS:
            continue
        where = tuple(name.removeprefix(PREFIX).lower().split("__"))
        field = _field_at(where)
        if field is None:
            source.report(
                "E403",
                f"the environment variable {name} names no setting",
                fix="write it like DUSAL_TELEGRAM__TOKEN, with two underscores between the parts",
            )
            continue
        section = written
        for step in where[:-1]:
            section = section.setdefault(step, {})
        value = environ[name]
        section[where[-1]] = tuple(part.strip() for part in value.split(",")) if field == "list" else value
        laid.add(where)
    return laid


def _field_at(where: tuple[str, ...]) -> str | None:
    model: type[BaseModel] = Settings
    for position, step in enumerate(where):
        field = model.model_fields.get(step)
        if field is None:
            return None
        inner = field.annotation
        if isinstance(inner, type) and issubclass(inner, BaseModel):
            model = inner
            continue
        if position < len(where) - 1:
            return None
        return "list" if "tuple" in str(inner) else "value"
    return None


def _without_secrets(problems: list[Problem], written: dict[str, Any]) -> list[Problem]:
    """Return the problems with the secrets blotted out of the lines they show.

    A mistake elsewhere on the token's line must not put the token on a screen or into a log.
    """
    telegram = written.get("telegram")
    section = telegram if isinstance(telegram, dict) else {}
    webhook = section.get("webhook")
    inner = webhook if isinstance(webhook, dict) else {}
    secrets = [text for text in (section.get("token"), inner.get("secret")) if isinstance(text, str) and text]

    def blotted(line: str) -> str:
        for secret in secrets:
            line = line.replace(secret, "•" * len(secret))
        return line

    return [
        replace(problem, snippet=tuple((number, blotted(line)) for number, line in problem.snippet))
        for problem in problems
    ]


def _read_token_file(
    written: dict[str, Any], *, path: Path, source: Source, places: dict[tuple[str, ...], Node]
) -> None:
    telegram = written.get("telegram", {})
    named = telegram.get("token_file", "")
    if not named or telegram.get("token"):
        return
    file = path.parent / named
    try:
        telegram["token"] = SecretStr(file.read_text(encoding="utf-8").strip())
    except (OSError, UnicodeDecodeError):
        source.report(
            "E404",
            f"the token file {named} cannot be read",
            fix="check the path and who may read the file",
            at=places.get(("telegram", "token_file")),
        )


def _report(
    error: ErrorDetails,
    *,
    source: Source,
    places: dict[tuple[str, ...], Node],
    from_environment: set[tuple[str, ...]],
) -> None:
    # A list's item is told at the list.
    where = tuple(str(part) for part in error["loc"] if not isinstance(part, int))
    name = ".".join(where)
    if error["type"] == "missing":
        parent = places.get(where[:-1])
        fix = _MISSING_NAME if where[:1] == ("academy",) else "see config.example.yaml"
        source.report("E405", f"`{name}` is missing", fix=fix, at=parent)
        return
    told = error["msg"].removeprefix("Value error, ")
    origin = " from the environment" if where in from_environment else ""
    source.report(
        "E406",
        f"`{name}`{origin}: {told[:1].lower()}{told[1:]}",
        fix="config.example.yaml shows how it is written",
        at=None if origin else places.get(where),
    )
