"""The schema's migrations, run in process: what revision a database is at, and up to the newest.

``python -m canary.schema MESSAGE`` drafts a revision from what ``tables`` says and the migrations
do not say yet.
"""

import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import sqlalchemy as sa
from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from alembic.util import CommandError
from sqlalchemy.engine import Connection

from canary.database import Database, open_database, reachable
from canary.errors import Conflict

SCRIPTS = "canary:migrations"
UPGRADE_LOCK = 0x63616E617279
"""The advisory lock on PostgreSQL under which only one process upgrades."""


def upgrade(database: Database) -> None:
    """Bring the database to the newest revision, all of it or nothing.

    When several processes start together, one upgrades and the others wait for it and find
    nothing left to do: on PostgreSQL by an advisory lock, on SQLite as the only writer.

    Raises:
        CannotReach: the database does not answer.
        Conflict: a newer program has upgraded it already.
    """
    with reachable(database), _alone(database) as connection:
        try:
            command.upgrade(_config(connection), "head")
        except CommandError:
            raise Conflict(
                says=f"The database is at revision {_revision(connection)}, unknown here.",
                fix="Run the newer program, or restore the backup made before it.",
            ) from None


def is_current(database: Database) -> bool:
    """Whether the database is at the revision that this program was written for."""
    return current_revision(database) == head_revision()


def current_revision(database: Database) -> str | None:
    """Return the revision the database is at, None when it is empty.

    Raises:
        CannotReach: the database does not answer.
    """
    with reachable(database), database.engine.connect() as connection:
        return _revision(connection)


def head_revision() -> str:
    """Return the newest revision in the package."""
    return ScriptDirectory.from_config(_config(None)).get_current_head() or ""


def draft_revision(message: str, scripts: str = SCRIPTS) -> list[Path]:
    """Write the revision that brings the migrations to the tables, and return its file."""
    with tempfile.TemporaryDirectory() as scratch:
        database = open_database(f"sqlite:///{scratch}/draft.db")
        with _alone(database) as connection:
            command.upgrade(_config(connection, scripts), "head")
            number = int(_revision(connection) or 0) + 1
        with _alone(database) as connection:
            drafted = command.revision(
                _config(connection, scripts), message, autogenerate=True, rev_id=f"{number:04d}"
            )
        database.close()
    revisions = drafted if isinstance(drafted, list) else [drafted]
    return [Path(revision.path) for revision in revisions if revision]


def _config(connection: Connection | None, scripts: str = SCRIPTS) -> Config:
    config = Config(attributes={"connection": connection})
    config.set_main_option("script_location", scripts)
    return config


def _revision(connection: Connection) -> str | None:
    return MigrationContext.configure(connection).get_current_revision()


@contextmanager
def _alone(database: Database) -> Iterator[Connection]:
    if not database.is_sqlite:
        with database.write_connection() as connection:
            connection.execute(sa.select(sa.func.pg_advisory_xact_lock(UPGRADE_LOCK)))
            yield connection
        return
    with database.engine.execution_options(canary_writes=True).connect() as connection:
        # A table that is rebuilt is dropped first, which foreign keys would forbid; the pragma is
        # without effect inside a transaction.
        driver = connection.connection.cursor()
        driver.execute("PRAGMA foreign_keys=OFF")
        try:
            with connection.begin():
                yield connection
                _refuse_dangling(connection)
        finally:
            driver.execute("PRAGMA foreign_keys=ON")
            driver.close()


def _refuse_dangling(connection: Connection) -> None:
    dangling = connection.exec_driver_sql("PRAGMA foreign_key_check").first()
    if dangling:
        raise Conflict(
            says=f"The upgrade would leave a row of {dangling[0]} without its {dangling[2]}.",
            fix="Nothing was changed. Restore the latest backup and report this.",
        )


if __name__ == "__main__":
    for path in draft_revision(" ".join(sys.argv[1:])):
        sys.stdout.write(f"{path}\n")
