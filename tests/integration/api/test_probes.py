"""What those who run the service ask it, and the world it opens."""

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx
import pytest
import sqlalchemy as sa

from canary.clock import SystemClock
from canary.database import Database, sqlite_file
from canary.errors import BadKey, CannotReach, Conflict
from canary.settings import Settings
from canary.tables import Scope
from canary.vault import create_key_file
from tests.integration.api.running import Running, made, refused, served, shown
from webhooks.app import create_app
from webhooks.world import World, open_world

OURS = "a key of this process"
_LATE = "firm TEXT REFERENCES nowhere(id) DEFERRABLE INITIALLY DEFERRED"
SPOILT = {
    "sqlite": (
        "CREATE TABLE nowhere (id TEXT PRIMARY KEY)",
        f"CREATE TABLE strict (id INTEGER PRIMARY KEY, {_LATE})",
        """CREATE TRIGGER spoil AFTER INSERT ON firm
           BEGIN INSERT INTO strict (firm) VALUES ('none'); END""",
    ),
    "postgresql": (
        "CREATE TABLE nowhere (id TEXT PRIMARY KEY)",
        f"CREATE TABLE strict ({_LATE})",
        """CREATE FUNCTION spoil() RETURNS trigger LANGUAGE plpgsql AS
           $$ BEGIN INSERT INTO strict VALUES ('none'); RETURN NEW; END $$""",
        "CREATE TRIGGER spoil AFTER INSERT ON firm FOR EACH ROW EXECUTE FUNCTION spoil()",
    ),
}
"""What makes every new firm fail, but only when it is committed."""


@contextmanager
def without_a_server(world: World, peer: str) -> Iterator[tuple[asyncio.Runner, httpx.AsyncClient]]:
    """Yield a client that reaches the app as if from ``peer``."""
    app = create_app(world, worker=False, in_process_key=OURS)
    transport = httpx.ASGITransport(app, client=(peer, 1234))
    with asyncio.Runner() as runner:
        client = httpx.AsyncClient(transport=transport, base_url="http://in-process")
        yield runner, client
        runner.run(client.aclose())


def test_a_running_service_is_alive_and_ready(running: Running) -> None:
    anyone = running.client(None)
    assert shown(anyone.get("/healthz")) == {"status": "alive"}
    assert shown(anyone.get("/readyz")) == {"status": "ready"}


def test_a_service_whose_database_is_old_is_not_ready_and_says_so(running: Running) -> None:
    with running.world.database.write_connection() as connection:
        connection.execute(sa.text("UPDATE alembic_version SET version_num = '0000'"))
    problem = refused(running.client(None).get("/readyz"), 503, "not_ready")
    assert problem["fix"] == "Run `canary migrate`."


def test_a_service_whose_key_is_gone_or_another_is_not_ready(running: Running) -> None:
    key_file = running.world.settings.key_file
    kept = key_file.read_text()
    key_file.unlink()
    problem = refused(running.client(None).get("/readyz"), 503, "not_ready")
    assert "no master key" in problem["detail"]
    create_key_file(key_file)
    problem = refused(running.client(None).get("/readyz"), 503, "not_ready")
    assert "does not open" in problem["detail"]
    key_file.write_text(kept)
    assert shown(running.client(None).get("/readyz")) == {"status": "ready"}


def take_away(database: Database) -> None:
    database.close()
    file = sqlite_file(database)
    if file is not None:
        file.unlink()
        file.mkdir()
        return
    name = database.engine.url.database
    server = sa.create_engine(database.engine.url.set(database="template1"))
    with server.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.execute(sa.text(f"ALTER DATABASE {name} ALLOW_CONNECTIONS false"))
        connection.execute(
            sa.text("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = :name"),
            {"name": name},
        )
    server.dispose()


def test_a_service_whose_database_is_gone_is_alive_not_ready_and_answers_503(
    running: Running,
) -> None:
    operator = running.operator()
    take_away(running.world.database)
    assert shown(operator.get("/healthz")) == {"status": "alive"}
    problem = refused(operator.get("/readyz"), 503, "not_ready")
    assert "CANARY_DATABASE_URL" in problem["fix"]
    refused(operator.get("/v1/firms"), 503, "cannot_reach")
    refused(
        operator.post("/v1/firms", json={"name": "Acme", "sector": "other"}), 503, "cannot_reach"
    )


def test_no_world_opens_where_there_is_no_database(tmp_path: Path) -> None:
    settings = Settings(home=tmp_path / "home")
    create_key_file(settings.key_file)
    (tmp_path / "home" / "canary.db").mkdir()
    with pytest.raises(CannotReach):
        open_world(settings)


def test_metrics_count_what_the_intake_took(world: World) -> None:
    with served(create_app(world, worker=False)) as base, httpx.Client(base_url=base) as anyone:
        answer = anyone.get("/metrics")
    assert answer.headers["content-type"].startswith("text/plain")
    assert "canary_contacts_total 0.0" in answer.text
    assert "canary_unknown_numbers_total 0.0" in answer.text
    assert "canary_intake_batches_total 0.0" in answer.text


def test_two_apps_in_one_process_count_apart(world: World) -> None:
    for _ in range(2):
        with without_a_server(world, "127.0.0.1") as (runner, client):
            assert runner.run(client.get("/metrics")).status_code == 200


def test_metrics_are_for_this_machine_and_for_the_operator(world: World) -> None:
    for peer in ("203.0.113.9", "2001:db8::9", "testclient"):
        with without_a_server(world, peer) as (runner, client):
            refused(runner.run(client.get("/metrics")), 401, "not_authenticated")
            headers = {"Authorization": f"Bearer {OURS}"}
            assert runner.run(client.get("/metrics", headers=headers)).status_code == 200


def test_the_key_of_this_process_is_the_operator(world: World) -> None:
    with without_a_server(world, "127.0.0.1") as (runner, client):
        for key, status in ((OURS, 201), (OURS + "x", 401), ("", 401), ("\u00e9", 401)):
            headers = {b"Authorization": f"Bearer {key}".strip().encode()}
            body = {"name": f"Firm {key}", "sector": "other"}
            answer = runner.run(client.post("/v1/firms", json=body, headers=headers))
            assert answer.status_code == status, key


def test_without_a_key_of_this_process_none_is_accepted(running: Running) -> None:
    for key in (OURS, "None", ""):
        headers = {"Authorization": f"Bearer {key}".strip()}
        refused(running.client(None).get("/v1/firms", headers=headers), 401, "not_authenticated")


def test_a_service_with_a_worker_starts_and_stops(world: World) -> None:
    with served(create_app(world)) as base, httpx.Client(base_url=base) as anyone:
        assert shown(anyone.get("/readyz")) == {"status": "ready"}


def test_a_world_opens_with_the_machines_clock(settings: Settings) -> None:
    create_key_file(settings.key_file)
    world = open_world(settings)
    assert isinstance(world.clock, SystemClock)
    world.database.close()


def test_no_world_opens_without_a_key(settings: Settings) -> None:
    with pytest.raises(BadKey):
        open_world(settings)


def test_no_world_opens_on_a_database_that_was_not_migrated(
    empty_database: Database, tmp_path: Path
) -> None:
    url = empty_database.engine.url.render_as_string(hide_password=False)
    settings = Settings(home=tmp_path / "home", database_url=url)
    create_key_file(settings.key_file)
    with pytest.raises(Conflict) as raised:
        open_world(settings)
    assert raised.value.fix == "Run `canary migrate`."


def test_a_commit_that_fails_is_no_success(running: Running) -> None:
    operator = running.client(running.key(Scope.OPERATOR))
    made(operator.post("/v1/firms", json={"name": "Acme", "sector": "other"}))
    with running.world.database.write_connection() as connection:
        broken = SPOILT[connection.dialect.name]
        for statement in broken:
            connection.execute(sa.text(statement))
    answer = operator.post("/v1/firms", json={"name": "Rival", "sector": "other"})
    refused(answer, 409, "conflict")
    assert [one["name"] for one in shown(operator.get("/v1/firms"))["items"]] == ["Acme"]
