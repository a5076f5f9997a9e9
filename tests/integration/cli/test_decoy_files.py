"""Decoys in files: exact, private, whole or not there, and never in place of something else."""

import csv
import io
import json
from pathlib import Path

import pytest

from cli.decoy_files import CLIENT
from cli.output import Document
from tests.integration.cli.conftest import Program


def _records(seeding: Document) -> list[dict[str, str]]:
    return [
        {**{name: decoy[name] for name in CLIENT}, **decoy["attributes"]}
        for decoy in seeding["decoys"]
    ]


def test_csv_gives_back_what_was_issued(clients: Program, tmp_path: Path) -> None:
    out = tmp_path / "decoys.csv"
    seeding = clients.json("seed", "clients", "--count", "20", "--out", str(out))
    with out.open(encoding="utf-8", newline="") as file:
        assert list(csv.DictReader(file)) == _records(seeding)


def test_jsonl_gives_back_what_was_issued(clients: Program, tmp_path: Path) -> None:
    out = tmp_path / "decoys.jsonl"
    seeding = clients.json("seed", "clients", "--count", "20", "--out", str(out))
    lines = out.read_text(encoding="utf-8").splitlines()
    assert [json.loads(line) for line in lines] == _records(seeding)


@pytest.mark.parametrize("form", ["csv", "jsonl"])
def test_stdout_takes_the_same_forms(clients: Program, form: str, tmp_path: Path) -> None:
    out = tmp_path / f"decoys.{form}"
    seeding = clients.json("seed", "clients", "--count", "3", "--out", str(out))
    shown = clients("seeding", "show", seeding["id"], "--format", form).stdout
    assert sorted(shown.splitlines()) == sorted(out.read_text(encoding="utf-8").splitlines())
    if form == "csv":
        assert len(list(csv.DictReader(io.StringIO(shown)))) == 3


def test_nothing_in_a_file_says_decoy(clients: Program, tmp_path: Path) -> None:
    out = tmp_path / "clients.csv"
    clients.json("seed", "clients", "--count", "5", "--out", str(out))
    text = out.read_text(encoding="utf-8")
    assert not [word for word in ("decoy", "seed_", "line_", "copy_", "canary") if word in text]


def test_a_file_is_private_and_nothing_is_left_beside_it(clients: Program, tmp_path: Path) -> None:
    place = tmp_path / "out"
    place.mkdir()
    clients.json("seed", "clients", "--count", "1", "--out", str(place / "d.csv"))
    (file,) = place.iterdir()
    assert file.stat().st_mode & 0o777 == 0o600


def test_a_file_that_is_there_is_replaced_only_with_force(clients: Program, tmp_path: Path) -> None:
    out = tmp_path / "d.csv"
    out.write_text("precious")
    words = ["seed", "clients", "--count", "1", "--out", str(out)]
    assert "--force" in clients.refusal(2, *words)
    assert out.read_text() == "precious"
    assert clients.json("seeding", "list")["items"] == []
    assert clients(*words, "--force").exit_code == 0
    assert out.read_text().startswith("number,name,")


@pytest.mark.parametrize("name", ["d.xls", "d", "none/d.csv", "."])
def test_nothing_is_issued_for_a_file_that_cannot_be(
    clients: Program, tmp_path: Path, name: str
) -> None:
    assert clients.refusal(2, "seed", "clients", "--count", "1", "--out", str(tmp_path / name))
    assert clients.json("seeding", "list")["items"] == []


def test_decoys_of_a_file_that_failed_can_be_written_again(
    clients: Program, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fails(_: int) -> None:
        raise OSError(28, "No space left on device")

    out = tmp_path / "d.csv"
    with monkeypatch.context() as full:
        full.setattr("os.fsync", fails)
        said = clients.refusal(1, "seed", "clients", "--count", "2", "--out", str(out))
    assert "No space left" in said
    assert not list(tmp_path.glob("*d.csv*"))
    seeding = said.split("seeding show ")[1].split()[0]
    clients.json("seeding", "show", seeding, "--out", str(out))
    assert len(out.read_text().splitlines()) == 3


def test_the_same_key_issues_once(clients: Program, tmp_path: Path) -> None:
    words = ["seed", "clients", "--count", "2", "--idempotency-key", "march"]
    first = clients.json(*words, "--out", str(tmp_path / "a.csv"))
    again = clients.json(*words, "--out", str(tmp_path / "b.csv"))
    assert first == again
    assert (tmp_path / "a.csv").read_text() == (tmp_path / "b.csv").read_text()
    assert len(clients.json("seeding", "list")["items"]) == 1
    other = ["seed", "clients", "--count", "3", "--idempotency-key", "march"]
    assert clients.refusal(2, *other)


def test_planted_at_is_kept(clients: Program) -> None:
    words = ["seed", "clients", "--count", "1", "--planted-at", "2026-01-01T08:00:00+08:00"]
    assert clients.json(*words)["planted_at"] == "2026-01-01T00:00:00Z"


def test_people_are_told_where_the_file_is(clients: Program, tmp_path: Path) -> None:
    out = tmp_path / "d.jsonl"
    result = clients("seed", "clients", "--count", "2", "--out", str(out))
    assert f"Wrote 2 records to {out}." in result.stdout.replace("\n", " ")


def test_a_retired_seeding_says_so(clients: Program) -> None:
    seeding = clients.json("seed", "clients", "--count", "2")["id"]
    (listed,) = clients.json("seeding", "list")["items"]
    assert (listed["count"], listed["retired"]) == (2, 0)
    assert "none" in clients("seeding", "list").stdout
    assert f"Retired 2 decoys of {seeding}." in clients("retire", seeding).stdout
    assert "Nothing changed" in clients("retire", seeding).stdout
    assert clients.json("seeding", "list")["items"][0]["retired"] == 2
    assert "all" in clients("seeding", "list").stdout
