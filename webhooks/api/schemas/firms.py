"""Firms, their keys, datasets and copies, as asked for and as shown."""

from enum import StrEnum
from typing import Annotated, Self

from pydantic import AfterValidator, Field, StringConstraints

from canary.sectors import Sector
from canary.tables import ApiKey, Copy, Dataset, Firm, Scope
from webhooks.api.schemas.shapes import Given, Instant, Name, PhoneNumber, Shown, Text


class NewFirm(Given):
    """A firm to register."""

    name: Name
    sector: Sector


class FirmShown(Shown):
    """Who holds data."""

    id: str
    name: str
    sector: Sector

    @classmethod
    def of(cls, row: Firm) -> Self:
        """Show a row."""
        return cls(id=row.id, name=row.name, sector=Sector(row.sector))


class KeyScope(StrEnum):
    """What a key that the operator issues may do."""

    FIRM = Scope.FIRM
    INVESTIGATOR = Scope.INVESTIGATOR


class NewKey(Given):
    """A key to issue."""

    scope: KeyScope = KeyScope.FIRM


class KeyShown(Shown):
    """A key, shown this once."""

    api_key: str


class KeyListed(Shown):
    """A key without its secret; ``prefix`` is its second part, ``firm`` whom it was issued for."""

    id: str
    prefix: str
    scope: Scope
    firm: str | None
    created_at: Instant
    revoked_at: Instant | None

    @classmethod
    def of(cls, row: ApiKey) -> Self:
        """Show a row, its digest not at all."""
        return cls(
            id=row.id,
            prefix=row.prefix,
            scope=row.scope,
            firm=row.firm_id,
            created_at=row.created_at,
            revoked_at=row.revoked_at,
        )


def _locale(given: str) -> str:
    """Return a locale as it is written everywhere: ``zh_CN`` for ``zh-cn``."""
    language, sign, country = given.strip().replace("-", "_").partition("_")
    return f"{language.lower()}{sign}{country.upper()}"


Locale = Annotated[Text, StringConstraints(min_length=1, max_length=16), AfterValidator(_locale)]


class NewDataset(Given):
    """A dataset to register; ``senders`` are the firm's own numbers, never evidence."""

    firm: Name
    name: Name
    locale: Locale = "en_US"
    senders: list[PhoneNumber] = Field(default=[], max_length=1000)


class DatasetShown(Shown):
    """A named body of client records; ``firm`` is the id of who holds it."""

    id: str
    firm: str
    name: str
    locale: str
    created_at: Instant

    @classmethod
    def of(cls, row: Dataset) -> Self:
        """Show a row."""
        return cls(
            id=row.id,
            firm=row.firm_id,
            name=row.name,
            locale=row.locale,
            created_at=row.created_at,
        )


class NewCopy(Given):
    """One recipient's release to register."""

    dataset: Name
    recipient: Name


class CopyShown(Shown):
    """One recipient's release of a dataset; the recipient ``origin`` is the firm itself."""

    id: str
    dataset: str
    recipient: str
    created_at: Instant

    @classmethod
    def of(cls, row: Copy) -> Self:
        """Show a row."""
        return cls(
            id=row.id,
            dataset=row.dataset_id,
            recipient=row.recipient,
            created_at=row.created_at,
        )
