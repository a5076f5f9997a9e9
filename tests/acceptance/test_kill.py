"""Killed in the middle of it all, several times: nothing answered is lost, no alert is missing."""

import threading
import time
from collections import defaultdict
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from json import loads
from pathlib import Path
from urllib.parse import urlencode

import httpx
import pytest
import sqlalchemy as sa
from sqlmodel import col, select
from typing_extensions import override

from canary.clock import Chance, chance
from canary.database import open_database
from canary.tables import Contact, Leak
from tests.served import ROUTE, Held, Home, Program, make_home, serve, signed

FORM = "application/x-www-form-urlencoded"
KILLS = 3
POSTERS = 6
LOAD_S = 1.2
DELIVERED_WITHIN_S = 150.0
"""Claims of what was killed run out after 30 and 60 s."""


@dataclass
class Told:
    """What the firms' endpoint heard: webhook ids of `leak.opened`, by the leak's id."""

    url: str = ""
    opened: dict[str, set[str]] = field(default_factory=lambda: defaultdict(set))


@contextmanager
def endpoint() -> Iterator[Told]:
    told = Told()

    class Receiver(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            alert = loads(self.rfile.read(int(self.headers["content-length"])))
            if alert["type"] == "leak.opened":
                told.opened[alert["data"]["id"]].add(self.headers["webhook-id"])
            self.send_response(204)
            self.end_headers()

        @override
        def log_message(self, format: str, *args: object) -> None:
            """Say nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Receiver)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    told.url = f"http://127.0.0.1:{server.server_port}/"
    yield told
    server.shutdown()
    server.server_close()


@dataclass
class Carrier:
    """Posts without pause while the service lives, and again what got no answer."""

    home: Home
    stolen: list[Held]
    draw: Chance
    answered: list[str] = field(default_factory=list)
    unanswered: list[dict[str, str]] = field(default_factory=list)

    def message(self) -> dict[str, str]:
        sid = f"SM{self.draw.randbytes(16).hex()}"
        if self.stolen and self.draw.random() < 0.1:
            decoy = self.draw.choice(self.stolen)
            body = f"Dear {decoy.name}, your policy is due"
            return {"MessageSid": sid, "From": "+14155550999", "To": decoy.number, "Body": body}
        caller = f"+1{self.draw.randrange(2_000_000_000, 9_999_999_999)}"
        number = self.draw.choice(self.home.numbers)
        return {"MessageSid": sid, "From": caller, "To": number, "Body": "win"}

    def post_until_dead(self, url: str) -> None:
        with httpx.Client(timeout=10) as http:
            while True:
                form = self.next_form()
                headers = {"X-Twilio-Signature": signed(form), "Content-Type": FORM}
                try:
                    answer = http.post(f"{url}{ROUTE}", content=urlencode(form), headers=headers)
                except httpx.TransportError:
                    self.unanswered.append(form)
                    return
                assert answer.status_code == 200, answer.text
                self.answered.append(form["MessageSid"])

    def next_form(self) -> dict[str, str]:
        try:
            return self.unanswered.pop()
        except IndexError:
            return self.message()

    def load(self, program: Program) -> list[threading.Thread]:
        posters = [
            threading.Thread(target=self.post_until_dead, args=(program.url,))
            for _ in range(POSTERS)
        ]
        for poster in posters:
            poster.start()
        return posters


@pytest.fixture(params=["sqlite", "postgresql"])
def home(request: pytest.FixtureRequest, tmp_path: Path) -> Home:
    if request.param == "sqlite":
        url = f"sqlite:///{tmp_path / 'canary.db'}"
    else:
        url = request.getfixturevalue("postgres_url")
    return make_home(tmp_path, url, firms=KILLS, decoys=25)


def test_a_killed_server_loses_nothing_it_answered(home: Home) -> None:
    carrier = Carrier(home, [], chance(5))
    with endpoint() as told:
        for turn in range(KILLS):
            program = serve(home)
            if turn == 0:
                listen(home, program, told.url)
            carrier.stolen = [d for d in home.decoys if d.firm == home.firms[turn]]
            posters = carrier.load(program)
            time.sleep(LOAD_S + turn / 7)  # not always at the same beat of the worker
            program.kill()
            for poster in posters:
                poster.join()
        program = serve(home)
        posters = carrier.load(program)
        time.sleep(LOAD_S)
        program.stop()
        for poster in posters:
            poster.join()
        program = serve(home)
        opened = wait_for_alerts(home, told)
        program.stop()
    stored = stored_sids(home)
    assert len(carrier.answered) > 100
    assert set(carrier.answered) - stored == set()
    assert len(opened) == len(set(opened.values())) == KILLS  # one leak for each copy
    assert set(told.opened) == set(opened)
    assert {len(ids) for ids in told.opened.values()} == {1}  # tries, but no second alert


def listen(home: Home, program: Program, url: str) -> None:
    for firm in home.firms:
        answer = httpx.post(
            f"{program.url}/v1/endpoints",
            json={"firm": firm, "url": url},
            headers={"Authorization": f"Bearer {home.key}"},
        )
        assert answer.status_code == 201, answer.text


def wait_for_alerts(home: Home, told: Told) -> dict[str, str]:
    """Wait until the firms were told of every leak; return the opened leaks' copies."""
    until = time.monotonic() + DELIVERED_WITHIN_S
    while True:
        opened = opened_leaks(home)
        if (len(opened) >= KILLS and set(opened) <= set(told.opened)) or time.monotonic() > until:
            return opened
        time.sleep(0.2)


def opened_leaks(home: Home) -> dict[str, str]:
    database = open_database(home.database_url)
    with database.read() as session:
        found = session.exec(
            select(Leak.id, Leak.copy_id).where(col(Leak.opened_at).is_not(None))
        ).all()
    database.close()
    return dict(found)


def stored_sids(home: Home) -> set[str]:
    database = open_database(home.database_url)
    with database.read() as session:
        found = session.execute(sa.select(col(Contact.external_id))).scalars().all()
    database.close()
    return set(found)
