"""The media a course names: found, looked at, and told apart from what only calls itself so.

What is kept is what learners get: pictures without their metadata, films without their places.
"""

import hashlib
from dataclasses import dataclass, field

from lessons.convert import Fields
from lessons.files import CourseFiles, is_safe_name
from lessons.media import Media
from lessons.media_problems import Found, MediaKind, MediaProblem, looked_at
from lessons.nodes import Node, nearest

_EXAMPLES: dict[MediaKind, tuple[str, str]] = {
    "picture": ("a picture", "media/hall.png"),
    "audio": ("an audio", "media/fan.ogg"),
    "video": ("a video", "media/valve.mp4"),
    "file": ("a file", "media/form.pdf"),
}


@dataclass(slots=True, kw_only=True)
class CourseMedia:
    """Collects the media of one course; each is read once."""

    files: CourseFiles
    warn_above_bytes: int | None
    """Size from which a picture is called heavy; None: no advice on any of the media."""
    paths: dict[str, str] = field(default_factory=dict)
    """Path inside the course → sha256, 64 hex digits."""
    media: dict[str, Media] = field(default_factory=dict)
    """sha256 → the bytes."""
    _looked_at: dict[tuple[MediaKind, str], Found | MediaProblem] = field(default_factory=dict)

    def picture(self, fields: Fields, key: str) -> str | None:
        """Return the path under `key` once it holds a picture; None after reporting why not."""
        return self._path(fields, key, kind="picture")

    def enclosure(self, fields: Fields, key: str) -> str | None:
        """Return the path under `audio`, `video` or `file` once it holds one; else None, and it is told."""
        match key:
            case "audio" | "video" | "file":
                return self._path(fields, key, kind=key)
            case _:
                raise ValueError(key)

    def found(self, kind: MediaKind, path: str) -> Found | None:
        """Return what was found at a path that has been returned for this kind."""
        seen = self._looked_at.get((kind, path))
        return seen if isinstance(seen, Found) else None

    def _path(self, fields: Fields, key: str, *, kind: MediaKind) -> str | None:
        called, example = _EXAMPLES[kind]
        path = fields.text(key, required=f"write the path of {called}, for example `{example}`")
        if not path:
            return None
        value = fields.node.values[key]
        seen = self._looked_at.get((kind, path))
        if seen is None:
            seen = self._looked_at[kind, path] = self._look(path, kind=kind)
            if isinstance(seen, Found):
                self._keep(fields, value, path, seen)
        if isinstance(seen, MediaProblem):
            # Wherever it is named: each place has to be mended.
            fields.source.report(seen.code, seen.message, at=value, fix=seen.fix)
            return None
        return path

    def _look(self, path: str, *, kind: MediaKind) -> Found | MediaProblem:
        called, _ = _EXAMPLES[kind]
        if not is_safe_name(path):
            return MediaProblem(
                code="E133",
                message=f"{called} comes with the course: no web address, no `..`, nothing outside",
                fix="put it in the folder `media` and write `media/…`",
            )
        content = self.files.read(path)
        if content is not None:
            return looked_at(content, path=path, kind=kind)
        near = nearest(path, self.files.names(path.rpartition("/")[0]))
        it = called.partition(" ")[2]
        return MediaProblem(
            code="E131",
            message=f"there is no file `{path}`",
            fix=f"did you mean `{near}`?" if near else f"put the {it} there, beside the course file",
        )

    def _keep(self, fields: Fields, value: Node, path: str, found: Found) -> None:
        sha256 = hashlib.sha256(found.content).hexdigest()
        self.paths[path] = sha256
        self.media[sha256] = Media(mime=found.mime, content=found.content)
        if self.warn_above_bytes is None:
            return
        for problem in found.advice(path, picture_bytes=self.warn_above_bytes):
            fields.source.report(problem.code, problem.message, at=value, fix=problem.fix)
