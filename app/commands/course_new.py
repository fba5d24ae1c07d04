"""`dusal course new`: a folder with a course in it that can be published as it is."""

import shlex
import tempfile
from pathlib import Path

import click


@click.command()
@click.argument("path", metavar="NAME_OR_PATH", type=click.Path(path_type=Path))
@click.option(
    "--language",
    default="en",
    show_default=True,
    help="Language of the course, such as mn. The sample lessons are there in en and mn.",
)
@click.option("--one-file", is_flag=True, help="Everything in course.yaml instead of a file for each lesson.")
def new(path: Path, *, language: str, one_file: bool) -> None:
    """Make a folder with two sample lessons.

    The folder also gets a picture, and the schemas by which editors help.
    """
    from lessons.naming import id_from_name
    from lessons.new_course import TEMPLATE_LANGUAGES, new_course
    from lessons.shape import is_language

    if not is_language(language):
        raise click.BadParameter(
            "write a language tag, for example en, mn or pt-BR", param_hint="'--language'"
        )
    name = path.name or path.resolve().name
    course_id = id_from_name(name, otherwise="new-course")
    title = name.replace("-", " ").replace("_", " ").strip()
    made = new_course(
        course_id=course_id,
        title=title[:1].upper() + title[1:] or "New course",
        language=language,
        one_file=one_file,
    )
    _refuse_what_is_there(path)
    try:
        _write(path, made)
    except OSError as error:
        raise click.ClickException(f"{path} cannot be made ({error.strerror})") from error
    shown = shlex.quote(str(path))
    click.echo(f"Made {path}: the course `{course_id}` with two lessons that can be taught as they are.\n")
    if language not in TEMPLATE_LANGUAGES:
        click.echo("The sample texts are in English; write yours over them.\n")
    commands = {
        f"dusal course check {shown}": "every mistake at once; --watch tells them whenever you save",
        f"dusal preview {shown}": "try it on a phone in the browser",
        f"dusal course publish {shown}": "store this version, for groups to learn from",
    }
    width = max(len(command) for command in commands)
    for command, what in commands.items():
        click.echo(f"  {command:<{width}}  {what}")


def _refuse_what_is_there(path: Path) -> None:
    if not path.exists():
        return
    if not path.is_dir():
        raise click.ClickException(f"{path} is a file. Choose another name.")
    if any(path.iterdir()):
        raise click.ClickException(
            f"{path} is not empty, and nothing in it was changed. Choose another name."
        )


def _write(path: Path, made: dict[str, bytes]) -> None:
    """Make the folder, whole or not at all."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=path.resolve().parent, prefix=".new-course-") as scratch:
        folder = Path(scratch) / "course"
        for name, content in made.items():
            (folder / name).parent.mkdir(parents=True, exist_ok=True)
            (folder / name).write_bytes(content)
        if path.is_dir():
            # Somebody may stand in it, so the folder itself stays: `dusal course new .`
            for child in folder.iterdir():
                child.rename(path.resolve() / child.name)
        else:
            folder.rename(path)
