"""The people we speak with: one row for each number the messenger knows somebody by.

A row exists from the first contact on, because what is said to somebody waits in the outbox
under it. It is not yet a learner's row: `notice_accepted_at` says whether it may be kept.
"""

from datetime import datetime
from functools import cache

from sqlalchemy import Connection, and_, bindparam, case, func, or_, select, update

from learners.people import Person
from storage.conflicts import insert_given
from storage.prepared import Prepared, Record
from storage.row_changes import change_row
from storage.tables import enrollments, people, roles

PERSON = (
    people.c.id,
    people.c.address,
    people.c.name,
    people.c.language,
    people.c.zone,
    people.c.text_only,
    people.c.notice_accepted_at,
    people.c.unreachable_since,
    people.c.last_active_at,
    people.c.in_doubt_since,
)
"""The columns of a `Person`, for selects that join other tables; read them with `person_of`."""


def person_of(row: Record) -> Person:
    """Return the person of a row selected with PERSON."""
    return Person(
        id=row[people.c.id],
        address=row[people.c.address],
        name=row[people.c.name],
        language=row[people.c.language],
        zone=row[people.c.zone],
        text_only=row[people.c.text_only],
        notice_accepted_at=row[people.c.notice_accepted_at],
        unreachable_since=row[people.c.unreachable_since],
        last_active_at=row[people.c.last_active_at],
        in_doubt_since=row[people.c.in_doubt_since],
    )


def by_address(tx: Connection, address: int) -> Person | None:
    """Return the person with this number, or None."""
    row = _BY_ADDRESS.one_or_none(tx, {"given": address})
    return None if row is None else person_of(row)


def get(tx: Connection, person_id: int) -> Person:
    """Return the person; raises NoResultFound when there is none."""
    return person_of(_GET.one(tx, {"given": person_id}))


def add(tx: Connection, *, address: int, name: str, language: str, now: datetime) -> Person:
    """Return the person with this number, made now if need be.

    An existing row keeps what it has; only an empty name or language is filled.
    """
    row = {"address": address, "name": name, "language": language, "created_at": now}
    return person_of(_add(tx.dialect.name).one(tx, row))


def rename(tx: Connection, person_id: int, name: str) -> None:
    """Keep the name as the messenger gives it now."""
    change_row(tx, people, person_id, name=name)


def set_language(tx: Connection, person_id: int, language: str) -> None:
    """Keep the language (BCP 47) everything is said in from now on."""
    change_row(tx, people, person_id, language=language)


def set_zone(tx: Connection, person_id: int, zone: str | None) -> None:
    """Keep the IANA zone the person confirmed; None means the group's."""
    change_row(tx, people, person_id, zone=zone)


def set_text_only(tx: Connection, person_id: int, on: bool) -> None:
    """Keep whether pictures are replaced by their descriptions."""
    change_row(tx, people, person_id, text_only=on)


def accept_notice(tx: Connection, person_id: int, *, version: str, now: datetime) -> None:
    """Keep which privacy notice was accepted, and when; a first acceptance is never moved.

    Somebody who accepts wishes to stay, so an earlier wish to be forgotten ends here.
    """
    change_row(tx, people, person_id, forget_at=None)
    _ACCEPT_NOTICE.rows(tx, {"given": person_id, "accepted": version, "now": now})


def set_unreachable(tx: Connection, person_id: int, *, since: datetime | None) -> None:
    """Keep since when nothing reaches this person; None once they have written again."""
    change_row(tx, people, person_id, unreachable_since=since)


def arrived(tx: Connection, address: int, *, now: datetime) -> Person | None:
    """Keep that somebody did something now; return the person with this number, or None."""
    row = _ARRIVED.one_or_none(tx, {"given": address, "now": now})
    return None if row is None else person_of(row)


def forget_at(tx: Connection, person_id: int, *, at: datetime | None) -> None:
    """Let the row go at the first sweep after `at`, once the last word has been said; None keeps it."""
    change_row(tx, people, person_id, forget_at=at)


def to_forget(tx: Connection, *, now: datetime) -> tuple[tuple[Person, datetime], ...]:
    """Return the people whose time to be forgotten has come and since when, the longest waiting first."""
    rows = _TO_FORGET.rows(tx, {"now": now})
    return tuple((person_of(row), row[people.c.forget_at]) for row in rows)


def forget_visitors(tx: Connection, *, silent_since: datetime, now: datetime) -> None:
    """Let those go who never accepted the notice, have no role, and were silent since then."""
    _FORGET_VISITORS.rows(tx, {"silent_since": silent_since, "now": now})


def forget_after(tx: Connection, *, cutoff: datetime, now: datetime) -> None:
    """Let learners go whose courses all ended before `cutoff`, or who were silent since before it.

    Whoever has a role stays.
    """
    _FORGET_AFTER.rows(tx, {"cutoff": cutoff, "now": now})


# Built once, because each press or tick runs them: building a statement costs more than running it.
_BY_ADDRESS = Prepared(select(*PERSON).where(people.c.address == bindparam("given")))
_GET = Prepared(select(*PERSON).where(people.c.id == bindparam("given")))
_ARRIVED = Prepared(
    update(people)
    .where(people.c.address == bindparam("given"))
    .values(last_active_at=bindparam("now"))
    .returning(*PERSON)
)
_ACCEPT_NOTICE = Prepared(
    update(people)
    .where(people.c.id == bindparam("given"), people.c.notice_version.is_distinct_from(bindparam("accepted")))
    .values(notice_version=bindparam("accepted"), notice_accepted_at=bindparam("now"))
)
_TO_FORGET = Prepared(
    select(*PERSON, people.c.forget_at)
    .where(people.c.forget_at <= bindparam("now"))
    .order_by(people.c.forget_at, people.c.id)
)
_FORGET_VISITORS = Prepared(
    update(people)
    .where(
        people.c.notice_accepted_at.is_(None),
        people.c.forget_at.is_(None),
        people.c.created_at <= bindparam("silent_since"),
        or_(people.c.last_active_at.is_(None), people.c.last_active_at <= bindparam("silent_since")),
        people.c.id.not_in(select(roles.c.person_id)),
    )
    .values(forget_at=bindparam("now"))
)


def _forget_after() -> Prepared:
    unfinished = select(enrollments.c.person_id).where(
        or_(enrollments.c.state != "finished", enrollments.c.finished_at > bindparam("cutoff"))
    )
    ended = and_(
        people.c.id.in_(select(enrollments.c.person_id)),
        people.c.id.not_in(unfinished),
    )
    silent = func.coalesce(people.c.last_active_at, people.c.created_at) <= bindparam("cutoff")
    return Prepared(
        update(people)
        .where(
            people.c.notice_accepted_at.is_not(None),
            people.c.forget_at.is_(None),
            people.c.id.not_in(select(roles.c.person_id)),
            or_(ended, silent),
        )
        .values(forget_at=bindparam("now"))
    )


_FORGET_AFTER = _forget_after()


@cache
def _add(dialect: str) -> Prepared:
    made = insert_given(dialect, people, "address", "name", "language", "created_at")
    return Prepared(
        made.on_conflict_do_update(
            index_elements=[people.c.address],
            set_={
                "name": case((people.c.name == "", made.excluded.name), else_=people.c.name),
                "language": case((people.c.language == "", made.excluded.language), else_=people.c.language),
            },
        ).returning(*PERSON)
    )
