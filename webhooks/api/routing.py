"""How an area's router is made, so that every route checks the key first and tells its errors."""

from fastapi import APIRouter, Depends
from fastapi.security import HTTPBearer
from pydantic import BaseModel

from webhooks.api.deps import KeyedRoute
from webhooks.api.problems import MEDIA_TYPE


class WrongField(BaseModel):
    """One field of the body, or one parameter, that was refused."""

    detail: str
    pointer: str | None = None
    parameter: str | None = None


class Problem(BaseModel):
    """What went wrong and what to do about it (RFC 9457)."""

    type: str
    title: str
    status: int
    detail: str
    code: str
    fix: str
    errors: list[WrongField] | None = None


_PROBLEM = {
    "description": "What went wrong and what to do about it (RFC 9457)",
    "content": {
        MEDIA_TYPE: {
            "schema": Problem.model_json_schema(ref_template="#/components/schemas/{model}")
        }
    },
}


def area(name: str) -> APIRouter:
    """Return the router of ``/v1/<name>``."""
    return APIRouter(
        prefix=f"/{name}",
        tags=[name],
        route_class=KeyedRoute,
        responses={"default": _PROBLEM},
        # The key is checked by the route itself; this only tells OpenAPI how it is shown.
        dependencies=[Depends(HTTPBearer(auto_error=False, description="An API key"))],
    )
