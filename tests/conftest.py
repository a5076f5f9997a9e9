"""What every test may ask for: real databases of both kinds, a vault, a clock, settings."""

import os
import shutil
from collections.abc import Iterator
from pathlib import Path

import hypothesis
import pytest

from canary.database import Database, open_database
from canary.schema import upgrade
from canary.settings import Settings
from canary.vault import Vault
from tests.postgres import Cluster, start_cluster
from tests.world import FrozenClock

ENGINES = ("sqlite", "postgresql")

hypothesis.settings.register_profile("canary", deadline=None)  # the machine may be busy
hypothesis.settings.load_profile("canary")


@pytest.fixture(autouse=True)
def _nothing_from_outside(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    for name in [name for name in os.environ if name.startswith("CANARY_")]:
        monkeypatch.delenv(name)
    monkeypatch.setenv("CANARY_HOME", str(tmp_path / "home"))


@pytest.fixture(scope="session")
def _sqlite_template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    file = tmp_path_factory.mktemp("template") / "template.db"
    _migrated(f"sqlite:///{file}")
    return file


@pytest.fixture(scope="session")
def postgres() -> Iterator[Cluster]:
    """The server that all tests share; each gets a database of its own."""
    cluster = start_cluster()
    yield cluster
    cluster.stop()


@pytest.fixture(scope="session")
def _postgres_template(postgres: Cluster) -> str:
    name = postgres.create()
    _migrated(postgres.url(name))
    return name


def _migrated(url: str) -> None:
    database = open_database(url)
    upgrade(database)
    database.close()


@pytest.fixture
def sqlite_url(_sqlite_template: Path, tmp_path: Path) -> str:
    """A new embedded database at the newest revision."""
    file = tmp_path / "canary.db"
    shutil.copy(_sqlite_template, file)
    return f"sqlite:///{file}"


@pytest.fixture
def postgres_url(postgres: Cluster, _postgres_template: str) -> Iterator[str]:
    """A new database at the newest revision on a real PostgreSQL."""
    name = postgres.create(_postgres_template)
    yield postgres.url(name)
    postgres.drop(name)


@pytest.fixture(params=ENGINES)
def database_url(request: pytest.FixtureRequest) -> str:
    """A new database at the newest revision, once on each engine."""
    engine: str = request.param
    url: str = request.getfixturevalue("sqlite_url" if engine == "sqlite" else "postgres_url")
    return url


@pytest.fixture
def database(database_url: str) -> Iterator[Database]:
    """A new database at the newest revision, open, once on each engine."""
    opened = open_database(database_url)
    yield opened
    opened.close()


@pytest.fixture
def sqlite_database(sqlite_url: str) -> Iterator[Database]:
    """A new embedded database at the newest revision, open."""
    opened = open_database(sqlite_url)
    yield opened
    opened.close()


@pytest.fixture
def postgres_database(postgres_url: str) -> Iterator[Database]:
    """A new database on a real PostgreSQL at the newest revision, open."""
    opened = open_database(postgres_url)
    yield opened
    opened.close()


@pytest.fixture(params=ENGINES)
def empty_database(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Database]:
    """A new database with nothing in it, once on each engine."""
    if request.param == "sqlite":
        opened = open_database(f"sqlite:///{tmp_path / 'empty.db'}")
        yield opened
        opened.close()
        return
    cluster: Cluster = request.getfixturevalue("postgres")
    name = cluster.create()
    opened = open_database(cluster.url(name))
    yield opened
    opened.close()
    cluster.drop(name)


@pytest.fixture
def vault() -> Vault:
    """A vault with one key that never changes."""
    return Vault({1: bytes(range(32))})


@pytest.fixture
def clock() -> FrozenClock:
    """A clock that the test moves; it stands at noon of a day in March."""
    return FrozenClock()


@pytest.fixture
def settings(database_url: str, tmp_path: Path) -> Settings:
    """Settings of a service on a new database, once on each engine."""
    return Settings(
        home=tmp_path / "home", database_url=database_url, public_url="https://canary.test"
    )
