"""The courier: carries due deliveries to their endpoints, each at its own pace."""

import asyncio
import itertools
import logging

from sqlalchemy.exc import SQLAlchemyError

from canary.alerts.deliveries import Outcome, Parcel, claim_deliveries, is_any_due, settle
from canary.clock import Chance, Clock, SystemClock, new_id
from canary.database import Database
from canary.vault import Vault
from webhooks.outbound.destination import Answer, Destination, retry_after_s, why
from webhooks.outbound.signature import signed_headers

CAPACITY = 256
"""The most attempts under way in one process; an endpoint has at most four of them."""
CLAIMED_AT_ONCE = 64
FAREWELL_S = 5.0
REDIRECT = range(300, 400)

_log = logging.getLogger(__name__)


class Courier:
    """Claims what is due, sends it, and settles each attempt as soon as its answer is there."""

    def __init__(
        self,
        database: Database,
        vault: Vault,
        destination: Destination,
        clock: Clock,
        chance: Chance,
        wire: Clock | None = None,
    ) -> None:
        """Own the destination until ``close``.

        Args:
            database: where deliveries are due.
            vault: opens the endpoints' URLs and secrets.
            destination: the way out.
            clock: decides what is due.
            chance: decides the jitter of retries.
            wire: stamps what is sent; receivers compare it with their own clocks, so it is the
                machine's even where ``clock`` is moved.
        """
        self._database = database
        self._vault = vault
        self._destination = destination
        self._clock = clock
        self._chance = chance
        self._wire = wire or SystemClock()
        self._name = new_id("courier", self._wire.now())
        self._claims = itertools.count(1)
        self._under_way: set[asyncio.Task[None]] = set()
        self._outcomes: list[Outcome] = []
        self._settling = asyncio.Lock()

    @property
    def under_way(self) -> int:
        """How many attempts have been started and are not settled yet."""
        return len(self._under_way)

    async def deliver_due(self) -> int:
        """Claim what is due, start an attempt for each, and return how many; waits for none."""
        room = min(CLAIMED_AT_ONCE, CAPACITY - self.under_way)
        if room < 1:
            return 0
        parcels = await asyncio.to_thread(self._claim, room)
        for parcel in parcels:
            task = asyncio.create_task(self._carry(parcel))
            self._under_way.add(task)
            task.add_done_callback(self._under_way.discard)
        return len(parcels)

    async def settled(self) -> None:
        """Wait until every attempt that is under way now has been settled."""
        if self._under_way:
            await asyncio.wait(set(self._under_way))

    async def close(self, farewell_s: float = FAREWELL_S) -> None:
        """Wait a little for what is under way, cancel the rest, and close every connection.

        What was cancelled falls back to other couriers when its lease ends.
        """
        if self._under_way:
            _, late = await asyncio.wait(set(self._under_way), timeout=farewell_s)
            for task in late:
                task.cancel()
            await asyncio.gather(*late, return_exceptions=True)
        await self._settle_waiting()
        await self._destination.close()

    def _claim(self, limit: int) -> list[Parcel]:
        now = self._clock.now()
        with self._database.read() as session:
            if not is_any_due(session, now):
                return []
        # A claim's name is used once: an attempt whose lease ran out cannot settle the next one.
        claimant = f"{self._name}.{next(self._claims)}"
        with self._database.write() as session:
            return claim_deliveries(session, self._vault, now, claimant, limit)

    async def _carry(self, parcel: Parcel) -> None:
        outcome = await self._attempt(parcel)
        self._outcomes.append(outcome)  # on the list of now, not of before the attempt
        await self._settle_waiting()

    async def _settle_waiting(self) -> None:
        async with self._settling:
            # Whoever comes first settles for all who have come by then, in one transaction.
            batch, self._outcomes = self._outcomes, []
            if batch:
                await asyncio.to_thread(self._settle, batch)

    async def _attempt(self, parcel: Parcel) -> Outcome:
        at = self._clock.now()
        started = asyncio.get_running_loop().time()
        answer, error = None, parcel.unusable
        if error is None:
            try:
                answer = await self._send(parcel)
            except Exception as failed:  # noqa: BLE001  each way to fail is an outcome
                error = why(failed)
        duration_ms = round((asyncio.get_running_loop().time() - started) * 1000)
        if answer is None:
            return Outcome(parcel, at, duration_ms, error=error)
        return Outcome(
            parcel,
            at,
            duration_ms,
            status_code=answer.status_code,
            error="A redirect, which is not followed." if answer.status_code in REDIRECT else None,
            answer=answer.body,
            retry_after_s=retry_after_s(answer, self._wire.now()),
        )

    async def _send(self, parcel: Parcel) -> Answer:
        headers = signed_headers(parcel.alert_id, self._wire.now(), parcel.secrets, parcel.body)
        return await self._destination.post(parcel.url, headers, parcel.body)

    def _settle(self, batch: list[Outcome]) -> None:
        # In one order everywhere, so that two couriers never wait for each other.
        ordered = sorted(batch, key=lambda outcome: outcome.parcel.delivery_id)
        try:
            self._settle_together(ordered)
        except SQLAlchemyError:
            for outcome in ordered:
                self._settle_alone(outcome)

    def _settle_together(self, batch: list[Outcome]) -> None:
        now = self._clock.now()
        with self._database.write() as session:
            for outcome in batch:
                settle(session, outcome, now, self._chance)

    def _settle_alone(self, outcome: Outcome) -> None:
        try:
            self._settle_together([outcome])
        except SQLAlchemyError as failed:
            # Its lease ends, and it is sent once more under the same webhook-id. No traceback: it
            # would carry the row.
            _log.error("%s was not settled: %s", outcome.parcel.delivery_id, type(failed).__name__)
