"""Courses that came through the chat are read in a process with limits (guarantees 4.6).

Reading holds the interpreter's lock, so in a thread a large course would keep every tap waiting,
and a hostile one for minutes.
"""

import asyncio
import os
import sys
from typing import TYPE_CHECKING

import structlog

from bot.limits import TELEGRAM

if TYPE_CHECKING:
    from lessons.reader import Reading

log = structlog.get_logger(__name__)

LONGEST_SECONDS = 30.0
"""Of waiting: on a busy machine five seconds of work take longer."""


async def read_apart(name: str, content: bytes, *, cpu_seconds: int | None = None) -> "Reading":
    """Return the course in a file, or its problems: one of them may be that reading it takes too much.

    `cpu_seconds` is how much work that is; by default what `lessons.reading_apart` allows.
    """
    # A heavy part that few updates need: a service that starts does not wait for it.
    from lessons.reading_apart import CPU_SECONDS, answered, question, too_much

    process = await asyncio.create_subprocess_exec(
        sys.executable,
        "-m",
        "lessons.reading_apart",
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
        # What went wrong there quotes the file, and no log holds contents.
        stderr=asyncio.subprocess.DEVNULL,
        # A file that took over the process would find no token in it.
        env={name: value for name, value in os.environ.items() if not name.startswith("DUSAL_")},
    )
    try:
        async with asyncio.timeout(LONGEST_SECONDS):
            answer, _ = await process.communicate(
                question(name, content, limits=TELEGRAM, cpu_seconds=cpu_seconds or CPU_SECONDS)
            )
    except TimeoutError:
        answer = b""
    finally:
        if process.returncode is None:
            process.kill()
            await process.wait()
    reading = answered(answer) if process.returncode == 0 else None
    if reading is None:
        log.warning("course_not_read", exit_code=process.returncode, file_bytes=len(content))
        return too_much(name)
    return reading
