"""Files of decoys, to be mixed into a firm's records: written whole or not at all.

They hold what a client record holds and no id of ours, so that nothing in them says decoy. Values
are written exactly as they are: the files are for databases, not for spreadsheets.
"""

import csv
import errno
import io
import json
import os
import tempfile
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Literal, TextIO

import typer

from canary.errors import BadInput, CanaryError
from cli.output import Document

Form = Literal["csv", "jsonl"]

CLIENT = (
    "number",
    "name",
    "given_name",
    "family_name",
    "email",
    "gender",
    "birth_date",
    "address",
    "city",
    "region",
    "postcode",
)


def client_records(decoys: Sequence[Document]) -> list[dict[str, str]]:
    """Return decoys as flat client records: the client's fields, then those of the sector."""
    return [
        {
            **{name: decoy[name] for name in CLIENT},
            **{name: text for name, text in decoy["attributes"].items() if name not in CLIENT},
        }
        for decoy in decoys
    ]


def write_csv(file: TextIO, records: Sequence[Mapping[str, str]]) -> None:
    """Write records as CSV with a header; lines end with one line feed."""
    names = list(dict.fromkeys(name for record in records for name in record))
    writer = csv.DictWriter(file, names or list(CLIENT), restval="", lineterminator="\n")
    writer.writeheader()
    writer.writerows(records)


def write_jsonl(file: TextIO, records: Sequence[Mapping[str, str]]) -> None:
    """Write records as JSON, one a line."""
    file.writelines(json.dumps(record, ensure_ascii=False) + "\n" for record in records)


WRITERS: dict[Form, Callable[[TextIO, Sequence[Mapping[str, str]]], None]] = {
    "csv": write_csv,
    "jsonl": write_jsonl,
}


def form_of(path: Path) -> Form:
    """Return the form that a file's name asks for.

    Raises:
        BadInput: the name ends with none that we know.
    """
    for form in WRITERS:
        if path.suffix.lower() == f".{form}":
            return form
    raise BadInput(
        says=f"{path} ends with neither .csv nor .jsonl.", fix="Name the file so that it does."
    )


def require_writable(path: Path, *, force: bool) -> None:
    """Do nothing when a file can be put there, before anything is issued that belongs into it.

    Raises:
        BadInput: it exists and may not be replaced, or its directory cannot be written to.
    """
    form_of(path)
    if path.is_dir() or (path.exists() and not force):
        raise BadInput(says=f"{path} exists.", fix="Name another file, or replace it with --force.")
    if not path.parent.is_dir() or not os.access(path.parent, os.W_OK):
        raise BadInput(
            says=f"{path.parent} is not a directory that can be written to.", fix="Name another."
        )


def write_file(path: Path, issued: Document, *, force: bool) -> None:
    """Write a seeding beside ``path``, mode 0600, and move the file into place when it is whole.

    Raises:
        CanaryError: the disk is full, or a file appeared there meanwhile; the fix says how to get
            the decoys again.
    """
    write = WRITERS[form_of(path)]
    try:
        handle, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
        beside = Path(name)
        try:
            with os.fdopen(handle, "w", encoding="utf-8", newline="") as file:
                write(file, client_records(issued["decoys"]))
                file.flush()
                os.fsync(file.fileno())
            if path.exists() and not force:
                raise FileExistsError(errno.EEXIST, os.strerror(errno.EEXIST))
            beside.replace(path)
        finally:
            beside.unlink(missing_ok=True)
    except OSError as wrong:
        raise CanaryError(
            says=f"{path} was not written: {wrong.strerror}.",
            fix="The decoys are issued; write them elsewhere: "
            f"canary seeding show {issued['id']} --out FILE.",
        ) from None


def print_records(form: Form, decoys: Sequence[Document]) -> None:
    """Print decoys on stdout as a file of that form, in UTF-8 whatever the terminal's encoding."""
    text = io.StringIO(newline="")
    WRITERS[form](text, client_records(decoys))
    stdout = typer.get_binary_stream("stdout")
    stdout.write(text.getvalue().encode())
    stdout.flush()
