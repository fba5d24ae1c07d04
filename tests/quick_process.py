"""A command that is forked elsewhere: it lends its streams, its folder and its environment, and waits.

Run as `python -S -E -s quick_process.py DOOR WORDS…`; it imports next to nothing, because that is what
it is for (tests/quick_processes.py). Whoever ends it ends what was forked for it.
"""

import json
import os
import socket
import sys

STREAMS = (0, 1, 2)


def ask(door: socket.socket, words: list[str], *, cwd: str, env: dict[str, str], streams: list[int]) -> None:
    """Ask for a process with these words behind its name; its number and then its exit code come back."""
    asked = json.dumps({"words": words, "cwd": cwd, "env": env}).encode()
    socket.send_fds(door, [asked], streams)


def main(path: str, *words: str) -> int:
    with socket.socket(socket.AF_UNIX, socket.SOCK_SEQPACKET) as door:
        door.connect(path)
        here = os.getcwd()  # noqa: PTH109 - importing pathlib takes longer than all the rest
        ask(door, list(words), cwd=here, env=dict(os.environ), streams=list(STREAMS))
        for stream in STREAMS:
            os.close(stream)
        door.recv(64)
        code = int(door.recv(64) or b"70")
    if code < 0:
        os.kill(os.getpid(), -code)
    return code


if __name__ == "__main__":
    os._exit(main(*sys.argv[1:]))
