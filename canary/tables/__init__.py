"""The tables, the same on SQLite and PostgreSQL. Never used as request or response models.

Columns ending in ``_index`` are blind indexes; columns of sealed bytes say so. No relationships:
foreign keys by name, explicit joins.
"""

from canary.tables.alerts import Alert, Attempt, Delivery, Endpoint, Replay
from canary.tables.contacts import Contact, Nonce, Recording
from canary.tables.decoys import Beat, Decoy, Exposure, Lease, Line, Seeding
from canary.tables.firms import ORIGIN, ApiKey, Copy, Dataset, Firm, Sender
from canary.tables.kinds import Channel, DeliveryStatus, LeakStatus, LineState, Scope
from canary.tables.leaks import Leak, LeakChange, Weight
from canary.tables.shape import metadata, rows_of

__all__ = [
    "ORIGIN",
    "Alert",
    "ApiKey",
    "Attempt",
    "Beat",
    "Channel",
    "Contact",
    "Copy",
    "Dataset",
    "Decoy",
    "Delivery",
    "DeliveryStatus",
    "Endpoint",
    "Exposure",
    "Firm",
    "Leak",
    "LeakChange",
    "LeakStatus",
    "Lease",
    "Line",
    "LineState",
    "Nonce",
    "Recording",
    "Replay",
    "Scope",
    "Seeding",
    "Sender",
    "Weight",
    "metadata",
    "rows_of",
]
