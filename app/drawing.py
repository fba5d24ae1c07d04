"""Pictures are drawn in a process of their own.

Drawing takes about 100 ms and holds the interpreter's lock all the while, so in a thread it would
keep every learner's tap waiting (docs/speed.md).
"""

import asyncio
import sys

import structlog

log = structlog.get_logger(__name__)

LONGEST_SECONDS = 20.0


class Drawing:
    """Draws one picture at a time: more would take the processor away from the taps."""

    def __init__(self) -> None:
        self._one_at_a_time = asyncio.Lock()

    async def __call__(self, svg: str) -> bytes | None:
        """Return the picture as PNG; None when it could not be drawn, and then the words go alone."""
        async with self._one_at_a_time:
            process = await asyncio.create_subprocess_exec(
                sys.executable,
                "-m",
                "reports.pictures.draw",
                stdin=asyncio.subprocess.PIPE,
                stdout=asyncio.subprocess.PIPE,
                stderr=asyncio.subprocess.PIPE,
            )
            try:
                async with asyncio.timeout(LONGEST_SECONDS):
                    png, complaint = await process.communicate(svg.encode())
            except TimeoutError:
                process.kill()
                await process.wait()
                log.warning("picture_not_drawn", reason="too slow")
                return None
        if process.returncode != 0 or not png:
            log.warning("picture_not_drawn", reason=complaint.decode(errors="replace")[-200:])
            return None
        return png
