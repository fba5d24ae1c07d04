"""Every table and constraint; no behaviour.

A rule the database can hold is a constraint here, not a check elsewhere. Facts about learning
(`assignments`, `responses`) and about sending (`send_attempts`) are only ever added to or closed,
never rewritten.
"""

from sqlalchemy import (
    BigInteger,
    Boolean,
    CheckConstraint,
    Column,
    Date,
    Float,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    String,
    Table,
    Text,
    UniqueConstraint,
    false,
    text,
)

from storage import (
    access_tables,
    answer_tables,
    health_tables,
    review_tables,
    summary_tables,
    traffic_tables,
)
from storage.columns import ALL_TABLES, BigId, UtcMoment

metadata = ALL_TABLES


def _id() -> Column[int]:
    return Column("id", BigId, primary_key=True, autoincrement=True)


# --- the bot -----------------------------------------------------------------------------------

bots = Table(
    "bots",
    metadata,
    Column("bot_id", BigInteger, primary_key=True, autoincrement=False),
    Column("username", String(64), nullable=False),
    Column("name", Text, nullable=False, server_default=""),
    Column("bound_at", UtcMoment, nullable=False),
    # What its first start was called: a copy with other settings is refused (storage.bots).
    Column("environment", String(32), nullable=False, server_default="production"),
    # A result of an earlier epoch is refused: its sender has been replaced meanwhile.
    Column("epoch", Integer, nullable=False, server_default="0"),
    # Noted now and then while the service runs, so that the next start knows how long it was away.
    Column("alive_at", UtcMoment),
    # Counted up now and then and noted in sent.log: the log being ahead means an older database.
    Column("sent_tally", Integer, nullable=False, server_default="0"),
    # An older database has been put in place: set until the next start has dealt with what that means.
    Column("restored_at", UtcMoment),
    Column("backed_up_at", UtcMoment),
    # The time-zone rules by which `due` was computed (scheduler.local_time.rules_version).
    Column("zone_rules", String(64), nullable=False, server_default=""),
    # Another program receives this bot's updates: set until one of ours receives again.
    Column("other_receiver_at", UtcMoment),
)

# --- people ------------------------------------------------------------------------------------

people = Table(
    "people",
    metadata,
    _id(),
    # The messenger's numeric id (up to 52 bits); never a user name, which can change hands.
    Column("address", BigInteger, nullable=False, unique=True),
    Column("name", Text, nullable=False, server_default=""),
    Column("language", String(16), nullable=False, server_default=""),
    Column("zone", String(64)),
    Column("text_only", Boolean, nullable=False, server_default=false()),
    Column("notice_version", String(32)),
    Column("notice_accepted_at", UtcMoment),
    Column("unreachable_since", UtcMoment),
    # Something we said may have arrived without our knowing its number: for two days presses are compared.
    Column("in_doubt_since", UtcMoment),
    Column("last_active_at", UtcMoment),
    # Set by "No, thanks" and by erasing: the row goes once the last word has been said.
    Column("forget_at", UtcMoment),
    Column("created_at", UtcMoment, nullable=False),
    sqlite_autoincrement=True,
)

roles = Table(
    "roles",
    metadata,
    _id(),
    Column("person_id", ForeignKey("people.id", ondelete="CASCADE"), nullable=False),
    Column("role", String(16), nullable=False),
    Column("group_id", ForeignKey("groups.id", ondelete="CASCADE")),
    Column("granted_at", UtcMoment, nullable=False),
    CheckConstraint(
        "(role = 'admin' AND group_id IS NULL) OR (role = 'facilitator' AND group_id IS NOT NULL)",
        name="scope",
    ),
    Index(
        "uq_roles_person_id_role_group_id",
        "person_id",
        "role",
        text("coalesce(group_id, 0)"),
        unique=True,
    ),
)

# What the next free text of this person means: a join code, an announcement, a question.
conversations = Table(
    "conversations",
    metadata,
    Column("person_id", ForeignKey("people.id", ondelete="CASCADE"), primary_key=True),
    Column("topic", String(32), nullable=False),
    Column("state", Text, nullable=False, server_default="{}"),
    Column("updated_at", UtcMoment, nullable=False),
)

# Wrong codes, so that guessing is slow (guarantees A05).
code_guesses = Table(
    "code_guesses",
    metadata,
    _id(),
    Column("address", BigInteger, nullable=False),
    Column("guessed_at", UtcMoment, nullable=False),
    Index("ix_code_guesses_guessed_at", "guessed_at"),
)

# --- courses and groups ------------------------------------------------------------------------

course_versions = Table(
    "course_versions",
    metadata,
    _id(),
    Column("course_id", String(64), nullable=False),
    Column("version", String(32), nullable=False),
    Column("content_hash", String(64), nullable=False),
    Column("content", Text, nullable=False),
    Column("published_at", UtcMoment, nullable=False),
    UniqueConstraint("course_id", "version"),
    UniqueConstraint("course_id", "content_hash"),
)

# An id that an author has changed, and under which the same thing is known here for ever.
renamed_ids = Table(
    "renamed_ids",
    metadata,
    Column("course_id", String(64), primary_key=True),
    Column("written", String(64), primary_key=True),
    Column("kept", String(64), nullable=False),
)

media = Table(
    "media",
    metadata,
    Column("sha256", String(64), primary_key=True),
    Column("mime", String(100), nullable=False),
    Column("bytes", LargeBinary, nullable=False),
)

# Telegram's name for a picture, recording or file it already has; only the bot that uploaded it may use it.
file_ids = Table(
    "file_ids",
    metadata,
    Column("bot_id", BigInteger, primary_key=True, autoincrement=False),
    Column("sha256", String(64), primary_key=True),
    Column("file_id", Text, nullable=False),
)

course_drafts = Table(
    "course_drafts",
    metadata,
    _id(),
    Column("person_id", ForeignKey("people.id", ondelete="CASCADE"), nullable=False),
    Column("content", Text, nullable=False),
    # What the admin has said of ids that look renamed: "written=kept", with commas.
    Column("renamed", Text, nullable=False, server_default=""),
    Column("created_at", UtcMoment, nullable=False),
    Column("used_at", UtcMoment),
    sqlite_autoincrement=True,
)

groups = Table(
    "groups",
    metadata,
    _id(),
    Column("name", String(128), nullable=False, unique=True),
    Column("course_version_id", ForeignKey("course_versions.id"), nullable=False),
    Column("zone", String(64), nullable=False),
    Column("weekdays", String(7), nullable=False),
    Column("at", String(5), nullable=False),
    Column("expected", Integer),
    Column("link_token", String(32), nullable=False, unique=True),
    Column("code", String(16), nullable=False, unique=True),
    Column("capacity", Integer, nullable=False, server_default="500"),
    Column("closes_at", UtcMoment),
    # Announcements of the course that ask for it go out alone.
    Column("auto_announcements", Boolean, nullable=False, server_default=false()),
    Column("created_at", UtcMoment, nullable=False),
    sqlite_autoincrement=True,
)

enrollments = Table(
    "enrollments",
    metadata,
    _id(),
    Column("person_id", ForeignKey("people.id", ondelete="CASCADE"), nullable=False),
    Column("group_id", ForeignKey("groups.id"), nullable=False),
    Column("course_version_id", ForeignKey("course_versions.id"), nullable=False),
    Column("weekdays", String(7), nullable=False),
    Column("at", String(5), nullable=False),
    # Joining is finished when the days, the time and the zone are agreed: nothing comes before.
    Column("state", String(12), nullable=False),
    Column("joined_at", UtcMoment, nullable=False),
    Column("started_at", UtcMoment),
    Column("paused_until", UtcMoment),
    Column("finished_at", UtcMoment),
    # Set when a corrected key would take back what was passed: it stays passed.
    Column("passed_at", UtcMoment),
    # The learner wants questions of this course from time to time after its end.
    Column("fresh_since", UtcMoment),
    UniqueConstraint("person_id", "group_id"),
    Index("ix_enrollments_group_id", "group_id"),
    CheckConstraint("state IN ('joining', 'active', 'paused', 'finished', 'withdrawn')", name="state"),
    sqlite_autoincrement=True,
)

# --- what a learner did ------------------------------------------------------------------------

assignments = Table(
    "assignments",
    metadata,
    _id(),
    Column("enrollment_id", ForeignKey("enrollments.id", ondelete="CASCADE"), nullable=False),
    Column("lesson_id", String(64), nullable=False),
    Column("course_version_id", ForeignKey("course_versions.id"), nullable=False),
    # 1, and one more each time a test is taken again.
    Column("attempt", Integer, nullable=False, server_default="1"),
    # Both name the same moment; the local date is the key that holds "one lesson a day" when
    # clocks change or the learner moves.
    Column("assigned_at", UtcMoment, nullable=False),
    Column("assigned_on", Date, nullable=False),
    # Asked for by the learner, ahead of its day: "one lesson a day" is about what we start.
    Column("asked", Boolean, nullable=False, server_default=false()),
    Column("started_at", UtcMoment),
    Column("finished_at", UtcMoment),
    Column("reminded_at", UtcMoment),
    Column("snoozed_until", UtcMoment),
    # Index of the step the learner is at; steps before it are done.
    Column("step", Integer, nullable=False, server_default="0"),
    Column("hints_shown", Integer, nullable=False, server_default="0"),
    Column("try_number", Integer, nullable=False, server_default="1"),
    # Options ticked but not yet checked (`choose_all`): indexes into the author's order.
    Column("picked", String(64), nullable=False, server_default=""),
    # What was placed but not yet checked (`order`, `match`), in that order; indexes as above.
    Column("placed", String(64), nullable=False, server_default=""),
    # Ids of the questions drawn for this attempt at a test, with commas; empty for other lessons.
    Column("drawn", Text, nullable=False, server_default=""),
    # A test that was passed when it was finished stays passed, whatever is corrected later.
    Column("passed", Boolean, nullable=False, server_default=false()),
    UniqueConstraint("enrollment_id", "lesson_id", "attempt"),
    # One lesson a day that we start, and one unfinished at most: storage.partial_indexes.
    sqlite_autoincrement=True,
)

responses = Table(
    "responses",
    metadata,
    _id(),
    Column("assignment_id", ForeignKey("assignments.id", ondelete="CASCADE"), nullable=False),
    Column("question_id", String(64), nullable=False),
    Column("try_number", Integer, nullable=False),
    Column("response", Text, nullable=False),
    Column("score", Float, nullable=False),
    Column("verdict", String(12), nullable=False),
    # Hints on the screen when it was given.
    Column("hints", Integer, nullable=False, server_default="0"),
    Column("answered_at", UtcMoment, nullable=False),
    UniqueConstraint("assignment_id", "question_id", "try_number"),
    CheckConstraint("score >= 0 AND score <= 1", name="score"),
    sqlite_autoincrement=True,
)

# What a response is worth since its question's key was corrected: the newest row counts.
rescored = Table(
    "rescored",
    metadata,
    _id(),
    Column("response_id", ForeignKey("responses.id", ondelete="CASCADE"), nullable=False),
    Column("course_version_id", ForeignKey("course_versions.id"), nullable=False),
    Column("score", Float, nullable=False),
    Column("verdict", String(12), nullable=False),
    Column("rescored_at", UtcMoment, nullable=False),
    UniqueConstraint("response_id", "course_version_id"),
    CheckConstraint("score >= 0 AND score <= 1", name="score"),
)

open_answers, grades = answer_tables.open_answers, answer_tables.grades
review_rounds, reviews = review_tables.review_rounds, review_tables.reviews
review_responses = review_tables.review_responses
summaries = summary_tables.summaries
accesses = access_tables.accesses

# A cache of `scheduler.agenda`, written by `storage.due` alone; narrow and clustered by time, so
# that a poll for what is due reads one page however many learners there are.
due = Table(
    "due",
    metadata,
    Column("due_at", UtcMoment, primary_key=True),
    Column("enrollment_id", BigInteger, primary_key=True, autoincrement=False),
    sqlite_with_rowid=False,
)
due_by_enrollment = Index("uq_due_enrollment_id", due.c.enrollment_id, unique=True)

# --- people talking to people ------------------------------------------------------------------

announcements = Table(
    "announcements",
    metadata,
    _id(),
    Column("group_id", ForeignKey("groups.id"), nullable=False),
    Column("author_id", ForeignKey("people.id", ondelete="SET NULL")),
    # academy.announcing.Announcement as JSON: text, spans, picture.
    Column("content", Text, nullable=False),
    Column("state", String(12), nullable=False),
    Column("created_at", UtcMoment, nullable=False),
    Column("send_at", UtcMoment),
    Column("confirmed_at", UtcMoment),
    # The author's control message, so that the report can be kept up to date in place.
    Column("control_message_id", BigInteger),
    Column("reported", Text, nullable=False, server_default=""),
    # The course's own id of it, when it came with the course; then each reader gets their language.
    Column("bundled", String(64)),
    # When a bundled one is shown to the facilitators, once that can be said; and when it was.
    Column("planned_at", UtcMoment),
    Column("offered_at", UtcMoment),
    # The moment that was chosen, by the group's clock, when it was confirmed: "2026-11-24 09:00".
    Column("send_wall", String(16)),
    # Nobody is told by itself after this: the facilitators are asked first.
    Column("useful_until", UtcMoment),
    CheckConstraint("state IN ('draft', 'sending', 'done', 'cancelled')", name="state"),
    UniqueConstraint("group_id", "bundled"),
    sqlite_autoincrement=True,
)

questions_asked = Table(
    "questions_asked",
    metadata,
    _id(),
    Column("person_id", ForeignKey("people.id", ondelete="CASCADE"), nullable=False),
    Column("group_id", ForeignKey("groups.id"), nullable=False),
    Column("lesson_id", String(64)),
    Column("step_id", String(64)),
    Column("text", Text, nullable=False),
    # The learner's own message, so that the answer can quote it.
    Column("message_id", BigInteger),
    Column("asked_at", UtcMoment, nullable=False),
    Column("answered_at", UtcMoment),
    Column("answered_by", ForeignKey("people.id", ondelete="SET NULL")),
    Column("answer", Text),
    sqlite_autoincrement=True,
)

# --- what came in, what goes out ---------------------------------------------------------------

inbox, outbox = traffic_tables.inbox, traffic_tables.outbox
send_attempts, sending_limits = traffic_tables.send_attempts, traffic_tables.sending_limits

# --- the service itself ------------------------------------------------------------------------

counters, runs = health_tables.counters, health_tables.runs
leases = health_tables.leases
