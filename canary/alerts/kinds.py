"""The types of alert there are, and the filter of types that an endpoint takes."""

import enum
from collections.abc import Iterable

from canary.errors import BadInput


class AlertType(enum.StrEnum):
    """What an alert tells; the value is the ``type`` that the receiver reads."""

    LEAK_SUSPECTED = "leak.suspected"
    LEAK_OPENED = "leak.opened"
    LEAK_UPDATED = "leak.updated"
    LEAK_CLOSED = "leak.closed"
    LINE_LOST = "line.lost"
    DECOY_MISSING = "decoy.missing"
    ENDPOINT_DISABLED = "endpoint.disabled"
    ENDPOINT_TEST = "endpoint.test"


class AlertFormat(enum.StrEnum):
    """How the body of a delivery is written."""

    STANDARD = "standard"
    """Standard Webhooks, signed."""


def parse_events(given: Iterable[str]) -> list[str]:
    """Return the types of a filter, each once, in the order given; none means all.

    Raises:
        BadInput: one of them is not a type of alert.
    """
    events = list(dict.fromkeys(name.strip() for name in given))
    unknown = [name for name in events if name not in {kind.value for kind in AlertType}]
    if unknown:
        raise BadInput(
            says=f"There is no alert of type {unknown[0]!r}.",
            fix=f"Take from: {', '.join(AlertType)}; or none, for all of them.",
        )
    return events


def parse_format(given: str) -> AlertFormat:
    """Return the format of that name.

    Raises:
        BadInput: there is none.
    """
    if given not in {form.value for form in AlertFormat}:
        raise BadInput(
            says=f"Alerts cannot be sent in the format {given!r}.",
            fix=f"Formats that exist: {', '.join(AlertFormat)}.",
        )
    return AlertFormat(given)


def takes(events: Iterable[str], kind: str) -> bool:
    """Tell whether an endpoint with this filter takes an alert of this type."""
    chosen = set(events)
    return not chosen or kind in chosen
