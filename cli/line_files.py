"""Files of lines to import: checked from end to end before the first row is sent."""

import csv
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import TextIO

from canary.errors import BadInput

NEEDED = ("number", "carrier")
OPTIONAL = ("carrier_ref", "acquired_at")
COLUMNS = (*NEEDED, *OPTIONAL)
TOO_MANY = "too many cells"

Row = dict[str, str | int]


@dataclass(frozen=True, slots=True)
class LineFile:
    """A CSV file whose header and encoding can be used."""

    path: Path
    places: dict[str, int]
    """Where in a row each of our columns is."""
    ignored: tuple[str, ...]
    """Columns that are not ours."""
    rows: int
    width: int
    """How many columns the header names."""

    def chunks(self, size: int) -> Iterator[list[Row]]:
        """Yield the rows, ``size`` at a time; ``row`` counts from 1 after the header.

        A row that cannot be sent has a ``reason``.
        """
        with _opened(self.path) as file:
            rows = self._rows(file)
            while chunk := list(islice(rows, size)):
                yield chunk

    def _rows(self, file: TextIO) -> Iterator[Row]:
        for number, cells in _records(file, self.path):
            padded = [cell.strip() for cell in cells] + [""] * len(self.places)
            named = {name: padded[place] for name, place in self.places.items()}
            row: Row = {"row": number, **named}
            yield {**row, "reason": TOO_MANY} if any(padded[self.width : len(cells)]) else row


def check_line_file(path: Path) -> LineFile:
    """Read the whole file once and say what it holds.

    Raises:
        BadInput: it cannot be read, is not UTF-8 or not CSV, a column is missing, or all rows.
    """
    if not path.is_file():
        raise BadInput(
            says=f"{path} is not a file." if path.exists() else f"There is no file {path}.",
            fix="Give a CSV file with the columns number and carrier.",
        )
    with _opened(path) as file:
        try:
            header = next(csv.reader(file), [])
        except (csv.Error, UnicodeDecodeError) as wrong:
            raise _unreadable(path, wrong) from None
    names = [name.strip().lower() for name in header]
    _require_columns(path, names)
    with _opened(path) as file:
        rows = sum(1 for _ in _records(file, path))
    if not rows:
        raise BadInput(
            says=f"{path} has a header and no rows.", fix="Write one line's number in each row."
        )
    places = {name: names.index(name) for name in COLUMNS if name in names}
    ignored = tuple(name for name in names if name not in COLUMNS)
    return LineFile(path, places, ignored, rows, len(names))


def _require_columns(path: Path, names: list[str]) -> None:
    fix = "The first line names the columns: number,carrier[,carrier_ref][,acquired_at]."
    missing = [name for name in NEEDED if name not in names]
    if missing:
        has = ", ".join(names) or "none"
        raise BadInput(
            says=f"{path} has no column {' and no column '.join(missing)}; it has: {has}.", fix=fix
        )
    twice = [name for name in COLUMNS if names.count(name) > 1]
    if twice:
        raise BadInput(says=f"{path} has the column {twice[0]} twice.", fix=fix)


def _records(file: TextIO, path: Path) -> Iterator[tuple[int, list[str]]]:
    """Yield rows after the header with their numbers; empty ones count and are left out."""
    reader = csv.reader(file)
    try:
        next(reader, None)
        for number, cells in enumerate(reader, start=1):
            if any(cell.strip() for cell in cells):
                yield number, cells
    except (csv.Error, UnicodeDecodeError) as wrong:
        raise _unreadable(path, wrong) from None


def _opened(path: Path) -> TextIO:
    try:
        return path.open(encoding="utf-8-sig", newline="")
    except OSError as wrong:
        raise BadInput(
            says=f"{path} cannot be read: {wrong.strerror}.", fix="Check its permissions."
        ) from None


def _unreadable(path: Path, wrong: Exception) -> BadInput:
    if isinstance(wrong, UnicodeDecodeError):
        return BadInput(says=f"{path} is not UTF-8 text.", fix="Save it as CSV in UTF-8.")
    return BadInput(says=f"{path} is not CSV: {wrong}.", fix="Save it as CSV in UTF-8.")
