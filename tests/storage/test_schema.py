from datetime import UTC, datetime

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import Connection, create_engine, inspect, make_url, text
from sqlalchemy.exc import DBAPIError

from storage import schema
from storage.database import Database
from storage.errors import AlreadyRunningError, SchemaIsNewerError
from storage.tables import metadata

NOW = datetime(2026, 11, 23, tzinfo=UTC)

# SQLAlchemy cannot read the index on coalesce(group_id, 0) back; the second test asks for its name.
pytestmark = [
    pytest.mark.filterwarnings("ignore:autogenerate skipping metadata-specified expression-based index"),
    pytest.mark.filterwarnings("ignore:Skipped unsupported reflection of expression-based index"),
]


def migrated(url: str) -> Database:
    database = Database.open(url)
    database.prepare(now=NOW)
    return database


def test_the_migrations_make_exactly_the_tables_of_the_metadata(database_url: str) -> None:
    database = migrated(database_url)

    def differences(tx: Connection) -> object:
        # Alembic takes SQLite's empty text for no default: there the statements are compared below.
        defaults = tx.dialect.name == "postgresql"
        context = MigrationContext.configure(
            tx, opts={"compare_type": True, "compare_server_default": defaults}
        )
        return compare_metadata(context, metadata)

    assert database.read_here(differences) == []
    database.close()


def test_on_sqlite_the_migrated_tables_read_like_the_metadata(sqlite_url: str) -> None:
    database = migrated(sqlite_url)
    made = create_engine("sqlite://")

    def statements(tx: Connection) -> dict[str, list[str]]:
        found = tx.execute(
            text("SELECT name, sql FROM sqlite_master WHERE sql IS NOT NULL AND name <> 'alembic_version'")
        )
        # Columns and constraints may stand in another order.
        return {row.name: sorted(line.strip(" ,\t") for line in row.sql.splitlines()) for row in found}

    with made.begin() as connection:
        metadata.create_all(connection)
        wanted = statements(connection)
    made.dispose()
    assert database.read_here(statements) == wanted
    database.close()


def test_the_migrations_make_every_constraint_and_index(database_url: str) -> None:
    database = migrated(database_url)

    def named(tx: Connection) -> set[str | None]:
        inspector = inspect(tx)
        found: set[str | None] = set()
        for table in metadata.tables:
            found |= {check["name"] for check in inspector.get_check_constraints(table)}
            found |= {unique["name"] for unique in inspector.get_unique_constraints(table)}
            if tx.dialect.name == "sqlite":
                rows = tx.execute(
                    text("SELECT name FROM sqlite_master WHERE type = 'index' AND tbl_name = :t"),
                    {"t": table},
                )
                found |= set(rows.scalars())
            else:
                found |= {index["name"] for index in inspector.get_indexes(table)}
        return found

    wanted = {str(index.name) for table in metadata.tables.values() for index in table.indexes}
    wanted |= {
        "ck_outbox_state",
        "ck_roles_scope",
        "ck_inbox_state",
        "uq_outbox_key",
        "uq_inbox_bot_id_update_id",
    }
    assert wanted - database.read_here(named) == set()
    database.close()


def test_preparing_twice_changes_nothing(database_url: str) -> None:
    database = migrated(database_url)

    database.prepare(now=NOW)

    assert database.read_here(schema.version) == schema.KNOWN_VERSION
    database.close()


def test_the_known_version_is_the_newest_migration() -> None:
    from alembic.config import Config
    from alembic.script import ScriptDirectory

    config = Config()
    config.set_main_option("script_location", str(schema._MIGRATIONS))

    assert ScriptDirectory.from_config(config).get_heads() == [schema.KNOWN_VERSION]


def test_a_newer_schema_is_refused(database_url: str) -> None:
    database = migrated(database_url)
    database.run_here(lambda tx: tx.execute(text("UPDATE alembic_version SET version_num = '0014'")).close())

    with pytest.raises(SchemaIsNewerError) as refused:
        database.prepare(now=NOW)

    assert str(refused.value) == f"database is version 0014, this program knows {schema.KNOWN_VERSION}"
    database.close()


def test_a_migration_that_fails_leaves_nothing(database_url: str) -> None:
    database = Database.open(database_url)
    engine = create_engine(
        make_url(database_url).set(drivername="postgresql+psycopg")
        if "postgresql" in database_url
        else database_url
    )
    with engine.begin() as connection:
        # One of the last tables is in the way: everything before it has been made by then.
        connection.execute(text("CREATE TABLE send_attempts (in_the_way INTEGER)"))
    with pytest.raises(DBAPIError, match="already exists"):
        database.prepare(now=NOW)
    assert database.read_here(lambda tx: inspect(tx).get_table_names()) == ["send_attempts"]

    with engine.begin() as connection:
        connection.execute(text("DROP TABLE send_attempts"))
    engine.dispose()
    database.prepare(now=NOW)

    assert database.read_here(schema.version) == schema.KNOWN_VERSION
    database.close()


def test_old_tables_are_not_migrated_under_a_running_service(
    sqlite_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    database = migrated(sqlite_url)
    monkeypatch.setattr(schema, "KNOWN_VERSION", "0002")
    monkeypatch.setattr(schema, "_FIRST_COMMAND_SECONDS", 0.0)

    with database.hold(now=NOW), pytest.raises(AlreadyRunningError):
        database.prepare(now=NOW)
    database.close()


def test_nobody_else_on_the_machine_reads_the_database(sqlite_url: str) -> None:
    database = migrated(sqlite_url)
    file = database.file
    assert file is not None

    database.run_here(lambda tx: tx.execute(text("UPDATE people SET name = name")))

    beside = [path for path in file.parent.iterdir() if path.name.startswith(file.name)]
    assert {path.name: oct(path.stat().st_mode & 0o077) for path in beside} == {
        path.name: oct(0) for path in beside
    }
    assert len(beside) >= 2
