"""Tables of what came in and what goes out: updates, messages, and each try to send one.

A try to send (`send_attempts`) is only ever added or closed. `storage.tables` hands them on with all
the others; the partial indexes of inbox and outbox are in `storage.partial_indexes`.
"""

from sqlalchemy import (
    BigInteger,
    Boolean,
    CheckConstraint,
    Column,
    ForeignKey,
    Index,
    Integer,
    String,
    Table,
    Text,
    UniqueConstraint,
    false,
)

from storage.columns import ALL_TABLES, BigId, UtcMoment

inbox = Table(
    "inbox",
    ALL_TABLES,
    Column("id", BigId, primary_key=True, autoincrement=True),
    Column("bot_id", BigInteger, nullable=False),
    Column("update_id", BigInteger, nullable=False),
    # Updates of one sender are handled one after the other; 0 when nobody can be named.
    Column("sender", BigInteger, nullable=False),
    Column("payload", Text, nullable=False),
    Column("received_at", UtcMoment, nullable=False),
    Column("state", String(8), nullable=False),
    # Counted and committed before handling, so that an update that kills the process is set aside.
    Column("tries", Integer, nullable=False, server_default="0"),
    Column("retry_at", UtcMoment),
    Column("trace_id", String(16)),
    # Why it was set aside: "crash", or the kind of the last error; never its words.
    Column("reason", String(64)),
    Column("handled_at", UtcMoment),
    # Who has it in hand, where handlers run on many machines (storage.crew).
    Column("handler", Integer),
    UniqueConstraint("bot_id", "update_id"),
    CheckConstraint("state IN ('new', 'done', 'dead')", name="state"),
)
# The partial indexes of inbox and outbox: storage.partial_indexes.
Index("ix_inbox_received_at", inbox.c.received_at)

outbox = Table(
    "outbox",
    ALL_TABLES,
    Column("id", BigId, primary_key=True, autoincrement=True),
    Column("person_id", ForeignKey("people.id", ondelete="CASCADE"), nullable=False),
    Column("kind", String(16), nullable=False),
    # 0 replies, 1 lessons and reminders, 2 announcements: lower is sent first.
    Column("priority", Integer, nullable=False),
    # academy.outgoing.Outgoing as JSON.
    Column("content", Text, nullable=False),
    # "lesson:<enrollment>:<lesson>:<round>", "announcement:<id>:<person>", …: said once.
    Column("key", String(128), unique=True),
    Column("not_before", UtcMoment, nullable=False),
    Column("state", String(10), nullable=False),
    Column("attempts", Integer, nullable=False, server_default="0"),
    Column("epoch", Integer),
    Column("maybe_doubled", Boolean, nullable=False, server_default=false()),
    # Saying it twice does no harm (academy.outgoing.is_repeatable): takes no credit of the sender.
    Column("repeatable", Boolean, nullable=False, server_default=false()),
    # The message that was made or edited; the newest row of a message is what it shows now.
    Column("message_id", BigInteger),
    Column("reason", Text),
    # Of a held one: the group whose facilitators were told, 0 for the admins; NULL: nobody knows yet.
    Column("held_for", BigInteger),
    # The other copy of a message that surely arrived twice: a press on one of them has proved it.
    Column("surplus_message_id", BigInteger),
    Column("created_at", UtcMoment, nullable=False),
    Column("settled_at", UtcMoment),
    CheckConstraint(
        "state IN ('waiting', 'sending', 'sent', 'refused', 'uncertain', 'held', 'cancelled')",
        name="state",
    ),
    sqlite_autoincrement=True,
)
Index("ix_outbox_message", outbox.c.person_id, outbox.c.message_id)

send_attempts = Table(
    "send_attempts",
    ALL_TABLES,
    Column("outbox_id", ForeignKey("outbox.id", ondelete="CASCADE"), primary_key=True),
    Column("number", Integer, primary_key=True),
    Column("epoch", Integer, nullable=False),
    Column("claimed_at", UtcMoment, nullable=False),
    Column("outcome", String(12)),
    Column("reason", Text),
    Column("settled_at", UtcMoment),
)

sending_limits = Table(
    "sending_limits",
    ALL_TABLES,
    Column("bot_id", BigInteger, primary_key=True, autoincrement=False),
    # 0 = the whole bot.
    Column("address", BigInteger, primary_key=True, autoincrement=False),
    Column("paused_until", UtcMoment, nullable=False),
)
