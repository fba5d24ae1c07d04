"""What we start never leaves at night, however late it is: it waits for the morning (guarantees 4.4).

Lessons, reminders and announcements are decided for a good hour. When they could not be sent then,
because we were down or Telegram was away, the next moment may be in somebody's quiet hours.
"""

from datetime import datetime, timedelta
from typing import Final
from zoneinfo import ZoneInfo

from sqlalchemy import Connection

from academy.facts import AcademyFacts
from scheduler.local_time import next_waking
from storage import late_messages

LATE: Final = timedelta(minutes=1)
"""What waits no longer than this is on its way as it should be."""


def rest(tx: Connection, *, now: datetime, academy: AcademyFacts) -> int:
    """Put off what is late and would leave in quiet hours; return how much that was."""
    put_off = 0
    for zone in late_messages.zones(tx, before=now - LATE):
        awake = next_waking(now, zone=ZoneInfo(zone or academy.zone), quiet=academy.quiet)
        if awake > now:
            put_off += late_messages.put_off(tx, zone=zone, before=now - LATE, until=awake)
    return put_off
