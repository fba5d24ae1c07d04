"""F4: updates that come twice, shuffled and with lower numbers, to a service that is killed meanwhile."""

import asyncio
from collections.abc import Sequence
from pathlib import Path
from random import Random
from typing import Any

from faults.figures import Found, Size
from faults.kills_at_points import effects, set_aside
from faults.nursery import opened
from faults.recorder import recording
from faults.updates import Pile, acquainted, command, repeated, tap

GOAL = "each update has its effect once; 0 lost"
UPDATES = {"small": 600, "full": 100_000}
KILLS = {"small": 2, "full": 200}
SENDERS = 500
SHARE_REPEATED = 0.2
_BATCH = 50
_FIRST, _AFTER_A_QUIET_WEEK = 900_000_000, 1_000
"""Telegram's counter begins anywhere after a week without updates: lower as well."""


async def run(size: Size, seed: int, folder: Path) -> Sequence[Found]:
    random = Random(seed)
    count, wanted = UPDATES[size], KILLS[size]
    updates = [
        random.choice((tap, command))(
            number,
            update_id=number + (_AFTER_A_QUIET_WEEK if number > 0.9 * count else _FIRST),
            sender=1_000 + random.randrange(SENDERS),
        )
        for number in range(1, count + 1)
    ]
    handed = repeated(updates, share=SHARE_REPEATED, random=random)
    pile = Pile.of(handed)
    url = await asyncio.to_thread(acquainted, folder / "updates.db", range(1_000, 1_000 + SENDERS))
    each = int(0.8 * len(handed) / (wanted + 1))
    kills = 0
    async with opened(folder) as nursery, recording(random=random) as recorder:
        recorder.hand_out = pile.answer
        given: dict[str, Any] = {
            "url": url,
            "port": recorder.port,
            "quarantine_seconds": 0,
            "sends": False,
            "batch": _BATCH,
        }
        for life in range(1, wanted + 1):
            child = await nursery.child("worker", life=life, **given)
            enough = pile.confirmed + random.randint(1, 2 * each - 1)
            while child.is_running and pile.confirmed < enough:  # noqa: ASYNC110 - or it has ended
                await asyncio.sleep(0.002)
            # Anywhere between a commit and the next: a batch takes some tens of milliseconds.
            await asyncio.sleep(random.uniform(0, 0.05))
            kills += child.is_running
            child.kill()
            await child.wait()
        code = await nursery.run("worker", life=wanted + 1, seconds=60 + count / 50, **given)
    had, aside = await asyncio.to_thread(effects, url), await asyncio.to_thread(set_aside, url)
    # Set aside is an update, counted is what it asked for.
    listed = [number - (_FIRST if number > _FIRST else _AFTER_A_QUIET_WEEK) for number in aside]
    lost = set(range(1, count + 1)) - set(had) - set(listed)
    return [
        Found(
            figure="F4",
            what=f"{count:,} updates, {len(handed) - count:,} more copies of some, shuffled, {kills} kill -9",
            goal=GOAL,
            result=f"{len(set(had)):,} had an effect, {len(had) - len(set(had))} twice; {len(lost)} lost; "
            f"{len(listed)} set aside after two crashes",
            holds=code == 0 and not lost and len(had) == len(set(had)) and kills == wanted,
            seed=seed,
        )
    ]
