"""Opens the files of a course and returns the course, or everything that is wrong with it.

Nothing here raises for what an author wrote. A course with one error is no course: it can not be
published by half.

Other YAML, such as the settings, is read through `load_nodes`: it returns the root node and the
`Source` that collects problems. `lessons.convert.Fields(source, node, "settings")` then gives text,
numbers and lists by key, `Source.report` adds a problem at a node, and `lessons.problems.draw`
shows it.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path

from lessons.advice import advise
from lessons.checks import check_course
from lessons.course_media import CourseMedia
from lessons.files import FILES_AT_MOST, CourseFiles, FolderFiles, MemoryFiles
from lessons.garbage import no_garbage_collection
from lessons.limits import Limits
from lessons.media import Media
from lessons.model import Course
from lessons.nodes import Node, Scalar, Source, nearest
from lessons.problems import Problem
from lessons.shape import Draft, read_course
from lessons.translation_files import check_translation, read_translation
from lessons.yaml_text import load_nodes, read_nodes

__all__ = ["Media", "Reading", "load_nodes", "read", "read_bytes"]

COURSE_FILE = "course.yaml"
TEXT_BYTES_AT_MOST = 2_000_000
"""Of all YAML together, about four hundred lessons: a published course is parsed while learners wait."""
_YAML = (".yaml", ".yml")


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """What came of reading a course."""

    course: Course | None
    """None when there is an error among the problems."""
    problems: tuple[Problem, ...]
    """In the order of the files and their lines."""
    media: dict[str, Media] = field(default_factory=dict)
    """sha256 (64 hex digits) → the bytes of each picture the course shows."""

    @property
    def errors(self) -> tuple[Problem, ...]:
        """The problems without which the course could be published."""
        return tuple(problem for problem in self.problems if problem.severity == "error")


def read(path: Path, *, limits: Limits | None = None) -> Reading:
    """Return the course in a file, a folder or a package; without `limits`, lengths go unchecked."""
    with no_garbage_collection():
        return _read_path(path, limits=limits)


def _read_path(path: Path, *, limits: Limits | None) -> Reading:
    if path.is_dir():
        files = FolderFiles(root=path, shown_root="" if str(path) == "." else str(path))
        return _read_folder(files, limits=limits, shown=str(path))
    try:
        with path.open("rb") as opened:
            content = opened.read(20_000_001)
    except OSError as error:
        return _refused(_not_there(path, error))
    if path.suffix.casefold() == ".zip":
        return _read_package(str(path), content, limits=limits)
    parent = path.parent
    shown_root = "" if str(parent) == "." else str(parent)
    return _read_single(
        path.name, content, FolderFiles(root=parent, shown_root=shown_root), limits=limits, shown=str(path)
    )


def read_bytes(name: str, content: bytes, *, limits: Limits | None = None) -> Reading:
    """Return the course in a file that came through the chat: one `.yaml`, or a `.zip`."""
    with no_garbage_collection():
        return _read_content(name, content, limits=limits)


def _read_content(name: str, content: bytes, *, limits: Limits | None) -> Reading:
    if name.casefold().endswith(".zip"):
        return _read_package(name, content, limits=limits)
    if name.casefold().endswith(_YAML):
        return _read_single(name, content, MemoryFiles(contents={name: content}), limits=limits, shown=name)
    source = Source(path=name)
    source.report("E015", "this is not a course", fix="send a `.yaml` file, or the course folder as a `.zip`")
    return _refused(source)


def _not_there(path: Path, error: OSError) -> Source:
    source = Source(path=str(path))
    try:
        beside = tuple(sorted(entry.name for entry in path.parent.iterdir()))[:FILES_AT_MOST]
    except OSError:
        beside = ()
    near = nearest(path.name, beside)
    source.report(
        "E014",
        f"the file cannot be read: {error.strerror}",
        fix=f"did you mean `{near}`?" if near else "write the path of a course file or folder",
    )
    return source


def _refused(source: Source) -> Reading:
    return Reading(course=None, problems=tuple(source.problems))


def _read_package(name: str, content: bytes, *, limits: Limits | None) -> Reading:
    # A heavy part: whoever checks a folder after each save waits for no zip.
    from lessons.packages import PackageRefused, unpack

    unpacked = unpack(content)
    if isinstance(unpacked, PackageRefused):
        source = Source(path=name)
        source.report("E015", unpacked.reason, fix=unpacked.fix)
        return _refused(source)
    files = MemoryFiles(contents=unpacked)
    if files.read(COURSE_FILE) is None:
        tops = [top for top in files.names("") if top.endswith(_YAML)]
        if len(tops) == 1:
            return _read_single(tops[0], unpacked[tops[0]], files, limits=limits, shown=tops[0])
    return _read_folder(files, limits=limits, shown=name)


def _read_single(
    name: str, content: bytes, files: CourseFiles, *, limits: Limits | None, shown: str
) -> Reading:
    root, source = read_nodes(content, path=shown)
    if root is None:
        return _refused(source)
    pictures = _pictures(files, limits)
    draft = read_course(source, root, lesson_roots=(), pictures=pictures)
    stem = name.rpartition(".")[0]
    names = {language: f"{stem}.{language}.yaml" for language, _ in draft.languages}
    return _finished(draft, [source], names, files, limits=limits)


def _read_folder(files: CourseFiles, *, limits: Limits | None, shown: str) -> Reading:
    content = files.read(COURSE_FILE)
    if content is None:
        source = Source(path=shown)
        near = nearest(COURSE_FILE, files.names(""))
        source.report(
            "E014",
            f"there is no `{COURSE_FILE}` in the folder",
            fix=f"did you mean to call `{near}` so?"
            if near
            else "write `format: 1`, `id: …`, `title: …` in it",
        )
        return _refused(source)
    names = [name for name in files.names("") if name.endswith(_YAML) and name != COURSE_FILE]
    too_much = _too_much(files, names)
    if too_much is not None:
        source = Source(path=shown)
        source.report("E012", too_much, fix="keep only the course in the folder, or make two of it")
        return _refused(source)
    root, source = read_nodes(content, path=files.shown(COURSE_FILE))
    sources = [source]
    lesson_roots: list[tuple[Source, Node]] = []
    for name in names:
        lesson_root, lesson_source = read_nodes(files.read(name) or b"", path=files.shown(name))
        sources.append(lesson_source)
        if lesson_root is not None:
            lesson_roots.append((lesson_source, lesson_root))
    if root is None:
        return Reading(course=None, problems=tuple(_in_order(sources)))
    draft = read_course(source, root, lesson_roots=lesson_roots, pictures=_pictures(files, limits))
    found = {
        name.rpartition("/")[2].rpartition(".")[0]: name
        for name in files.names("i18n")
        if name.endswith(_YAML)
    }
    announced = {language: f"i18n/{language}.yaml" for language, _ in draft.languages}
    return _finished(draft, sources, {**announced, **found}, files, limits=limits)


def _too_much(files: CourseFiles, names: list[str]) -> str | None:
    translations = files.names("i18n")
    count = len(names) + len(translations) + len(files.names("media"))
    if count > FILES_AT_MOST:
        return f"the folder has {count} files; a course has at most {FILES_AT_MOST}"
    written = sum(len(files.read(name) or b"") for name in (COURSE_FILE, *names, *translations))
    if written > TEXT_BYTES_AT_MOST:
        return f"the texts have {written / 1_000_000:.1f} MB together; a course has at most 2 MB"
    return None


def _pictures(files: CourseFiles, limits: Limits | None) -> CourseMedia:
    return CourseMedia(files=files, warn_above_bytes=None if limits is None else limits.picture_bytes)


def _finished(
    draft: Draft, sources: list[Source], names: dict[str, str], files: CourseFiles, *, limits: Limits | None
) -> Reading:
    """Add the translations, check everything, and give the course only when it has no error."""
    course = draft.course
    if course is None:
        return Reading(course=None, problems=tuple(_in_order(sources)))
    announced = dict(draft.languages)
    translations = []
    for language, name in names.items():
        content = files.read(name)
        if content is None:
            _report_no_translation(sources[0], announced[language], name, files)
            continue
        root, source = read_nodes(content, path=files.shown(name))
        sources.append(source)
        if root is None:
            continue
        translation = read_translation(
            source,
            root,
            language=language,
            course_language=course.language,
            lessons=tuple(lesson.id for lesson in course.lessons),
            places=draft.places,
        )
        if translation is not None:
            translations.append(translation)
    translated = replace(course, translations=tuple(translations))
    check_course(course, draft.places, limits=limits)
    advise(course, draft.places, limits=limits)
    for translation in translations:
        check_translation(translated, translation, draft.places, limits=limits)
    problems = tuple(_in_order(sources))
    sound = all(problem.severity != "error" for problem in problems)
    return Reading(
        course=translated if sound else None, problems=problems, media=draft.media if sound else {}
    )


def _report_no_translation(source: Source, at: Scalar, name: str, files: CourseFiles) -> None:
    others = [other for other in files.names(name.rpartition("/")[0]) if files.shown(other) != source.path]
    near = nearest(name, others)
    source.report(
        "E131",
        f"there is no file `{name}`",
        at=at,
        fix=f"did you mean `{near}`?" if near else "add the file, or take the language out of `translations`",
    )


def _in_order(sources: list[Source]) -> Iterator[Problem]:
    for source in sources:
        yield from sorted(source.problems, key=lambda problem: (problem.line, problem.column, problem.code))
