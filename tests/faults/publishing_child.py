"""`dusal course publish` with a kill in the middle: run as `publishing_child.py DATABASE COURSE`."""

import sys
from datetime import time
from pathlib import Path

from academy.facts import AcademyFacts, QuietHours
from academy.publishing import publish_over
from academy.republishing import Plan
from lessons.reader import read
from scheduler.clock import system_clock
from storage.database import Database


def main(url: str, path: str) -> None:
    course = read(Path(path)).course
    assert course is not None
    academy = AcademyFacts(name="City", quiet=QuietHours(start=time(19), end=time(8)))
    database = Database.open(url)
    database.prepare(now=system_clock())
    database.run_here(
        lambda tx: publish_over(
            tx,
            course=course,
            media={},
            plan=Plan(reach="also-finished", corrected_key=True),
            now=system_clock(),
            academy=academy,
        )
    )
    database.close()


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2])
