"""SVG to PNG, with the bundled fonts and no others, so that every machine draws the same bytes.

Drawing takes less than a second and holds the interpreter lock all the while. A service therefore runs
it in a process: `python -m reports.pictures.draw` (SVG on standard input, PNG on standard
output), or `draw` in a process pool; both get and give plain values.
"""

import sys

import resvg_py

from reports.pictures.indexed import indexed
from reports.pictures.lettering import FAMILY, FONT_FILES


def draw(svg: str) -> bytes:
    """Return the picture as PNG. Raises ValueError when `svg` is no SVG."""
    for path in FONT_FILES.values():
        # A font that is missing is no error to the renderer: it leaves the words out.
        if not path.is_file():
            raise FileNotFoundError(path)
    return indexed(
        resvg_py.svg_to_bytes(
            svg_string=svg,
            skip_system_fonts=True,
            font_files=[str(path) for path in FONT_FILES.values()],
            font_family=FAMILY,
            sans_serif_family=FAMILY,
        )
    )


def main() -> None:
    """Draw what comes on standard input onto standard output."""
    sys.stdout.buffer.write(draw(sys.stdin.buffer.read().decode("utf-8")))


if __name__ == "__main__":
    main()
