"""The statements that claim and close attempts, built once: building costs more than running them.

States are spelled out in them, never parameters: SQLite compares them with the conditions of the
partial indexes, and plans a statement anew at each run when one of them is a parameter (200 µs).
"""

from sqlalchemy import (
    ColumnElement,
    CompoundSelect,
    Executable,
    Select,
    and_,
    bindparam,
    exists,
    func,
    insert,
    literal_column,
    or_,
    select,
    union_all,
    update,
)
from sqlalchemy.sql.dml import ReturningUpdate

from scheduler.budget import WHOLE_BOT
from storage.outbox import PRIORITIES, DeliveryState, is_unsent, one_of_open, state_is
from storage.prepared import Prepared
from storage.tables import bots, outbox, people, send_attempts, sending_limits


def _candidates(state: DeliveryState) -> Select[tuple[object, ...]]:
    other = outbox.alias("other")
    first = or_(
        other.c.state == literal_column("'sending'"),
        and_(
            other.c.not_before <= bindparam("now"),
            or_(
                other.c.priority < outbox.c.priority,
                and_(other.c.priority == outbox.c.priority, other.c.id < outbox.c.id),
            ),
        ),
        and_(
            other.c.state == literal_column("'uncertain'"),
            other.c.priority <= outbox.c.priority,
            other.c.id < outbox.c.id,
        ),
    )
    held_up = exists().where(
        other.c.person_id == outbox.c.person_id,
        one_of_open(other.c.state),
        first,
    )
    paused = exists().where(
        sending_limits.c.bot_id == bindparam("bot_id"),
        sending_limits.c.address.in_((people.c.address, WHOLE_BOT)),
        sending_limits.c.paused_until > bindparam("now"),
    )
    return (
        select(
            outbox.c.id,
            outbox.c.person_id,
            outbox.c.kind,
            outbox.c.content,
            outbox.c.key,
            outbox.c.created_at,
            outbox.c.repeatable,
            outbox.c.state,
            outbox.c.priority,
            outbox.c.not_before,
            people.c.address,
            people.c.language,
            people.c.unreachable_since,
        )
        .join(people, people.c.id == outbox.c.person_id)
        .where(
            state_is(state),
            outbox.c.not_before <= bindparam("now"),
            or_(outbox.c.repeatable, bindparam("credits", type_=outbox.c.attempts.type) > 0),
            ~held_up,
            ~paused,
        )
    )


def _all_candidates() -> CompoundSelect[tuple[object, ...]]:
    """One statement for all of them: each part reads its own stretch of an index and stops early."""
    number = outbox.c.attempts.type
    uncertain = (
        _candidates("uncertain")
        .where(bindparam("resend", type_=number) > 0)
        # By time alone: the few uncertain ones have an index of their own, and by priority SQLite would
        # look through everything that waits.
        .order_by(outbox.c.not_before, outbox.c.id)
        .limit(bindparam("resend", type_=number))
    )
    waiting = [
        _candidates("waiting")
        .where(outbox.c.priority == priority)
        .order_by(outbox.c.not_before, outbox.c.id)
        .limit(bindparam("most", type_=number))
        for priority in PRIORITIES
    ]
    return union_all(*(select(part.subquery()) for part in (uncertain, *waiting)))


CANDIDATES = Prepared(_all_candidates(), by_name=True)


def _take(which: ColumnElement[bool]) -> ReturningUpdate[tuple[int]]:
    return (
        update(outbox)
        .where(
            which,
            is_unsent(),
            # Locked, on PostgreSQL: who takes over meanwhile waits for this claim, and then finds it.
            select(bots.c.bot_id)
            .where(bots.c.bot_id == bindparam("bot_id"), bots.c.epoch == bindparam("mine"))
            .with_for_update(read=True)
            .exists(),
        )
        .values(
            state="sending",
            epoch=bindparam("mine"),
            attempts=outbox.c.attempts + 1,
            maybe_doubled=or_(outbox.c.maybe_doubled, state_is("uncertain")),
        )
        .returning(outbox.c.id)
    )


def _open_attempts(which: ColumnElement[bool]) -> Executable:
    return (
        insert(send_attempts)
        .from_select(
            ["outbox_id", "number", "epoch", "claimed_at"],
            select(
                outbox.c.id,
                # Attempts that surely did not arrive are not counted on the row, but have a number.
                func.coalesce(
                    select(func.max(send_attempts.c.number))
                    .where(send_attempts.c.outbox_id == outbox.c.id)
                    .correlate(outbox)
                    .scalar_subquery(),
                    0,
                )
                + 1,
                bindparam("mine", type_=send_attempts.c.epoch.type),
                bindparam("now", type_=send_attempts.c.claimed_at.type),
            ).where(which),
        )
        .returning(send_attempts.c.outbox_id, send_attempts.c.number)
    )


_ALL = outbox.c.id.in_(bindparam("ids", expanding=True))
_ONE = outbox.c.id == bindparam("id_")
_NEXT_EDIT = (
    _candidates("waiting")
    .where(people.c.address == bindparam("address"), outbox.c.repeatable, outbox.c.kind == "reply")
    .order_by(outbox.c.not_before, outbox.c.id)
    .limit(1)
)
TAKE_EDIT = Prepared(
    _take(
        outbox.c.id == _NEXT_EDIT.with_only_columns(outbox.c.id).correlate(None).scalar_subquery()
    ).returning(
        outbox.c.person_id,
        outbox.c.kind,
        outbox.c.content,
        select(people.c.language)
        .where(people.c.id == outbox.c.person_id)
        .scalar_subquery()
        .label("language"),
    )
)
TAKE, OPEN_ATTEMPTS = _take(_ALL), _open_attempts(_ALL)
TAKE_ONE, OPEN_ATTEMPT = Prepared(_take(_ONE)), Prepared(_open_attempts(_ONE))
CLOSE = Prepared(
    update(outbox)
    .where(
        outbox.c.id == bindparam("delivery"),
        outbox.c.epoch == bindparam("mine"),
        state_is("sending"),
    )
    .values(
        state=bindparam("new_state"),
        reason=bindparam("new_reason"),
        settled_at=bindparam("new_settled_at"),
        message_id=func.coalesce(
            bindparam("new_message_id", type_=outbox.c.message_id.type), outbox.c.message_id
        ),
        not_before=func.coalesce(
            bindparam("new_not_before", type_=outbox.c.not_before.type), outbox.c.not_before
        ),
        attempts=outbox.c.attempts - bindparam("uncounted", type_=outbox.c.attempts.type),
    )
    .returning(outbox.c.id)
)
CLOSE_ATTEMPT = Prepared(
    update(send_attempts)
    .where(send_attempts.c.outbox_id == bindparam("delivery"), send_attempts.c.number == bindparam("attempt"))
    .values(outcome=bindparam("new_outcome"), reason=bindparam("new_reason"), settled_at=bindparam("now"))
)
