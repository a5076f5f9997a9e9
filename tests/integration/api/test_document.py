"""The OpenAPI document: what it names, and that no table is a request or an answer."""

from collections.abc import Iterator
from typing import get_args

from fastapi.routing import APIRoute
from pydantic import BaseModel
from sqlmodel import SQLModel

from canary import tables
from tests.integration.api.routes import every_route
from tests.integration.api.running import PROBLEM, Running, shown
from webhooks.api.deps import KeyedRoute
from webhooks.api.mounting import AREAS

CONTRACT = {
    "POST /v1/firms",
    "GET /v1/firms",
    "POST /v1/firms/{firm}/keys",
    "GET /v1/keys",
    "POST /v1/keys/{key}/revoke",
    "POST /v1/datasets",
    "GET /v1/datasets",
    "POST /v1/copies",
    "GET /v1/copies",
    "POST /v1/lines",
    "GET /v1/lines",
    "GET /v1/lines/counts",
    "POST /v1/lines/{line}/release",
    "POST /v1/seedings",
    "GET /v1/seedings",
    "GET /v1/seedings/{seeding}",
    "POST /v1/seedings/{seeding}/retire",
    "GET /v1/decoys",
    "GET /v1/decoys/{decoy}",
    "GET /v1/contacts",
    "GET /v1/leaks",
    "GET /v1/leaks/{leak}",
    "POST /v1/leaks/{leak}/confirm",
    "POST /v1/leaks/{leak}/dismiss",
    "POST /v1/leaks/{leak}/note",
    "POST /v1/trace",
    "POST /v1/endpoints",
    "GET /v1/endpoints",
    "POST /v1/endpoints/{endpoint}/test",
    "POST /v1/endpoints/{endpoint}/disable",
    "POST /v1/endpoints/{endpoint}/enable",
    "POST /v1/endpoints/{endpoint}/rotate",
    "POST /v1/endpoints/{endpoint}/recover",
    "GET /v1/deliveries",
    "POST /v1/deliveries/{delivery}/replay",
}


def routes() -> list[APIRoute]:
    return [route for area in AREAS for route in area.router.routes if isinstance(route, APIRoute)]


def models_in(annotation: object) -> Iterator[type[BaseModel]]:
    """Return every model that an annotation leads to."""
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        yield annotation
        for field in annotation.model_fields.values():
            yield from models_in(field.annotation)
    for part in get_args(annotation):
        yield from models_in(part)


def test_the_document_names_every_route(running: Running) -> None:
    document = shown(running.client(None).get("/openapi.json"))
    assert document["openapi"].startswith("3.")
    assert document["info"]["title"] == "Canary records"
    assert {route.name for route in every_route(document)} >= CONTRACT
    assert {"/healthz", "/readyz", "/metrics"} <= document["paths"].keys()
    assert running.client(None).get("/docs").status_code == 404  # it would fetch assets


def test_the_document_says_how_errors_and_keys_look(running: Running) -> None:
    document = shown(running.client(None).get("/openapi.json"))
    for path, methods in document["paths"].items():
        for operation in methods.values():
            if path.startswith("/v1/"):
                assert PROBLEM in operation["responses"]["default"]["content"], path
                assert "422" not in operation["responses"], path
                assert operation["security"], path
    assert "HTTPValidationError" not in document["components"]["schemas"]


def test_no_table_is_a_request_or_an_answer(running: Running) -> None:
    seen: set[type[BaseModel]] = set()
    for route in routes():
        fields = [route.body_field, route.response_field]
        for field in fields:
            if field is not None:
                seen |= set(models_in(field.field_info.annotation))
        assert route.response_field is not None, route.path
    assert len(seen) > 20
    assert [model for model in seen if issubclass(model, SQLModel)] == []
    named = {name for name, kind in vars(tables).items() if isinstance(kind, type(SQLModel))}
    document = shown(running.client(None).get("/openapi.json"))
    assert not named & document["components"]["schemas"].keys()


def test_every_request_refuses_fields_that_it_does_not_know() -> None:
    for route in routes():
        if route.body_field is not None:
            for model in models_in(route.body_field.field_info.annotation):
                assert model.model_config.get("extra") == "forbid", model


def test_every_route_looks_at_the_key_first_and_names_one_right() -> None:
    for route in routes():
        assert isinstance(route, KeyedRoute), route.path
        names = [getattr(one.dependency, "__name__", "") for one in route.dependencies]
        assert len([name for name in names if name.startswith("needs_")]) == 1, route.path
