"""Rules about the tree itself, for `make check`: what a reader would otherwise have to watch for."""

import re
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
MAX_LINES = 400
FORBIDDEN_NAMES = {"utils", "helpers", "common", "base", "manager", "misc", "core", "data"}
INDEX_HOSTS = re.compile(
    "|".join(("py" + r"pi\.org", "python" + r"hosted\.org", "registry" + r"\.npm", "deb" + r"\.debian"))
)
LATER = re.compile(r"\b(TO" + r"DO|FIX" + r"ME|XX" + r"X)\b(?!.*#\d)")
BINARY = {".png", ".ttf", ".jpg", ".webp", ".zip"}


def tracked(*suffixes: str) -> list[Path]:
    listed = subprocess.run(
        ["git", "ls-files", "--cached", "--others", "--exclude-standard"],
        cwd=ROOT,
        check=True,
        capture_output=True,
        text=True,
    ).stdout.splitlines()
    paths = [ROOT / name for name in listed]
    return [path for path in paths if path.is_file() and (not suffixes or path.suffix in suffixes)]


def lines_matching(pattern: re.Pattern[str]) -> list[str]:
    found = []
    for path in tracked():
        if path.suffix in BINARY:
            continue
        for number, line in enumerate(path.read_text(errors="replace").splitlines(), 1):
            if pattern.search(line):
                found.append(f"{path.relative_to(ROOT)}:{number}: {line.strip()[:100]}")
    return found


@pytest.mark.parametrize("suffixes", [(".py",), (".js", ".css", ".html")], ids=["python", "page"])
def test_no_file_is_longer_than_a_reader_can_hold(suffixes: tuple[str, ...]) -> None:
    long = {
        str(path.relative_to(ROOT)): count
        for path in tracked(*suffixes)
        if (count := len(path.read_text().splitlines())) > MAX_LINES and "migrations" not in path.parts
    }

    assert long == {}


def test_no_module_has_a_name_that_says_nothing() -> None:
    named = [str(path.relative_to(ROOT)) for path in tracked(".py") if path.stem in FORBIDDEN_NAMES]

    assert named == []


def test_no_file_names_a_package_index() -> None:
    assert lines_matching(INDEX_HOSTS) == []


def test_what_is_left_for_later_has_an_issue_number() -> None:
    assert lines_matching(LATER) == []


def test_no_file_holds_a_path_of_one_machine() -> None:
    assert lines_matching(re.compile(r"(^|[\s\"'=:(])/(wo" + r"rk|home/\w|root)/")) == []


def test_the_development_lock_is_a_superset_of_the_run_time_lock() -> None:
    def versions(name: str) -> set[str]:
        text = (ROOT / name).read_text()
        return {line.split(" ")[0] for line in text.splitlines() if re.match(r"^[a-z0-9]", line)}

    assert versions("requirements.lock") <= versions("requirements-dev.lock")


def test_every_locked_package_has_its_hashes() -> None:
    for name in ("requirements.lock", "requirements-dev.lock"):
        packages = re.split(r"^(?=[a-z0-9])", (ROOT / name).read_text(), flags=re.MULTILINE)[1:]

        assert len(packages) > 30
        assert [text.split(" ")[0] for text in packages if "--hash=sha256:" not in text] == []


def test_nobody_is_known_by_a_user_name() -> None:
    """A user name changes hands; the number does not (A10). Only the bot's own is looked at."""
    about_people = {"academy", "bot", "learners", "reports", "scheduler"}
    found = [
        str(path.relative_to(ROOT))
        for path in product()
        if path.relative_to(ROOT).parts[0] in about_people
        and re.search(r"\busername\b", path.read_text(encoding="utf-8"))
    ]

    assert found == []


def test_only_the_process_that_reads_courses_forks() -> None:
    """A fork would share the open database and its locks (B09)."""
    forks = re.compile(r"\bos\.fork\w*\(|\bmultiprocessing\b|\bProcessPoolExecutor\b")

    found = [path.name for path in product() if forks.search(path.read_text(encoding="utf-8"))]

    # `storage.file_locks` warns of it.
    assert set(found) == {"confinement.py", "file_locks.py"}


def product() -> list[Path]:
    """Return the modules that an academy runs."""
    aside = {"tests", "faults", "bench", "fuzz", "preview"}
    return [path for path in tracked(".py") if path.relative_to(ROOT).parts[0] not in aside]


def test_every_dependency_has_a_decision() -> None:
    wanted = re.findall(
        r'^    "([a-z0-9-]+)',
        (ROOT / "pyproject.toml").read_text().split("[project.scripts]")[0],
        re.MULTILINE,
    )
    decisions = "\n".join(path.read_text() for path in (ROOT / "docs/decisions").glob("*.md")).lower()

    assert [name for name in wanted if name not in decisions] == []
