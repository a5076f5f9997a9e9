"""Small worlds with a known truth, built by hand."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

from canary.attribution.model import Contact, Copy, Exposure, Line, Naming, World

START = datetime(2025, 1, 1, tzinfo=UTC)


def day(number: float) -> datetime:
    return START + timedelta(days=number)


def call(
    number: int,
    at: float,
    line: str,
    caller: str | None = None,
    text: str | None = None,
    *,
    shared: bool = False,
) -> Contact:
    return Contact(
        id=f"contact_{number}",
        at=day(at),
        line=line,
        caller=caller,
        shared_caller=shared,
        fingerprint=text,
    )


def naming(number: int, at: float, line: str, decoy: str, names: Naming = Naming.FULL) -> Contact:
    return Contact(id=f"contact_{number}", at=day(at), line=line, names=names, named_decoy=decoy)


@dataclass
class Builder:
    """Collects copies, lines and exposures; each line lies in a block of its own unless told."""

    copies: dict[str, Copy] = field(default_factory=dict)
    lines: dict[str, Line] = field(default_factory=dict)
    exposures: list[Exposure] = field(default_factory=list)

    def copy(self, name: str, firm: str = "firm_a", origin: str | None = None) -> "Builder":
        self.copies[name] = Copy(id=name, firm=firm, created_at=day(0), origin=origin)
        return self

    def add_lines(self, names: Iterable[str], block: str | None = None) -> "Builder":
        for name in names:
            rank = len(self.lines)
            where = block or f"block_{rank % 97}"
            far = rank if block else (rank * 7919 % 100_003) * 10_000
            self.lines[name] = Line(name, where, far, heard_from=day(-90))
        return self

    def seed(
        self, copy: str, lines: Sequence[str], planted: float, retired: float | None = None
    ) -> "Builder":
        for line in lines:
            gone = None if retired is None else day(retired)
            decoy = f"decoy_{line}_{planted}"
            self.exposures.append(Exposure(decoy, copy, line, day(planted), gone))
        return self

    def world(self, contacts: Sequence[Contact] = ()) -> World:
        return World(self.copies, self.lines, self.exposures, contacts, len(self.lines))


def lines_of(seeding: int, count: int = 10) -> list[str]:
    return [f"line_{seeding}_{number}" for number in range(count)]


def monthly(seedings: int = 10, controls: int = 200) -> Builder:
    """One copy with ten decoys a month, among control lines."""
    builder = Builder().copy("copy_a")
    for seeding in range(seedings):
        builder.add_lines(lines_of(seeding)).seed("copy_a", lines_of(seeding), 30.0 * seeding)
    return builder.add_lines(f"control_{number}" for number in range(controls))
