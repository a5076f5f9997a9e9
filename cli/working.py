"""A worker alone, until it is told to end."""

import asyncio
import os
import signal
import sys
import threading
from collections.abc import Callable
from contextlib import suppress

from canary.settings import Settings
from webhooks.worker import Worker
from webhooks.world import open_world

ENDS_WITH_INPUT = "CANARY_WORKER_ENDS_WITH_INPUT"
"""Set by a service for the worker beside it: it ends when its standard input does."""

NICENESS = 5
"""Beside a service: storing what comes in goes before weighing it."""


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
    if os.environ.get(ENDS_WITH_INPUT):
        with suppress(AttributeError, OSError):  # Windows has no niceness
            os.nice(NICENESS)
        threading.Thread(target=_stop_at_end, args=(loop, worker), daemon=True).start()
    started()
    await worker.run()


def _stop_at_end(loop: asyncio.AbstractEventLoop, worker: Worker) -> None:
    while sys.stdin.buffer.read(1):
        pass
    with suppress(RuntimeError):  # the loop ended first
        loop.call_soon_threadsafe(worker.stop)
