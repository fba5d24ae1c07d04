"""A run of many inputs against one worker, which is replaced when it dies and now and then anyway."""

import hashlib
import json
import select
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from random import Random

from fuzz.corpus import seeds
from fuzz.mutations import mutated, zipped

SECONDS_AT_MOST = 2.0
"""Of work, for one input (docs/guarantees.md)."""
_WAIT_SECONDS = 60
"""Until a worker that does not answer is ended; on a busy machine two seconds of work take longer."""
_INPUTS_A_WORKER = 2_000
_ZIPS = 0.08
"""Share of inputs that are packages."""
_NEW_SEEDS_AT_MOST = 400


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """An input that went wrong."""

    number: int
    """Of the input in its campaign, from 0."""
    name: str
    content: bytes = field(repr=False)
    fault: str

    @property
    def file_name(self) -> str:
        """What to call it on disk: the same content has the same name."""
        return f"{hashlib.sha256(self.content).hexdigest()[:12]}-{self.name}"


@dataclass(slots=True)
class Campaign:
    """Inputs made of a seed; an answer of a new kind makes its input a seed of further ones."""

    seed: int
    inputs: int = 0
    slowest_seconds: float = 0.0
    kinds: dict[tuple[str, ...], bytes] = field(default_factory=dict)
    """Codes told together → the first input they were told for."""

    def run(self, *, most: int | None = None, seconds: float | None = None) -> Iterator[Finding]:
        """Yield what went wrong, until so many inputs were read or so many seconds have passed."""
        begun = time.monotonic()
        files = seeds()
        worker = _Worker()
        try:
            while (most is None or self.inputs < most) and (
                seconds is None or time.monotonic() - begun < seconds
            ):
                if self.inputs and self.inputs % _INPUTS_A_WORKER == 0:
                    worker.end()
                    worker = _Worker()
                # Each input has a random of its own: where a campaign is cut does not matter.
                random = Random(f"{self.seed}-{self.inputs}")
                is_zip = random.random() < _ZIPS
                content = zipped(files, random) if is_zip else mutated(files, random)
                name = "any.zip" if is_zip else "any.yaml"
                answer = worker.ask(name, content)
                fault = self._fault(answer)
                if fault:
                    yield Finding(number=self.inputs, name=name, content=content, fault=fault)
                self._learn(answer, content, files, is_zip=is_zip)
                self.inputs += 1
                if answer is None:
                    worker.end()
                    worker = _Worker()
        finally:
            worker.end()

    def _fault(self, answer: "dict[str, object] | None") -> str:
        if answer is None:
            return "the reader ended, took more than 256 MB, or did not answer"
        seconds = float(str(answer["seconds"]))
        self.slowest_seconds = max(self.slowest_seconds, seconds)
        if seconds > SECONDS_AT_MOST:
            return f"reading took {seconds:.1f} s"
        return str(answer["fault"])

    def _learn(
        self, answer: "dict[str, object] | None", content: bytes, files: list[bytes], *, is_zip: bool
    ) -> None:
        if answer is None or is_zip or len(self.kinds) >= _NEW_SEEDS_AT_MOST:
            return
        codes = answer["codes"]
        assert isinstance(codes, list)
        kind = tuple(str(code) for code in codes)
        if kind not in self.kinds:
            self.kinds[kind] = content
            if len(content) < 20_000:
                files.append(content)


class _Worker:
    def __init__(self) -> None:
        self._process = subprocess.Popen(
            (sys.executable, "-m", "fuzz.worker"),
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
        )

    def ask(self, name: str, content: bytes) -> "dict[str, object] | None":
        """Return the answer, or None when the worker ended or was ended instead of giving one."""
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        try:
            head = json.dumps({"name": name, "length": len(content)}).encode()
            self._process.stdin.write(head + b"\n" + content)
            self._process.stdin.flush()
        except BrokenPipeError:
            return None
        if not select.select([self._process.stdout], [], [], _WAIT_SECONDS)[0]:
            self._process.kill()
            return None
        line = self._process.stdout.readline()
        found: dict[str, object] | None = json.loads(line) if line else None
        return found

    def end(self) -> None:
        """End the process and give back its pipes."""
        self._process.kill()
        self._process.communicate()
