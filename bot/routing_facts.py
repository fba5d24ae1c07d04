"""What routing needs of the service around it, as plain values."""

from collections.abc import Callable
from dataclasses import dataclass
from random import Random

from academy.facts import AcademyFacts
from bot.files import Fetch
from bot.hand_over import HandOver
from scheduler.clock import Clock


@dataclass(frozen=True, slots=True, kw_only=True)
class RoutingFacts:
    """What routing needs of the service around it."""

    bot_id: int
    academy: Callable[[], AcademyFacts]
    clock: Clock
    random: Random
    after_commit: Callable[[], None]
    """Wakes the sender: there may be something to say."""
    fetch: Fetch
    hand_over: HandOver | None = None
    """Who sends the edits; without it they are found in the outbox like everything else."""
