"""What `dusal doctor` says about the machine itself (B07, B08, L05)."""

from pathlib import Path

import pytest

from app import doctor
from app.doctor import Finding, examine


@pytest.mark.parametrize(
    ("version", "level"),
    [
        # Fixed in 3.51.3, and in two older lines: https://sqlite.org/wal.html, "WAL-reset bug".
        ((3, 40, 1), "warning"),
        ((3, 44, 5), "warning"),
        ((3, 44, 6), "good"),
        ((3, 45, 9), "warning"),
        ((3, 50, 6), "warning"),
        ((3, 50, 7), "good"),
        ((3, 51, 2), "warning"),
        ((3, 51, 3), "good"),
        ((3, 53, 0), "good"),
    ],
)
def test_a_sqlite_with_a_known_fault_is_told(version: tuple[int, int, int], level: str) -> None:
    found = doctor._sqlite(version)

    assert (found.what, found.level) == ("SQLite", level)


@pytest.mark.parametrize(("kind", "level"), [("nfs4", "bad"), ("cifs", "bad"), ("ext4", "good")])
def test_a_network_file_system_is_bad(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, kind: str, level: str
) -> None:
    monkeypatch.setattr(doctor, "_mounted_as", lambda _: kind)

    found = looked_at(tmp_path)["File system"]

    assert found.level == level
    assert kind in found.says


def test_settings_that_others_can_read_are_told(tmp_path: Path) -> None:
    config = tmp_path / "config.yaml"
    config.write_text("telegram: {}\n")
    config.chmod(0o640)
    before = looked_at(tmp_path)["Settings"]
    config.chmod(0o600)
    after = looked_at(tmp_path)["Settings"]

    assert (before.level, before.says) == (
        "warning",
        f"others on this machine can read the token: chmod 600 {config}",
    )
    assert after.level == "good"


def looked_at(folder: Path) -> dict[str, Finding]:
    found = examine(data=folder, config=folder / "config.yaml", database_file=folder / "dusal.db")
    return {one.what: one for one in found}
