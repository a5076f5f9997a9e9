"""``/v1/lines``: the phone numbers we own."""

from fastapi import Response

from canary.firms.access import Right
from canary.lines.register import (
    check_lines,
    count_lines,
    list_lines,
    release_line,
    store_lines,
)
from canary.tables import LineState
from webhooks.api import once
from webhooks.api.deps import Asked, Reads, Writes, needs
from webhooks.api.routing import area
from webhooks.api.schemas.lines import ImportShown, LineShown, NewLines, RefusedRow
from webhooks.api.schemas.shapes import Listed

router = area("lines")


@router.post("", response_model=ImportShown, dependencies=[needs(Right.OPERATE)])
def add(new: NewLines, write: Writes) -> Response:
    """Import lines; a row that cannot be used is refused with its reason, the others are not."""
    world = write.world
    with world.database.read() as session:
        known = once.known_answer(session, world.vault, write.wish)
    if known is not None:
        return known
    rows = [row.line() for row in new.rows]
    checked = check_lines(world.vault, rows, new.quarantine_days, write.now)

    def make() -> ImportShown:
        imported, refused = store_lines(write.session, checked)
        return ImportShown(imported=imported, refused=[RefusedRow.of(row) for row in refused])

    return write.once(make)


@router.get("", dependencies=[needs(Right.OPERATE)])
def listed(read: Reads, ask: Asked, state: LineState | None = None) -> Listed[LineShown]:
    """List the lines, optionally those in one state as of now."""
    now = read.world.clock.now()
    found = list_lines(read.session, state, now, ask)
    shown = [LineShown.of(read.world.vault, row, now) for (row,) in found.rows]
    return Listed(items=shown, next=found.next)


@router.get("/counts", dependencies=[needs(Right.OPERATE)])
def counts(read: Reads) -> dict[LineState, int]:
    """Count the lines in each state as of now."""
    found = count_lines(read.session, read.world.clock.now())
    return {state: found.get(state, 0) for state in LineState}


@router.post("/{line}/release", response_model=LineShown, dependencies=[needs(Right.OPERATE)])
def release(line: str, write: Writes) -> Response:
    """Give a line back: it is ours no longer and hears nothing more."""
    return write.once(
        lambda: LineShown.of(
            write.world.vault, release_line(write.session, line, write.now), write.now
        )
    )
