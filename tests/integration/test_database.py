"""The traps of the two databases, each shown to be closed on real ones."""

import enum
import threading
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta, timezone
from typing import Any

import pytest
import sqlalchemy as sa
from sqlalchemy.exc import IntegrityError, StatementError
from sqlmodel import Session, select

from canary.clock import Clock
from canary.database import Database, claim, open_database, reachable, sqlite_file
from canary.errors import BadInput, CannotReach
from canary.tables import Copy, Dataset, Firm, Line, LineState, rows_of
from tests.world import NOON, FrozenClock

WRITERS = 8
WRITES = 200


def _firm(name: str = "Anhe", at: datetime = NOON) -> Firm:
    return Firm(id=f"firm_{name}", name=name, sector="medical", created_at=at)


def _line(state: LineState) -> Line:
    return Line(
        id="line_1",
        number_index=b"n",
        number=b"sealed",
        block_index=b"b",
        region="US",
        carrier="twilio",
        state=state,
        acquired_at=NOON,
    )


def _stored(database: Database, column: str, table: str) -> object:
    with database.engine.connect() as connection:
        return connection.execute(sa.text(f"SELECT {column} FROM {table}")).scalar_one()  # noqa: S608  names of this test


def test_a_naive_time_is_refused(database: Database) -> None:
    naive = NOON.replace(tzinfo=None)
    with pytest.raises(StatementError, match="naive time"), database.write() as session:
        session.add(_firm(at=naive))
    with database.read() as session:
        assert session.exec(select(Firm)).all() == []


def test_a_time_of_another_zone_comes_back_as_the_same_instant(database: Database) -> None:
    tashkent = datetime(2026, 3, 1, 12, tzinfo=timezone(timedelta(hours=5)))
    with database.write() as session:
        session.add(_firm(at=tashkent))
    with database.read() as session:
        found = session.exec(select(Firm)).one().created_at
    assert found == tashkent
    assert found.tzinfo is UTC
    assert found.hour == 7


def test_instants_compare_rightly_across_zones(database: Database) -> None:
    tashkent = datetime(2026, 3, 1, 12, tzinfo=timezone(timedelta(hours=5)))
    with database.write() as session:
        session.add(_firm(at=tashkent))
    with database.read() as session:
        firms = rows_of(Firm)
        eight = datetime(2026, 3, 1, 8, tzinfo=UTC)
        before_eight = sa.select(firms.c.id).where(firms.c.created_at < eight)
        assert session.execute(before_eight).scalars().all() == ["firm_Anhe"]


def test_no_time_stays_no_time(database: Database) -> None:
    with database.write() as session:
        session.add(_line(LineState.READY))
    with database.read() as session:
        assert session.exec(select(Line)).one().released_at is None


def test_an_enum_stores_its_value_and_comes_back_as_its_member(database: Database) -> None:
    with database.write() as session:
        session.add(_line(LineState.COOLING))
    assert _stored(database, "state", "line") == "cooling"
    with database.read() as session:
        assert session.exec(select(Line)).one().state is LineState.COOLING


def test_a_value_that_the_enum_does_not_know_is_refused(database: Database) -> None:
    class Other(enum.StrEnum):
        STATE = "elsewhere"

    statement = sa.insert(rows_of(Line)).values(
        _line(LineState.READY).model_dump() | {"state": Other.STATE}
    )
    with pytest.raises(StatementError, match="elsewhere"), database.write() as session:
        session.execute(statement)


def test_a_row_cannot_point_at_a_row_that_is_not_there(database: Database) -> None:
    stray = Dataset(id="ds_1", firm_id="firm_none", name="clients", locale="zh_CN", created_at=NOON)
    with pytest.raises(IntegrityError), database.write() as session:
        session.add(stray)


def test_a_block_that_fails_leaves_nothing(database: Database) -> None:
    def fail_half_way() -> None:
        with database.write() as session:
            session.add(_firm())
            session.flush()
            raise TimeoutError

    with pytest.raises(TimeoutError):
        fail_half_way()
    with database.read() as session:
        assert session.exec(select(Firm)).all() == []


def test_a_bare_connection_commits_or_leaves_nothing(database: Database) -> None:
    rows = [_firm(name).model_dump() for name in ("Anhe", "Borun")]
    with database.write_connection() as connection:
        connection.execute(sa.insert(rows_of(Firm)), rows)
    with pytest.raises(IntegrityError), database.write_connection() as connection:
        connection.execute(sa.insert(rows_of(Firm)), [_firm("Chunfeng").model_dump(), rows[0]])
    with database.read() as session:
        assert session.exec(select(Firm.name).order_by(Firm.name)).all() == ["Anhe", "Borun"]


def test_a_reader_that_writes_by_mistake_leaves_nothing(database: Database) -> None:
    with database.read() as session:
        session.add(_firm())
        session.flush()
    with database.read() as session:
        assert session.exec(select(Firm)).all() == []


def test_concurrent_updates_lose_none(database: Database) -> None:
    _due_copies(database, 1)

    def add_one(_turn: int) -> None:
        with database.write() as session:
            copy = session.exec(select(Copy).with_for_update()).one()
            seen = copy.due_seq
            time.sleep(0.0005)  # long enough for another writer to read the same
            copy.due_seq = seen + 1

    with ThreadPoolExecutor(WRITERS) as pool:
        list(pool.map(add_one, range(WRITES)))
    assert _stored(database, "due_seq", "copy") == WRITES


def test_readers_are_not_held_up_by_a_writer(database: Database) -> None:
    with database.write() as writer:
        writer.add(_firm())
        writer.flush()
        started = time.monotonic()
        with database.read() as reader:
            assert reader.exec(select(Firm)).all() == []
        assert time.monotonic() - started < 0.5


def _due_copies(database: Database, count: int) -> None:
    with database.write() as session:
        session.add(_firm())
        session.flush()
        session.add(
            Dataset(id="ds_1", firm_id="firm_Anhe", name="clients", locale="zh_CN", created_at=NOON)
        )
        session.flush()
        for number in range(count):
            session.add(
                Copy(
                    id=f"copy_{number:03d}",
                    dataset_id="ds_1",
                    recipient=str(number),
                    created_at=NOON,
                    due_at=NOON + timedelta(seconds=number),
                )
            )


def _claim(session: Session, now: datetime, claimant: str, limit: int = 5) -> Sequence[sa.Row[Any]]:
    copies = rows_of(Copy)
    candidates = sa.select(copies.c.id).where(copies.c.due_at <= now).order_by(copies.c.due_at)
    return claim(session, copies, candidates.limit(limit), now=now, lease_s=60, claimant=claimant)


def _claimer(database: Database, clock: Clock, together: threading.Barrier) -> Callable[..., Any]:
    def claim_until_none_is_left(claimant: str) -> list[str]:
        mine: list[str] = []
        copies = rows_of(Copy)
        together.wait()
        while True:
            with database.write() as session:
                rows = _claim(session, clock.now(), claimant)
                mine += [row.id for row in rows]
                done = sa.update(copies).where(copies.c.id.in_([row.id for row in rows]))
                session.execute(done.values(due_at=None))
            with database.read() as session:
                left = sa.select(copies.c.id).where(copies.c.due_at.is_not(None))
                if not session.execute(left).first():
                    return mine

    return claim_until_none_is_left


def test_each_due_row_goes_to_exactly_one_claimant(database: Database, clock: FrozenClock) -> None:
    _due_copies(database, 100)
    clock.advance(hours=1)
    claimants = [f"worker {number}" for number in range(WRITERS)]
    together = threading.Barrier(WRITERS)
    with ThreadPoolExecutor(WRITERS) as pool:
        claimed = list(pool.map(_claimer(database, clock, together), claimants))
    everything = [row for mine in claimed for row in mine]
    assert sorted(everything) == [f"copy_{number:03d}" for number in range(100)]


def test_a_claimed_row_is_nobody_elses_until_its_lease_ends(
    database: Database, clock: FrozenClock
) -> None:
    _due_copies(database, 1)
    with database.write() as session:
        first = _claim(session, clock.now(), "first")
    assert [(row.id, row.claimed_by) for row in first] == [("copy_000", "first")]
    assert first[0].claimed_until == clock.now() + timedelta(seconds=60)
    clock.advance(seconds=59)
    with database.write() as session:
        assert _claim(session, clock.now(), "second") == []
    clock.advance(seconds=1)
    with database.write() as session:
        assert [row.claimed_by for row in _claim(session, clock.now(), "second")] == ["second"]


def test_what_is_not_due_is_not_claimed(database: Database, clock: FrozenClock) -> None:
    _due_copies(database, 3)
    clock.advance(seconds=1)
    with database.write() as session:
        rows = _claim(session, clock.now(), "worker")
    assert sorted(row.id for row in rows) == ["copy_000", "copy_001"]


def test_a_claim_takes_no_more_than_it_asked_for(database: Database, clock: FrozenClock) -> None:
    _due_copies(database, 9)
    clock.advance(hours=1)
    with database.write() as session:
        assert len(_claim(session, clock.now(), "worker", limit=4)) == 4


def test_rows_locked_by_another_are_skipped_and_not_waited_for(
    postgres_database: Database, clock: FrozenClock
) -> None:
    _due_copies(postgres_database, 2)
    clock.advance(hours=1)
    with postgres_database.write() as first:
        taken = _claim(first, clock.now(), "first", limit=1)
        with postgres_database.write() as second:
            others = _claim(second, clock.now(), "second", limit=2)
    assert [row.id for row in taken] == ["copy_000"]
    assert [row.id for row in others] == ["copy_001"]


def test_the_embedded_database_keeps_what_it_acknowledged(sqlite_database: Database) -> None:
    with sqlite_database.read() as session:
        connection = session.connection()
        found = {
            name: connection.exec_driver_sql(f"PRAGMA {name}").scalar_one()
            for name in ("journal_mode", "synchronous", "foreign_keys", "busy_timeout")
        }
    full = 2
    assert found == {
        "journal_mode": "wal",
        "synchronous": full,
        "foreign_keys": 1,
        "busy_timeout": 15_000,
    }


def test_the_file_of_the_embedded_database_is_known(
    sqlite_database: Database, sqlite_url: str
) -> None:
    assert f"sqlite:///{sqlite_file(sqlite_database)}" == sqlite_url
    assert sqlite_file(open_database("sqlite://")) is None


def test_a_server_has_no_file(postgres_database: Database) -> None:
    assert sqlite_file(postgres_database) is None
    assert not postgres_database.is_sqlite


@pytest.mark.parametrize(
    "url",
    [
        "mysql://root@localhost/x",
        "postgresql+asyncpg://x/y",
        "postgresql+psycopg://u@h:notaport/x",
        "nonsense",
        "",
        "sqlite+aiosqlite://",
    ],
)
def test_a_url_of_another_database_is_refused_with_the_fix(url: str) -> None:
    with pytest.raises(BadInput, match="CANARY_DATABASE_URL") as refused:
        open_database(url)
    assert "sqlite:///PATH" in refused.value.fix


def test_a_plain_postgresql_url_goes_through_psycopg() -> None:
    assert open_database("postgresql://someone@host/name").engine.driver == "psycopg"


def test_a_database_that_is_gone_is_one_clear_error_without_its_password() -> None:
    gone = open_database("postgresql+psycopg://canary:hunter2@/none?host=/nowhere")
    with pytest.raises(CannotReach, match="cannot be used") as told, reachable(gone):
        gone.engine.connect()
    assert "hunter2" not in told.value.says
    assert told.value.exit_code == 5
