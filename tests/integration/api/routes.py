"""Every route of the API, as its own OpenAPI document names them."""

from dataclasses import dataclass
from typing import Any

from tests.integration.api.conftest import Seen


@dataclass(frozen=True)
class Called:
    """One route: its method, and its path with the ids of a firm's things filled in."""

    method: str
    template: str
    path: str

    @property
    def name(self) -> str:
        """The route as documents write it."""
        return f"{self.method} {self.template}"


def every_route(document: dict[str, Any], seen: Seen | None = None) -> list[Called]:
    """Return every route under ``/v1``."""
    found = []
    for template, methods in document["paths"].items():
        if not template.startswith("/v1/"):
            continue
        path = template
        for name in ("firm", "line", "seeding", "decoy", "leak", "endpoint", "delivery", "key"):
            path = path.replace("{" + name + "}", getattr(seen, name) if seen else f"{name}_none")
        assert "{" not in path, template
        found += [Called(method.upper(), template, path) for method in methods]
    return found


def bodies(seen: Seen) -> dict[str, dict[str, Any]]:
    """Return a usable body for each route that takes one, naming a firm's things."""
    return {
        "POST /v1/firms": {"name": "Another", "sector": "other"},
        "POST /v1/firms/{firm}/keys": {"scope": "firm"},
        "POST /v1/datasets": {"firm": seen.firm, "name": "more clients"},
        "POST /v1/copies": {"dataset": seen.dataset, "recipient": "a vendor"},
        "POST /v1/lines": {"rows": []},
        "POST /v1/seedings": {"dataset": seen.dataset, "count": 1},
        "POST /v1/leaks/{leak}/dismiss": {"reason": "It was a survey."},
        "POST /v1/leaks/{leak}/note": {"text": "Look again."},
        "POST /v1/trace": {"query": seen.number},
        "POST /v1/endpoints": {"firm": seen.firm, "url": "https://alerts.example.com/"},
        "POST /v1/endpoints/{endpoint}/recover": {"since": "2026-03-01T00:00:00Z"},
    }
