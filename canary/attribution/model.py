"""The facts that attribution weighs and the answer it gives: frozen values, no I/O."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum


class Naming(StrEnum):
    """Whom a contact's words name."""

    NONE = "none"
    PART = "part"
    FULL = "full"
    OTHER = "other"


@dataclass(frozen=True, slots=True)
class Line:
    """A number we own, and the interval in which we hear what reaches it.

    ``block`` names its neighbourhood of one hundred numbers; ``position`` orders numbers so that
    neighbours in the numbering plan are neighbours here (the number itself serves).
    """

    id: str
    block: str
    position: int
    heard_from: datetime
    heard_until: datetime | None = None


@dataclass(frozen=True, slots=True)
class Copy:
    """One recipient's release of a dataset; ``origin`` is the firm's own copy, None for itself."""

    id: str
    firm: str
    created_at: datetime
    origin: str | None = None


@dataclass(frozen=True, slots=True)
class Exposure:
    """A decoy that stood in a copy from ``planted_at`` until ``retired_at``, on that line."""

    decoy: str
    copy: str
    line: str
    planted_at: datetime
    retired_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Contact:
    """One inbound message or call.

    ``caller`` is an opaque key, None when withheld; ``shared_caller`` marks gateways, short codes
    and alphanumeric senders, which many parties use. ``fingerprint`` is the same for the same
    content. ``named_decoy`` is the decoy whose persona the words name.
    """

    id: str
    at: datetime
    line: str
    caller: str | None = None
    shared_caller: bool = False
    fingerprint: str | None = None
    names: Naming = Naming.NONE
    named_decoy: str | None = None


@dataclass(frozen=True, slots=True)
class NoisePrior:
    """Gamma prior of a line's unsolicited contacts a day: mean ``shape / rate``."""

    shape: float = 0.7
    rate: float = 0.7 / (0.2 / 7)


@dataclass(frozen=True, slots=True)
class World:
    """Everything that may bear on the copies asked about.

    It may be all there is (a replay) or the part that touches the copy: its lines and their
    neighbours, its callers' contacts elsewhere, and the copies those touch. ``line_count`` is how
    many lines there are in all. Contacts from the firm's own senders are left out before.
    """

    copies: Mapping[str, Copy]
    lines: Mapping[str, Line]
    exposures: Sequence[Exposure]
    contacts: Sequence[Contact]
    line_count: int
    prior: NoisePrior = NoisePrior()


@dataclass(frozen=True, slots=True)
class Interval:
    """When the copy leaked: the median of its date and the shortest 95% interval."""

    best: datetime
    lo: datetime
    hi: datetime


@dataclass(frozen=True, slots=True)
class Attribution:
    """The weighed answer for one copy: how sure, when, why, and which contacts come from it.

    ``log_bayes_factor`` is the natural logarithm of the evidence for a leak against none.
    ``contact_probability`` maps each contact on the copy's lines to the probability that this
    copy's leak caused it; ``campaign_of`` maps it to an opaque campaign key. ``reasons`` are
    sentences a firm understands, the weightiest first.
    """

    copy: str
    probability: float
    log_bayes_factor: float
    leaked_at: Interval | None
    contact_probability: Mapping[str, float]
    campaign_of: Mapping[str, str]
    decoys_contacted: int
    decoys_exposed: int
    reasons: Sequence[str] = field(default_factory=tuple)
