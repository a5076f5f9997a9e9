"""The program in this process on a home of its own, and the same against a real service."""

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from cli.main import app
from cli.output import Document

LONG_AGO = "2025-01-01T00:00:00Z"


@dataclass(frozen=True)
class Program:
    """Runs commands with this environment."""

    home: Path
    env: dict[str, str] = field(default_factory=dict)

    def __call__(self, *args: str) -> Result:
        """Run a command and return what came of it."""
        env = {"CANARY_HOME": str(self.home), "COLUMNS": "80", **self.env}
        return CliRunner().invoke(app, list(args), env=env, prog_name="canary")

    def json(self, *args: str) -> Document:
        """Run a command that goes well and return its one JSON document."""
        result = self(*args, "--json")
        assert result.exit_code == 0, result.output
        document: Document = json.loads(result.stdout)
        return document

    def refusal(self, code: int, *args: str) -> str:
        """Run a command that ends with ``code`` and return what it says on stderr."""
        result = self(*args)
        assert result.exit_code == code, result.output
        assert result.stdout == ""
        return result.stderr

    def lines(self, count: int, first: int = 0) -> None:
        """Own ``count`` lines that are ready."""
        file = self.home.parent / f"lines{first}.csv"
        numbers = (
            f"+1{201 + which}5550{100 + which % 100}" for which in range(first, first + count)
        )
        rows = "".join(f"{number},twilio,{LONG_AGO}\n" for number in numbers)
        file.write_text("number,carrier,acquired_at\n" + rows)
        assert self.json("line", "import", str(file)) == {"imported": count, "refused": []}


@contextmanager
def started(*args: str, env: dict[str, str]) -> Iterator[tuple[Document, subprocess.Popen[str]]]:
    """Start a command that stays, and yield the JSON document that it starts with."""
    running = subprocess.Popen(  # noqa: S603  our own program
        [sys.executable, "-m", "cli", *args, "--json"],
        env={**os.environ, **env},
        stdout=subprocess.PIPE,
        text=True,
    )
    assert running.stdout
    with running:
        text = ""
        while not text.endswith("\n}\n"):
            line = running.stdout.readline()
            assert line, "it ended without a word"
            text += line
        try:
            yield json.loads(text), running
        finally:
            running.terminate()


@pytest.fixture
def bare(tmp_path: Path) -> Program:
    """The program where no home was made yet."""
    return Program(tmp_path / "home")


@pytest.fixture(scope="session")
def _made_home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    home = tmp_path_factory.mktemp("made") / "home"
    Program(home).json("init")
    return home


@pytest.fixture
def canary(bare: Program, _made_home: Path) -> Program:
    """The program on a home of its own, in this process."""
    shutil.copytree(_made_home, bare.home)
    return bare


@pytest.fixture
def remote(tmp_path: Path) -> Iterator[Program]:
    """The program against a real service on loopback, as operator."""
    server = Program(tmp_path / "server")
    key = server.json("init")["api_key"]
    with started("serve", "--port", "0", env={"CANARY_HOME": str(server.home)}) as (told, _):
        yield Program(tmp_path / "elsewhere", {"CANARY_URL": told["url"], "CANARY_API_KEY": key})


@pytest.fixture(params=["in process", "over http"])
def either(request: pytest.FixtureRequest) -> Program:
    """The program both ways."""
    name = "canary" if request.param == "in process" else "remote"
    program: Program = request.getfixturevalue(name)
    return program


@pytest.fixture(scope="session")
def _filled_home(_made_home: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    filled = Program(tmp_path_factory.mktemp("filled") / "home")
    shutil.copytree(_made_home, filled.home)
    filled.json("firm", "add", "Harbour Bank", "--sector", "finance")
    filled.json("dataset", "add", "Harbour Bank", "clients")
    filled.lines(30)
    return filled.home


@pytest.fixture
def clients(bare: Program, _filled_home: Path) -> Program:
    """The program with a firm, its dataset `clients` and 30 ready lines."""
    shutil.copytree(_filled_home, bare.home)
    return bare


Write = Callable[[str], Path]


@pytest.fixture
def csv_file(tmp_path: Path) -> Write:
    """Write a file of lines and return its path."""

    def write(text: str) -> Path:
        path = tmp_path / "given.csv"
        path.write_text(text, encoding="utf-8")
        return path

    return write
