"""Lines as imported and as shown."""

from datetime import datetime
from typing import Annotated, Any, Self

from pydantic import BeforeValidator, Field

from canary.lines.register import LINE_NUMBER, NewLine, Refused, state_at
from canary.tables import Line, LineState
from canary.vault import Vault
from webhooks.api.schemas.shapes import Given, Instant, Shown

MAX_ROWS = 5000
MAX_QUARANTINE_DAYS = 3650


def _loose(given: Any) -> Any:  # noqa: ANN401  whatever JSON holds
    return str(given) if isinstance(given, int | float) else given or ""


Loose = Annotated[str, BeforeValidator(_loose)]
"""Text that may be wrong: then the row is refused, not the request."""


class NewRow(Given):
    """One row of an import; ``row`` is its number in the file."""

    row: int
    number: Loose
    carrier: Loose = ""
    carrier_ref: Loose = ""
    acquired_at: Loose = ""

    def line(self) -> NewLine:
        """Return the row as the register takes it."""
        return NewLine(
            self.row,
            self.number,
            self.carrier.strip().lower(),
            self.carrier_ref or None,
            self.acquired_at or None,
        )


class NewLines(Given):
    """Lines to import."""

    quarantine_days: int = Field(default=30, ge=0, le=MAX_QUARANTINE_DAYS)
    rows: list[NewRow] = Field(max_length=MAX_ROWS)


class RefusedRow(Shown):
    """A row that was not imported, and why."""

    row: int
    number: str
    reason: str

    @classmethod
    def of(cls, refused: Refused) -> Self:
        """Show a refusal."""
        return cls(row=refused.row, number=refused.number, reason=refused.reason)


class ImportShown(Shown):
    """How many rows were imported, and the others."""

    imported: int
    refused: list[RefusedRow]


class LineShown(Shown):
    """A phone number we own; its state is as of now."""

    id: str
    number: str
    carrier: str
    carrier_ref: str | None
    region: str
    state: LineState
    acquired_at: Instant
    ready_at: Instant | None

    @classmethod
    def of(cls, vault: Vault, row: Line, now: datetime) -> Self:
        """Show a row, its number in the clear."""
        return cls(
            id=row.id,
            number=vault.open(LINE_NUMBER, row.id, row.number),
            carrier=row.carrier,
            carrier_ref=row.carrier_ref,
            region=row.region,
            state=state_at(row, now),
            acquired_at=row.acquired_at,
            ready_at=row.ready_at,
        )
