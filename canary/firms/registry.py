"""Firms, datasets and copies: registered once, found by id, seen only by those who may."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlmodel import Session, col, select

from canary.clock import new_id
from canary.errors import BadInput, Conflict, NotFound
from canary.firms.access import Principal
from canary.paging import Ask, Page, page
from canary.sectors import Sector
from canary.tables import ORIGIN, Copy, Dataset, Firm, Sender
from canary.vault import Vault

NUMBER = "number"
"""The kind of blind index under which lines, callers and senders are found by number."""


@dataclass(frozen=True, slots=True)
class NewDataset:
    """What a dataset is registered with; ``senders`` are E.164 numbers."""

    firm_id: str
    name: str
    locale: str = "en_US"
    senders: Sequence[str] = ()


def add_firm(session: Session, name: str, sector: Sector, at: datetime) -> Firm:
    """Register a firm.

    Raises:
        BadInput: the name is empty.
        Conflict: there is a firm of that name.
    """
    name = _named(name, "firm")
    if session.exec(select(Firm).where(Firm.name == name)).first() is not None:
        raise Conflict(
            says=f"There is a firm named {name!r} already.", fix="See `canary firm list`."
        )
    firm = Firm(id=new_id("firm", at), name=name, sector=sector, created_at=at)
    session.add(firm)
    session.flush()
    return firm


def list_firms(session: Session, who: Principal, ask: Ask) -> Page:
    """Return a page of the firms that ``who`` sees: rows of (Firm,)."""
    return page(session, _seen(sa.select(Firm), who, col(Firm.id)), col(Firm.id), ask)


def find_firm(session: Session, who: Principal, firm_id: str) -> Firm:
    """Return a firm by id or by name.

    Raises:
        NotFound: there is none that ``who`` sees.
    """
    wanted = sa.or_(col(Firm.id) == firm_id, col(Firm.name) == firm_id)
    statement = _seen(sa.select(Firm).where(wanted), who, col(Firm.id))
    firm: Firm = _found(session, statement, "firm", firm_id)
    return firm


def add_dataset(
    session: Session, vault: Vault, who: Principal, new: NewDataset, at: datetime
) -> tuple[Dataset, Copy]:
    """Register a dataset, its origin copy and the firm's own senders.

    Raises:
        BadInput: the name is empty.
        Conflict: the firm has a dataset of that name.
        NotFound: there is no such firm for ``who``.
    """
    firm = find_firm(session, who, new.firm_id)
    name = _named(new.name, "dataset")
    same = select(Dataset).where(Dataset.firm_id == firm.id, Dataset.name == name)
    if session.exec(same).first() is not None:
        raise Conflict(
            says=f"{firm.name} has a dataset named {name!r} already.",
            fix="See `canary dataset list`, or choose another name.",
        )
    dataset = Dataset(
        id=new_id("ds", at), firm_id=firm.id, name=name, locale=new.locale, created_at=at
    )
    session.add(dataset)
    session.flush()
    for number in dict.fromkeys(new.senders):
        _add_sender(session, vault, dataset.id, number, at)
    return dataset, _add_copy(session, dataset.id, ORIGIN, at)


def list_datasets(session: Session, who: Principal, ask: Ask) -> Page:
    """Return a page of the datasets that ``who`` sees: rows of (Dataset,)."""
    return page(session, _seen(sa.select(Dataset), who, col(Dataset.firm_id)), col(Dataset.id), ask)


def find_dataset(session: Session, who: Principal, dataset_id: str) -> Dataset:
    """Return a dataset by id, or by name where only one that ``who`` sees has it.

    Raises:
        NotFound: there is none that ``who`` sees.
        Conflict: several datasets have that name.
    """
    wanted = sa.or_(col(Dataset.id) == dataset_id, col(Dataset.name) == dataset_id)
    statement = _seen(sa.select(Dataset).where(wanted), who, col(Dataset.firm_id))
    dataset: Dataset = _found(session, statement, "dataset", dataset_id)
    return dataset


def add_copy(
    session: Session, who: Principal, dataset_id: str, recipient: str, at: datetime
) -> Copy:
    """Register one recipient's release of a dataset.

    Raises:
        BadInput: the recipient is empty or is the word for the firm's own copy.
        Conflict: the recipient has a copy already.
        NotFound: there is no such dataset for ``who``.
    """
    dataset = find_dataset(session, who, dataset_id)
    recipient = _named(recipient, "recipient")
    if recipient == ORIGIN:
        raise BadInput(says="`origin` is the firm's own copy.", fix="Name who receives the copy.")
    same = select(Copy).where(Copy.dataset_id == dataset.id, Copy.recipient == recipient)
    if session.exec(same).first() is not None:
        raise Conflict(
            says=f"{recipient!r} has a copy of {dataset.name!r} already.",
            fix="Seed that copy, or name the release, such as `vendor 2026-11`.",
        )
    return _add_copy(session, dataset.id, recipient, at)


def list_copies(session: Session, who: Principal, dataset_id: str | None, ask: Ask) -> Page:
    """Return a page of the copies that ``who`` sees: rows of (Copy,)."""
    joined = sa.select(Copy).join(Dataset, col(Dataset.id) == col(Copy.dataset_id))
    if dataset_id is not None:
        dataset = find_dataset(session, who, dataset_id)
        joined = joined.where(col(Copy.dataset_id) == dataset.id)
    return page(session, _seen(joined, who, col(Dataset.firm_id)), col(Copy.id), ask)


def find_copy(session: Session, who: Principal, dataset: Dataset, wanted: str | None) -> Copy:
    """Return a dataset's copy by id or recipient; the origin when nothing is named.

    Raises:
        NotFound: the dataset has no such copy.
    """
    name = wanted or ORIGIN
    statement = sa.select(Copy).where(
        col(Copy.dataset_id) == dataset.id,
        sa.or_(col(Copy.id) == name, col(Copy.recipient) == name),
    )
    if not who.sees(dataset.firm_id):
        statement = statement.where(sa.false())
    copy: Copy = _found(session, statement, "copy", name)
    return copy


def _add_sender(session: Session, vault: Vault, dataset_id: str, number: str, at: datetime) -> None:
    row = new_id("sender", at)
    session.add(
        Sender(
            id=row,
            dataset_id=dataset_id,
            number_index=vault.index(NUMBER, number),
            number=vault.seal("sender.number", row, number),
        )
    )


def _add_copy(session: Session, dataset_id: str, recipient: str, at: datetime) -> Copy:
    copy = Copy(id=new_id("copy", at), dataset_id=dataset_id, recipient=recipient, created_at=at)
    session.add(copy)
    session.flush()
    return copy


def _seen(statement: sa.Select[Any], who: Principal, firm_column: Any) -> sa.Select[Any]:  # noqa: ANN401
    if who.sees_firm is None:
        return statement
    return statement.where(firm_column == who.sees_firm)


def _found(session: Session, statement: sa.Select[Any], kind: str, wanted: str) -> Any:  # noqa: ANN401
    rows = session.execute(statement.limit(2)).scalars().all()
    if not rows:
        raise NotFound(says=f"There is no {kind} {wanted!r}.", fix=f"See `canary {kind} list`.")
    if len(rows) > 1:
        raise Conflict(
            says=f"Several {kind}s are named {wanted!r}.", fix=f"Give the {kind}'s id instead."
        )
    return rows[0]


def _named(name: str, kind: str) -> str:
    stripped = name.strip()
    if not stripped or not stripped.isprintable():
        raise BadInput(says=f"The {kind}'s name is empty or not printable.", fix="Give it a name.")
    return stripped
