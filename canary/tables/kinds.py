"""The states and kinds that columns hold."""

import enum


class Scope(enum.StrEnum):
    """What an API key may do."""

    OPERATOR = "operator"
    FIRM = "firm"
    INVESTIGATOR = "investigator"


class LineState(enum.StrEnum):
    """Where a line is in its life; ``ready`` is quarantine or cooling that has run out."""

    QUARANTINE = "quarantine"
    READY = "ready"
    LEASED = "leased"
    COOLING = "cooling"
    CONTROL = "control"
    LOST = "lost"
    RELEASED = "released"


class Channel(enum.StrEnum):
    """How a contact came."""

    MESSAGE = "message"
    CALL = "call"


class LeakStatus(enum.StrEnum):
    """What is held of a leak."""

    SUSPECTED = "suspected"
    OPEN = "open"
    CONFIRMED = "confirmed"
    DISMISSED = "dismissed"
    CLOSED = "closed"


class DeliveryStatus(enum.StrEnum):
    """How far a delivery has come."""

    PENDING = "pending"
    DELIVERED = "delivered"
    FAILED = "failed"
