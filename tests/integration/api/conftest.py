"""A service on each database, and firms with something in it."""

from collections.abc import Iterator
from dataclasses import dataclass

import httpx
import pytest

from canary.clock import chance
from canary.settings import Settings
from canary.vault import create_key_file
from tests.integration.api.running import Running, served
from tests.story import Stage
from tests.world import FrozenClock
from webhooks.app import create_app
from webhooks.world import World, open_world


@pytest.fixture
def world(settings: Settings, clock: FrozenClock) -> Iterator[World]:
    """The world of a service on a new database."""
    create_key_file(settings.key_file)
    opened = open_world(settings, clock, chance(11))
    yield opened
    opened.database.close()


@pytest.fixture
def running(world: World, clock: FrozenClock) -> Iterator[Running]:
    """A running service without a worker, with 40 ready lines."""
    with served(create_app(world, worker=False)) as base:
        running = Running(base, world, Stage(world.database, world.vault, clock))
        running.stage.lines(40)
        yield running
        running.close()


@pytest.fixture
def operator(running: Running) -> httpx.Client:
    """A client of the operator."""
    return running.operator()


@dataclass(frozen=True)
class Seen:
    """A firm with one of everything: its client and the ids of its things."""

    client: httpx.Client
    firm: str
    name: str
    dataset: str
    copy: str
    seeding: str
    decoy: str
    line: str
    number: str
    persona: str
    contact: str
    leak: str
    endpoint: str
    delivery: str
    key: str


def settled(running: Running, name: str) -> Seen:
    """Set up a firm through the API, have its copy leak, and let its endpoint be told."""
    stage = running.stage
    firm, dataset, copy = stage.firm(name)
    client = running.firm(firm.id)
    wanted = {"firm": firm.id, "url": "https://alerts.example.com/canary"}
    endpoint = client.post("/v1/endpoints", json=wanted).json()
    seeding = stage.seed(dataset, 6)
    stage.clock.advance(days=40)
    for decoy in seeding.decoys[:3]:
        text = f"Dear {decoy.persona['name']}, a loan from {name}"
        stage.text(decoy, text, f"+1415555{1000 + len(name)}")
        stage.clock.advance(hours=3)
    stage.work()
    leak = client.get("/v1/leaks").json()["items"][0]
    first = seeding.decoys[0]
    return Seen(
        client=client,
        firm=firm.id,
        name=name,
        dataset=dataset.id,
        copy=copy.id,
        seeding=seeding.row.id,
        decoy=first.row.id,
        line=first.row.line_id,
        number=first.number,
        persona=first.persona["name"],
        contact=client.get("/v1/contacts").json()["items"][0]["id"],
        leak=leak["id"],
        endpoint=endpoint["id"],
        delivery=client.get("/v1/deliveries").json()["items"][0]["id"],
        key=running.operator().get("/v1/keys").json()["items"][-1]["id"],
    )


@pytest.fixture
def acme(running: Running) -> Seen:
    """A firm with one of everything."""
    return settled(running, "Acme Bank")


@pytest.fixture
def rival(running: Running, acme: Seen) -> Seen:
    """Another firm with one of everything."""
    return settled(running, f"Rival of {acme.name.split()[0]}")
