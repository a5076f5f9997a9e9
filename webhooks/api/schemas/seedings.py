"""Seedings and their decoys, as asked for and as shown."""

from typing import Self

from pydantic import Field

from canary.decoys.seeding import IssuedSeeding, ShownDecoy
from canary.tables import Seeding
from webhooks.api.schemas.shapes import Given, Instant, Name, Shown

MAX_COUNT = 10_000


class NewSeeding(Given):
    """Decoys to issue for one copy; without a copy, for the firm's own."""

    dataset: Name
    count: int = Field(ge=1, le=MAX_COUNT, strict=True)
    copy_: Name | None = Field(default=None, alias="copy")
    planted_at: Instant | None = None


class DecoyShown(Shown):
    """A record nobody owns, in the clear; ``attributes`` are those of the firm's sector."""

    id: str
    seeding: str
    copy_: str = Field(alias="copy")
    line: str
    number: str
    name: str
    given_name: str
    family_name: str
    email: str
    gender: str
    birth_date: str
    address: str
    city: str
    region: str
    postcode: str
    attributes: dict[str, str]
    planted_at: Instant
    retired_at: Instant | None

    @classmethod
    def of(cls, decoy: ShownDecoy) -> Self:
        """Show a decoy."""
        row = decoy.row
        return cls(
            id=row.id,
            seeding=row.seeding_id,
            copy_=row.copy_id,
            line=row.line_id,
            number=decoy.number,
            planted_at=row.planted_at,
            retired_at=row.retired_at,
            **decoy.persona,
        )


class SeedingListed(Shown):
    """A seeding without its decoys: how many there are, and how many of them are retired."""

    id: str
    dataset: str
    copy_: str = Field(alias="copy")
    planted_at: Instant
    created_at: Instant
    count: int
    retired: int

    @classmethod
    def of(cls, row: Seeding, dataset_id: str, retired: int) -> Self:
        """Show a row."""
        return cls(
            id=row.id,
            dataset=dataset_id,
            copy_=row.copy_id,
            planted_at=row.planted_at,
            created_at=row.created_at,
            count=row.decoys,
            retired=retired,
        )


class SeedingShown(SeedingListed):
    """A seeding with all its decoys."""

    decoys: list[DecoyShown]

    @classmethod
    def whole(cls, issued: IssuedSeeding) -> Self:
        """Show a seeding with its decoys in the clear."""
        retired = sum(decoy.row.retired_at is not None for decoy in issued.decoys)
        outline = SeedingListed.of(issued.row, issued.dataset_id, retired)
        return cls(
            **outline.model_dump(by_alias=True),
            decoys=[DecoyShown.of(decoy) for decoy in issued.decoys],
        )


class RetiredShown(Shown):
    """How many decoys this call retired."""

    retired: int
