"""Personas to look at, and scanners for what none of them may hold."""

import re
from dataclasses import fields
from datetime import date
from functools import cache

from canary.clock import chance
from canary.decoys.personas import Mailboxes, Persona, PersonaMaker
from canary.sectors import Sector

TODAY = date(2024, 2, 29)
COUNT = 2_000
LOCALES = ("zh_CN", "en_US")


def maker(
    locale: str = "zh_CN",
    sector: Sector = Sector.OTHER,
    seed: int = 1,
    mailboxes: Mailboxes | None = None,
) -> PersonaMaker:
    boxes = mailboxes or Mailboxes.parse("clients.example")
    return PersonaMaker(locale, sector, chance(seed), boxes, TODAY)


@cache
def personas(locale: str, sector: Sector) -> tuple[Persona, ...]:
    made = maker(locale, sector)
    return tuple(made.make() for _ in range(COUNT))


def texts(persona: Persona) -> list[str]:
    """Every value of a persona as it may be written into a record."""
    shown = (getattr(persona, one.name) for one in fields(persona) if one.name != "attributes")
    return [*(str(value) for value in shown), *persona.attributes.values()]


def passes_luhn(digits: str) -> bool:
    total = 0
    for place, digit in enumerate(reversed(digits)):
        doubled = int(digit) * (1 + place % 2)
        total += doubled - 9 if doubled > 9 else doubled
    return total % 10 == 0


def cards_in(text: str) -> list[str]:
    """Parts of digit runs, also of spaced or hyphenated ones, that a card scanner would take."""
    runs = re.findall(r"\d{13,}", re.sub(r"(?<=\d)[ -](?=\d)", "", text))
    parts = [
        run[start : start + size]
        for run in runs
        for size in range(13, 20)
        for start in range(len(run) - size + 1)
    ]
    return [part for part in parts if passes_luhn(part)]


def national_ids_in(text: str) -> list[str]:
    weights = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
    found = re.findall(r"(?=(\d{17}[\dXx]))", text)
    return [
        number
        for number in found
        if number[17].upper()
        == "10X98765432"[sum(int(d) * w for d, w in zip(number, weights, strict=False)) % 11]
    ]
