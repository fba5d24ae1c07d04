"""A file is either the old one or the new one, whatever happens in between.

An author's course is the only copy of a week's work: it is never opened for writing.
"""

import contextlib
import os
import tempfile
from pathlib import Path


def replace_file(path: Path, content: bytes) -> None:
    """Put `content` where the file at `path` was, keeping who may read and write it.

    A link goes on pointing at the same file. Raises OSError when the folder cannot be written to;
    then the old file is untouched.
    """
    target = path.resolve()
    mode = target.stat().st_mode & 0o7777
    descriptor, name = tempfile.mkstemp(dir=target.parent, prefix=f".{target.name}.")
    try:
        with os.fdopen(descriptor, "wb") as opened:
            opened.write(content)
            opened.flush()
            os.fchmod(opened.fileno(), mode)
            # Before the rename, or a power cut leaves an empty file under the right name.
            os.fsync(opened.fileno())
        Path(name).replace(target)
    except BaseException:
        with contextlib.suppress(OSError):
            Path(name).unlink()
        raise
