"""``/v1/endpoints``: where firms want to be told."""

from fastapi import Response

from canary.alerts.endpoints import NewEndpoint as Wanted
from canary.alerts.endpoints import (
    add_endpoint,
    disable_endpoint,
    enable_endpoint,
    find_endpoint,
    list_endpoints,
    rotate_secret,
)
from canary.alerts.outbox import test_endpoint as write_test
from canary.alerts.recovery import recover
from canary.firms.access import Right
from canary.firms.registry import find_firm
from webhooks.api.deps import Asked, Reads, Writes, needs
from webhooks.api.routing import area
from webhooks.api.schemas.endpoints import (
    EndpointMade,
    EndpointShown,
    NewEndpoint,
    RecoveredShown,
    Since,
    TestShown,
)
from webhooks.api.schemas.shapes import Listed

router = area("endpoints")
HOLDS = [needs(Right.HOLD)]


@router.post("", status_code=201, response_model=EndpointMade, dependencies=HOLDS)
def add(new: NewEndpoint, write: Writes) -> Response:
    """Add an endpoint; its secret is shown this once."""

    def make() -> EndpointMade:
        firm = find_firm(write.session, write.who, new.firm)
        wanted = Wanted(new.url, tuple(new.events), new.format)
        row, secret = add_endpoint(
            write.session, write.world.vault, write.now, firm.id, wanted, write.check_url
        )
        return EndpointMade(id=row.id, secret=secret)

    return write.once(make, 201)


@router.get("", dependencies=HOLDS)
def listed(read: Reads, ask: Asked) -> Listed[EndpointShown]:
    """List the endpoints that the key sees."""
    found = list_endpoints(read.session, read.who.sees_firm, ask)
    shown = [EndpointShown.of(read.world.vault, row) for (row,) in found.rows]
    return Listed(items=shown, next=found.next)


@router.post("/{endpoint}/test", response_model=TestShown, dependencies=HOLDS)
def test(endpoint: str, write: Writes) -> Response:
    """Send an `endpoint.test` alert to exactly this endpoint."""

    def make() -> TestShown:
        row = find_endpoint(write.session, write.who.sees_firm, endpoint)
        alert = write_test(write.session, write.now, row)
        return TestShown(endpoint=row.id, alert=alert.id)

    return write.once(make)


@router.post("/{endpoint}/disable", response_model=EndpointShown, dependencies=HOLDS)
def disable(endpoint: str, write: Writes) -> Response:
    """Send nothing more to the endpoint; what it misses is kept."""

    def make() -> EndpointShown:
        row = find_endpoint(write.session, write.who.sees_firm, endpoint)
        disable_endpoint(write.session, write.now, row)
        return EndpointShown.of(write.world.vault, row)

    return write.once(make)


@router.post("/{endpoint}/enable", response_model=EndpointShown, dependencies=HOLDS)
def enable(endpoint: str, write: Writes) -> Response:
    """Send to the endpoint again."""

    def make() -> EndpointShown:
        row = find_endpoint(write.session, write.who.sees_firm, endpoint)
        enable_endpoint(write.session, row)
        return EndpointShown.of(write.world.vault, row)

    return write.once(make)


@router.post("/{endpoint}/rotate", response_model=EndpointMade, dependencies=HOLDS)
def rotate(endpoint: str, write: Writes) -> Response:
    """Give the endpoint a new secret; the one before signs too for 24 hours."""

    def make() -> EndpointMade:
        row = find_endpoint(write.session, write.who.sees_firm, endpoint)
        secret = rotate_secret(write.session, write.world.vault, write.now, row)
        return EndpointMade(id=row.id, secret=secret)

    return write.once(make)


@router.post("/{endpoint}/recover", response_model=RecoveredShown, dependencies=HOLDS)
def recovered(endpoint: str, asked: Since, write: Writes) -> Response:
    """Send after all what the endpoint has missed since a time."""

    def make() -> RecoveredShown:
        sees = write.who.sees_firm
        count = recover(write.session, sees, endpoint, asked.since, write.now)
        return RecoveredShown(endpoint=endpoint, recovered=count)

    return write.once(make)
