"""Deliveries: claimed when due, settled by what came of the attempt, listed, and replayed."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlmodel import Session, col, select

from canary.alerts.endpoints import disable_endpoint, secrets_of, url_of
from canary.alerts.health import has_failed_too_long
from canary.alerts.outbox import body_of, require_enabled
from canary.alerts.schedule import next_attempt_at
from canary.clock import Chance, new_id
from canary.database import claim
from canary.errors import BadKey, NotFound
from canary.paging import Ask, page
from canary.tables import Alert, Attempt, Delivery, DeliveryStatus, Endpoint, rows_of
from canary.vault import Vault

AT_ONCE = 4
"""The most deliveries of one endpoint that are under way at a time, over all workers."""
LEASE_S = 60.0
"""How long a claimed delivery stays with its claimant: three times what an attempt may take."""
ANSWER_BYTES = 2048
ERROR_CHARACTERS = 500
GONE = 410

_deliveries = rows_of(Delivery)
_endpoints = rows_of(Endpoint)


@dataclass(frozen=True, slots=True)
class Parcel:
    """All that one attempt needs. What must not reach a log is left out of its ``repr``."""

    delivery_id: str
    endpoint_id: str
    claimant: str
    number: int
    """Which attempt this is, from 1."""
    alert_id: str
    """The ``webhook-id``, the same in every attempt."""
    url: str = field(repr=False)
    secrets: tuple[str, ...] = field(repr=False)
    """The newest first; there are two for a day after a rotation."""
    body: bytes = field(repr=False)
    unusable: str | None = None
    """Why nothing can be sent, when the URL or the secret does not open."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """What came of one attempt: a status when the receiver answered, an error when it did not."""

    parcel: Parcel
    at: datetime
    duration_ms: int
    status_code: int | None = None
    error: str | None = None
    answer: bytes = b""
    retry_after_s: float | None = None

    @property
    def arrived(self) -> bool:
        """Whether the receiver took it."""
        return self.status_code is not None and 200 <= self.status_code < 300  # noqa: PLR2004


@dataclass(frozen=True, slots=True)
class DeliveryRecord:
    """A delivery as it is shown: with the type of its alert and its attempts, oldest first."""

    delivery: Delivery
    alert_type: str
    attempts: tuple[Attempt, ...]


@dataclass(frozen=True, slots=True)
class DeliveryPage:
    """Deliveries, newest first, and the cursor of the next page, None at the end."""

    rows: tuple[DeliveryRecord, ...]
    next: str | None


def is_any_due(session: Session, now: datetime) -> bool:
    """Tell whether a claim would find something; only reads, so that idling locks nobody out."""
    return session.execute(_waiting(now).limit(1)).first() is not None


def claim_deliveries(
    session: Session,
    vault: Vault,
    now: datetime,
    claimant: str,
    limit: int,
    lease_s: float = LEASE_S,
) -> list[Parcel]:
    """Claim due deliveries of enabled endpoints, at most four of one endpoint at a time.

    Each endpoint's first comes before any endpoint's second, so that a long backlog of one does
    not hold up the others.

    Args:
        session: a writing session; the claim counts when it commits.
        vault: opens the endpoints' URLs and secrets.
        now: the present instant.
        claimant: a name used for this one claim; settling is fenced by it.
        limit: the most deliveries to claim.
        lease_s: seconds after which a delivery that was not settled falls back to others.
    """
    if limit < 1:
        return []
    endpoint_ids = _lock_endpoints(session, now, limit)
    if not endpoint_ids:
        return []
    candidates = _candidates(endpoint_ids, now, limit)
    rows = claim(session, _deliveries, candidates, now=now, lease_s=lease_s, claimant=claimant)
    return _parcels(session, vault, now, sorted(rows, key=lambda row: (row.due_at, row.id)))


def settle(session: Session, outcome: Outcome, now: datetime, chance: Chance) -> bool:
    """Record the attempt and what follows from it; return False when the claim was lost.

    Delivered on 2xx. Otherwise the next attempt is scheduled, and after the tenth the delivery
    has failed. 410, or five days without a success, disables the endpoint as well; the delivery
    stays where its schedule is, and may be replayed.
    """
    mine = (
        select(Delivery)
        .where(
            Delivery.id == outcome.parcel.delivery_id,
            Delivery.claimed_by == outcome.parcel.claimant,
        )
        .with_for_update()
        .execution_options(populate_existing=True)
    )
    delivery = session.exec(mine).first()
    if delivery is None:
        return False
    delivery.attempts += 1
    delivery.claimed_by = delivery.claimed_until = None
    session.add(_attempt(outcome, delivery.attempts, now))
    if outcome.arrived:
        delivery.status, delivery.delivered_at = DeliveryStatus.DELIVERED, now
        delivery.due_at = None
    else:
        delivery.due_at = next_attempt_at(delivery.attempts, now, chance, outcome.retry_after_s)
        delivery.status = DeliveryStatus.PENDING if delivery.due_at else DeliveryStatus.FAILED
    session.add(delivery)
    session.flush()
    if not outcome.arrived:
        _judge_endpoint(session, delivery.endpoint_id, outcome.status_code, now)
    return True


def list_deliveries(
    session: Session,
    firm_id: str | None,
    endpoint_id: str | None = None,
    status: DeliveryStatus | None = None,
    ask: Ask | None = None,
) -> DeliveryPage:
    """Return a page of deliveries with their attempts: a firm's, or every firm's."""
    statement: Any = (  # the type of a select of two does not fit the pages' select of one
        sa.select(Delivery, col(Alert.type))
        .join(Endpoint, col(Endpoint.id) == col(Delivery.endpoint_id))
        .join(Alert, col(Alert.id) == col(Delivery.alert_id))
    )
    if firm_id is not None:
        statement = statement.where(col(Endpoint.firm_id) == firm_id)
    if endpoint_id is not None:
        statement = statement.where(col(Delivery.endpoint_id) == endpoint_id)
    if status is not None:
        statement = statement.where(col(Delivery.status) == status)
    found = page(session, statement, col(Delivery.id), ask or Ask())
    attempts = _attempts_of(session, [delivery.id for delivery, _ in found.rows])
    rows = tuple(
        DeliveryRecord(delivery, kind, tuple(attempts.get(delivery.id, ())))
        for delivery, kind in found.rows
    )
    return DeliveryPage(rows, found.next)


def replay(session: Session, firm_id: str | None, delivery_id: str, now: datetime) -> Delivery:
    """Make a delivery due at once under the same ``webhook-id``, with its schedule restarted.

    One that is under way at this moment is not sent twice: it is settled first.

    Raises:
        NotFound: there is none, or it is another firm's.
        Conflict: its endpoint is disabled.
    """
    statement = (
        sa.select(Delivery, Endpoint)
        .join(Endpoint, col(Endpoint.id) == col(Delivery.endpoint_id))
        .where(col(Delivery.id) == delivery_id)
        .with_for_update(of=_deliveries)
        .execution_options(populate_existing=True)
    )
    found = session.execute(statement).first()
    if found is None or firm_id not in {None, found[1].firm_id}:
        raise NotFound(
            says=f"There is no delivery {delivery_id!r}.", fix="See `canary delivery list`."
        )
    delivery, endpoint = found
    require_enabled(endpoint)
    restart(delivery, now)
    session.add(delivery)
    session.flush()
    replayed: Delivery = delivery
    return replayed


def restart(delivery: Delivery, now: datetime) -> None:
    """Make a delivery due now, at the start of its schedule."""
    delivery.status = DeliveryStatus.PENDING
    delivery.attempts = 0
    delivery.due_at = now
    delivery.delivered_at = None


def _is_free(now: datetime) -> sa.ColumnElement[bool]:
    until = _deliveries.c.claimed_until
    return sa.or_(until.is_(None), until <= now)


def _waiting(now: datetime) -> sa.Select[Any]:
    """Select enabled endpoints with something due and fewer than four under way, longest first."""
    free = _is_free(now)
    endpoint_id, due_at = _deliveries.c.endpoint_id, _deliveries.c.due_at
    first = sa.func.min(sa.case((free, due_at)))
    under_way = sa.func.sum(sa.case((free, 0), else_=1))
    due = (
        sa.select(endpoint_id, first.label("first"))
        .where(due_at <= now)
        .group_by(endpoint_id)
        .having(first.is_not(None), under_way < AT_ONCE)
        .subquery()
    )
    return (
        sa.select(_endpoints.c.id)
        .join(due, due.c.endpoint_id == _endpoints.c.id)
        .where(_endpoints.c.disabled_at.is_(None))
        .order_by(due.c.first, _endpoints.c.id)
    )


def _lock_endpoints(session: Session, now: datetime, limit: int) -> list[str]:
    # Who holds an endpoint's lock is the only one to claim of it until the commit, which makes
    # the count of what is under way exact; other claimants take other endpoints meanwhile. The
    # lock leaves room for the foreign keys of new deliveries.
    chosen = (
        _waiting(now).limit(limit).with_for_update(of=_endpoints, skip_locked=True, key_share=True)
    )
    return list(session.execute(chosen).scalars())


def _candidates(endpoint_ids: list[str], now: datetime, limit: int) -> sa.Select[tuple[str]]:
    c = _deliveries.c
    held = sa.case((_is_free(now), 0), else_=1)
    ranked = (
        sa.select(
            c.id,
            c.due_at,
            held.label("held"),
            sa.func.sum(held).over(partition_by=c.endpoint_id).label("under_way"),
            sa.func.row_number()
            .over(partition_by=[c.endpoint_id, held], order_by=[c.due_at, c.id])
            .label("place"),
        )
        .where(c.endpoint_id.in_(endpoint_ids), c.due_at <= now)
        .subquery()
    )
    return (
        sa.select(ranked.c.id)
        .where(ranked.c.held == 0, ranked.c.place <= AT_ONCE - ranked.c.under_way)
        .order_by(ranked.c.place, ranked.c.due_at, ranked.c.id)
        .limit(limit)
    )


def _parcels(
    session: Session, vault: Vault, now: datetime, rows: Sequence[sa.Row[Any]]
) -> list[Parcel]:
    alert_ids, endpoint_ids = {row.alert_id for row in rows}, {row.endpoint_id for row in rows}
    alerts = session.exec(select(Alert).where(col(Alert.id).in_(alert_ids)))
    bodies = {alert.id: body_of(alert) for alert in alerts}
    endpoints = session.exec(select(Endpoint).where(col(Endpoint.id).in_(endpoint_ids)))
    opened = {endpoint.id: _opened(vault, endpoint, now) for endpoint in endpoints}
    return [
        Parcel(
            delivery_id=row.id,
            endpoint_id=row.endpoint_id,
            claimant=row.claimed_by,
            number=row.attempts + 1,
            alert_id=row.alert_id,
            url=opened[row.endpoint_id][0],
            secrets=opened[row.endpoint_id][1],
            body=bodies[row.alert_id],
            unusable=opened[row.endpoint_id][2],
        )
        for row in rows
    ]


def _opened(
    vault: Vault, endpoint: Endpoint, now: datetime
) -> tuple[str, tuple[str, ...], str | None]:
    # One endpoint that does not open must not keep the others from being served: its attempt
    # fails with the reason, on its own schedule.
    try:
        return url_of(vault, endpoint), secrets_of(vault, endpoint, now), None
    except BadKey as wrong:
        return "", (), wrong.says


def _attempt(outcome: Outcome, number: int, now: datetime) -> Attempt:
    answer = outcome.answer[:ANSWER_BYTES].decode(errors="replace")
    return Attempt(
        id=new_id("att", now),
        delivery_id=outcome.parcel.delivery_id,
        number=number,
        at=outcome.at,
        duration_ms=outcome.duration_ms,
        status_code=outcome.status_code,
        error=_without_nul(outcome.error)[:ERROR_CHARACTERS] if outcome.error else None,
        answer=_without_nul(answer) or None,
    )


def _without_nul(text: str) -> str:
    return text.replace("\x00", "")  # PostgreSQL's text cannot hold it


def _judge_endpoint(
    session: Session, endpoint_id: str, status_code: int | None, now: datetime
) -> None:
    endpoint = session.get_one(
        Endpoint, endpoint_id, with_for_update={"key_share": True}, populate_existing=True
    )
    if status_code == GONE:
        disable_endpoint(session, now, endpoint, "It answered 410 Gone.")
    elif has_failed_too_long(session, endpoint, now):
        disable_endpoint(session, now, endpoint, "Nothing has arrived there for five days.")


def _attempts_of(session: Session, delivery_ids: list[str]) -> dict[str, list[Attempt]]:
    statement = (
        select(Attempt)
        .where(col(Attempt.delivery_id).in_(delivery_ids))
        .order_by(col(Attempt.at), col(Attempt.id))
    )
    grouped: dict[str, list[Attempt]] = {}
    for attempt in session.exec(statement):
        grouped.setdefault(attempt.delivery_id, []).append(attempt)
    return grouped
