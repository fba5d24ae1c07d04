"""`dusal course diff` and `dusal course publish` over a course that somebody is in."""

import json
import os
import pty
import subprocess
import sys
from pathlib import Path

from app.place import Place
from storage import courses, enrollments, people
from tests.app.scripting import COURSE, Run, joined, listed

NEXT = COURSE.replace("1.0.0", "1.1.0").replace("Boil the water.", "Boil fresh water.")
OTHER_KEY = NEXT.replace("answer: true", "answer: false")
OTHER_ID = NEXT.replace("q-hot", "q-warm")
SUSPECTED = (
    "q-warm looks like q-hot under another id. Without a word from you they are two things: q-hot removed,"
    " q-warm added."
)


def write(place: Place, text: str) -> str:
    path: Path = place.config.parent / "tea.yaml"
    path.write_text(text, encoding="utf-8")
    return str(path)


def pinned(place: Place) -> str:
    """Return the version that Olena learns."""

    def version(tx: object) -> str:
        person = people.by_address(tx, 7)  # type: ignore[arg-type]
        assert person is not None
        (enrollment,) = enrollments.of_person(tx, person.id)  # type: ignore[arg-type]
        return courses.course(tx, enrollment.course_version_id).version  # type: ignore[arg-type]

    return place.read(version)


def test_diff_speaks_of_people(taught: Run, place: Place) -> None:
    joined(place, 7)

    told = taught("course", "diff", write(place, OTHER_KEY))

    assert (told.exit_code, told.stderr) == (0, "")
    assert told.stdout.splitlines() == [
        "Lesson 1 changed. 0 learners are past it, 1 will get the new one.",
        "Question q-hot: another answer is right now. 0 learners have answered it.",
    ]


def test_diff_is_for_programs_too(taught: Run, place: Place) -> None:
    told = taught("course", "diff", write(place, OTHER_KEY), "--format", "json", "--exit-code")

    assert told.exit_code == 1
    read = json.loads(told.stdout)
    assert (read["against"], read["version"], read["key_corrected"]) == ("1.0.0", "1.1.0", True)
    assert [(one["what"], one["id"], one["how"]) for one in read["changes"]] == [
        ("lesson", "water", "changed"),
        ("question", "q-hot", "key"),
    ]


def test_diff_of_the_same_says_so(taught: Run, place: Place) -> None:
    told = taught("course", "diff", write(place, COURSE), "--exit-code")

    assert (told.exit_code, told.stdout) == (0, "Nothing changed.\n")


def test_diff_needs_something_to_compare_with(run: Run, place: Place) -> None:
    unknown = run("course", "diff", write(place, COURSE))
    assert run("course", "publish", write(place, COURSE)).exit_code == 0
    other = run("course", "diff", write(place, COURSE), "--against", "0.9")

    assert (unknown.exit_code, other.exit_code) == (1, 1)
    assert unknown.stderr == "Error: tea is not published yet: there is nothing to compare with\n"
    assert other.stderr == "Error: tea has no published version 0.9\n"


def test_a_dry_run_tells_and_changes_nothing(taught: Run, place: Place) -> None:
    joined(place, 7)

    told = taught("course", "publish", write(place, NEXT), "--dry-run")

    assert told.exit_code == 0
    assert told.stdout.splitlines() == [
        "Lesson 1 changed. 0 learners are past it, 1 will get the new one.",
        "1 learner goes on in the new version.",
    ]
    assert told.stderr == "Nothing was published.\n"
    assert pinned(place) == "1.0.0"
    assert [row["version"] for row in listed(taught("course", "list", "--format", "json"))] == ["1.0.0"]


def test_publish_moves_everybody_unless_the_plan_is_for_new_groups(taught: Run, place: Place) -> None:
    joined(place, 7)

    kept = taught("course", "publish", write(place, NEXT), "--plan", "new-groups")
    before = pinned(place)
    moved = taught("course", "publish", write(place, NEXT.replace("1.1.0", "1.2.0")))
    again = taught(
        "course", "publish", write(place, NEXT.replace("1.1.0", "1.2.0")), "--plan", "also-finished"
    )

    assert kept.stderr == "1 learner keeps their version.\n"
    assert before == "1.0.0"
    assert moved.stderr == "1 learner goes on in the new version.\n"
    assert again.stderr == "Exactly this was published before; nothing was changed.\n"
    assert pinned(place) == "1.2.0"


def test_marking_again_needs_people_to_move(taught: Run, place: Place) -> None:
    refused = taught("course", "publish", write(place, OTHER_KEY), "--plan", "new-groups", "--corrected-key")

    assert refused.exit_code == 2
    assert "--plan next-lesson" in refused.stderr


def test_an_id_that_looks_renamed_is_told_and_can_be_kept(taught: Run, place: Place) -> None:
    path = write(place, OTHER_ID)

    told = taught("course", "diff", path)
    known = taught("course", "diff", path, "--renamed", "q-hot=q-warm")
    published = taught("course", "publish", path, "--renamed", "q-hot=q-warm")
    later = taught("course", "diff", write(place, OTHER_ID.replace("1.1.0", "1.2.0")))

    assert told.stdout.splitlines() == [
        "Lesson 1 changed.",
        "Question q-hot removed: nobody has answered it.",
        SUSPECTED,
        "1 new id.",
    ]
    assert known.stdout.splitlines()[0].startswith("Lesson 1 changed.")
    assert "q-warm" not in known.stdout
    assert published.exit_code == 0
    assert later.stdout == "Nothing changed.\n"


def test_a_renaming_that_cannot_be_is_told(taught: Run, place: Place) -> None:
    path = write(place, OTHER_ID)

    refused = [
        taught("course", "diff", path, "--renamed", pair).stderr.splitlines()[-1]
        for pair in ("q-hot", "q-hot=q-tepid", "water=q-warm")
    ]

    assert refused == [
        "Error: Invalid value for --renamed: write OLD=NEW, as in q-valve=q-trv, not q-hot",
        "Error: Invalid value for --renamed: the course has no q-tepid",
        "Error: Invalid value for --renamed: the course still has water",
    ]


def test_publish_without_an_answer_says_what_a_renamed_id_counts_as(taught: Run, place: Place) -> None:
    told = taught("course", "publish", write(place, OTHER_ID))

    assert told.exit_code == 0
    assert told.stderr.splitlines() == [
        "q-hot counts as removed and q-warm as added. If they are one thing, add --renamed q-hot=q-warm"
    ]


def test_on_a_terminal_renamed_ids_and_the_plan_are_asked_for(taught: Run, place: Place) -> None:
    joined(place, 7)
    path = write(place, OTHER_ID.replace("answer: true", "answer: false"))
    place.database.close()
    ours, theirs = pty.openpty()
    os.write(ours, b"y\ncorrected-key\n")

    done = subprocess.run(
        [
            *(sys.executable, "-c", "from app.front_door import main; main()"),
            *("--config", str(place.config), "--data", str(place.data), "course", "publish", path),
        ],
        stdin=theirs,
        capture_output=True,
        text=True,
        check=False,
        cwd=Path(__file__).parents[2],
        timeout=60,
    )
    os.close(ours)
    os.close(theirs)

    assert (done.returncode, done.stdout.split()[:2]) == (0, ["tea", "1.1.0"])
    told = done.stderr
    assert told.index("Is q-warm what was called q-hot before?") < told.index("Who gets this version?")
    # Only once the two are one thing can it be said that its right answer changed.
    assert "Question q-hot: another answer is right now. 0 learners have answered it." in told
    assert told.endswith("1 learner goes on in the new version.\n")
