"""The demonstration's story: six firms, half a year of noise, one stolen copy, one storm."""

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from canary.clock import Chance, rfc3339
from canary.errors import CanaryError
from cli.demo.carrier import Carrier
from cli.demo.stage import Received, Stage

FIRMS = (
    ("Harbour Savings", "finance", "en_US"),
    ("Blue Ridge Homes", "real-estate", "en_US"),
    ("Northgate Motors", "automotive", "en_US"),
    ("Lakeside Clinic", "medical", "en_US"),
    ("Swift Parcel", "delivery", "zh_CN"),
    ("Maple Street School", "education", "en_US"),
)
THIEF = 3
"""Whose clients are stolen: an insider of the clinic sells them."""
SEEDED_DAYS_AGO = (150, 110, 70, 30)
LEAKED_DAYS_AGO = 50
DECOYS = 6
"""Decoys in each seeding of each firm."""
SPARE = 30
FIRST_DAY = max(SEEDED_DAYS_AGO) + 31
STORM_DAYS_AGO = 20
STORM_LINES = 30
NOISE_A_WEEK = 0.15
"""Unsolicited contacts a line and week, whether a decoy holds the line or not."""
QUARANTINE_DAYS = 30
BUYERS_CONTACT = 9
"""Of the stolen decoys, how many the buyer gets round to."""
AREA_CODES = (212, 305, 312, 404, 415, 503, 602, 617, 702, 713, 801, 917)
OFFER = "Hi {}, knee pain? Free consultation this week, call back."
ORDINALS = ("first", "second", "third", "fourth", "fifth", "sixth", "seventh", "eighth", "ninth")
WAIT_S = 1.0
LAST_WAIT_S = 15.0

Tell = Callable[[str], None]


@dataclass(frozen=True, slots=True)
class Planted:
    """One decoy as the firm holds it."""

    firm: int
    number: str
    name: str
    planted_days_ago: int


@dataclass(frozen=True, slots=True)
class Told:
    """The alert that opened the leak, and the time from the contact to its arrival."""

    alert: Received
    latency_ms: int


def play(stage: Stage, chance: Chance, tell: Tell) -> dict[str, Any]:
    """Play the story and return what was stolen, what was found, and how the firm was told."""
    carrier = Carrier(stage, chance)
    stage.go_to(FIRST_DAY)
    datasets = _register(stage, tell)
    secret = _listen(stage, datasets[THIEF][0])
    numbers = _own_lines(stage, chance, tell)
    planted = _half_a_year(stage, carrier, datasets, numbers, tell)
    told = _campaign(stage, carrier, planted, tell)
    return _outcome(stage, datasets, told, secret)


def _register(stage: Stage, tell: Tell) -> list[tuple[str, str]]:
    datasets = []
    for name, sector, locale in FIRMS:
        firm = stage.client.post("firms", {"name": name, "sector": sector})["id"]
        asked = {"firm": firm, "name": "clients", "locale": locale}
        datasets.append((firm, stage.client.post("datasets", asked)["id"]))
    tell(f"{len(FIRMS)} firms of {len(FIRMS)} sectors registered their client tables.")
    return datasets


def _listen(stage: Stage, firm: str) -> str:
    asked = {"firm": firm, "url": stage.inbox.url, "events": ["leak.opened"]}
    return str(stage.client.post("endpoints", asked)["secret"])


def _own_lines(stage: Stage, chance: Chance, tell: Tell) -> list[str]:
    """Import lines; the first of the numbers returned are one block."""
    needed = len(FIRMS) * len(SEEDED_DAYS_AGO) * DECOYS + SPARE
    block = [f"+1646555{suffix:04d}" for suffix in range(1000, 1000 + STORM_LINES)]
    apart = [
        f"+1{AREA_CODES[i % len(AREA_CODES)]}555{suffix:04d}"
        for i, suffix in enumerate(chance.sample(range(2000, 9999), needed - len(block)))
    ]
    rows = [
        {"row": str(row), "number": number, "carrier": "twilio"}
        for row, number in enumerate(block + apart, start=1)
    ]
    asked = {"quarantine_days": QUARANTINE_DAYS, "rows": rows}
    tell(f"{stage.client.post('lines', asked)['imported']} silent lines are ours, in quarantine.")
    return block + apart


def _half_a_year(
    stage: Stage,
    carrier: Carrier,
    datasets: Sequence[tuple[str, str]],
    numbers: Sequence[str],
    tell: Tell,
) -> list[Planted]:
    planted: list[Planted] = []
    for day in range(FIRST_DAY, 0, -1):
        stage.go_to(day)
        if day in SEEDED_DAYS_AGO:
            planted += _seed(stage, datasets, day)
        if day == STORM_DAYS_AGO:
            _storm(stage, carrier, numbers[:STORM_LINES], day)
        for number in numbers:
            if carrier.chance.random() < NOISE_A_WEEK / 7:
                stage.go_to(day - carrier.chance.random())
                carrier.call(number, carrier.stranger())
    tell(f"{len(planted)} decoys were planted in {len(SEEDED_DAYS_AGO)} seedings a firm.")
    tell(f"{carrier.posted} unsolicited calls came in meanwhile, {STORM_LINES} of them in a storm.")
    _settle(stage)
    return planted


def _seed(stage: Stage, datasets: Sequence[tuple[str, str]], day: int) -> list[Planted]:
    seeded = []
    for firm, (_, dataset) in enumerate(datasets):
        seeding = stage.client.post("seedings", {"dataset": dataset, "count": DECOYS})
        seeded += [Planted(firm, one["number"], one["name"], day) for one in seeding["decoys"]]
    return seeded


def _storm(stage: Stage, carrier: Carrier, numbers: Sequence[str], day: int) -> None:
    for which, number in enumerate(numbers):
        stage.go_to(day - which / len(numbers) / 8)  # the whole block within three hours
        carrier.call(number, carrier.stranger())


def _settle(stage: Stage) -> None:
    """Go to the present and let the worker catch up."""
    stage.go_to(0)
    time.sleep(WAIT_S)


def _campaign(stage: Stage, carrier: Carrier, planted: Sequence[Planted], tell: Tell) -> Told:
    """Let the buyer of the stolen copy contact some of its decoys; return how the firm was told."""
    stolen = [
        decoy
        for decoy in planted
        if decoy.firm == THIEF and decoy.planted_days_ago > LEAKED_DAYS_AGO
    ]
    callers = [carrier.stranger(), carrier.stranger()]
    contacted = carrier.chance.sample(stolen, BUYERS_CONTACT)
    tell(f"A buyer of the stolen copy now contacts {BUYERS_CONTACT} of its {len(stolen)} decoys.")
    told: Told | None = None
    for which, decoy in enumerate(contacted):
        caller, posted = callers[which % len(callers)], time.monotonic()
        if which % 3:
            carrier.text(decoy.number, caller, OFFER.format(decoy.name.split()[0]))
        else:
            carrier.call(decoy.number, caller)
        last = which == len(contacted) - 1
        if told is None and stage.inbox.came.wait(LAST_WAIT_S if last else WAIT_S):
            told = Told(stage.inbox.alerts[0], round((time.monotonic() - posted) * 1000))
            tell(f"The alert came after the {ORDINALS[which]} contact.")
    if told is None:
        raise CanaryError(
            says="No alert came within the time a contact needs.",
            fix="Run it again with --keep DIR and look at `canary leaks` there.",
        )
    time.sleep(WAIT_S)
    return told


def _outcome(
    stage: Stage, datasets: Sequence[tuple[str, str]], told: Told, secret: str
) -> dict[str, Any]:
    from cli.demo.verdict import verified  # noqa: PLC0415

    leaks = stage.client.get("leaks")["items"]
    firm, dataset = datasets[THIEF]
    ours = [one for one in leaks if one["dataset"]["id"] == dataset]
    others = {one["firm"]["id"] for one in leaks} - {firm}
    leaked_at = datetime.now(UTC) - timedelta(days=LEAKED_DAYS_AGO)
    found = ours[0] if ours else {}
    return {
        "leaked": {
            "firm": FIRMS[THIEF][0],
            "dataset": "clients",
            "leaked_at": rfc3339(leaked_at.replace(microsecond=0)),
        },
        "found": {
            "firm": found.get("firm", {}).get("name"),
            "dataset": found.get("dataset", {}).get("name"),
            "probability": found.get("probability"),
            "leaked_at": found.get("leaked_at"),
        },
        "alert": {"verified": verified(told.alert, secret), "latency_ms": told.latency_ms},
        "quiet_firms_alarmed": len(others),
        "leak": found.get("id"),
        "reasons": found.get("reasons", []),
    }
