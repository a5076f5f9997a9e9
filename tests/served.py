"""A home with seeded lines and the service on it as a program; for faults and benches."""

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from urllib.parse import urlencode

import httpx
from twilio.request_validator import RequestValidator

from canary.clock import Chance, SystemClock, chance
from canary.database import open_database
from canary.decoys.personas import Mailboxes
from canary.decoys.seeding import Means, NewSeeding, seed
from canary.firms.access import IN_PROCESS, issue_key
from canary.firms.registry import NewDataset, add_dataset, add_firm
from canary.lines.register import NewLine, import_lines
from canary.schema import upgrade
from canary.sectors import Sector
from canary.tables import Scope
from canary.vault import create_key_file, open_vault

TOKEN = "0123456789abcdef0123456789abcdef"
PUBLIC = "https://canary.example.com"
ROUTE = "/carriers/twilio/messages"
START_S = 30.0


@dataclass(frozen=True, slots=True)
class Held:
    """A decoy as its firm holds it."""

    firm: str
    number: str
    name: str


@dataclass(frozen=True, slots=True)
class Home:
    """A seeded home: its settings, the operator's key, and the decoys."""

    environment: Mapping[str, str]
    key: str
    firms: Sequence[str]
    decoys: Sequence[Held]

    @property
    def database_url(self) -> str:
        """Where its database is."""
        return self.environment["CANARY_DATABASE_URL"]

    @property
    def numbers(self) -> list[str]:
        """The numbers that decoys hold."""
        return [decoy.number for decoy in self.decoys]


def make_home(place: Path, database_url: str, *, firms: int, decoys: int) -> Home:
    """Make a home whose firms have ``decoys`` decoys each, planted months ago."""
    key_file = place / "master.key"
    create_key_file(key_file)
    database, vault = open_database(database_url), open_vault(key_file)
    upgrade(database)
    now = SystemClock().now()
    since = (now - timedelta(days=200)).isoformat()
    rows = [
        NewLine(row, f"+1{201 + row % 700}555{row * 37 % 10000:04d}", "twilio", None, since)
        for row in range(firms * decoys)
    ]
    means = Means(vault, chance(1), Mailboxes.parse("clients.example"))
    ids, held = [], []
    with database.write() as session:
        key = issue_key(session, Scope.OPERATOR, None, now)
        import_lines(session, vault, rows, 30, now)
        for which in range(firms):
            firm = add_firm(session, f"Firm {which}", Sector.FINANCE, now)
            ids.append(firm.id)
            add_dataset(session, vault, IN_PROCESS, NewDataset(firm.id, f"clients {which}"), now)
            new = NewSeeding(f"clients {which}", decoys, None, now - timedelta(days=90))
            issued = seed(session, means, IN_PROCESS, new, now).decoys
            held += [Held(firm.id, one.number, one.persona["name"]) for one in issued]
    database.close()
    environment = {
        **{name: value for name, value in os.environ.items() if not name.startswith("CANARY_")},
        "CANARY_HOME": str(place),
        "CANARY_DATABASE_URL": database_url,
        "CANARY_PUBLIC_URL": PUBLIC,
        "CANARY_TWILIO_AUTH_TOKEN": TOKEN,
        "CANARY_ALLOW_PRIVATE_ENDPOINTS": "true",
    }
    return Home(environment, key, ids, held)


@dataclass(frozen=True, slots=True)
class Program:
    """A server that was started as a program of its own."""

    running: "subprocess.Popen[bytes]"
    url: str

    def kill(self) -> None:
        """End it and the worker beside it with SIGKILL, as a crash of the machine would."""
        os.killpg(self.running.pid, signal.SIGKILL)
        self.running.wait()

    def stop(self) -> None:
        """End it in good order."""
        self.running.terminate()
        self.running.wait(30)

    def cpu_s(self) -> float:
        """Return the CPU seconds that it has used so far."""
        fields = Path(f"/proc/{self.running.pid}/stat").read_text().rpartition(")")[2].split()
        return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def serve(home: Home, *options: str) -> Program:
    """Start ``canary serve`` on the home and return when it answers."""
    port = free_port()
    command = [sys.executable, "-m", "cli", "serve", "--port", str(port), *options]
    return start(command, port, home.environment)


def start(command: Sequence[str], port: int, environment: Mapping[str, str]) -> Program:
    """Start a server program and return when it answers on its port."""
    running = subprocess.Popen(  # noqa: S603  our own program
        command, env=environment, stdout=subprocess.DEVNULL, start_new_session=True
    )
    url, until = f"http://127.0.0.1:{port}", time.monotonic() + START_S
    while time.monotonic() < until and running.poll() is None:
        try:
            httpx.get(f"{url}/healthz", timeout=1)
        except httpx.TransportError:
            time.sleep(0.05)
        else:
            return Program(running, url)
    running.kill()
    message = "the server did not start"
    raise RuntimeError(message)


def free_port() -> int:
    """Return a port that nobody listens on."""
    with socket.create_server(("127.0.0.1", 0)) as sock:
        return int(sock.getsockname()[1])


def signed(form: Mapping[str, str]) -> str:
    """Return Twilio's signature of a message's form."""
    signature: str = RequestValidator(TOKEN).compute_signature(f"{PUBLIC}{ROUTE}", dict(form))
    return signature


def signed_posts(
    numbers: Sequence[str], sids: Sequence[str], draw: Chance
) -> list[tuple[str, str]]:
    """Return a message for each sid to one of the numbers: signature and body."""
    posts = []
    for sid in sids:
        form = {
            "MessageSid": sid,
            "AccountSid": "AC0123456789abcdef0123456789abcdef",
            "From": f"+1{draw.randrange(2_000_000_000, 9_999_999_999)}",
            "To": draw.choice(numbers),
            "Body": f"Your parcel {sid[-6:]} is waiting, reply YES",
            "NumMedia": "0",
            "NumSegments": "1",
            "FromCountry": "US",
            "ToCountry": "US",
        }
        posts.append((signed(form), urlencode(form)))
    return posts


def write_posts(file: Path, posts: Sequence[tuple[str, str]]) -> None:
    """Write posts where the load generator reads them: one a line, signature first."""
    file.write_text("".join(f"{signature} {body}\n" for signature, body in posts))
