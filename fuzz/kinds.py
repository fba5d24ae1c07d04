"""What can be fuzzed, by name: each kind is a campaign that yields what went wrong."""

from collections.abc import Callable, Iterator, Mapping
from typing import Final, Protocol

from fuzz.campaign import Campaign, Finding
from fuzz.handing_in import HandingIn


class Run(Protocol):
    """A campaign: inputs made of a seed, read or handed in one after the other."""

    seed: int
    inputs: int
    slowest_seconds: float
    kinds: dict[tuple[str, ...], bytes]
    """What inputs led to → the first input that did."""

    def run(self, *, most: int | None = None, seconds: float | None = None) -> Iterator[Finding]:
        """Yield what went wrong, until so many inputs were made or so many seconds have passed."""
        ...


KINDS: Final[Mapping[str, Callable[[int], Run]]] = {
    "courses": Campaign,
    "updates": lambda seed: HandingIn(seed, "updates"),
    "callbacks": lambda seed: HandingIn(seed, "callbacks"),
    "webhook": lambda seed: HandingIn(seed, "webhook"),
    "links": lambda seed: HandingIn(seed, "links"),
}
"""Courses first: what `make fuzz` always did."""
