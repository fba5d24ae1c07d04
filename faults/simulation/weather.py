"""What may happen in one simulation, drawn from its seed.

Each seed has its own mixture: with everything possible everywhere, rare things would hide behind
frequent ones. In the last part of each simulation nothing goes wrong any more.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from random import Random
from typing import Final, Literal, TypeAlias, get_args

Fate: TypeAlias = Literal[
    "not_sent", "lost", "cut_after", "error_before", "error_after", "bad_json", "flood_chat", "flood_bot"
]
"""What becomes of a request that is not simply answered."""

FATES: Final[tuple[Fate, ...]] = get_args(Fate)


@dataclass(frozen=True, slots=True, kw_only=True)
class Weather:
    """The chances of one simulation, each 0..1."""

    polling: bool
    """Else by webhook."""
    learners: int
    doings: int
    """How often somebody does something, before all comes to rest."""
    fates: Mapping[Fate, float]
    """For each request."""
    kill_after_commit: float
    kill_at_request: float
    kill: float
    """Instead of something a person does; the three below too."""
    stop: float
    move_clock: float
    publish: float
    away: float
    """For each transaction: the database goes away for some seconds."""
    in_vain: float
    """For each transaction: it is run, taken back, and run again."""
    repeated: float
    """For each update: it comes again later (webhook)."""
    numbers_restart: float
    """For each long absence: updates are numbered from somewhere else."""
    long_waits: float
    """How often days pass between two doings."""


CALM: Final = Weather(
    polling=True, learners=2, doings=60, fates={}, kill_after_commit=0, kill_at_request=0, kill=0, stop=0,
    move_clock=0, publish=0, away=0, in_vain=0, repeated=0, numbers_restart=0, long_waits=0.03,
)  # fmt: skip
"""Nothing goes wrong."""


def drawn(random: Random) -> Weather:
    """Return the weather of a seed."""

    def sometimes(most: float, *, chance: float = 0.5) -> float:
        return most * random.random() if random.random() < chance else 0.0

    return Weather(
        polling=random.random() < 0.6,
        learners=random.choice((1, 1, 2, 2, 3)),
        doings=random.randint(6, 15),
        fates={fate: amount for fate in FATES if (amount := sometimes(0.08, chance=0.4))},
        kill_after_commit=sometimes(0.02, chance=0.4),
        kill_at_request=sometimes(0.04, chance=0.4),
        kill=sometimes(0.1, chance=0.5),
        stop=sometimes(0.06, chance=0.4),
        move_clock=sometimes(0.04, chance=0.2),
        publish=sometimes(0.05, chance=0.4),
        away=sometimes(0.01, chance=0.3),
        in_vain=sometimes(0.05, chance=0.5),
        repeated=sometimes(0.2, chance=0.6),
        numbers_restart=sometimes(1, chance=0.5),
        long_waits=sometimes(0.2, chance=0.7),
    )
