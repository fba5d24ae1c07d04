"""What was in hand is known after the end of the process, however it ended."""

import signal
import subprocess
import sys
from pathlib import Path

from storage.in_hand import SLOTS, InHand

KILLED_IN_THE_MIDDLE = """
import os, signal, sys
from pathlib import Path
from storage.in_hand import InHand

noted = InHand(Path(sys.argv[1]))
slots = [noted.enter(number) for number in (11, 12, 2**52)]
noted.leave(slots[1])
os.kill(os.getpid(), signal.SIGKILL)
"""


def test_a_killed_process_leaves_what_it_had_in_hand(tmp_path: Path) -> None:
    path = tmp_path / "in-hand"

    died = subprocess.run([sys.executable, "-c", KILLED_IN_THE_MIDDLE, str(path)], check=False)

    assert died.returncode == -signal.SIGKILL
    after = InHand(path)
    assert after.at_the_end == {11, 2**52}
    after.close()
    # Told once: whoever opens it next has had nothing in hand.
    again = InHand(path)
    assert again.at_the_end == frozenset()
    again.close()


def test_a_stop_in_order_leaves_nothing(tmp_path: Path) -> None:
    noted = InHand(tmp_path / "in-hand")
    slot = noted.enter(5)
    assert slot is not None
    noted.leave(slot)
    noted.close()

    after = InHand(tmp_path / "in-hand")

    assert after.at_the_end == frozenset()
    after.close()


def test_there_is_room_for_as_many_as_are_handled_at_once(tmp_path: Path) -> None:
    noted = InHand(tmp_path / "in-hand")

    slots = [noted.enter(number) for number in range(1, SLOTS + 2)]

    assert slots[-1] is None
    assert sorted(slot for slot in slots if slot is not None) == list(range(SLOTS))
    noted.leave(7)
    assert noted.enter(99) == 7
    noted.close()


def test_a_file_cut_short_is_read_as_far_as_it_goes(tmp_path: Path) -> None:
    path = tmp_path / "in-hand"
    path.write_bytes((3).to_bytes(8, "little") + b"abc")

    noted = InHand(path)

    assert noted.at_the_end == {3}
    noted.close()
