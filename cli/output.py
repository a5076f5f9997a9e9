"""What commands print: one JSON document, or tables that fit 80 columns; notes go to stderr.

Texts and callers come from whoever contacts a line: nothing unprintable of theirs reaches the
terminal, as it could move the cursor or hide what follows.
"""

import json
import re
import sys
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal, TypeVar

Document = dict[str, Any]
Batch = TypeVar("Batch", bound=Sequence[Any])

_REPLACEMENT = "\N{REPLACEMENT CHARACTER}"
_UNPRINTABLE = re.compile(
    "[\x7f-\x9f\u00ad\u200b-\u200f\u2028-\u202e\u2060-\u206f\ud800-\udfff\ufeff\ufff9-\ufffb]"
)


@dataclass(frozen=True, slots=True)
class Column:
    """A table's column: its title and how to read it from a row's document."""

    title: str
    read: Callable[[Document], object]
    right: bool = False
    whole: bool = False
    """Never folded: an id to be copied."""


def show(document: Document, view: Callable[[Document], None], *, as_json: bool) -> None:
    """Print the document as JSON, or for people as ``view`` does."""
    if as_json:
        print_json(document)
    else:
        view(document)


def print_json(document: object) -> None:
    """Print one JSON document; what a terminal would act on is escaped."""
    ascii_only = (sys.stdout.encoding or "").lower().replace("-", "") != "utf8"
    text = json.dumps(document, indent=2, ensure_ascii=ascii_only)
    sys.stdout.write(_UNPRINTABLE.sub(lambda found: f"\\u{ord(found[0]):04x}", text) + "\n")


def say(*lines: str) -> None:
    """Print lines for people on stdout."""
    console = _console()
    for line in lines:
        console.print(printable(line), markup=False, highlight=False, soft_wrap=True)


def note(line: str) -> None:
    """Print a line beside the output, on stderr."""
    sys.stderr.write(printable(line) + "\n")


def complain(code: str, says: str, fix: str, *, as_json: bool) -> None:
    """Print on stderr what stopped the command and what to do about it."""
    if as_json:
        error = {"error": {"code": code, "says": says, "fix": fix}}
        sys.stderr.write(json.dumps(error, indent=2) + "\n")
        return
    note(f"error: {says}")
    if fix:
        note(f"fix: {fix}")


def table(columns: Sequence[Column], rows: Iterable[Document], empty: str) -> None:
    """Print a table, or ``empty``, which says what to do next, when there are no rows."""
    from rich.table import Table  # noqa: PLC0415  a fifth of a second
    from rich.text import Text  # noqa: PLC0415

    shown = Table(box=None, pad_edge=False, header_style="bold", padding=(0, 2, 0, 0))
    for column in columns:
        justify: Literal["right", "left"] = "right" if column.right else "left"
        shown.add_column(column.title, justify=justify, no_wrap=column.whole, overflow="fold")
    for row in rows:
        cells = (printable(_text(column.read(row))) for column in columns)
        shown.add_row(*(Text(cell) for cell in cells))
    if shown.row_count:
        _console().print(shown)
    else:
        say(empty)


def fields(document: Mapping[str, object]) -> None:
    """Print names and values, one a line."""
    width = max(map(len, document), default=0)
    for name, value in document.items():
        say(f"{name.ljust(width)}  {_text(value)}")


def listing(columns: Sequence[Column], empty: str) -> Callable[[Document], None]:
    """Return the view of a page: its table, and how to see the next one."""

    def view(page: Document) -> None:
        table(columns, page["items"], empty)
        tell_of_more(page)

    return view


def tell_of_more(page: Document) -> None:
    """Tell how to see the next page, where there is one."""
    if page["next"]:
        note(f"There are more: --after {page['next']}, or --all.")


def of(*path: str) -> Callable[[Document], object]:
    """Return a reader of ``row[a][b]...``; what is not there is shown as empty."""

    def read(row: Document) -> object:
        found: Any = row
        for name in path:
            found = found.get(name) if isinstance(found, dict) else None
        return found

    return read


def at(*path: str) -> Callable[[Document], object]:
    """Return a reader of an instant, shown to the minute in UTC."""
    read = of(*path)
    return lambda row: str(read(row) or "")[:16].replace("T", " ")


def percent(*path: str) -> Callable[[Document], object]:
    """Return a reader of a probability."""
    read = of(*path)

    def shown(row: Document) -> object:
        value = read(row)
        return f"{value:.1%}" if isinstance(value, float | int) else ""

    return shown


def printable(text: str) -> str:
    """Return the text with a mark in place of each character that is not printable."""
    return "".join(one if one.isprintable() or one == "\n" else _REPLACEMENT for one in text)


def shortened(text: str, cells: int) -> str:
    """Return the text on one line, printable, at most that many cells of a terminal wide."""
    from rich.cells import cell_len  # noqa: PLC0415

    whole = printable(" ".join(text.split()))
    if cell_len(whole) <= cells:
        return whole
    start = whole[:cells]
    while cell_len(start) >= cells:
        start = start[:-1]
    return start + "\N{HORIZONTAL ELLIPSIS}"


def progress(steps: Iterable[Batch], total: int, title: str) -> Iterator[Batch]:
    """Yield the batches and show on stderr, when it is a terminal, how much of them is done."""
    if not sys.stderr.isatty():
        yield from steps
        return
    from rich.console import Console  # noqa: PLC0415
    from rich.progress import Progress  # noqa: PLC0415

    with Progress(console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task(title, total=total)
        for step in steps:
            yield step
            bar.advance(task, len(step))


def _console() -> Any:  # noqa: ANN401  rich is imported only where something is shown
    from rich.console import Console  # noqa: PLC0415

    return Console(highlight=False, emoji=False)


def _text(value: object) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, list):
        return ", ".join(map(_text, value))
    return str(value)


def picked(document: Document, *names: str) -> Document:
    """Return only the named fields, in that order."""
    return {name: document[name] for name in names}
