"""``/v1/datasets``: the named bodies of client records that firms hold."""

from fastapi import Response

from canary.decoys.wordlists.names import name_book
from canary.firms.access import Right
from canary.firms.registry import NewDataset as Registration
from canary.firms.registry import add_dataset, list_datasets
from webhooks.api.deps import Asked, Reads, Writes, needs
from webhooks.api.routing import area
from webhooks.api.schemas.firms import DatasetShown, NewDataset
from webhooks.api.schemas.shapes import Listed

router = area("datasets")


@router.post("", status_code=201, response_model=DatasetShown, dependencies=[needs(Right.HOLD)])
def add(new: NewDataset, write: Writes) -> Response:
    """Register a dataset and its `origin` copy."""

    def make() -> DatasetShown:
        name_book(new.locale)  # refuses a locale for which no persona could be made
        wanted = Registration(new.firm, new.name, new.locale, new.senders)
        row, _ = add_dataset(write.session, write.world.vault, write.who, wanted, write.now)
        return DatasetShown.of(row)

    return write.once(make, 201)


@router.get("", dependencies=[needs(Right.READ)])
def listed(read: Reads, ask: Asked) -> Listed[DatasetShown]:
    """List the datasets that the key sees."""
    found = list_datasets(read.session, read.who, ask)
    return Listed(items=[DatasetShown.of(row) for (row,) in found.rows], next=found.next)
