"""The pictures a course names: found, looked at, and told apart from what only calls itself one."""

import hashlib
from dataclasses import dataclass, field

from lessons.convert import Fields
from lessons.files import CourseFiles, is_safe_name
from lessons.media import RATIO_AT_MOST, WIDTH_AND_HEIGHT_AT_MOST, Media, picture_header
from lessons.nodes import nearest

_BYTES_AT_MOST = 10_000_000


@dataclass(slots=True, kw_only=True)
class Pictures:
    """Collects the pictures of one course; each is read once."""

    files: CourseFiles
    warn_above_bytes: int | None
    """Size from which a picture is called heavy; None: never."""
    paths: dict[str, str] = field(default_factory=dict)
    """Path inside the course → sha256, 64 hex digits."""
    media: dict[str, Media] = field(default_factory=dict)
    """sha256 → the bytes."""

    def check(self, fields: Fields, key: str) -> str | None:
        """Return the path under `key` once its picture is known to be one; None after reporting why not."""
        path = fields.text(key, required="write the path of a picture, for example `media/hall.png`")
        if not path or path in self.paths:
            return path or None
        value = fields.node.values[key]
        if not is_safe_name(path):
            fields.source.report(
                "E133",
                "a picture comes with the course: no web address, no `..`, nothing outside",
                at=value,
                fix="put it in the folder `media` and write `media/…`",
            )
            return None
        content = self.files.read(path)
        if content is None:
            there = self.files.names(path.rpartition("/")[0])
            near = nearest(path, there)
            fields.source.report(
                "E131",
                f"there is no file `{path}`",
                at=value,
                fix=f"did you mean `{near}`?" if near else "put the picture there, beside the course file",
            )
            return None
        problem = _problem(content)
        if problem is not None:
            fields.source.report("E132", f"`{path}` {problem[0]}", at=value, fix=problem[1])
            return None
        self._keep(path, content)
        if self.warn_above_bytes is not None and len(content) > self.warn_above_bytes:
            fields.source.report(
                "W240",
                f"`{path}` has {len(content) // 1024} KB; many learners pay for each of them",
                at=value,
                fix=f"make it smaller than {self.warn_above_bytes // 1024} KB, 1280 pixels wide is enough",
            )
        return path

    def _keep(self, path: str, content: bytes) -> None:
        header = picture_header(content)
        assert header is not None
        sha256 = hashlib.sha256(content).hexdigest()
        self.paths[path] = sha256
        self.media[sha256] = Media(mime=header.mime, content=content)


def _problem(content: bytes) -> tuple[str, str] | None:
    """Return what is wrong with a picture, and what to do about it."""
    header = picture_header(content)
    if header is None:
        return "is not a png, jpg or webp picture", "save it as png, jpg or webp"
    width, height = header.width, header.height
    if not width or not height:
        return "has no size", "save it again"
    if width + height > WIDTH_AND_HEIGHT_AT_MOST:
        return f"has {width} × {height} pixels, too many for Telegram", "make it 1280 pixels wide"
    if max(width, height) > RATIO_AT_MOST * min(width, height):
        return f"has {width} × {height} pixels, too long and thin for Telegram", "cut it to a usual shape"
    if len(content) > _BYTES_AT_MOST:
        return f"has {len(content) / 1_000_000:.1f} MB, too large for Telegram", "make it smaller than 300 KB"
    return None
