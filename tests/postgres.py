"""A PostgreSQL of the tests' own: in a temporary directory, on a Unix socket, gone afterwards."""

import os
import pwd
import shutil
import signal
import subprocess
import tempfile
import time
from contextlib import suppress
from pathlib import Path

import psycopg
from psycopg import sql

from tests.programs import absent, find, require

STARTED_WITHIN_S = 60
SETTINGS = {
    "listen_addresses": "",
    "fsync": "off",  # what is lost in a power cut is shown elsewhere
    "full_page_writes": "off",
    "max_connections": "300",
    "timezone": "Asia/Shanghai",  # ours must not depend on the server's
}


class Cluster:
    """A running server; databases are copied from templates in it."""

    def __init__(self, place: Path, server: subprocess.Popen[bytes]) -> None:
        """Talk to the server whose socket lies in ``place``."""
        self._place = place
        self._server = server
        self._count = 0
        self._admin = _connected(self._place, server)

    def url(self, name: str) -> str:
        """Return the URL of the database ``name``."""
        return f"postgresql+psycopg://canary@/{name}?host={self._place}"

    def create(self, template: str = "template0") -> str:
        """Make a database that is a copy of ``template`` and return its name."""
        self._count += 1
        name = f"t{self._count}"
        self._admin.execute(
            sql.SQL("CREATE DATABASE {} TEMPLATE {}").format(
                sql.Identifier(name), sql.Identifier(template)
            )
        )
        return name

    def drop(self, name: str) -> None:
        """Remove the database, whoever still holds it."""
        self._admin.execute(sql.SQL("DROP DATABASE {} WITH (FORCE)").format(sql.Identifier(name)))

    def timezone(self) -> str:
        """Return the zone in which the server writes times."""
        row = self._admin.execute("SHOW timezone").fetchone()
        assert row
        return str(row[0])

    def stop(self) -> None:
        """Stop the server and remove everything it wrote."""
        self._admin.close()
        self._server.send_signal(signal.SIGINT)
        self._server.wait(30)
        shutil.rmtree(self._place)


def start_cluster(**changed: str) -> Cluster:
    """Start a new, empty server, or skip the tests that need one.

    PostgreSQL refuses to run as root: then it runs as its own user. ``changed`` settings replace
    those that make tests quick.
    """
    initdb, postgres = require("initdb"), require("postgres")
    place = Path(tempfile.mkdtemp(prefix="canary-pg-"))
    prefix = _as_its_own_user(place) if os.geteuid() == 0 else []
    files = place / "files"
    making = ["-U", "canary", "-A", "trust", "-E", "UTF8", "--locale=C", "--no-sync"]
    subprocess.run(  # noqa: S603  PostgreSQL's own program
        [*prefix, initdb, "-D", str(files), *making],
        check=True,
        stdout=subprocess.DEVNULL,
        cwd=place,
    )
    options = [f"--{name}={value}" for name, value in {**SETTINGS, **changed}.items()]
    with (place / "log").open("wb") as log:
        server = subprocess.Popen(  # noqa: S603  PostgreSQL's own program
            [*prefix, postgres, "-D", str(files), "-k", str(place), *options],
            stdout=log,
            stderr=log,
            cwd=place,
        )
    return Cluster(place, server)


def _as_its_own_user(place: Path) -> list[str]:
    setpriv = find("setpriv") or absent("setpriv")
    names = {user.pw_name: user for user in pwd.getpwall()}
    user = names.get("postgres") or names["nobody"]
    os.chown(place, user.pw_uid, user.pw_gid)
    # The signal ends the server also when the tests are killed.
    ids = [f"--reuid={user.pw_uid}", f"--regid={user.pw_gid}", "--clear-groups"]
    return [setpriv, *ids, "--pdeathsig=INT"]


def _connected(place: Path, server: subprocess.Popen[bytes]) -> psycopg.Connection:
    last = time.monotonic() + STARTED_WITHIN_S
    while server.poll() is None and time.monotonic() < last:
        with suppress(psycopg.OperationalError):
            return psycopg.connect(
                host=str(place), user="canary", dbname="postgres", autocommit=True
            )
        time.sleep(0.05)
    message = f"PostgreSQL did not start:\n{(place / 'log').read_text()}"
    raise RuntimeError(message)
