"""A small stage for tests: firms with seeded decoys, and contacts recorded as the intake does."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import timedelta

from canary.alerts.casework import claim_copies, weigh
from canary.attribution.fleet import measure_fleet
from canary.clock import chance
from canary.contacts.record import Inbound, record_batch
from canary.database import Database
from canary.decoys.personas import Mailboxes
from canary.decoys.seeding import IssuedSeeding, Means, NewSeeding, ShownDecoy, seed
from canary.firms.access import IN_PROCESS
from canary.firms.registry import NewDataset, add_dataset, add_firm
from canary.leaks.steps import Step
from canary.lines.register import NewLine, import_lines
from canary.sectors import Sector
from canary.tables import Channel, Copy, Dataset, Firm
from canary.vault import Vault
from tests.world import FrozenClock


def us_number(which: int) -> str:
    """Return the ``which``-th of 10,000 numbers that lie far apart, in many area codes."""
    return f"+1{201 + which % 700}555{(which * 37) % 10000:04d}"


@dataclass
class Stage:
    """Writes facts straight into the database, with a clock that the test moves."""

    database: Database
    vault: Vault
    clock: FrozenClock
    posted: int = 0
    imported: int = 0
    means: Means = field(init=False)

    def __post_init__(self) -> None:
        """Draw personas from a fixed seed."""
        self.means = Means(self.vault, chance(7), Mailboxes.parse("clients.example"))

    def lines(self, count: int) -> None:
        """Own ``count`` more lines, ready since long ago."""
        since = (self.clock.now() - timedelta(days=400)).isoformat()
        rows = [
            NewLine(row, us_number(self.imported + row), "twilio", None, since)
            for row in range(1, count + 1)
        ]
        self.imported += count
        with self.database.write() as session:
            imported, refused = import_lines(session, self.vault, rows, 30, self.clock.now())
        assert (imported, refused) == (count, [])

    def firm(
        self, name: str, sector: Sector = Sector.FINANCE, senders: Sequence[str] = ()
    ) -> tuple[Firm, Dataset, Copy]:
        """Register a firm with one dataset."""
        with self.database.write() as session:
            firm = add_firm(session, name, sector, self.clock.now())
            new = NewDataset(firm.id, f"{name} clients", "en_US", senders)
            dataset, copy = add_dataset(session, self.vault, IN_PROCESS, new, self.clock.now())
        return firm, dataset, copy

    def seed(self, dataset: Dataset, count: int, copy: str | None = None) -> IssuedSeeding:
        """Issue decoys planted now."""
        new = NewSeeding(dataset.id, count, copy)
        with self.database.write() as session:
            return seed(session, self.means, IN_PROCESS, new, self.clock.now())

    def text(self, decoy: ShownDecoy, body: str, caller: str | None) -> str:
        """Let a message reach a decoy now; return its external id."""
        return self.post(decoy.number, body, caller, Channel.MESSAGE)

    def call(self, decoy: ShownDecoy, caller: str | None) -> str:
        """Let a call reach a decoy now; return its external id."""
        return self.post(decoy.number, None, caller, Channel.CALL)

    def post(self, number: str, body: str | None, caller: str | None, channel: Channel) -> str:
        """Record one contact at any number."""
        self.posted += 1
        sid = f"SM{self.posted:032x}"
        inbound = Inbound("twilio", sid, channel, number, self.clock.now(), caller, body)
        with self.database.write_connection() as connection:
            record_batch(connection, self.vault, [inbound], self.clock.now())
        return sid

    def work(self) -> list[Step | None]:
        """Weigh every copy that is due, as the worker does; return the steps that were told."""
        self.clock.advance(seconds=61)  # what was weighed just now has rested
        with self.database.write() as session:
            due = claim_copies(session, self.clock.now(), "tester", 100)
        with self.database.read() as session:
            fleet = measure_fleet(session, self.clock.now())
        return [
            weigh(
                self.database,
                self.vault,
                self.clock,
                one,
                "tester",
                fleet=fleet,
                url="https://canary.example.com",
            )
            for one in due
        ]
