"""What `dusal course publish` and `dusal course diff` share: the file, renamed ids, and sentences."""

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from collections.abc import Mapping

    from academy.messages.versions import CourseChanges, Moves
    from app.place import Place
    from lessons.media import Media
    from lessons.model import Course

renamed_option = click.option(
    "--renamed",
    "renamed",
    multiple=True,
    metavar="OLD=NEW",
    help="What was called OLD is called NEW now: its answers stay its own. May be repeated.",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Whole:
    """A course without errors, and its files."""

    course: "Course"
    media: "Mapping[str, Media]"


def read_whole(path: Path) -> Whole:
    """Return the course at `path`; problems go to standard error, and an error ends the command."""
    from bot.limits import TELEGRAM
    from lessons.problems import draw
    from lessons.reading_apart import read_path

    reading = read_path(path, limits=TELEGRAM)
    for problem in reading.problems:
        click.echo(draw(problem) + "\n", err=True)
    if reading.course is None:
        raise click.ClickException(f"{path} was not published. Mend the errors above and try again.")
    return Whole(course=reading.course, media=reading.media)


def names_kept(renamed: tuple[str, ...], *, course: "Course") -> dict[str, str]:
    """Return id as written → id it had, from `OLD=NEW` as typed; ends the command when that cannot be."""
    present = {lesson.id for lesson in course.lessons}
    present |= {step.id for lesson in course.lessons for step in lesson.steps}
    found = {}
    for pair in renamed:
        old, equals, new = pair.partition("=")
        if not (equals and old and new):
            raise click.BadParameter(
                f"write OLD=NEW, as in q-valve=q-trv, not {pair}", param_hint="--renamed"
            )
        if new not in present:
            raise click.BadParameter(f"the course has no {new}", param_hint="--renamed")
        if old in present:
            raise click.BadParameter(f"the course still has {old}", param_hint="--renamed")
        found[new] = old
    return found


def changes_of(
    place: "Place", course: "Course", *, renamed: dict[str, str], against: str | None = None
) -> "CourseChanges | None":
    """Return what changed since a published version (the live one by default); None when there is none."""
    from academy.course_changes import changes, live_version

    live = place.read(lambda tx: live_version(tx, course.id, version=against))
    if live is None:
        return None
    return place.read(lambda tx: changes(tx, course=course, against=live, renamed=renamed))


def lines_of(found: "CourseChanges") -> tuple[str, ...]:
    """Return the changes as sentences."""
    from bot.screens.changes import sentences
    from i18n.catalog import translator

    return sentences(found, translator("en"))


def what_becomes(moves: "Moves") -> tuple[str, ...]:
    """Return what becomes of whom, as sentences."""
    from bot.screens.changes import what_happens
    from i18n.catalog import translator

    return what_happens(moves, translator("en"))
