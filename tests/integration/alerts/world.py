"""Short ways to firms, endpoints, alerts and couriers."""

import asyncio
from collections.abc import AsyncIterator, Callable, Coroutine
from contextlib import asynccontextmanager
from typing import Any

from sqlmodel import col, select

from canary.alerts.deliveries import DeliveryRecord, Outcome, Parcel, claim_deliveries, settle
from canary.alerts.deliveries import list_deliveries as listed
from canary.alerts.endpoints import NewEndpoint, add_endpoint
from canary.alerts.kinds import AlertType
from canary.alerts.outbox import write_alert
from canary.clock import Clock, chance, new_id
from canary.database import Database
from canary.paging import Ask
from canary.tables import Alert, Delivery, Endpoint, Firm
from canary.vault import Vault
from tests.integration.alerts.receivers import Receiver
from tests.world import NOON, FrozenClock
from webhooks.outbound.courier import Courier
from webhooks.outbound.destination import Destination

URL = "https://alerts.example.com/canary"
CONTENT: dict[str, Any] = {"id": "leak_1", "firm": {"id": "firm_1", "name": "安和"}, "n": 0.99}


def add_firm(database: Database, name: str = "Anhe") -> str:
    firm = Firm(id=new_id("firm", NOON), name=name, sector="medical", created_at=NOON)
    with database.write() as session:
        session.add(firm)
    return firm.id


def add(
    database: Database, vault: Vault, firm_id: str, url: str = URL, *events: str
) -> tuple[str, str]:
    """Add an endpoint; return its id and secret."""
    with database.write() as session:
        request = NewEndpoint(url, events)
        endpoint, secret = add_endpoint(
            session, vault, NOON, firm_id, request, check=lambda _url: None
        )
        return endpoint.id, secret


def tell(database: Database, firm_id: str, clock: Clock, times: int = 1) -> list[str]:
    """Write alerts; return their ids."""
    with database.write() as session:
        alerts = [
            write_alert(session, clock.now(), firm_id, AlertType.LEAK_OPENED, CONTENT)
            for _ in range(times)
        ]
        return [alert.id for alert in alerts]


def take(
    database: Database, vault: Vault, clock: Clock, claimant: str = "a", limit: int = 100
) -> list[Parcel]:
    """Claim what is due."""
    with database.write() as session:
        return claim_deliveries(session, vault, clock.now(), claimant, limit)


def finish(database: Database, clock: Clock, parcel: Parcel, **came: Any) -> bool:  # noqa: ANN401
    """Settle a parcel with what came of it."""
    outcome = Outcome(parcel, clock.now(), 12, **came)
    with database.write() as session:
        return settle(session, outcome, clock.now(), chance(1))


def records(database: Database) -> list[DeliveryRecord]:
    """Return every delivery, oldest first."""
    with database.read() as session:
        return list(reversed(listed(session, None, ask=Ask(limit=1000)).rows))


def the_record(database: Database) -> DeliveryRecord:
    """Return the only delivery."""
    (record,) = records(database)
    return record


def the_delivery(database: Database, delivery_id: str) -> Delivery:
    with database.read() as session:
        return session.get_one(Delivery, delivery_id)


def the_endpoint(database: Database, endpoint_id: str) -> Endpoint:
    with database.read() as session:
        return session.get_one(Endpoint, endpoint_id)


def alerts_of(database: Database, kind: AlertType) -> list[Alert]:
    with database.read() as session:
        statement = select(Alert).where(Alert.type == kind.value).order_by(col(Alert.id))
        return list(session.exec(statement))


@asynccontextmanager
async def courier(
    database: Database, vault: Vault, clock: FrozenClock, way_out: Destination | None = None
) -> AsyncIterator[Courier]:
    """Run a courier that may go to the loopback, until the block ends."""
    destination = way_out or Destination(allow_private=True, total_s=5.0)
    carrying = Courier(database, vault, destination, clock, chance(1))
    try:
        yield carrying
    finally:
        await carrying.close(farewell_s=0.05)


async def deliver(carrying: Courier) -> int:
    """Start what is due and wait until it is settled."""
    started = await carrying.deliver_due()
    await carrying.settled()
    return started


async def until(fact: Callable[[], bool], within_s: float = 5.0) -> None:
    """Wait until it is so."""
    async with asyncio.timeout(within_s):
        while not fact():  # noqa: ASYNC110  what is waited for happens in another thread
            await asyncio.sleep(0.01)


def run(story: Coroutine[Any, Any, None]) -> None:
    """Run one story on a loop of its own."""
    asyncio.run(story)


def tell_one(database: Database, vault: Vault, clock: FrozenClock, target: Receiver) -> str:
    """Add a firm with an endpoint at the receiver and tell it one thing; return the secret."""
    firm_id = add_firm(database, f"Firm of {target.url}")
    _, secret = add(database, vault, firm_id, target.url)
    tell(database, firm_id, clock)
    return secret
