"""The first tables.

Explicit, and independent of `storage.tables`: a migration describes the past.
"""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

from storage.columns import BigId, UtcMoment

revision: str = "0001"
down_revision: str | None = None
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None


def upgrade() -> None:
    op.create_table(
        "bots",
        sa.Column("bot_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("username", sa.String(length=64), nullable=False),
        sa.Column("name", sa.Text(), server_default="", nullable=False),
        sa.Column("bound_at", UtcMoment(), nullable=False),
        sa.Column("environment", sa.String(length=32), server_default="production", nullable=False),
        sa.Column("epoch", sa.Integer(), server_default="0", nullable=False),
        sa.Column("alive_at", UtcMoment(), nullable=True),
        sa.Column("sent_tally", sa.Integer(), server_default="0", nullable=False),
        sa.Column("restored_at", UtcMoment(), nullable=True),
        sa.Column("backed_up_at", UtcMoment(), nullable=True),
        sa.Column("zone_rules", sa.String(length=64), server_default="", nullable=False),
        sa.Column("other_receiver_at", UtcMoment(), nullable=True),
        sa.PrimaryKeyConstraint("bot_id", name=op.f("pk_bots")),
    )
    op.create_table(
        "code_guesses",
        sa.Column("id", BigId, autoincrement=True, nullable=False),
        sa.Column("address", sa.BigInteger(), nullable=False),
        sa.Column("guessed_at", UtcMoment(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_code_guesses")),
    )
    op.create_index("ix_code_guesses_guessed_at", "code_guesses", ["guessed_at"])
    op.create_table(
        "counters",
        sa.Column("name", sa.String(length=32), nullable=False),
        sa.Column("value", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_counters")),
    )
    op.create_table(
        "leases",
        sa.Column("name", sa.String(length=8), nullable=False),
        sa.Column("holder", sa.String(length=120), nullable=False),
        sa.Column("beat", sa.BigInteger(), nullable=False),
        sa.Column("released", sa.Boolean(), nullable=False),
        sa.Column("seconds", sa.Double(), nullable=False),
        sa.CheckConstraint("name IN ('send', 'tick', 'receive')", name=op.f("ck_leases_name")),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_leases")),
    )
    op.create_table(
        "runs",
        sa.Column("id", BigId, autoincrement=True, nullable=False),
        sa.Column("began_at", UtcMoment(), nullable=False),
        sa.Column("ended_at", UtcMoment(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_runs")),
    )
    op.create_index("ix_runs_began_at", "runs", ["began_at"])
    op.create_table(
        "course_versions",
        sa.Column("id", BigId, autoincrement=True, nullable=False),
        sa.Column("course_id", sa.String(length=64), nullable=False),
        sa.Column("version", sa.String(length=32), nullable=False),
        sa.Column("content_hash", sa.String(length=64), nullable=False),
        sa.Column("content", sa.Text(), nullable=False),
        sa.Column("published_at", UtcMoment(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_course_versions")),
        sa.UniqueConstraint(
            "course_id", "content_hash", name=op.f("uq_course_versions_course_id_content_hash")
        ),
        sa.UniqueConstraint("course_id", "version", name=op.f("uq_course_versions_course_id_version")),
    )
    op.create_table(
        "due",
        sa.Column("due_at", UtcMoment(), nullable=False),
        sa.Column("enrollment_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.PrimaryKeyConstraint("due_at", "enrollment_id", name=op.f("pk_due")),
        sqlite_with_rowid=False,
    )
    op.create_index("uq_due_enrollment_id", "due", ["enrollment_id"], unique=True)
    op.create_table(
        "file_ids",
        sa.Column("bot_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("file_id", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("bot_id", "sha256", name=op.f("pk_file_ids")),
    )
    op.create_table(
        "inbox",
        sa.Column("id", BigId, autoincrement=True, nullable=False),
        sa.Column("bot_id", sa.BigInteger(), nullable=False),
        sa.Column("update_id", sa.BigInteger(), nullable=False),
        sa.Column("sender", sa.BigInteger(), nullable=False),
        sa.Column("payload", sa.Text(), nullable=False),
        sa.Column("received_at", UtcMoment(), nullable=False),
        sa.Column("state", sa.String(length=8), nullable=False),
        sa.Column("tries", sa.Integer(), server_default="0", nullable=False),
        sa.Column("retry_at", UtcMoment(), nullable=True),
        sa.Column("trace_id", sa.String(length=16), nullable=True),
        sa.Column("reason", sa.String(length=64), nullable=True),
        sa.Column("handled_at", UtcMoment(), nullable=True),
        sa.Column("handler", sa.Integer(), nullable=True),
        sa.CheckConstraint("state IN ('new', 'done', 'dead')", name=op.f("ck_inbox_state")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_inbox")),
        sa.UniqueConstraint("bot_id", "update_id", name=op.f("uq_inbox_bot_id_update_id")),
    )
    op.create_index(
        "ix_inbox_open",
        "inbox",
        ["id"],
        sqlite_where=sa.text("state = 'new'"),
        postgresql_where=sa.text("state = 'new'"),
    )
    op.create_index(
        "ix_inbox_open_sender",
        "inbox",
        ["sender", "id"],
        sqlite_where=sa.text("state = 'new'"),
        postgresql_where=sa.text("state = 'new'"),
    )
    op.create_index(
        "ix_inbox_dead",
        "inbox",
        ["id"],
        sqlite_where=sa.text("state = 'dead'"),
        postgresql_where=sa.text("state = 'dead'"),
    )
    op.create_index("ix_inbox_received_at", "inbox", ["received_at"])
    op.create_table(
        "renamed_ids",
        sa.Column("course_id", sa.String(length=64), nullable=False),
        sa.Column("written", sa.String(length=64), nullable=False),
        sa.Column("kept", sa.String(length=64), nullable=False),
        sa.PrimaryKeyConstraint("course_id", "written", name=op.f("pk_renamed_ids")),
    )
    op.create_table(
        "media",
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("mime", sa.String(length=100), nullable=False),
        sa.Column("bytes", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("sha256", name=op.f("pk_media")),
    )
    op.create_table(
        "people",
        sa.Column("id", BigId, autoincrement=True, nullable=False),
        sa.Column("address", sa.BigInteger(), nullable=False),
        sa.Column("name", sa.Text(), server_default="", nullable=False),
        sa.Column("language", sa.String(length=16), server_default="", nullable=False),
        sa.Column("zone", sa.String(length=64), nullable=True),
        sa.Column("text_only", sa.Boolean(), server_default=sa.false(), nullable=False),
        sa.Column("notice_version", sa.String(length=32), nullable=True),
        sa.Column("notice_accepted_at", UtcMoment(), nullable=True),
        sa.Column("unreachable_since", UtcMoment(), nullable=True),
        sa.Column("in_doubt_since", UtcMoment(), nullable=True),
        sa.Column("last_active_at", UtcMoment(), nullable=True),
        sa.Column("forget_at", UtcMoment(), nullable=True),
        sa.Column("created_at", UtcMoment(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_people")),
        sa.UniqueConstraint("address", name=op.f("uq_people_address")),
        sqlite_autoincrement=True,
    )
    op.create_table(
        "sending_limits",
        sa.Column("bot_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("address", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("paused_until", UtcMoment(), nullable=False),
        sa.PrimaryKeyConstraint("bot_id", "address", name=op.f("pk_sending_limits")),
    )
    op.create_table(
        "conversations",
        sa.Column("person_id", BigId, nullable=False),
        sa.Column("topic", sa.String(length=32), nullable=False),
        sa.Column("state", sa.Text(), server_default="{}", nullable=False),
        sa.Column("updated_at", UtcMoment(), nullable=False),
        sa.ForeignKeyConstraint(
            ["person_id"], ["people.id"], name=op.f("fk_conversations_person_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("person_id", name=op.f("pk_conversations")),
    )
    op.create_table(
        "course_drafts",
        sa.Column("id", BigId, autoincrement=True, nullable=False),
        sa.Column("person_id", BigId, nullable=False),
        sa.Column("content", sa.Text(), nullable=False),
        sa.Column("renamed", sa.Text(), server_default="", nullable=False),
        sa.Column("created_at", UtcMoment(), nullable=False),
        sa.Column("used_at", UtcMoment(), nullable=True),
        sa.ForeignKeyConstraint(
            ["person_id"], ["people.id"], name=op.f("fk_course_drafts_person_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_course_drafts")),
        sqlite_autoincrement=True,
    )
    op.create_table(
        "groups",
        sa.Column("id", BigId, autoincrement=True, nullable=False),
        sa.Column("name", sa.String(length=128), nullable=False),
        sa.Column("course_version_id", BigId, nullable=False),
        sa.Column("zone", sa.String(length=64), nullable=False),
        sa.Column("weekdays", sa.String(length=7), nullable=False),
        sa.Column("at", sa.String(length=5), nullable=False),
        sa.Column("expected", sa.Integer(), nullable=True),
        sa.Column("link_token", sa.String(length=32), nullable=False),
        sa.Column("code", sa.String(length=16), nullable=False),
        sa.Column("capacity", sa.Integer(), server_default="500", nullable=False),
        sa.Column("closes_at", UtcMoment(), nullable=True),
        sa.Column("auto_announcements", sa.Boolean(), server_default=sa.false(), nullable=False),
        sa.Column("created_at", UtcMoment(), nullable=False),
        sa.ForeignKeyConstraint(
            ["course_version_id"], ["course_versions.id"], name=op.f("fk_groups_course_version_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_groups")),
        sa.UniqueConstraint("code", name=op.f("uq_groups_code")),
        sa.UniqueConstraint("link_token", name=op.f("uq_groups_link_token")),
        sa.UniqueConstraint("name", name=op.f("uq_groups_name")),
        sqlite_autoincrement=True,
    )
    op.create_table(
        "outbox",
        sa.Column("id", BigId, autoincrement=True, nullable=False),
        sa.Column("person_id", BigId, nullable=False),
        sa.Column("kind", sa.String(length=16), nullable=False),
        sa.Column("priority", sa.Integer(), nullable=False),
        sa.Column("content", sa.Text(), nullable=False),
        sa.Column("key", sa.String(length=128), nullable=True),
        sa.Column("not_before", UtcMoment(), nullable=False),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("attempts", sa.Integer(), server_default="0", nullable=False),
        sa.Column("epoch", sa.Integer(), nullable=True),
        sa.Column("maybe_doubled", sa.Boolean(), server_default=sa.false(), nullable=False),
        sa.Column("repeatable", sa.Boolean(), server_default=sa.false(), nullable=False),
        sa.Column("message_id", sa.BigInteger(), nullable=True),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.Column("held_for", sa.BigInteger(), nullable=True),
        sa.Column("surplus_message_id", sa.BigInteger(), nullable=True),
        sa.Column("created_at", UtcMoment(), nullable=False),
        sa.Column("settled_at", UtcMoment(), nullable=True),
        sa.CheckConstraint(
            "state IN ('waiting', 'sending', 'sent', 'refused', 'uncertain', 'held', 'cancelled')",
            name=op.f("ck_outbox_state"),
        ),
        sa.ForeignKeyConstraint(
            ["person_id"], ["people.id"], name=op.f("fk_outbox_person_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_outbox")),
        sa.UniqueConstraint("key", name=op.f("uq_outbox_key")),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_outbox_message", "outbox", ["person_id", "message_id"])
    op.create_index(
        "ix_outbox_waiting",
        "outbox",
        ["priority", "not_before", "id"],
        sqlite_where=sa.text("state = 'waiting'"),
        postgresql_where=sa.text("state = 'waiting'"),
    )
    op.create_index(
        "ix_outbox_open_person",
        "outbox",
        ["person_id", "id"],
        sqlite_where=sa.text("state IN ('waiting', 'sending', 'uncertain')"),
        postgresql_where=sa.text("state IN ('waiting', 'sending', 'uncertain')"),
    )
    op.create_index(
        "ix_outbox_uncertain",
        "outbox",
        ["not_before"],
        sqlite_where=sa.text("state = 'uncertain'"),
        postgresql_where=sa.text("state = 'uncertain'"),
    )
    op.create_index(
        "ix_outbox_held",
        "outbox",
        ["id"],
        sqlite_where=sa.text("state = 'held'"),
        postgresql_where=sa.text("state = 'held'"),
    )
    op.create_index(
        "ix_outbox_doubled",
        "outbox",
        ["id"],
        sqlite_where=sa.text("surplus_message_id IS NOT NULL"),
        postgresql_where=sa.text("surplus_message_id IS NOT NULL"),
    )
    op.create_table(
        "announcements",
        sa.Column("id", BigId, autoincrement=True, nullable=False),
        sa.Column("group_id", BigId, nullable=False),
        sa.Column("author_id", BigId, nullable=True),
        sa.Column("content", sa.Text(), nullable=False),
        sa.Column("state", sa.String(length=12), nullable=False),
        sa.Column("created_at", UtcMoment(), nullable=False),
        sa.Column("send_at", UtcMoment(), nullable=True),
        sa.Column("confirmed_at", UtcMoment(), nullable=True),
        sa.Column("control_message_id", sa.BigInteger(), nullable=True),
        sa.Column("reported", sa.Text(), server_default="", nullable=False),
        sa.Column("bundled", sa.String(length=64), nullable=True),
        sa.Column("planned_at", UtcMoment(), nullable=True),
        sa.Column("offered_at", UtcMoment(), nullable=True),
        sa.Column("send_wall", sa.String(length=16), nullable=True),
        sa.Column("useful_until", UtcMoment(), nullable=True),
        sa.CheckConstraint(
            "state IN ('draft', 'sending', 'done', 'cancelled')", name=op.f("ck_announcements_state")
        ),
        sa.ForeignKeyConstraint(
            ["author_id"], ["people.id"], name=op.f("fk_announcements_author_id"), ondelete="SET NULL"
        ),
        sa.ForeignKeyConstraint(["group_id"], ["groups.id"], name=op.f("fk_announcements_group_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_announcements")),
        sa.UniqueConstraint("group_id", "bundled", name=op.f("uq_announcements_group_id_bundled")),
        sqlite_autoincrement=True,
    )
    op.create_table(
        "enrollments",
        sa.Column("id", BigId, autoincrement=True, nullable=False),
        sa.Column("person_id", BigId, nullable=False),
        sa.Column("group_id", BigId, nullable=False),
        sa.Column("course_version_id", BigId, nullable=False),
        sa.Column("weekdays", sa.String(length=7), nullable=False),
        sa.Column("at", sa.String(length=5), nullable=False),
        sa.Column("state", sa.String(length=12), nullable=False),
        sa.Column("joined_at", UtcMoment(), nullable=False),
        sa.Column("started_at", UtcMoment(), nullable=True),
        sa.Column("paused_until", UtcMoment(), nullable=True),
        sa.Column("finished_at", UtcMoment(), nullable=True),
        sa.Column("passed_at", UtcMoment(), nullable=True),
        sa.Column("fresh_since", UtcMoment(), nullable=True),
        sa.CheckConstraint(
            "state IN ('joining', 'active', 'paused', 'finished', 'withdrawn')",
            name=op.f("ck_enrollments_state"),
        ),
        sa.ForeignKeyConstraint(
            ["course_version_id"], ["course_versions.id"], name=op.f("fk_enrollments_course_version_id")
        ),
        sa.ForeignKeyConstraint(["group_id"], ["groups.id"], name=op.f("fk_enrollments_group_id")),
        sa.ForeignKeyConstraint(
            ["person_id"], ["people.id"], name=op.f("fk_enrollments_person_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_enrollments")),
        sa.UniqueConstraint("person_id", "group_id", name=op.f("uq_enrollments_person_id_group_id")),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_enrollments_group_id", "enrollments", ["group_id"])
    op.create_table(
        "questions_asked",
        sa.Column("id", BigId, autoincrement=True, nullable=False),
        sa.Column("person_id", BigId, nullable=False),
        sa.Column("group_id", BigId, nullable=False),
        sa.Column("lesson_id", sa.String(length=64), nullable=True),
        sa.Column("step_id", sa.String(length=64), nullable=True),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("message_id", sa.BigInteger(), nullable=True),
        sa.Column("asked_at", UtcMoment(), nullable=False),
        sa.Column("answered_at", UtcMoment(), nullable=True),
        sa.Column("answered_by", BigId, nullable=True),
        sa.Column("answer", sa.Text(), nullable=True),
        sa.ForeignKeyConstraint(
            ["answered_by"], ["people.id"], name=op.f("fk_questions_asked_answered_by"), ondelete="SET NULL"
        ),
        sa.ForeignKeyConstraint(["group_id"], ["groups.id"], name=op.f("fk_questions_asked_group_id")),
        sa.ForeignKeyConstraint(
            ["person_id"], ["people.id"], name=op.f("fk_questions_asked_person_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_questions_asked")),
        sqlite_autoincrement=True,
    )
    op.create_table(
        "roles",
        sa.Column("id", BigId, autoincrement=True, nullable=False),
        sa.Column("person_id", BigId, nullable=False),
        sa.Column("role", sa.String(length=16), nullable=False),
        sa.Column("group_id", BigId, nullable=True),
        sa.Column("granted_at", UtcMoment(), nullable=False),
        sa.CheckConstraint(
            "(role = 'admin' AND group_id IS NULL) OR (role = 'facilitator' AND group_id IS NOT NULL)",
            name=op.f("ck_roles_scope"),
        ),
        sa.ForeignKeyConstraint(
            ["group_id"], ["groups.id"], name=op.f("fk_roles_group_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["person_id"], ["people.id"], name=op.f("fk_roles_person_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_roles")),
    )
    op.create_index(
        "uq_roles_person_id_role_group_id",
        "roles",
        ["person_id", "role", sa.literal_column("coalesce(group_id, 0)")],
        unique=True,
    )
    op.create_table(
        "send_attempts",
        sa.Column("outbox_id", BigId, nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("epoch", sa.Integer(), nullable=False),
        sa.Column("claimed_at", UtcMoment(), nullable=False),
        sa.Column("outcome", sa.String(length=12), nullable=True),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.Column("settled_at", UtcMoment(), nullable=True),
        sa.ForeignKeyConstraint(
            ["outbox_id"], ["outbox.id"], name=op.f("fk_send_attempts_outbox_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("outbox_id", "number", name=op.f("pk_send_attempts")),
    )
    op.create_table(
        "assignments",
        sa.Column("id", BigId, autoincrement=True, nullable=False),
        sa.Column("enrollment_id", BigId, nullable=False),
        sa.Column("lesson_id", sa.String(length=64), nullable=False),
        sa.Column("course_version_id", BigId, nullable=False),
        sa.Column("assigned_at", UtcMoment(), nullable=False),
        sa.Column("attempt", sa.Integer(), server_default="1", nullable=False),
        sa.Column("assigned_on", sa.Date(), nullable=False),
        sa.Column("asked", sa.Boolean(), server_default=sa.false(), nullable=False),
        sa.Column("started_at", UtcMoment(), nullable=True),
        sa.Column("finished_at", UtcMoment(), nullable=True),
        sa.Column("reminded_at", UtcMoment(), nullable=True),
        sa.Column("snoozed_until", UtcMoment(), nullable=True),
        sa.Column("step", sa.Integer(), server_default="0", nullable=False),
        sa.Column("hints_shown", sa.Integer(), server_default="0", nullable=False),
        sa.Column("try_number", sa.Integer(), server_default="1", nullable=False),
        sa.Column("picked", sa.String(length=64), server_default="", nullable=False),
        sa.Column("placed", sa.String(length=64), server_default="", nullable=False),
        sa.Column("drawn", sa.Text(), server_default="", nullable=False),
        sa.Column("passed", sa.Boolean(), server_default=sa.false(), nullable=False),
        sa.ForeignKeyConstraint(
            ["course_version_id"], ["course_versions.id"], name=op.f("fk_assignments_course_version_id")
        ),
        sa.ForeignKeyConstraint(
            ["enrollment_id"],
            ["enrollments.id"],
            name=op.f("fk_assignments_enrollment_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_assignments")),
        sa.UniqueConstraint(
            "enrollment_id",
            "lesson_id",
            "attempt",
            name=op.f("uq_assignments_enrollment_id_lesson_id_attempt"),
        ),
        sqlite_autoincrement=True,
    )
    op.create_index(
        "uq_assignments_enrollment_id_assigned_on",
        "assignments",
        ["enrollment_id", "assigned_on"],
        unique=True,
        sqlite_where=sa.text("asked IS 0"),
        postgresql_where=sa.text("asked IS false"),
    )
    op.create_index(
        "uq_assignments_enrollment_id_unfinished",
        "assignments",
        ["enrollment_id"],
        unique=True,
        sqlite_where=sa.text("finished_at IS NULL"),
        postgresql_where=sa.text("finished_at IS NULL"),
    )
    op.create_table(
        "summaries",
        sa.Column("enrollment_id", BigId, autoincrement=False, nullable=False),
        sa.Column("plain", sa.Boolean(), nullable=False),
        sa.Column("finished", sa.Integer(), server_default="0", nullable=False),
        sa.Column("lessons_given", sa.Integer(), server_default="0", nullable=False),
        sa.Column("lessons_finished", sa.Integer(), server_default="0", nullable=False),
        sa.Column("lessons_over", sa.Integer(), server_default="0", nullable=False),
        sa.Column("begun", sa.Boolean(), nullable=False),
        sa.Column("last_sign_at", UtcMoment()),
        sa.Column("last_finished_at", UtcMoment()),
        sa.Column("reached", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column("first_reached", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column("possible", sa.Integer(), server_default="0", nullable=False),
        sa.Column("waiting", sa.Integer(), server_default="0", nullable=False),
        sa.Column("last_reached", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column("last_possible", sa.Integer(), server_default="0", nullable=False),
        sa.Column("before_reached", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column("before_possible", sa.Integer(), server_default="0", nullable=False),
        sa.Column("test_percent", sa.Integer()),
        sa.Column("tests_passed", sa.Boolean()),
        sa.Column("tests_failed", sa.Boolean(), server_default=sa.false(), nullable=False),
        sa.ForeignKeyConstraint(
            ["enrollment_id"], ["enrollments.id"], name=op.f("fk_summaries_enrollment_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("enrollment_id", name=op.f("pk_summaries")),
    )
    op.create_table(
        "responses",
        sa.Column("id", BigId, autoincrement=True, nullable=False),
        sa.Column("assignment_id", BigId, nullable=False),
        sa.Column("question_id", sa.String(length=64), nullable=False),
        sa.Column("try_number", sa.Integer(), nullable=False),
        sa.Column("response", sa.Text(), nullable=False),
        sa.Column("score", sa.Float(), nullable=False),
        sa.Column("verdict", sa.String(length=12), nullable=False),
        sa.Column("hints", sa.Integer(), server_default="0", nullable=False),
        sa.Column("answered_at", UtcMoment(), nullable=False),
        sa.CheckConstraint("score >= 0 AND score <= 1", name=op.f("ck_responses_score")),
        sa.ForeignKeyConstraint(
            ["assignment_id"], ["assignments.id"], name=op.f("fk_responses_assignment_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_responses")),
        sa.UniqueConstraint(
            "assignment_id",
            "question_id",
            "try_number",
            name=op.f("uq_responses_assignment_id_question_id_try_number"),
        ),
        sqlite_autoincrement=True,
    )
    op.create_table(
        "review_rounds",
        sa.Column("id", BigId, autoincrement=True, nullable=False),
        sa.Column("enrollment_id", BigId, nullable=False),
        sa.Column("held_on", sa.Date(), nullable=False),
        sa.Column("occasion", sa.String(length=8), nullable=False),
        sa.Column("created_at", UtcMoment(), nullable=False),
        sa.CheckConstraint(
            "occasion IN ('lesson', 'asked', 'fresh')", name=op.f("ck_review_rounds_occasion")
        ),
        sa.ForeignKeyConstraint(
            ["enrollment_id"],
            ["enrollments.id"],
            name=op.f("fk_review_rounds_enrollment_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_review_rounds")),
        sa.UniqueConstraint("enrollment_id", "held_on", name=op.f("uq_review_rounds_enrollment_id_held_on")),
        sqlite_autoincrement=True,
    )
    op.create_table(
        "reviews",
        sa.Column("id", BigId, autoincrement=True, nullable=False),
        sa.Column("round_id", BigId, nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("question_id", sa.String(length=64), nullable=False),
        sa.Column("course_version_id", BigId, nullable=False),
        sa.Column("hints_shown", sa.Integer(), server_default="0", nullable=False),
        sa.Column("try_number", sa.Integer(), server_default="1", nullable=False),
        sa.Column("picked", sa.String(length=64), server_default="", nullable=False),
        sa.Column("placed", sa.String(length=64), server_default="", nullable=False),
        sa.Column("asked_at", UtcMoment(), nullable=True),
        sa.Column("finished_at", UtcMoment(), nullable=True),
        sa.Column("skipped", sa.Boolean(), server_default=sa.false(), nullable=False),
        sa.CheckConstraint("number >= 1 AND number <= 5", name=op.f("ck_reviews_five_a_day")),
        sa.ForeignKeyConstraint(
            ["course_version_id"], ["course_versions.id"], name=op.f("fk_reviews_course_version_id")
        ),
        sa.ForeignKeyConstraint(
            ["round_id"], ["review_rounds.id"], name=op.f("fk_reviews_round_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_reviews")),
        sa.UniqueConstraint("round_id", "number", name=op.f("uq_reviews_round_id_number")),
        sa.UniqueConstraint("round_id", "question_id", name=op.f("uq_reviews_round_id_question_id")),
        sqlite_autoincrement=True,
    )
    op.create_table(
        "review_responses",
        sa.Column("id", BigId, autoincrement=True, nullable=False),
        sa.Column("review_id", BigId, nullable=False),
        sa.Column("try_number", sa.Integer(), nullable=False),
        sa.Column("response", sa.Text(), nullable=False),
        sa.Column("score", sa.Float(), nullable=False),
        sa.Column("verdict", sa.String(length=12), nullable=False),
        sa.Column("hints", sa.Integer(), server_default="0", nullable=False),
        sa.Column("answered_at", UtcMoment(), nullable=False),
        sa.CheckConstraint("score >= 0 AND score <= 1", name=op.f("ck_review_responses_score")),
        sa.ForeignKeyConstraint(
            ["review_id"], ["reviews.id"], name=op.f("fk_review_responses_review_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_review_responses")),
        sa.UniqueConstraint("review_id", "try_number", name=op.f("uq_review_responses_review_id_try_number")),
    )
    op.create_table(
        "rescored",
        sa.Column("id", BigId, autoincrement=True, nullable=False),
        sa.Column("response_id", BigId, nullable=False),
        sa.Column("course_version_id", BigId, nullable=False),
        sa.Column("score", sa.Float(), nullable=False),
        sa.Column("verdict", sa.String(length=12), nullable=False),
        sa.Column("rescored_at", UtcMoment(), nullable=False),
        sa.CheckConstraint("score >= 0 AND score <= 1", name=op.f("ck_rescored_score")),
        sa.ForeignKeyConstraint(
            ["course_version_id"], ["course_versions.id"], name=op.f("fk_rescored_course_version_id")
        ),
        sa.ForeignKeyConstraint(
            ["response_id"], ["responses.id"], name=op.f("fk_rescored_response_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_rescored")),
        sa.UniqueConstraint(
            "response_id", "course_version_id", name=op.f("uq_rescored_response_id_course_version_id")
        ),
    )
    op.create_table(
        "open_answers",
        sa.Column("id", BigId, autoincrement=True, nullable=False),
        sa.Column("response_id", BigId, nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("text", sa.Text(), server_default="", nullable=False),
        sa.Column("file_id", sa.Text(), nullable=True),
        sa.Column("file_kind", sa.String(length=8), nullable=True),
        sa.Column("seconds", sa.Integer(), nullable=True),
        sa.Column("message_id", sa.BigInteger(), nullable=False),
        sa.Column("sent_at", UtcMoment(), nullable=False),
        sa.CheckConstraint("file_kind IN ('voice', 'audio')", name=op.f("ck_open_answers_file_kind")),
        sa.ForeignKeyConstraint(
            ["response_id"], ["responses.id"], name=op.f("fk_open_answers_response_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_open_answers")),
        sa.UniqueConstraint("response_id", "version", name=op.f("uq_open_answers_response_id_version")),
    )
    op.create_index("ix_open_answers_message_id", "open_answers", ["message_id"])
    op.create_table(
        "grades",
        sa.Column("id", BigId, autoincrement=True, nullable=False),
        sa.Column("response_id", BigId, nullable=False),
        sa.Column("round", sa.Integer(), nullable=False),
        sa.Column("points", sa.Float(), nullable=False),
        sa.Column("of_points", sa.Integer(), nullable=False),
        sa.Column("comment", sa.Text(), server_default="", nullable=False),
        sa.Column("graded_by", BigId, nullable=True),
        sa.Column("graded_at", UtcMoment(), nullable=False),
        sa.CheckConstraint("points >= 0 AND points <= of_points", name=op.f("ck_grades_points")),
        sa.ForeignKeyConstraint(
            ["graded_by"], ["people.id"], name=op.f("fk_grades_graded_by"), ondelete="SET NULL"
        ),
        sa.ForeignKeyConstraint(
            ["response_id"], ["responses.id"], name=op.f("fk_grades_response_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_grades")),
        sa.UniqueConstraint("response_id", "round", name=op.f("uq_grades_response_id_round")),
    )
    _create_accesses()


def _create_accesses() -> None:
    op.create_table(
        "accesses",
        sa.Column("id", BigId, autoincrement=True, nullable=False),
        sa.Column("accessed_at", UtcMoment(), nullable=False),
        sa.Column("role", sa.String(length=11), nullable=False),
        sa.Column("person_id", BigId, nullable=True),
        sa.Column("what", sa.String(length=8), nullable=False),
        sa.Column("group_id", BigId, nullable=True),
        sa.Column("learner_id", BigId, nullable=True),
        sa.CheckConstraint(
            "role IN ('facilitator', 'admin') OR (role = 'operator' AND person_id IS NULL)",
            name=op.f("ck_accesses_role"),
        ),
        sa.CheckConstraint(
            "(what IN ('figures', 'hands', 'report', 'answers')"
            " AND group_id IS NOT NULL AND learner_id IS NULL)"
            " OR (what IN ('answer', 'name') AND group_id IS NOT NULL)"
            " OR (what = 'update' AND group_id IS NULL)",
            name=op.f("ck_accesses_what"),
        ),
        sa.ForeignKeyConstraint(["group_id"], ["groups.id"], name=op.f("fk_accesses_group_id")),
        sa.ForeignKeyConstraint(
            ["learner_id"], ["people.id"], name=op.f("fk_accesses_learner_id"), ondelete="SET NULL"
        ),
        sa.ForeignKeyConstraint(
            ["person_id"], ["people.id"], name=op.f("fk_accesses_person_id"), ondelete="SET NULL"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_accesses")),
    )
    op.create_index("ix_accesses_accessed_at", "accesses", ["accessed_at"])
    for column in ("group_id", "person_id", "learner_id"):
        op.create_index(f"ix_accesses_{column}", "accesses", [column, "accessed_at"])
