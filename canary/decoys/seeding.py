"""Seeding: one dated batch of decoys for one copy, each on a line that it alone holds."""

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm.attributes import set_committed_value
from sqlmodel import Session, col, select

from canary.clock import Chance, new_id
from canary.decoys.personas import Mailboxes, PersonaMaker
from canary.errors import BadInput, NotFound
from canary.firms.access import Principal
from canary.firms.registry import find_copy, find_dataset, find_firm
from canary.lines.leases import Taken, end_leases, require_lines, take_lines
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
LONGEST_AHEAD = timedelta(days=366)
LONGEST_AGO = timedelta(days=3653)
"""Ten years with their leap days: no planting is dated before that."""


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
class Source:
    """Where the decoys of one seeding are drawn from."""

    vault: Vault
    maker: PersonaMaker
    dataset: Dataset
    seeding: Seeding


@dataclass(frozen=True, slots=True)
class Drawn:
    """A decoy as far as it goes without a line: as shown, and as stored with its lease."""

    decoy: Decoy
    persona: dict[str, Any]
    stored: dict[str, Any]
    lease: dict[str, Any]


@dataclass(frozen=True, slots=True)
class Prepared:
    """A seeding that was made and sealed, and only has to be written."""

    source: Source
    drawn: Sequence[Drawn]


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


def prepare(
    session: Session, means: Means, who: Principal, new: NewSeeding, now: datetime
) -> Prepared:
    """Make and seal the decoys of a seeding; nothing is written, and no writer is held up.

    Raises:
        BadInput: the count, the time or the locale cannot be used.
        NotEnoughLines: fewer lines are ready; it says how many miss.
        NotFound: ``who`` sees no such dataset or copy.
    """
    if new.count < 1:
        raise BadInput(says=f"count {new.count} is not positive.", fix="Ask for 1 decoy or more.")
    planted_at = _planted_at(new.planted_at, now)
    dataset = find_dataset(session, who, new.dataset)
    copy = find_copy(session, who, dataset, new.copy)
    firm = find_firm(session, who, dataset.firm_id)
    sector = Sector(firm.sector)
    maker = PersonaMaker(dataset.locale, sector, means.chance, means.mailboxes, now.date())
    require_lines(session, new.count, now)
    seeding = Seeding(
        id=new_id("seed", now),
        copy_id=copy.id,
        planted_at=planted_at,
        created_at=now,
        decoys=new.count,
    )
    source = Source(means.vault, maker, dataset, seeding)
    return Prepared(source, _draw(session, source, new.count))


def issue(session: Session, prepared: Prepared) -> IssuedSeeding:
    """Write a prepared seeding, each decoy on a line of its own, or nothing at all.

    Raises:
        NotEnoughLines: fewer lines are ready by now; it says how many miss.
    """
    source = prepared.source
    seeding, region = source.seeding, region_of(source.dataset.locale)
    lines = take_lines(session, source.vault, seeding.decoys, region, seeding.created_at)
    drawn = _without_collisions(session, prepared)
    session.add(seeding)
    session.flush()
    return IssuedSeeding(seeding, source.dataset.id, _store(session, lines, drawn))


def seed(
    session: Session, means: Means, who: Principal, new: NewSeeding, now: datetime
) -> IssuedSeeding:
    """Prepare and issue in one session, which holds other writers up meanwhile: for few decoys.

    Raises:
        BadInput: the count, the time or the locale cannot be used.
        NotEnoughLines: fewer lines are ready; it says how many miss.
        NotFound: ``who`` sees no such dataset or copy.
    """
    return issue(session, prepare(session, means, who, new, now))


def _planted_at(wanted: datetime | None, now: datetime) -> datetime:
    planted_at = wanted or now
    if planted_at - now > LONGEST_AHEAD:
        raise BadInput(
            says=f"planted_at is more than {LONGEST_AHEAD.days} days in the future.",
            fix="Say when the decoys are put into the copy, at most a year ahead.",
        )
    if now - planted_at > LONGEST_AGO:
        raise BadInput(
            says="planted_at is more than 10 years in the past.",
            fix="Say when the decoys were put into the copy, at most ten years ago.",
        )
    return planted_at


def region_of(locale: str) -> str:
    """Return the region whose lines suit a locale: ``CN`` for ``zh_CN``."""
    language, _, country = locale.replace("-", "_").partition("_")
    return country.upper() or REGIONS.get(language, "US")


def _draw(session: Session, source: Source, count: int) -> list[Drawn]:
    """Draw personas until none repeats an email of any decoy, or a name of the dataset's."""
    unique: list[Drawn] = []
    rounds = 0
    while len(unique) < count:
        rounds += 1
        made = [_drawn(source) for _ in range(min(CHUNK, count - len(unique)))]
        emails = _taken_emails(session, made)
        # A locale's names may be used up; its emails never are.
        names = _taken_names(session, source, made) if rounds <= NAME_ROUNDS else set()
        unique += [
            one
            for one in made
            if one.decoy.email_index not in emails and one.decoy.name_index not in names
        ]
    return unique


def _drawn(source: Source) -> Drawn:
    persona = source.maker.make()
    fields = {**asdict(persona), "birth_date": persona.birth_date.isoformat()}
    seeding, vault = source.seeding, source.vault
    decoy_id = new_id("decoy", seeding.created_at)
    stored: dict[str, Any] = {
        "id": decoy_id,
        "seeding_id": seeding.id,
        "copy_id": seeding.copy_id,
        "persona": vault.seal(PERSONA, decoy_id, json.dumps(fields, ensure_ascii=False)),
        "name_index": vault.index(NAME, name_key(persona.name)),
        "email_index": vault.index(EMAIL, persona.email),
        "planted_at": seeding.planted_at,
    }
    lease = {
        "id": new_id("lease", seeding.created_at),
        "decoy_id": decoy_id,
        "copy_id": seeding.copy_id,
        "firm_id": source.dataset.firm_id,
        "leased_at": seeding.created_at,
    }
    return Drawn(Decoy(**stored, line_id=""), fields, stored, lease)


def _taken_emails(session: Session, drawn: Sequence[Drawn]) -> set[bytes]:
    email_index = col(Decoy.email_index)
    same = sa.select(email_index).where(email_index.in_([one.decoy.email_index for one in drawn]))
    return set(session.execute(same).scalars())


def _taken_names(session: Session, source: Source, drawn: Sequence[Drawn]) -> set[bytes]:
    name_index = col(Decoy.name_index)
    same = (
        sa.select(name_index)
        .join(Copy, col(Copy.id) == col(Decoy.copy_id))
        .where(
            col(Copy.dataset_id) == source.dataset.id,
            name_index.in_([one.decoy.name_index for one in drawn]),
        )
    )
    return set(session.execute(same).scalars())


def _without_collisions(session: Session, prepared: Prepared) -> list[Drawn]:
    """Draw anew what meanwhile got an email of another decoy; the constraint is the guard."""
    drawn = prepared.drawn
    kept: list[Drawn] = []
    for start in range(0, len(drawn), CHUNK):
        some = drawn[start : start + CHUNK]
        taken = _taken_emails(session, some)
        kept += [one for one in some if one.decoy.email_index not in taken]
    return kept + _draw(session, prepared.source, len(drawn) - len(kept))


def _store(session: Session, lines: Sequence[Taken], drawn: Sequence[Drawn]) -> list[ShownDecoy]:
    for line, one in zip(lines, drawn, strict=True):
        one.stored["line_id"] = one.lease["line_id"] = line.line_id
        set_committed_value(one.decoy, "line_id", line.line_id)
    # In the order of the unique index, so that two seedings at once cannot wait for each other.
    ordered = sorted(drawn, key=lambda one: one.decoy.email_index)
    session.execute(sa.insert(rows_of(Decoy)), [one.stored for one in ordered])
    session.execute(sa.insert(rows_of(Lease)), [one.lease for one in ordered])
    return [
        ShownDecoy(one.decoy, line.number, one.persona)
        for line, one in zip(lines, drawn, strict=True)
    ]


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
    """Return a page of seedings that ``who`` sees: rows of (Seeding, dataset id, retired)."""
    retired = (
        sa.select(sa.func.count())
        .where(col(Decoy.seeding_id) == col(Seeding.id), col(Decoy.retired_at).is_not(None))
        .correlate(Seeding)
        .scalar_subquery()
    )
    statement: Any = (
        sa.select(Seeding, col(Dataset.id), retired)
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
        raise NotFound(
            says=f"There is no decoy {decoy_id!r}.", fix="See `canary seeding show SEEDING --json`."
        )
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
