"""SQLite and PostgreSQL behind one door: engines, sessions, column types and the claim of due work.

Every trap of the two databases is closed here: times are aware UTC, enums store their values,
SQLite's writers start with BEGIN IMMEDIATE and its readers stay deferred, foreign keys are on.
Only this module commits.
"""

import enum
import sqlite3
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from sqlalchemy import event
from sqlalchemy.engine import URL, Connection, Dialect, Engine, make_url
from sqlalchemy.exc import ArgumentError, DBAPIError, NoSuchModuleError, OperationalError
from sqlalchemy.pool import ConnectionPoolEntry
from sqlmodel import Session
from typing_extensions import override

from canary.errors import BadInput, CannotReach

BUSY_TIMEOUT_MS = 15_000
NAMING = {
    "ix": "ix_%(column_0_N_label)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s_%(referred_table_name)s",
    "pk": "pk_%(table_name)s",
}


class UTCDateTime(sa.types.TypeDecorator[datetime]):
    """An instant. Refuses naive times; comes back aware, in UTC, from both databases."""

    impl = sa.DateTime(timezone=True)
    cache_ok = True

    @override
    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        if value.tzinfo is None:
            message = f"naive time {value.isoformat()}: pass an aware one"
            raise ValueError(message)
        instant = value.astimezone(UTC)
        return instant.replace(tzinfo=None) if dialect.name == "sqlite" else instant

    @override
    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


class ValueEnum(sa.types.TypeDecorator[enum.StrEnum]):
    """A string enum stored as its value, never as its name."""

    impl = sa.String(32)
    cache_ok = True

    def __init__(self, kind: type[enum.StrEnum]) -> None:
        """Store members of ``kind``."""
        super().__init__()
        self.kind = kind

    @override
    def process_bind_param(self, value: enum.StrEnum | str | None, dialect: Dialect) -> str | None:
        if isinstance(value, self.kind) or value is None:
            return value and value.value
        return self.kind(value).value

    @override
    def process_result_value(self, value: str | None, dialect: Dialect) -> enum.StrEnum | None:
        return None if value is None else self.kind(value)


class Database:
    """One engine with its two kinds of session: readers, and writers that commit once."""

    def __init__(self, engine: Engine) -> None:
        """Serve sessions of ``engine``."""
        self.engine = engine
        self._writer = engine.execution_options(canary_writes=True)

    @property
    def is_sqlite(self) -> bool:
        """Whether this is the embedded database, which has a single writer."""
        return self.engine.dialect.name == "sqlite"

    @contextmanager
    def read(self) -> Iterator[Session]:
        """Open a session that reads and never holds the writers up."""
        with Session(self.engine, expire_on_commit=False) as session:
            yield session

    @contextmanager
    def write(self) -> Iterator[Session]:
        """Open a session that commits when the block ends well and rolls back when it does not."""
        with Session(self._writer, expire_on_commit=False) as session, session.begin():
            yield session

    @contextmanager
    def write_connection(self) -> Iterator[Connection]:
        """Open a bare connection that commits when the block ends well: for batches."""
        with self._writer.begin() as connection:
            yield connection

    def close(self) -> None:
        """Give every connection back."""
        self.engine.dispose()


def open_database(url: str) -> Database:
    """Return the database at ``url``; nothing is created and no connection is made yet.

    Raises:
        BadInput: the URL is not of SQLite or of PostgreSQL through psycopg.
    """
    parsed = _parsed(url)
    if parsed.get_backend_name() == "sqlite":
        engine = sa.create_engine(parsed, hide_parameters=True)
        event.listen(engine, "connect", _prepare_sqlite)
        event.listen(engine, "begin", _begin_sqlite)
        return Database(engine)
    return Database(
        sa.create_engine(
            parsed, pool_size=10, max_overflow=10, pool_pre_ping=True, hide_parameters=True
        )
    )


def _parsed(url: str) -> URL:
    fix = "Set CANARY_DATABASE_URL to sqlite:///PATH or postgresql+psycopg://USER@HOST/NAME."
    try:
        parsed = make_url(url)
        parsed.get_dialect()
    except (ArgumentError, NoSuchModuleError, ModuleNotFoundError, ValueError):
        raise BadInput(
            says="CANARY_DATABASE_URL is not a database URL that we know.", fix=fix
        ) from None
    if parsed.drivername in {"postgresql", "postgres"}:
        parsed = parsed.set(drivername="postgresql+psycopg")
    if parsed.drivername not in {"sqlite", "sqlite+pysqlite", "postgresql+psycopg"}:
        raise BadInput(says=f"CANARY_DATABASE_URL: {parsed.drivername} is not supported.", fix=fix)
    return parsed


def _prepare_sqlite(connection: sqlite3.Connection, _entry: ConnectionPoolEntry) -> None:
    connection.isolation_level = None  # BEGIN is ours to say, in _begin_sqlite
    for pragma in (
        f"busy_timeout={BUSY_TIMEOUT_MS}",
        "synchronous=FULL",
        "foreign_keys=ON",
    ):
        connection.execute(f"PRAGMA {pragma}")
    _use_wal(connection)


def _use_wal(connection: sqlite3.Connection) -> None:
    """Switch to WAL, which does not wait by itself for another that is switching."""
    until = time.monotonic() + BUSY_TIMEOUT_MS / 1000
    while True:
        try:
            connection.execute("PRAGMA journal_mode=WAL")
        except sqlite3.OperationalError:
            if time.monotonic() > until:
                raise
            time.sleep(0.02)
        else:
            return


def _begin_sqlite(connection: Connection) -> None:
    writes = connection.get_execution_options().get("canary_writes")
    connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")


@contextmanager
def reachable(database: Database) -> Iterator[None]:
    """Turn a database that does not answer into one clear error.

    Raises:
        CannotReach: the server refused, is gone, or the file cannot be opened.
    """
    try:
        yield
    except OperationalError as gone:
        where = database.engine.url.render_as_string(hide_password=True)
        raise CannotReach(
            says=f"The database at {where} cannot be used: {_first_line(gone)}",
            fix="Check CANARY_DATABASE_URL and that it runs; `canary init` makes a new home.",
        ) from None


def _first_line(error: DBAPIError) -> str:
    return str(error.orig).strip().splitlines()[0] if str(error.orig).strip() else "no answer"


def sqlite_file(database: Database) -> Path | None:
    """Return the embedded database's file, or None on a server or in memory."""
    name = database.engine.url.database
    return Path(name) if database.is_sqlite and name and name != ":memory:" else None


def claim(
    session: Session,
    table: sa.Table,
    candidates: sa.Select[tuple[str]],
    *,
    now: datetime,
    lease_s: float,
    claimant: str,
) -> Sequence[sa.Row[Any]]:
    """Claim due rows for ``lease_s`` seconds and return them, whoever else is claiming.

    Args:
        session: a writing session.
        table: has ``id``, ``due_at``, ``claimed_until`` and ``claimed_by``.
        candidates: ids worth claiming, ordered and limited; what is due and unclaimed is
            checked here once more under the row's lock.
        now: the present instant.
        lease_s: seconds until the rows fall back to others if the claimant dies.
        claimant: who claims; finishing the work is fenced by it.

    One statement on both databases: rows locked by another claimant are skipped on PostgreSQL,
    and on SQLite the writer is alone.
    """
    free = sa.or_(table.c.claimed_until.is_(None), table.c.claimed_until <= now)
    chosen = (
        sa.select(table.c.id)
        .where(table.c.id.in_(candidates), table.c.due_at <= now, free)
        .with_for_update(skip_locked=True)
    )
    statement = (
        sa.update(table)
        .where(table.c.id.in_(chosen))
        .values(claimed_until=now + timedelta(seconds=lease_s), claimed_by=claimant)
        .returning(table)
    )
    return session.execute(statement).all()  # Core rows: the table's own columns
