"""The history of the schema on real databases, and what upgrading promises."""

import shutil
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
import sqlalchemy as sa
from alembic import command
from alembic.config import Config
from pytest_alembic.tests import (
    test_model_definitions_match_ddl,
    test_single_head_revision,
    test_up_down_consistency,
    test_upgrade,
)

from canary import schema
from canary.database import Database, open_database
from canary.errors import CannotReach, Conflict
from canary.tables import metadata
from tests.postgres import Cluster

MIGRATIONS = Path(schema.__file__).parent / "migrations"

__all__ = [
    "test_model_definitions_match_ddl",
    "test_single_head_revision",
    "test_up_down_consistency",
    "test_upgrade",
]


@pytest.fixture
def alembic_config() -> Config:
    return schema._config(None)


@pytest.fixture
def alembic_engine(empty_database: Database) -> sa.Engine:
    return empty_database.engine


def test_an_empty_database_is_brought_to_every_table(empty_database: Database) -> None:
    assert schema.current_revision(empty_database) is None
    assert not schema.is_current(empty_database)
    schema.upgrade(empty_database)
    assert schema.is_current(empty_database)
    made = set(sa.inspect(empty_database.engine).get_table_names())
    assert made == {*metadata.tables, "alembic_version"}


def test_upgrading_twice_changes_nothing(empty_database: Database) -> None:
    schema.upgrade(empty_database)
    schema.upgrade(empty_database)
    assert schema.current_revision(empty_database) == schema.head_revision()


def test_a_database_of_the_first_revision_keeps_its_rows(empty_database: Database) -> None:
    with schema._alone(empty_database) as connection:
        command.upgrade(schema._config(connection), "0001")
    firm = sa.text("INSERT INTO firm VALUES ('firm_1', 'Anhe', 'medical', '2026-03-01 12:00:00')")
    with empty_database.write_connection() as connection:
        connection.execute(firm)
    schema.upgrade(empty_database)
    with empty_database.read() as session:
        assert session.connection().exec_driver_sql("SELECT name FROM firm").scalar_one() == "Anhe"


def test_down_to_nothing_and_up_again(empty_database: Database) -> None:
    schema.upgrade(empty_database)
    before = _shape(empty_database)
    with schema._alone(empty_database) as connection:
        command.downgrade(schema._config(connection), "base")
    assert sa.inspect(empty_database.engine).get_table_names() == ["alembic_version"]
    schema.upgrade(empty_database)
    assert _shape(empty_database) == before


def _shape(database: Database) -> dict[str, list[str]]:
    inspector = sa.inspect(database.engine)
    return {
        table: [repr(column) for column in inspector.get_columns(table)]
        + sorted(
            f"{index['name']} {index['column_names']} {index['unique']}"
            for index in inspector.get_indexes(table)
        )
        + sorted(repr(key) for key in inspector.get_foreign_keys(table))
        for table in inspector.get_table_names()
    }


@pytest.fixture
def statements() -> Iterator[list[str]]:
    """What is executed, as long as the test runs."""
    seen: list[str] = []

    def note(*arguments: object) -> None:
        seen.append(str(arguments[2]))

    sa.event.listen(sa.Engine, "before_cursor_execute", note)
    yield seen
    sa.event.remove(sa.Engine, "before_cursor_execute", note)


def test_upgrades_that_start_together_run_once(
    empty_database: Database, statements: list[str]
) -> None:
    url = empty_database.engine.url.render_as_string(hide_password=False)
    together = threading.Barrier(4)
    failed: list[BaseException] = []

    def start() -> None:
        database = open_database(url)
        together.wait()
        try:
            schema.upgrade(database)
        except BaseException as error:  # noqa: BLE001  a thread's failure is told to the test
            failed.append(error)
        database.close()

    threads = [threading.Thread(target=start) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not failed
    assert schema.is_current(empty_database)
    assert sum("CREATE TABLE firm" in statement for statement in statements) == 1


def test_a_failed_upgrade_leaves_nothing_behind(
    empty_database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    upgraded = command.upgrade

    def upgrade_then_stop(config: Config, revision: str) -> None:
        upgraded(config, revision)
        raise KeyboardInterrupt

    monkeypatch.setattr(command, "upgrade", upgrade_then_stop)
    with pytest.raises(KeyboardInterrupt):
        schema.upgrade(empty_database)
    assert sa.inspect(empty_database.engine).get_table_names() == []


def test_a_database_of_a_newer_program_is_refused(database: Database) -> None:
    with database.write_connection() as connection:
        connection.execute(sa.text("UPDATE alembic_version SET version_num = '9999'"))
    with pytest.raises(Conflict, match="revision 9999"):
        schema.upgrade(database)
    assert not schema.is_current(database)


def test_an_upgrade_that_would_orphan_a_row_is_undone(sqlite_database: Database) -> None:
    orphan = "INSERT INTO sender VALUES ('s', 'no such dataset', x'00', x'00')"
    with pytest.raises(Conflict, match=r"row of sender without its dataset"):
        _insert_alone(sqlite_database, orphan)
    with sqlite_database.read() as session:
        connection = session.connection()
        assert connection.exec_driver_sql("SELECT count(*) FROM sender").scalar_one() == 0
        assert connection.exec_driver_sql("PRAGMA foreign_keys").scalar_one() == 1


def _insert_alone(database: Database, statement: str) -> None:
    with schema._alone(database) as connection:
        connection.exec_driver_sql(statement)


def test_a_server_that_is_gone_is_one_clear_error() -> None:
    gone = open_database("postgresql+psycopg://canary@/none?host=/nowhere")
    with pytest.raises(CannotReach, match="cannot be used"):
        schema.upgrade(gone)
    with pytest.raises(CannotReach, match="cannot be used"):
        schema.current_revision(gone)


def test_upgrading_leaves_logging_alone(
    empty_database: Database, capfd: pytest.CaptureFixture[str]
) -> None:
    schema.upgrade(empty_database)
    printed = capfd.readouterr()
    assert printed.out == ""
    assert printed.err == ""


def test_the_server_of_the_tests_answers_in_another_time_zone(postgres: Cluster) -> None:
    assert postgres.timezone() == "Asia/Shanghai"


def test_a_drafted_revision_needs_no_code_of_ours(tmp_path: Path) -> None:
    shutil.copytree(MIGRATIONS, tmp_path / "new", ignore=shutil.ignore_patterns("0*", "*.pyc"))
    (drafted,) = schema.draft_revision("every table", str(tmp_path / "new"))
    text = drafted.read_text()
    assert drafted.name == "0001_every_table.py"
    assert "canary" not in text
    assert 'sa.Column("created_at", sa.DateTime(timezone=True)' in text.replace("'", '"')
    assert all(f"op.create_table('{table}'" in text for table in metadata.tables)


def test_nothing_is_drafted_when_the_tables_have_not_changed(tmp_path: Path) -> None:
    shutil.copytree(MIGRATIONS, tmp_path / "same", ignore=shutil.ignore_patterns("*.pyc"))
    (drafted,) = schema.draft_revision("nothing", str(tmp_path / "same"))
    number = int(schema.head_revision()) + 1
    assert drafted.name == f"{number:04d}_nothing.py"
    assert drafted.read_text().count("\n    pass\n") == 2
