"""Putting the API on an application: its routes, its errors, and what they work with."""

from fastapi import APIRouter, FastAPI

from webhooks.api import (
    contacts,
    copies,
    datasets,
    decoys,
    deliveries,
    endpoints,
    firms,
    keys,
    leaks,
    lines,
    seedings,
    trace,
)
from webhooks.api.deps import Stage
from webhooks.api.problems import translate_errors

AREAS = (
    firms,
    keys,
    datasets,
    copies,
    lines,
    seedings,
    decoys,
    contacts,
    leaks,
    trace,
    endpoints,
    deliveries,
)


def mount_api(app: FastAPI, stage: Stage) -> None:
    """Serve ``/v1`` from ``app``, and every error of the application as a problem."""
    app.state.stage = stage
    translate_errors(app)
    versioned = APIRouter(prefix="/v1")
    for area in AREAS:
        versioned.include_router(area.router)
    app.include_router(versioned)
