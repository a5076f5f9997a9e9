"""The worker: weighs due copies and carries due deliveries until it is told to stop.

Two loops, so that a long attribution never holds up an alert. Each claims rows that are due;
woken by the intake in the same process it starts at once, and otherwise it looks ten times a
second.
"""

import asyncio
import logging
import time
from collections.abc import Awaitable, Callable

from sqlalchemy.exc import SQLAlchemyError

from canary.alerts.casework import claim_copies, is_any_due, weigh
from canary.attribution.fleet import Fleet, measure_fleet
from canary.clock import new_id
from canary.errors import CanaryError
from webhooks.api.once import forget_answers
from webhooks.outbound.courier import Courier
from webhooks.outbound.destination import open_destination
from webhooks.world import World

LOOK_S = 0.1
AFTER_FAILURE_S = 2.0
FLEET_S = 600.0
COPIES_AT_ONCE = 4

_log = logging.getLogger(__name__)


class Worker:
    """Does all that is due on one database; any number of them may run side by side."""

    def __init__(self, world: World) -> None:
        """Work on ``world``; nothing happens before ``run``."""
        self._world = world
        self._name = new_id("worker", world.clock.now())
        self._fleet: tuple[float, Fleet] | None = None
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
        self._due.set()
        self._told.set()

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
                self._repeat(self._weigh_due, self._due),
                self._repeat(courier.deliver_due, self._told),
            )
        finally:
            await courier.close()

    async def _repeat(self, work: Callable[[], Awaitable[int]], woken: asyncio.Event) -> None:
        while not self._stopped:
            woken.clear()
            wait_s = LOOK_S
            try:
                if await work():
                    continue
            except (SQLAlchemyError, CanaryError) as failed:
                _log.warning("the worker tries again in %s s: %s", AFTER_FAILURE_S, failed)
                wait_s = AFTER_FAILURE_S
            try:
                await asyncio.wait_for(woken.wait(), wait_s)
            except TimeoutError:
                continue

    async def _weigh_due(self) -> int:
        return await asyncio.to_thread(self._weigh_some)

    def _weigh_some(self) -> int:
        world = self._world
        with world.database.read() as session:
            if not is_any_due(session, world.clock.now()):
                return 0  # looking must not make a writer wait
        with world.database.write() as session:
            due = claim_copies(session, world.clock.now(), self._name, COPIES_AT_ONCE)
        for copy in due:
            step = weigh(
                world.database,
                world.vault,
                world.clock,
                copy,
                self._name,
                fleet=self._measured(),
                url=world.settings.public_url,
            )
            if step is not None and self._loop is not None:
                self._loop.call_soon_threadsafe(self._told.set)
        return len(due)

    def _measured(self) -> Fleet:
        """Return what holds for all lines; now and then it is measured, and old things go."""
        if self._fleet is None or time.monotonic() - self._fleet[0] > FLEET_S:
            with self._world.database.read() as session:
                self._fleet = (time.monotonic(), measure_fleet(session, self._world.clock.now()))
            with self._world.database.write() as session:
                forget_answers(session, self._world.clock.now())
        return self._fleet[1]
