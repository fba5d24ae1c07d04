"""Published courses, their media, and what Telegram calls those.

A published version never changes. That is why a parsed course may be kept in the process for as
long as it likes, under its content hash.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from typing import TypeAlias

from sqlalchemy import Connection, bindparam, func, select

from lessons.media import Media
from lessons.model import Course
from lessons.translations import apply
from lessons.versions import canonical, content_hash, from_canonical
from storage.conflicts import insert, insert_given
from storage.prepared import Prepared
from storage.tables import course_versions, enrollments, file_ids, media

_KEPT_COURSES = 64
"""Parsed courses held in the process; a course of ten lessons is about 100 KB."""

_parsed: dict[tuple[str, str], Course] = {}
"""(content hash, language) → course; the empty language is the source."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CourseVersion:
    """One published version, without its content."""

    id: int
    course_id: str
    version: str
    """As the author wrote it."""
    content_hash: str
    """64 hex digits."""
    published_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Published:
    """The version is there; `created` is False when the same content had been published before."""

    version_id: int
    created: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class VersionTaken:
    """The author's version has been published with other content; nothing was changed."""

    taken: CourseVersion


PublishOutcome: TypeAlias = Published | VersionTaken


def publish(tx: Connection, *, course: Course, media: Mapping[str, Media], now: datetime) -> PublishOutcome:
    """Store `course` as an immutable version, with its media.

    `media` maps sha256 (64 hex digits) to the bytes; what is stored already is left alone.
    """
    hashed = content_hash(course)
    # Two imports at once meet at the unique constraints, not at a check before them (C12).
    row = {
        "course_id": course.id,
        "version": course.version,
        "content_hash": hashed,
        "content": canonical(course),
        "published_at": now,
    }
    made = _publish(tx.dialect.name).one_or_none(tx, row)
    if made is not None:
        keep_media(tx, media)
        return Published(version_id=made[course_versions.c.id], created=True)
    for known in versions(tx, course_id=course.id):
        if known.content_hash == hashed:
            return Published(version_id=known.id, created=False)
    for known in versions(tx, course_id=course.id):
        if known.version == course.version:
            return VersionTaken(taken=known)
    raise LookupError("a version that was in the way has gone")


def versions(tx: Connection, *, course_id: str | None = None) -> tuple[CourseVersion, ...]:
    """Return published versions, oldest first: of one course, or of all."""
    query = select(
        course_versions.c.id,
        course_versions.c.course_id,
        course_versions.c.version,
        course_versions.c.content_hash,
        course_versions.c.published_at,
    ).order_by(course_versions.c.id)
    if course_id is not None:
        query = query.where(course_versions.c.course_id == course_id)
    return tuple(CourseVersion(**row) for row in tx.execute(query).mappings())


def latest(tx: Connection, course_id: str) -> int | None:
    """Return the id of the version published last, or None when the course is unknown."""
    newest: int | None = _LATEST.one(tx, {"given": course_id})["newest"]
    return newest


def course(tx: Connection, version_id: int) -> Course:
    """Return the course as published, in its source language; LookupError when there is none."""
    return _course(tx, version_id, language="")


def course_in(tx: Connection, version_id: int, language: str) -> Course:
    """Return the course in `language`, or in its source language where it has no such words.

    `language` is a BCP 47 tag; for `pt-BR` a course in `pt` will do. Empty means the source.
    """
    return _course(tx, version_id, language=language)


def learners(tx: Connection, course_id: str) -> int:
    """Return how many enrollments, the withdrawn left out, are pinned to any version of the course."""
    query = (
        select(func.count())
        .select_from(enrollments.join(course_versions))
        .where(course_versions.c.course_id == course_id, enrollments.c.state != "withdrawn")
    )
    return tx.execute(query).scalar_one()


def learners_of_version(tx: Connection, version_id: int) -> int:
    """Return how many enrollments, the withdrawn left out, are pinned to this version."""
    query = (
        select(func.count())
        .select_from(enrollments)
        .where(enrollments.c.course_version_id == version_id, enrollments.c.state != "withdrawn")
    )
    return tx.execute(query).scalar_one()


def keep_media(tx: Connection, named: Mapping[str, Media]) -> None:
    """Store media under their sha256 (64 hex digits); what is there already is left alone."""
    for sha256, kept in named.items():
        statement = insert(tx, media).values(sha256=sha256, mime=kept.mime, bytes=kept.content)
        tx.execute(statement.on_conflict_do_nothing(index_elements=[media.c.sha256]))


def stored_media(tx: Connection, sha256: str) -> tuple[str, bytes] | None:
    """Return MIME type and bytes, or None when there are none under this name."""
    found = tx.execute(select(media.c.mime, media.c.bytes).where(media.c.sha256 == sha256)).one_or_none()
    return None if found is None else (found.mime, found.bytes)


def media_facts(tx: Connection, sha256: str) -> tuple[str, int] | None:
    """Return MIME type and size in bytes, or None; the bytes themselves stay where they are."""
    query = select(media.c.mime, func.length(media.c.bytes).label("size")).where(media.c.sha256 == sha256)
    found = tx.execute(query).one_or_none()
    return None if found is None else (found.mime, found.size)


def file_id(tx: Connection, bot_id: int, sha256: str) -> str | None:
    """Return Telegram's name for one of the media this bot has sent before, or None."""
    query = select(file_ids.c.file_id).where(file_ids.c.bot_id == bot_id, file_ids.c.sha256 == sha256)
    return tx.execute(query).scalar_one_or_none()


def keep_file_id(tx: Connection, bot_id: int, sha256: str, file_id: str) -> None:
    """Remember Telegram's name for one of the media; the newest name wins."""
    statement = insert(tx, file_ids).values(bot_id=bot_id, sha256=sha256, file_id=file_id)
    tx.execute(
        statement.on_conflict_do_update(
            index_elements=[file_ids.c.bot_id, file_ids.c.sha256], set_={"file_id": file_id}
        )
    )


def _course(tx: Connection, version_id: int, *, language: str) -> Course:
    found = _HASH.one_or_none(tx, {"given": version_id})
    if found is None:
        raise LookupError(f"no course version {version_id}")
    return of_hash(tx, found[course_versions.c.content_hash], version_id, language)


def of_hash(tx: Connection, hashed: str, version_id: int, language: str) -> Course:
    """Return `course_in` of a version whose content hash is known already."""
    source = _parsed.get((hashed, ""))
    if source is None:
        source = _remembered(hashed, "", _read(tx, version_id))
    # What a client claims as its language is not a key: only the course's own languages are.
    spoken = _spoken(source, language)
    if spoken == source.language:
        return source
    return _parsed.get((hashed, spoken)) or _remembered(hashed, spoken, apply(source, spoken))


def _spoken(course: Course, language: str) -> str:
    """Return the course's language nearest to `language`: itself, its base, or the source language."""
    for candidate in (language, language.split("-", maxsplit=1)[0]):
        if candidate in course.languages:
            return candidate
    return course.language


def _remembered(hashed: str, language: str, course: Course) -> Course:
    while len(_parsed) >= _KEPT_COURSES:
        # With a default, because another thread may have made room in the same moment.
        _parsed.pop(next(iter(_parsed)), None)
    _parsed[hashed, language] = course
    return course


def _read(tx: Connection, version_id: int) -> Course:
    query = select(course_versions.c.content).where(course_versions.c.id == version_id)
    return from_canonical(tx.execute(query).scalar_one())


# Built once, because each press runs it: building a statement costs more than running it.
_HASH = Prepared(select(course_versions.c.content_hash).where(course_versions.c.id == bindparam("given")))
_LATEST = Prepared(
    select(func.max(course_versions.c.id).label("newest")).where(
        course_versions.c.course_id == bindparam("given")
    )
)


@cache
def _publish(dialect: str) -> Prepared:
    kept = ("course_id", "version", "content_hash", "content", "published_at")
    made = insert_given(dialect, course_versions, *kept)
    return Prepared(made.on_conflict_do_nothing().returning(course_versions.c.id))
