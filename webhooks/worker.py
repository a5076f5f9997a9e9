"""The worker: weighs due copies and carries due deliveries until it is told to stop.

Each loop goes at its own pace, so that a long attribution never holds up an alert. Each claims
rows that are due; woken by the intake in the same process it starts at once, and otherwise it
looks ten times a second.
"""

import asyncio
import logging
import time
from collections.abc import Awaitable, Callable

from sqlalchemy.exc import OperationalError

from canary.alerts.casework import DueCopy, claim_copies, is_any_due, put_off, weigh
from canary.attribution.fleet import Fleet, measure_fleet
from canary.clock import new_id
from webhooks.api.once import forget_answers
from webhooks.outbound.courier import Courier
from webhooks.outbound.destination import open_destination
from webhooks.world import World

LOOK_S = 0.1
AFTER_FAILURE_S = 2.0
HOUSE_S = 600.0
FLEET_S = 0.25
FLEET_SHARE = 200.0
"""The fleet is measured anew after this many times as long as measuring it took."""
COPIES_AT_ONCE = 4

_log = logging.getLogger(__name__)


class Worker:
    """Does all that is due on one database; any number of them may run side by side."""

    def __init__(self, world: World) -> None:
        """Work on ``world``; nothing happens before ``run``."""
        self._world = world
        self._name = new_id("worker", world.clock.now())
        self._fleet: tuple[Fleet, float] | None = None
        self._stopping = asyncio.Event()
        self._due = asyncio.Event()
        self._told = asyncio.Event()
        self._stopped = False
        self._loop: asyncio.AbstractEventLoop | None = None

    def wake(self) -> None:
        """Say from any thread that something became due."""
        if self._loop is not None and not self._loop.is_closed():
            self._loop.call_soon_threadsafe(self._due.set)

    def stop(self) -> None:
        """Say that ``run`` should finish what it does and return."""
        self._stopped = True
        for woken in (self._due, self._told, self._stopping):
            woken.set()

    async def run(self) -> None:
        """Work until ``stop``."""
        self._loop = asyncio.get_running_loop()
        destination = open_destination(self._world.settings)
        courier = Courier(
            self._world.database,
            self._world.vault,
            destination,
            self._world.clock,
            self._world.chance,
        )
        try:
            await asyncio.gather(
                self._repeat(lambda: asyncio.to_thread(self._weigh_some), self._due),
                self._repeat(courier.deliver_due, self._told),
                self._repeat(lambda: asyncio.to_thread(self._keep_house), self._stopping, HOUSE_S),
            )
        finally:
            await courier.close()

    async def _repeat(
        self, work: Callable[[], Awaitable[int]], woken: asyncio.Event, pause_s: float = LOOK_S
    ) -> None:
        while not self._stopped:
            woken.clear()
            wait_s = pause_s
            try:
                if await work():
                    continue
            except Exception as failed:  # noqa: BLE001  the worker outlives whatever happens
                _log.warning(
                    "the worker tries again in %s s: %s", AFTER_FAILURE_S, type(failed).__name__
                )
                wait_s = AFTER_FAILURE_S
            try:
                await asyncio.wait_for(woken.wait(), wait_s)
            except TimeoutError:
                continue

    def _weigh_some(self) -> int:
        world = self._world
        with world.database.read() as session:
            if not is_any_due(session, world.clock.now()):
                return 0  # looking must not make a writer wait
        with world.database.write() as session:
            due = claim_copies(session, world.clock.now(), self._name, COPIES_AT_ONCE)
        for copy in due:
            self._weigh_one(copy)
        return len(due)

    def _weigh_one(self, copy: DueCopy) -> None:
        world = self._world
        try:
            step = weigh(
                world.database,
                world.vault,
                world.clock,
                copy,
                self._name,
                fleet=self._measured(),
                url=world.settings.public_url,
            )
        except OperationalError:
            raise  # the database is gone for all of them
        except Exception as failed:  # noqa: BLE001  one copy must not hold up the others
            _log.error("%s could not be weighed and rests: %s", copy.id, type(failed).__name__)
            put_off(world.database, copy, self._name, world.clock.now())
            return
        if step is not None and self._loop is not None:
            self._loop.call_soon_threadsafe(self._told.set)

    def _keep_house(self) -> int:
        with self._world.database.write() as session:
            forget_answers(session, self._world.clock.now())
        return 0

    def _measured(self) -> Fleet:
        """Return what holds for all lines; a small fleet grows fast and is measured often."""
        started_s = time.monotonic()
        if self._fleet is None or started_s > self._fleet[1]:
            with self._world.database.read() as session:
                fleet = measure_fleet(session, self._world.clock.now())
            took_s = time.monotonic() - started_s
            self._fleet = (fleet, started_s + max(FLEET_S, FLEET_SHARE * took_s))
        return self._fleet[0]
