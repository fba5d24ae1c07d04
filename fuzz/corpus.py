"""What mutations start from: the courses of this repository, good and bad, and what was found before."""

from pathlib import Path

ROOT = Path(__file__).parent.parent
BAD = ROOT / "tests" / "data" / "courses" / "bad"
KEPT = ROOT / "tests" / "data" / "fuzz"
"""Inputs that were worth keeping: those that once went wrong, and one for each kind of answer."""
STARTER = ROOT / "lessons" / "courses" / "energy-saving"
_BYTES_AT_MOST = 8_000
"""Larger files are cut into lessons, so that a round reads hundreds of inputs a second."""


def seeds() -> list[bytes]:
    """Return the files to start from, always in the same order; none is empty."""
    found = [path.read_bytes() for folder in (BAD, KEPT) for path in sorted(folder.rglob("*.yaml"))]
    head = (STARTER / "course.yaml").read_bytes().replace(b"translations: [mn]\n", b"")
    for path in sorted(STARTER.glob("[0-9]*.yaml")):
        lesson = b"".join(b"    " + line for line in path.read_bytes().splitlines(keepends=True))
        found.append(head + b"lessons:\n  -\n" + lesson[:_BYTES_AT_MOST])
    reference = (ROOT / "docs" / "course-format.md").read_text(encoding="utf-8")
    found += [part.partition("```")[0].encode() for part in reference.split("```yaml\n")[1:]]
    pages = sorted((ROOT / "lessons" / "explained").glob("*.md"))
    for page in pages:
        found += [
            part.partition("\n")[2].partition("```")[0].encode()
            for part in page.read_text(encoding="utf-8").split("```yaml")[1:]
        ]
    return [content for content in found if content]
