"""Seeding: one dated batch of decoys for one copy, each on a line that it alone holds."""

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlmodel import Session, col, select

from canary.clock import Chance, new_id
from canary.decoys.personas import Mailboxes, Persona, PersonaMaker
from canary.errors import BadInput, NotFound
from canary.firms.access import Principal
from canary.firms.registry import find_copy, find_dataset, find_firm
from canary.lines.leases import Taken, end_leases, take_lines
from canary.lines.register import LINE_NUMBER
from canary.paging import Ask, Page, page
from canary.sectors import Sector
from canary.tables import Copy, Dataset, Decoy, Lease, Line, Seeding, rows_of
from canary.vault import Vault

PERSONA = "decoy.persona"
NAME, EMAIL = "name", "email"
"""Kinds of blind index under which personas are found."""
CHUNK = 500
NAME_ROUNDS = 20
REGIONS = {"zh": "CN"}
"""Where a locale names no country, the region its lines should be in."""


@dataclass(frozen=True, slots=True)
class NewSeeding:
    """What is asked for: how many decoys for which copy, planted when (None: now)."""

    dataset: str
    count: int
    copy: str | None = None
    planted_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Means:
    """What seeding draws on: the vault, chance, and the mailboxes the operator controls."""

    vault: Vault
    chance: Chance
    mailboxes: Mailboxes


@dataclass(frozen=True, slots=True)
class ShownDecoy:
    """A decoy in the clear; ``persona`` has text values and ``attributes``, a map of text."""

    row: Decoy
    number: str
    persona: dict[str, Any]


@dataclass(frozen=True, slots=True)
class IssuedSeeding:
    """A seeding with all its decoys in the clear."""

    row: Seeding
    dataset_id: str
    decoys: Sequence[ShownDecoy]


def name_key(name: str) -> str:
    """Return the text under which a name is found: case and spacing do not count."""
    return " ".join(name.casefold().split())


def seed(
    session: Session, means: Means, who: Principal, new: NewSeeding, now: datetime
) -> IssuedSeeding:
    """Issue ``new.count`` unique decoys, each on a leased line, or none at all.

    Raises:
        BadInput: the count is not positive, or the locale has no word lists.
        NotEnoughLines: fewer lines are ready; it says how many miss.
        NotFound: ``who`` sees no such dataset or copy.
    """
    if new.count < 1:
        raise BadInput(says=f"count {new.count} is not positive.", fix="Ask for 1 decoy or more.")
    dataset = find_dataset(session, who, new.dataset)
    copy = find_copy(session, who, dataset, new.copy)
    firm = find_firm(session, who, dataset.firm_id)
    maker = PersonaMaker(
        dataset.locale, Sector(firm.sector), means.chance, means.mailboxes, now.date()
    )
    lines = take_lines(session, means.vault, new.count, region_of(dataset.locale), now)
    personas = _unique_personas(session, means.vault, maker, dataset.id, new.count)
    seeding = Seeding(
        id=new_id("seed", now),
        copy_id=copy.id,
        planted_at=new.planted_at or now,
        created_at=now,
        decoys=new.count,
    )
    session.add(seeding)
    session.flush()
    return IssuedSeeding(
        seeding, dataset.id, _store(session, means.vault, seeding, lines, personas)
    )


def region_of(locale: str) -> str:
    """Return the region whose lines suit a locale: ``CN`` for ``zh_CN``."""
    language, _, country = locale.replace("-", "_").partition("_")
    return country.upper() or REGIONS.get(language, "US")


def _unique_personas(
    session: Session, vault: Vault, maker: PersonaMaker, dataset_id: str, count: int
) -> list[Persona]:
    """Draw personas until none repeats an email of any decoy, or a name of the dataset's."""
    unique: list[Persona] = []
    rounds = 0
    while len(unique) < count:
        rounds += 1
        drawn = [maker.make() for _ in range(min(CHUNK, count - len(unique)))]
        names = {vault.index(NAME, name_key(one.name)): one for one in drawn}
        emails = {vault.index(EMAIL, one.email): one for one in drawn}
        same_name = (
            sa.select(col(Decoy.name_index))
            .join(Copy, col(Copy.id) == col(Decoy.copy_id))
            .where(col(Copy.dataset_id) == dataset_id, col(Decoy.name_index).in_(list(names)))
        )
        same_email = sa.select(col(Decoy.email_index)).where(
            col(Decoy.email_index).in_(list(emails))
        )
        taken = {id(emails[index]) for index in session.execute(same_email).scalars()}
        if rounds <= NAME_ROUNDS:  # a locale's names may be used up; its emails never are
            taken |= {id(names[index]) for index in session.execute(same_name).scalars()}
        unique += [one for one in drawn if id(one) not in taken]
    return unique


def _store(
    session: Session,
    vault: Vault,
    seeding: Seeding,
    lines: Sequence[Taken],
    personas: Sequence[Persona],
) -> list[ShownDecoy]:
    decoys: list[Decoy] = []
    shown: list[ShownDecoy] = []
    for line, persona in zip(lines, personas, strict=True):
        decoy_id = new_id("decoy", seeding.created_at)
        fields = {**asdict(persona), "birth_date": persona.birth_date.isoformat()}
        decoys.append(
            Decoy(
                id=decoy_id,
                seeding_id=seeding.id,
                copy_id=seeding.copy_id,
                line_id=line.line_id,
                persona=vault.seal(PERSONA, decoy_id, json.dumps(fields, ensure_ascii=False)),
                name_index=vault.index(NAME, name_key(persona.name)),
                email_index=vault.index(EMAIL, persona.email),
                planted_at=seeding.planted_at,
            )
        )
        shown.append(ShownDecoy(decoys[-1], line.number, fields))
    leases = [
        {
            "id": new_id("lease", seeding.created_at),
            "line_id": decoy.line_id,
            "decoy_id": decoy.id,
            "copy_id": decoy.copy_id,
            "leased_at": seeding.created_at,
        }
        for decoy in decoys
    ]
    session.execute(sa.insert(rows_of(Decoy)), [decoy.model_dump() for decoy in decoys])
    session.execute(sa.insert(rows_of(Lease)), leases)
    return shown


def find_seeding(session: Session, vault: Vault, who: Principal, seeding_id: str) -> IssuedSeeding:
    """Return a seeding with its decoys in the clear.

    Raises:
        NotFound: there is none that ``who`` sees.
    """
    seeding, dataset_id = _seeding(session, who, seeding_id)
    statement = decoys_seen(who).where(col(Decoy.seeding_id) == seeding.id)
    rows = session.execute(statement.order_by(col(Decoy.id))).all()
    return IssuedSeeding(seeding, dataset_id, [shown_decoy(vault, *row) for row in rows])


def list_seedings(session: Session, who: Principal, dataset: str | None, ask: Ask) -> Page:
    """Return a page of seedings that ``who`` sees: rows of (Seeding, dataset id)."""
    statement: Any = (
        sa.select(Seeding, col(Dataset.id))
        .join(Copy, col(Copy.id) == col(Seeding.copy_id))
        .join(Dataset, col(Dataset.id) == col(Copy.dataset_id))
    )
    if who.sees_firm is not None:
        statement = statement.where(col(Dataset.firm_id) == who.sees_firm)
    if dataset is not None:
        statement = statement.where(col(Dataset.id) == find_dataset(session, who, dataset).id)
    return page(session, statement, col(Seeding.id), ask)


def list_decoys(
    session: Session, vault: Vault, who: Principal, seeding_id: str | None, ask: Ask
) -> tuple[list[ShownDecoy], str | None]:
    """Return a page of decoys in the clear and the cursor of the next page.

    Raises:
        NotFound: ``who`` sees no such seeding.
    """
    statement = decoys_seen(who)
    if seeding_id is not None:
        seeding, _ = _seeding(session, who, seeding_id)
        statement = statement.where(col(Decoy.seeding_id) == seeding.id)
    found = page(session, statement, col(Decoy.id), ask)
    return [shown_decoy(vault, *row) for row in found.rows], found.next


def find_decoy(session: Session, vault: Vault, who: Principal, decoy_id: str) -> ShownDecoy:
    """Return one decoy in the clear.

    Raises:
        NotFound: there is none that ``who`` sees.
    """
    row = session.execute(decoys_seen(who).where(col(Decoy.id) == decoy_id)).one_or_none()
    if row is None:
        raise NotFound(says=f"There is no decoy {decoy_id!r}.", fix="See /v1/decoys.")
    return shown_decoy(vault, *row)


def retire_seeding(
    session: Session, who: Principal, seeding_id: str, now: datetime, cooling_days: int
) -> int:
    """Retire a seeding's decoys: they are out of the copy, and their lines listen on and rest.

    Returns:
        How many decoys were retired by this call; those retired before are left as they were.

    Raises:
        NotFound: ``who`` sees no such seeding.
    """
    seeding, _ = _seeding(session, who, seeding_id)
    standing = select(Decoy.id).where(
        Decoy.seeding_id == seeding.id, col(Decoy.retired_at).is_(None)
    )
    ids = list(session.exec(standing).all())
    for start in range(0, len(ids), CHUNK):
        chosen = col(Decoy.id).in_(ids[start : start + CHUNK])
        session.execute(sa.update(Decoy).where(chosen).values(retired_at=now))
    end_leases(session, ids, now, cooling_days)
    return len(ids)


def _seeding(session: Session, who: Principal, seeding_id: str) -> tuple[Seeding, str]:
    statement = (
        sa.select(Seeding, col(Dataset.id), col(Dataset.firm_id))
        .join(Copy, col(Copy.id) == col(Seeding.copy_id))
        .join(Dataset, col(Dataset.id) == col(Copy.dataset_id))
        .where(col(Seeding.id) == seeding_id)
    )
    row = session.execute(statement).one_or_none()
    if row is None or not who.sees(row[2]):
        raise NotFound(
            says=f"There is no seeding {seeding_id!r}.", fix="See `canary seeding list`."
        )
    return row[0], row[1]


def decoys_seen(who: Principal) -> Any:  # noqa: ANN401
    """Return the statement of all decoys that ``who`` sees, rows for :func:`shown_decoy`."""
    statement: Any = (
        sa.select(Decoy, col(Line.id), col(Line.number))
        .join(Line, col(Line.id) == col(Decoy.line_id))
        .join(Copy, col(Copy.id) == col(Decoy.copy_id))
        .join(Dataset, col(Dataset.id) == col(Copy.dataset_id))
    )
    if who.sees_firm is None:
        return statement
    return statement.where(col(Dataset.firm_id) == who.sees_firm)


def shown_decoy(vault: Vault, decoy: Decoy, line_id: str, number: bytes) -> ShownDecoy:
    """Open one row of :func:`decoys_seen`."""
    return ShownDecoy(decoy, vault.open(LINE_NUMBER, line_id, number), open_persona(vault, decoy))


def open_persona(vault: Vault, decoy: Decoy) -> dict[str, Any]:
    """Return a decoy's persona in the clear."""
    persona: dict[str, Any] = json.loads(vault.open(PERSONA, decoy.id, decoy.persona))
    return persona
