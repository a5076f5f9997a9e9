"""The application: built from a world, with nothing at import."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from functools import cache, partial
from importlib.metadata import PackageNotFoundError, version

from fastapi import FastAPI
from starlette.types import ASGIApp

from canary.contacts.intake import Intake
from webhooks.api.deps import Stage
from webhooks.api.mounting import mount_api
from webhooks.inbound import twilio
from webhooks.inbound.front import CarrierFront, Refusals
from webhooks.outbound.destination import open_destination
from webhooks.probes import probes
from webhooks.worker import Worker
from webhooks.world import World


def create_app(world: World, *, worker: bool = True, in_process_key: str | None = None) -> ASGIApp:
    """Return the service as an ASGI application.

    Args:
        world: what it works in.
        worker: whether a worker runs inside it.
        in_process_key: a key that is the operator's, known only to this process.
    """
    within = Worker(world)
    intake = Intake(world.database, world.vault, world.clock, recorded=within.wake)
    destination = cache(partial(open_destination, world.settings))  # slow to make, seldom needed

    def check_url(url: str) -> None:
        destination().check(url)

    @asynccontextmanager
    async def lifespan(_app: FastAPI) -> AsyncIterator[None]:
        working = asyncio.create_task(within.run()) if worker else None
        yield
        await intake.close()
        within.stop()
        if working is not None:
            await working

    app = FastAPI(
        title="Canary records",
        version=_version(),
        summary="Decoy clients that tell a firm that its client data has leaked.",
        docs_url=None,  # its page would fetch assets from elsewhere
        redoc_url=None,
        redirect_slashes=False,
        lifespan=lifespan,
    )
    refusals = Refusals()
    app.include_router(probes(world, intake.counts, refusals))
    mount_api(app, Stage(world, check_url, in_process_key))
    return CarrierFront(app, twilio.routes(world.settings, world.clock), intake.record, refusals)


def _version() -> str:
    try:
        return version("canary-records")
    except PackageNotFoundError:  # run from a checkout that is not installed
        return "0"
