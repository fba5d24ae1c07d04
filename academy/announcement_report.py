"""What became of an announcement, kept up to date in the author's own message.

It says what Telegram accepted, never what people read: Telegram does not tell.
"""

from collections import Counter
from dataclasses import dataclass
from datetime import datetime, timedelta

from pydantic import TypeAdapter
from sqlalchemy import Connection

from academy.facts import AcademyFacts
from academy.messages.facilitating import AnnounceReport
from academy.outgoing import Screen
from academy.saying import say
from storage import announcements, groups
from storage.announcements import Copies, KeptAnnouncement

BETWEEN_REPORTS = timedelta(seconds=3)
"""Edits of one message may not come faster than about one a second; three leave room for replies."""

_OPEN = frozenset({"waiting", "sending", "uncertain"})
_KNOWN_REASONS = frozenset({"blocked", "not_found", "left", "cancelled"})


@dataclass(frozen=True, slots=True, kw_only=True)
class _Said:
    """The report said last, and when."""

    at: datetime
    report: AnnounceReport


_SAID = TypeAdapter(_Said)


def refresh(tx: Connection, *, kept: KeptAnnouncement, now: datetime, academy: AcademyFacts) -> bool:
    """Say the report when it has changed and its time has come; return whether it was said.

    The last one, when nothing is open any more, ends the announcement.
    """
    found = announcements.copies(tx, kept)
    ended = not any(copies.state in _OPEN for copies in found)
    if ended:
        announcements.finish(tx, kept.id, "done")
    if kept.author_id is None or (kept.control_message_id is None and not ended):
        return False
    assert kept.confirmed_at is not None
    undo_over = now >= kept.confirmed_at + academy.undo
    report = report_of(kept.id, found=found, zone=groups.group(tx, kept.group_id).zone)
    said = _SAID.validate_json(kept.reported) if kept.reported else None
    too_soon = said is not None and now - said.at < BETWEEN_REPORTS
    if said is not None and said.report == report:
        return False
    if not ended and (too_soon or not undo_over):
        return False
    announcements.keep_report(tx, kept.id, _SAID.dump_json(_Said(at=now, report=report)).decode())
    screen = None
    if kept.control_message_id is not None:
        screen = Screen(message_id=kept.control_message_id, has_media=False)
    say(tx, person_id=kept.author_id, message=report, now=now, edits=screen)
    return True


def report_of(announcement_id: int, *, found: tuple[Copies, ...], zone: str) -> AnnounceReport:
    """Return the counts of these copies in the author's terms.

    Copies on their way, or to be sent once more after a crash, still wait. One that is held for a
    person may have arrived: it is `uncertain`.
    """
    failed: Counter[str] = Counter()
    accepted = waiting = 0
    waiting_until: datetime | None = None
    for copies in found:
        if copies.state == "sent":
            accepted += copies.count
        elif copies.state in _OPEN:
            waiting += copies.count
            waiting_until = max(waiting_until or copies.last_not_before, copies.last_not_before)
        elif copies.state == "held":
            failed["uncertain"] += copies.count
        else:
            failed[copies.reason if copies.reason in _KNOWN_REASONS else "refused"] += copies.count
    return AnnounceReport(
        announcement_id=announcement_id,
        accepted=accepted,
        waiting=waiting,
        waiting_until=waiting_until,
        zone=zone,
        failed=tuple(sorted(failed.items(), key=lambda item: (-item[1], item[0]))),
        undoable=any(copies.state in {"waiting", "uncertain"} for copies in found),
    )
