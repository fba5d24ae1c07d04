"""`dusal course publish` and `dusal course list`."""

import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

from app.commands.choices import listing_format
from app.commands.course_versions import (
    changes_of,
    lines_of,
    names_kept,
    read_whole,
    renamed_option,
    what_becomes,
)
from app.place import Place

if TYPE_CHECKING:
    from academy.messages.versions import CourseChanges
    from academy.publishing import Republished
    from academy.republishing import Plan
    from app.listing import Form

PLANS = {
    "new-groups": "only groups made from now on",
    "next-lesson": "everybody from their next lesson; a lesson under way is finished as it began",
    "also-finished": "the same, and finished lessons that changed are named to their learners",
    "corrected-key": "as next-lesson, and answers are marked again where the right answer changed",
}


@click.command()
@click.argument("path", type=click.Path(path_type=Path))
@click.option(
    "--plan",
    type=click.Choice(list(PLANS)),
    help="Who of those who learn an earlier version gets this one; else you are asked, or it is next-lesson.",
)
@click.option("--corrected-key", is_flag=True, help="Also mark answers again where the right answer changed.")
@renamed_option
@click.option("--dry-run", is_flag=True, help="Tell what would change and for whom; publish nothing.")
@click.pass_obj
def publish(
    place: Place,
    path: Path,
    plan: str | None,
    renamed: tuple[str, ...],
    *,
    corrected_key: bool,
    dry_run: bool,
) -> None:
    """Publish the course in PATH (a file, a folder or a zip).

    Prints the course's id, the author's version and 12 digits of the content hash. A published version
    never changes: the same content again does nothing, other content needs another version.

    With --plan you say who of those who learn an earlier version gets this one. new-groups: only groups made
    from now on. next-lesson: everybody, from their next lesson. also-finished: the same, and finished lessons
    that changed are named to their learners. corrected-key: as next-lesson, and answers are marked again
    where the right answer changed.
    """
    from academy.publishing import publish_over, rehearse_publishing, short_hash
    from lessons.versions import content_hash
    from storage.courses import VersionTaken

    reading = read_whole(path)
    course = reading.course
    ids = names_kept(renamed, course=course)
    changes = changes_of(place, course, renamed=ids)
    if changes is not None and changes.learners and plan is None and not dry_run and sys.stdin.isatty():
        _tell(changes)
        said = _asked_about_names(changes)
        if said:
            ids |= said
            changes = changes_of(place, course, renamed=ids) or changes
            _tell(changes)
        plan = _asked_for_a_plan(changes)
    chosen = _plan(plan, corrected_key=corrected_key)
    academy, now = place.academy(), place.now()
    if dry_run:
        rehearsed = place.run(
            lambda tx: rehearse_publishing(
                tx, course=course, plan=chosen, now=now, academy=academy, renamed=ids
            )
        )
        _refuse_taken(rehearsed)
        for line in () if changes is None else lines_of(changes):
            click.echo(line)
        for line in what_becomes(rehearsed.moves):
            click.echo(line)
        click.echo("Nothing was published.", err=True)
        return
    for suspected in () if changes is None else changes.renamed:
        click.echo(
            f"{suspected.was} counts as removed and {suspected.id} as added. If they are one thing,"
            f" add --renamed {suspected.was}={suspected.id}",
            err=True,
        )
    done = place.run(
        lambda tx: publish_over(
            tx, course=course, media=reading.media, plan=chosen, now=now, academy=academy, renamed=ids
        )
    )
    _refuse_taken(done)
    click.echo(f"{course.id} {course.version} {short_hash(content_hash(done.course))}")
    if not isinstance(done.outcome, VersionTaken) and not done.outcome.created:
        click.echo("Exactly this was published before; nothing was changed.", err=True)
    for line in what_becomes(done.moves):
        click.echo(line, err=True)


@click.command("list")
@listing_format
@click.pass_obj
def list_courses(place: Place, form: "Form") -> None:
    """List every published version, oldest first."""
    from academy.publishing import versions_table
    from app.listing import show

    show(place.read(versions_table), form)


def _tell(changes: "CourseChanges") -> None:
    for line in lines_of(changes):
        click.echo(line, err=True)


def _asked_about_names(changes: "CourseChanges") -> dict[str, str]:
    """Return id as written → id it had, for those of which somebody at the terminal says so."""
    kept = {}
    for suspected in changes.renamed:
        if click.confirm(f"Is {suspected.id} what was called {suspected.was} before?", err=True):
            kept[suspected.id] = suspected.was
    return kept


def _asked_for_a_plan(changes: "CourseChanges") -> str:
    click.echo("\nWho gets this version?", err=True)
    plans = [name for name in PLANS if name != "corrected-key" or changes.key_corrected]
    for name in plans:
        click.echo(f"  {name:14} {PLANS[name]}", err=True)
    chosen: str = click.prompt(
        "Plan", type=click.Choice(plans), default="next-lesson", show_choices=False, err=True
    )
    return chosen


def _plan(name: str | None, *, corrected_key: bool) -> "Plan":
    from academy.republishing import Plan

    match name:
        case "new-groups" if corrected_key:
            raise click.UsageError(
                "--corrected-key needs a plan that moves people: those who stay would go on answering by the"
                " old key. Use --plan next-lesson."
            )
        case "new-groups":
            return Plan(reach="new-groups")
        case "also-finished":
            return Plan(reach="also-finished", corrected_key=corrected_key)
        case "corrected-key":
            return Plan(corrected_key=True)
        case _:
            return Plan(corrected_key=corrected_key)


def _refuse_taken(done: "Republished") -> None:
    from academy.publishing import short_hash
    from storage.courses import VersionTaken

    if isinstance(done.outcome, VersionTaken):
        raise click.ClickException(
            f"Version {done.course.version} of {done.course.id} is published with other content"
            f" ({short_hash(done.outcome.taken.content_hash)}). Write a higher version into the course."
        )
