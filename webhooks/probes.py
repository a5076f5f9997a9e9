"""What those who run the service ask it: is it alive, is it ready, what has it counted."""

from collections.abc import Callable, Iterable
from ipaddress import ip_address

import sqlalchemy as sa
from fastapi import APIRouter, Request, Response
from prometheus_client import CONTENT_TYPE_LATEST, CollectorRegistry, generate_latest
from prometheus_client.metrics_core import CounterMetricFamily, Metric
from prometheus_client.registry import Collector
from sqlmodel import col
from typing_extensions import override

from canary.contacts.intake import Counts
from canary.database import reachable
from canary.errors import CanaryError
from canary.firms.access import Right
from canary.lines.register import LINE_NUMBER
from canary.tables import Line
from canary.vault import open_vault
from webhooks.api.deps import principal_of
from webhooks.api.problems import problem_of
from webhooks.inbound.front import Refusals
from webhooks.world import World, require_current


class IntakeCollector(Collector):
    """Reads the intake's counts when it is asked."""

    def __init__(self, counts: Counts, refusals: Refusals) -> None:
        """Read ``counts`` and ``refusals``."""
        self._counts, self._refusals = counts, refusals

    @override
    def collect(self) -> Iterable[Metric]:
        """Return one counter for each count."""
        told = (
            ("canary_contacts", "Contacts stored, repeated posts included", self._counts.contacts),
            (
                "canary_unknown_numbers",
                "Contacts of numbers that are not ours",
                self._counts.unknown_numbers,
            ),
            ("canary_intake_batches", "Transactions of the intake", self._counts.batches),
            ("canary_refused_posts", "Carriers' posts refused", self._refusals.count),
        )
        return [CounterMetricFamily(name, says, value=count) for name, says, count in told]


def probes(world: World, counts: Counts, refusals: Refusals) -> APIRouter:
    """Return ``/healthz``, ``/readyz`` and ``/metrics``."""
    router = APIRouter(tags=["probes"])
    registry = CollectorRegistry()
    registry.register(IntakeCollector(counts, refusals))

    @router.get("/healthz")
    def healthz() -> dict[str, str]:
        """Tell that the process is alive."""
        return {"status": "alive"}

    @router.get("/readyz", response_model=dict[str, str])
    def readyz() -> Response | dict[str, str]:
        """Tell whether the database answers, is current, and opens with the key; or what is wrong.

        Meant for the machine that restarts or routes: 200 or 503.
        """
        for check in CHECKS:
            try:
                check(world)
            except CanaryError as wrong:
                return problem_of(NotReady.because(wrong))
        return {"status": "ready"}

    @router.get("/metrics")
    def metrics(request: Request) -> Response:
        """Count, for Prometheus; on this machine without a key, from elsewhere the operator's.

        Whoever could watch the counters while texting a number would learn whether it is a decoy.
        """
        if not _is_local(request):
            principal_of(request).require(Right.OPERATE)
        return Response(generate_latest(registry), headers={"Content-Type": CONTENT_TYPE_LATEST})

    return router


class NotReady(CanaryError):
    """The service cannot do its work."""

    code = "not_ready"
    status = 503

    @classmethod
    def because(cls, wrong: CanaryError) -> "NotReady":
        """Return the same diagnosis as a 503."""
        return cls(says=wrong.says, fix=wrong.fix)


def _database_answers(world: World) -> None:
    require_current(world.database)


def _vault_opens(world: World) -> None:
    """Read the key file again and open something that is stored.

    Raises:
        BadKey: the key cannot be used, or is not this database's.
    """
    lying = open_vault(world.settings.key_file)
    statement = sa.select(col(Line.id), col(Line.number)).order_by(col(Line.id).desc()).limit(1)
    with reachable(world.database), world.database.read() as session:
        sealed = session.execute(statement).one_or_none()
    if sealed is not None:
        for vault in (lying, world.vault):  # a restart must find what this process has in hand
            vault.open(LINE_NUMBER, sealed[0], sealed[1])


CHECKS: tuple[Callable[[World], None], ...] = (_database_answers, _vault_opens)


def _is_local(request: Request) -> bool:
    """Tell whether who asks is on this machine; behind a proxy on it everybody would seem to be."""
    if any(name == "forwarded" or name.startswith("x-forwarded") for name in request.headers):
        return False
    try:
        return ip_address(request.client.host if request.client else "").is_loopback
    except ValueError:
        return False
