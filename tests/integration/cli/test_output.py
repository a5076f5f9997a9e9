"""What reaches stdout and stderr, whoever looks at them."""

import io
import json
import sys
from importlib.metadata import PackageNotFoundError
from pathlib import Path

import pytest
from typing_extensions import override

from cli import main
from cli.output import Column, of, print_json, printable, progress, table
from tests.integration.cli.conftest import Program

RAW = "a\x1b[31m\x9b\u202e\ud800b\n号"


class Terminal(io.StringIO):
    """Looks like a terminal."""

    @override
    def isatty(self) -> bool:
        return True


def test_what_a_terminal_would_act_on_is_replaced() -> None:
    assert printable(RAW) == "a\N{REPLACEMENT CHARACTER}[31m" + "\N{REPLACEMENT CHARACTER}" * 3 + (
        "b\n号"
    )


@pytest.mark.parametrize("encoding", ["utf-8", "ascii", "latin-1"])
def test_json_is_the_same_document_in_every_encoding(
    monkeypatch: pytest.MonkeyPatch, encoding: str
) -> None:
    written = io.TextIOWrapper(io.BytesIO(), encoding=encoding)
    monkeypatch.setattr(sys, "stdout", written)
    print_json({"text": RAW})
    written.flush()
    text = written.buffer.getvalue().decode(encoding)
    assert json.loads(text) == {"text": RAW}
    assert not [sign for sign in RAW if sign in text and not sign.isprintable() and sign != "\n"]


def test_markup_in_a_cell_is_text(capsys: pytest.CaptureFixture[str]) -> None:
    table([Column("name", of("name"))], [{"name": "[red]:smile:[/red]"}], "")
    assert "[red]:smile:[/red]" in capsys.readouterr().out


def test_progress_is_shown_on_a_terminal_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    batches = [[1, 2], [3]]
    for stderr in (Terminal(), io.StringIO()):
        monkeypatch.setattr(sys, "stderr", stderr)
        assert list(progress(batches, 3, "Importing")) == batches
        assert ("Importing" in stderr.getvalue()) is stderr.isatty()


def test_a_reader_that_goes_away_is_no_fault_of_ours(
    canary: Program, monkeypatch: pytest.MonkeyPatch
) -> None:
    def gone(*_: object, **__: object) -> None:
        raise BrokenPipeError(32, "Broken pipe")

    monkeypatch.setattr("cli.firms.show", gone)
    result = canary("firm", "list")
    assert result.exit_code == 1
    assert "error" not in result.stderr


def test_the_program_runs_outside_an_installation(
    bare: Program, monkeypatch: pytest.MonkeyPatch
) -> None:
    def missing(_: str) -> str:
        raise PackageNotFoundError

    monkeypatch.setattr(main, "version", missing)
    assert "from its source" in bare("--version").stdout


def test_csv_on_stdout_is_utf_8_whatever_the_terminal(clients: Program, tmp_path: Path) -> None:
    clients.json("dataset", "add", "Harbour Bank", "客户", "--locale", "zh_CN")
    out = tmp_path / "d.csv"
    seeding = clients.json("seed", "客户", "--count", "2", "--out", str(out))
    shown = clients("seeding", "show", seeding["id"], "--format", "csv").stdout_bytes
    assert sorted(shown.splitlines()) == sorted(out.read_bytes().splitlines())
