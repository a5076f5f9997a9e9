"""A worker alone, until it is told to end."""

import asyncio
import signal
from collections.abc import Callable
from contextlib import suppress

from canary.settings import Settings
from webhooks.worker import Worker
from webhooks.world import open_world


def run_worker(settings: Settings, started: Callable[[], None]) -> None:
    """Work on what the settings name; call ``started`` once everything is open."""
    world = open_world(settings)
    try:
        asyncio.run(_work(Worker(world), started))
    finally:
        world.database.close()


async def _work(worker: Worker, started: Callable[[], None]) -> None:
    loop = asyncio.get_running_loop()
    for told in (signal.SIGINT, signal.SIGTERM):
        with suppress(NotImplementedError):  # Windows: Ctrl-C ends it all the same
            loop.add_signal_handler(told, worker.stop)
    started()
    await worker.run()
