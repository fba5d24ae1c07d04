"""`dusal course fmt`: give each question the id under which its answers will be kept."""

import difflib
import re
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from lessons.formatting import Formatted, NotFormatted

COURSE_FILE = "course.yaml"


@click.command()
@click.argument("paths", type=click.Path(path_type=Path), nargs=-1, required=True)
@click.option("--check", "only_check", is_flag=True, help="Change nothing; print what would be changed.")
def fmt(paths: tuple[Path, ...], *, only_check: bool) -> None:
    """Add missing ids to the files at PATHS.

    A path is a course folder or one of its files. Questions and surveys without an id get one, made
    of their words. Lines are inserted and nothing else is touched: comments and layout stay, and ids
    that are there are never changed. With --check the exit code is 1 when something would be added.
    """
    from app.writing_files import replace_file
    from lessons.formatting import Formatted
    from lessons.problems import draw

    added, refused = 0, False
    courses: dict[tuple[Path, ...], _Ids] = {}
    for file in dict.fromkeys(file for path in paths for file in _files_of(path)):
        content = _content(file)
        outcome = _formatted(file, content, courses)
        if not isinstance(outcome, Formatted):
            refused = True
            for problem in outcome.problems:
                click.echo(draw(problem) + "\n", err=True)
            click.echo(f"{outcome.reason}.", err=True)
        elif outcome.added:
            added += len(outcome.added)
            if only_check:
                click.echo(_difference(str(file), content, outcome.content), nl=False)
                continue
            if _content(file) != content:
                raise click.ClickException(f"{file} was saved by somebody else just now; run it again")
            try:
                replace_file(file, outcome.content)
            except OSError as error:
                raise click.ClickException(f"{file} cannot be written ({error.strerror})") from error
            click.echo(f"{file}: {', '.join(outcome.added)}")
    _conclude(added, refused=refused, only_check=only_check)


def _conclude(added: int, *, refused: bool, only_check: bool) -> None:
    ids = "1 id" if added == 1 else f"{added} ids"
    if only_check and added:
        click.echo(f"{ids} would be added.", err=True)
    elif added:
        click.echo(f"{ids} added.")
    elif not refused:
        click.echo("Every question has an id; nothing was changed.")
    sys.exit(1 if refused or (only_check and added) else 0)


@dataclass(slots=True)
class _Ids:
    """The ids of one course, looked up once for all its files."""

    taken: set[str]
    translated: frozenset[str]
    """Named by translations, whether or not they are written in the course."""


def _formatted(
    file: Path, content: bytes, courses: dict[tuple[Path, ...], _Ids]
) -> "Formatted | NotFormatted":
    """Return the file with its ids, and note them among those of its course."""
    from lessons.formatting import Formatted, with_ids

    around = _lessons_around(file)
    if around not in courses:
        courses[around] = _ids_of(file, around)
    ids = courses[around]
    outcome = with_ids(content, path=str(file), taken=ids.taken, translated=ids.translated)
    if isinstance(outcome, Formatted):
        ids.taken.update(outcome.added)
    return outcome


def _lessons_around(file: Path) -> tuple[Path, ...]:
    """Return the files of the course that this one belongs to: it alone, if it is a whole course."""
    return _yaml_in(file.parent) if (file.parent / COURSE_FILE).is_file() else (file,)


def _ids_of(file: Path, around: tuple[Path, ...]) -> _Ids:
    from lessons.formatting import ids_in, ids_in_translation

    beside = _yaml_in(file.parent / "i18n")
    if around == (file,):
        beside = tuple(
            other
            for other in _yaml_in(file.parent)
            if other != file and other.name.startswith(f"{file.stem}.")
        )
    return _Ids(
        taken=set().union(*(ids_in(_content(one)) for one in around)),
        translated=frozenset().union(*(ids_in_translation(_content(one)) for one in beside)),
    )


def _files_of(path: Path) -> Iterator[Path]:
    """Yield the files that may hold lessons, in the order in which they are read."""
    if not path.is_dir():
        if path.suffix.casefold() not in {".yaml", ".yml"}:
            raise click.ClickException(
                f"{path} is not a YAML file; name a course folder or one of its .yaml files"
            )
        yield path
        return
    if not (path / COURSE_FILE).is_file():
        raise click.ClickException(f"there is no {COURSE_FILE} in {path}; name a course folder or a file")
    yield path / COURSE_FILE
    yield from (file for file in _yaml_in(path) if file.name != COURSE_FILE)


def _yaml_in(folder: Path) -> tuple[Path, ...]:
    return tuple(sorted(file for file in folder.glob("*.y*ml") if file.suffix in {".yaml", ".yml"}))


def _content(file: Path) -> bytes:
    try:
        return file.read_bytes()
    except OSError as error:
        raise click.ClickException(f"{file} cannot be read ({error.strerror})") from error


def _difference(name: str, before: bytes, after: bytes) -> str:
    """Return a unified diff, also of a last line that has no end."""
    old, new = (re.findall(r"[^\n]*\n|[^\n]+", content.decode()) for content in (before, after))
    told = difflib.unified_diff(old, new, fromfile=name, tofile=f"{name} with ids")
    return "".join(
        line if line.endswith("\n") else f"{line}\n\\ No newline at end of file\n" for line in told
    )
