"""A recorded history as a document, replayed: ``canary-scenario/1`` in, predictions out.

The document is the parsed JSON; nothing is read or written here. Its firms' own senders are left
out before anything is weighed.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from canary.attribution.assumptions import DEFAULT, Assumptions
from canary.attribution.days import to_days
from canary.attribution.model import (
    Attribution,
    Contact,
    Copy,
    Exposure,
    Line,
    Naming,
    World,
)
from canary.attribution.noise import fit_prior
from canary.attribution.posterior import answer
from canary.attribution.replay import Replay
from canary.attribution.watch import Watch
from canary.errors import BadInput

SCENARIO = "canary-scenario/1"
PREDICTIONS = "canary-predictions/1"
MENTION = 0.01  # contacts less probable than this are left out of the predictions
REFIT = 30.0  # days between two fits of the noise's prior
SHORT = 8  # a sender with fewer characters is a short code
NAMINGS = {
    "none": Naming.NONE,
    "first": Naming.PART,
    "full": Naming.FULL,
    "other": Naming.OTHER,
}

Document = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Scenario:
    """A history: its world with every contact in time order, and when it ends."""

    world: World
    ends_at: datetime


def instant(text: str) -> datetime:
    """Return the aware instant of an ISO 8601 text; without an offset it is UTC."""
    at = datetime.fromisoformat(text)
    return at if at.tzinfo is not None else at.replace(tzinfo=UTC)


def instant_or_none(text: str | None) -> datetime | None:
    """Return the instant of a text, None for None."""
    return None if text is None else instant(text)


def is_shared(sender: str | None) -> bool:
    """Tell whether many parties use the sender: a short code or an alphanumeric name."""
    return sender is not None and (len(sender) < SHORT or any(c.isalpha() for c in sender))


def read_scenario(document: Document) -> Scenario:
    """Return the history that a ``canary-scenario/1`` document tells.

    Raises:
        BadInput: it is another kind of document, or a field is missing or malformed.
    """
    if document.get("schema") != SCENARIO:
        raise BadInput(
            says=f"this is not a scenario: its schema is {document.get('schema')!r}",
            fix=f"give a JSON document whose schema is {SCENARIO!r}",
        )
    try:
        return _scenario(document)
    except (KeyError, TypeError, ValueError) as wrong:
        raise BadInput(
            says=f"the scenario cannot be read: {type(wrong).__name__} {wrong}",
            fix="compare it with the schema of canary backtest",
        ) from wrong


def _scenario(document: Document) -> Scenario:
    own = {sender for copy in document["datasets"] for sender in copy.get("authorized_senders", ())}
    names = {copy["id"] for copy in document["datasets"]}
    contacts = [_contact(entry) for entry in document["contacts"] if entry["sender"] not in own]
    lines = {entry["id"]: _line(entry) for entry in document["lines"]}
    world = World(
        copies={entry["id"]: _copy(entry, names) for entry in document["datasets"]},
        lines=lines,
        exposures=[_exposure(entry) for entry in document["decoys"]],
        contacts=sorted(contacts, key=lambda contact: contact.at),
        line_count=len(lines),
    )
    return Scenario(world=world, ends_at=instant(document["now"]))


def _copy(entry: Document, names: set[str]) -> Copy:
    origin = entry.get("copy_of")
    return Copy(
        id=entry["id"],
        firm=entry["firm"],
        created_at=instant(entry["created_at"]),
        origin=origin if origin in names else None,
    )


def _line(entry: Document) -> Line:
    number = entry["number"]
    return Line(
        id=entry["id"],
        block=number[:-2],
        position=int(number.removeprefix("+")),
        heard_from=instant(entry["acquired_at"]),
        heard_until=instant_or_none(entry["released_at"]),
    )


def _exposure(entry: Document) -> Exposure:
    return Exposure(
        decoy=entry["id"],
        copy=entry["dataset"],
        line=entry["line"],
        planted_at=instant(entry["planted_at"]),
        retired_at=instant_or_none(entry["retired_at"]),
    )


def _contact(entry: Document) -> Contact:
    return Contact(
        id=entry["id"],
        at=instant(entry["at"]),
        line=entry["line"],
        caller=entry["sender"],
        shared_caller=is_shared(entry["sender"]),
        fingerprint=entry["campaign"],
        names=NAMINGS[entry["names"]],
        named_decoy=entry["named_decoy"],
    )


def predict(
    scenario: Scenario,
    assumed: Assumptions = DEFAULT,
    passing: Callable[[Sequence[Contact]], Iterable[Contact]] = iter,
) -> dict[str, Any]:
    """Replay the history contact by contact and return a ``canary-predictions/1`` document.

    Args:
        scenario: the history.
        assumed: the model's constants.
        passing: hands the contacts on one by one, for whoever wants to see how far it is.
    """
    world = scenario.world
    until = to_days(scenario.ends_at)
    replay = Replay(world, until, assumed)
    alarms = watch(replay, passing(world.contacts), scenario.ends_at)
    answers = {copy: answer(replay, copy, scenario.ends_at) for copy in sorted(world.copies)}
    caused: dict[str, float] = {}
    for copy, found in answers.items():
        if copy in alarms:
            for contact, probability in found.contact_probability.items():
                caused[contact] = max(probability, caused.get(contact, 0.0))
    return {
        "schema": PREDICTIONS,
        "datasets": [_prediction(found, alarms.get(copy)) for copy, found in answers.items()],
        "contacts": {c: round(p, 4) for c, p in sorted(caused.items()) if p > MENTION},
    }


def watch(replay: Replay, contacts: Iterable[Contact], ends_at: datetime) -> dict[str, datetime]:
    """Fold the contacts in and return when each copy's probability first reached the alarm.

    The prior of the lines' noise is fitted anew every 30 days from what was known by then.
    """
    watching = Watch(replay)
    next_fit = float("-inf")
    for contact in contacts:
        if contact.at > ends_at:
            break
        at = to_days(contact.at)
        if at > next_fit:
            replay.adopt(fit_prior(replay.noise.counts(at)))
            next_fit = at + REFIT
        watching.fold(contact)
    return {copy: contact.at for copy, contact in watching.alarms.items()}


def _prediction(found: Attribution, alarm: datetime | None) -> dict[str, Any]:
    dates = found.leaked_at
    return {
        "dataset": found.copy,
        "p_leak": found.probability,
        "log_bf": found.log_bayes_factor,
        "first_alarm_at": _text(alarm),
        "leaked_at_lo": _text(dates.lo if dates else None),
        "leaked_at_hi": _text(dates.hi if dates else None),
        "leaked_at_best": _text(dates.best if dates else None),
    }


def _text(at: datetime | None) -> str | None:
    return None if at is None else at.astimezone(UTC).isoformat().replace("+00:00", "Z")
