"""Endpoints and deliveries, as asked for and as shown."""

from typing import Annotated, Self

from pydantic import Field, StringConstraints

from canary.alerts.deliveries import DeliveryRecord
from canary.alerts.endpoints import URL_LENGTH, url_of
from canary.tables import Attempt, Delivery, DeliveryStatus, Endpoint
from canary.vault import Vault
from webhooks.api.schemas.shapes import Given, Instant, Name, Shown, Text

MAX_EVENTS = 100


class NewEndpoint(Given):
    """Where a firm wants to be told; no events means all of them."""

    firm: Name
    url: Annotated[Text, StringConstraints(min_length=1, max_length=URL_LENGTH)]
    events: list[Text] = Field(default=[], max_length=MAX_EVENTS)
    format: Text = "standard"


class EndpointMade(Shown):
    """A new endpoint, or one with a new secret, which is shown this once."""

    id: str
    secret: str


class EndpointShown(Shown):
    """Where a firm is told; no events means all of them."""

    id: str
    firm: str
    url: str
    events: list[str]
    format: str
    created_at: Instant
    disabled_at: Instant | None

    @classmethod
    def of(cls, vault: Vault, row: Endpoint) -> Self:
        """Show a row, its URL in the clear and its secret not at all."""
        return cls(
            id=row.id,
            firm=row.firm_id,
            url=url_of(vault, row),
            events=row.events,
            format=row.format,
            created_at=row.created_at,
            disabled_at=row.disabled_at,
        )


class TestShown(Shown):
    """The alert that was written to try an endpoint."""

    endpoint: str
    alert: str


class Since(Given):
    """From when on."""

    since: Instant


class RecoveredShown(Shown):
    """How many deliveries are made after all."""

    endpoint: str
    recovered: int


class AttemptShown(Shown):
    """One HTTP try; ``answer`` is the first 2 KiB of the response."""

    number: int
    at: Instant
    duration_ms: int
    status_code: int | None
    error: str | None
    answer: str | None

    @classmethod
    def of(cls, row: Attempt) -> Self:
        """Show a row."""
        return cls(
            number=row.number,
            at=row.at,
            duration_ms=row.duration_ms,
            status_code=row.status_code,
            error=row.error,
            answer=row.answer,
        )


class DeliveryOutline(Shown):
    """One alert to one endpoint; ``alert`` is the ``webhook-id`` of every attempt."""

    id: str
    alert: str
    endpoint: str
    status: DeliveryStatus
    created_at: Instant
    delivered_at: Instant | None
    due_at: Instant | None

    @classmethod
    def of(cls, row: Delivery) -> Self:
        """Show a row."""
        return cls(
            id=row.id,
            alert=row.alert_id,
            endpoint=row.endpoint_id,
            status=row.status,
            created_at=row.created_at,
            delivered_at=row.delivered_at,
            due_at=row.due_at,
        )


class DeliveryShown(DeliveryOutline):
    """A delivery with its alert's type and its attempts, oldest first."""

    type: str
    attempts: list[AttemptShown]

    @classmethod
    def whole(cls, record: DeliveryRecord) -> Self:
        """Show a delivery."""
        outline = DeliveryOutline.of(record.delivery)
        return cls(
            **outline.model_dump(),
            type=record.alert_type,
            attempts=[AttemptShown.of(row) for row in record.attempts],
        )
