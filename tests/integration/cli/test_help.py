"""The help: an example under every command, JSON from every command, and a quick start."""

import shlex
import subprocess
import sys
from collections.abc import Iterator
from typing import Any, get_args

import pytest
import typer
from typer.core import TyperGroup
from typer.main import get_command

from canary.alerts.kinds import AlertFormat
from canary.tables import DeliveryStatus, LeakStatus, LineState, Scope
from cli import endpoints, leaks, lines
from cli.main import app
from cli.options import EXAMPLE
from tests.integration.cli.conftest import Program

ROOT = get_command(app)


def _commands(found: Any, *path: str) -> Iterator[tuple[str, Any]]:  # noqa: ANN401  typer's own
    yield " ".join(path), found
    if isinstance(found, TyperGroup):
        for name, below in found.commands.items():
            yield from _commands(below, *path, name)


EVERY = dict(_commands(ROOT, "canary"))


@pytest.mark.parametrize("path", EVERY)
def test_help_ends_with_examples_that_can_be_typed(bare: Program, path: str) -> None:
    shown = bare(*path.split()[1:], "--help")
    assert shown.exit_code == 0
    assert max(map(len, shown.stdout.splitlines())) <= 80
    head, _, tail = shown.stdout.partition(f"\n  {EXAMPLE}\n")
    assert head
    examples = _unwrapped(tail)
    assert examples
    for example in examples:
        _parse(shlex.split(example))


def test_every_command_prints_json_when_asked() -> None:
    single = {path: one for path, one in EVERY.items() if not isinstance(one, TyperGroup)}
    without = [path for path, one in single.items() if "--json" not in str(_options(one))]
    assert without == []


def test_choices_are_those_of_the_service() -> None:
    assert list(get_args(lines.State)) == [state.value for state in LineState]
    assert list(get_args(leaks.Status)) == [status.value for status in LeakStatus]
    assert list(get_args(endpoints.Status)) == [status.value for status in DeliveryStatus]
    assert {"firm", "investigator"} == {scope.value for scope in Scope} - {"operator"}
    assert AlertFormat.STANDARD.value == "standard"


@pytest.mark.parametrize("words", [["--help"], ["seed", "--help"], ["--version"]])
def test_help_loads_nothing_heavy(words: list[str]) -> None:
    heavy = {
        "fastapi",
        "sqlalchemy",
        "rich",
        "httpx",
        "twilio",
        "numpy",
        "pydantic_settings",
        "uvicorn",
    }
    assert _loaded(words, {}) & heavy == set()


def test_a_remote_command_loads_neither_the_service_nor_the_database() -> None:
    env = {"CANARY_URL": "http://127.0.0.1:9", "CANARY_API_KEY": "k"}
    heavy = {"fastapi", "sqlalchemy", "twilio", "numpy", "pydantic_settings", "uvicorn"}
    assert _loaded(["leaks"], env) & heavy == set()


def test_version_and_a_missing_command(bare: Program) -> None:
    assert bare("--version").stdout.startswith("canary")
    assert "No such command 'leak-list'" in bare.refusal(2, "leak-list")
    assert bare().exit_code == 2


def _unwrapped(tail: str) -> list[str]:
    return [line.strip() for line in tail.splitlines() if line.strip()]


def _options(found: Any) -> list[str]:  # noqa: ANN401  typer's own kinds of command
    return [name for parameter in found.params for name in parameter.opts] + list(
        getattr(found, "commands", {})
    )


def _parse(words: list[str]) -> None:
    """Parse a command line down to its last command without running it."""
    found: Any = ROOT
    ctx: typer.Context | None = None
    name: str | None
    name, *args = words
    while True:
        ctx = found.make_context(name, args, parent=ctx)
        if not isinstance(found, TyperGroup):
            return
        name, found, args = found.resolve_command(ctx, [*ctx._protected_args, *ctx.args])


def _loaded(words: list[str], env: dict[str, str]) -> set[str]:
    """Return the packages that a command has imported when it ends."""
    code = (
        "import atexit, sys\n"
        "atexit.register(lambda: print(*sys.modules, file=sys.stderr))\n"
        "from cli.main import run\n"
        "run()\n"
    )
    done = subprocess.run(  # noqa: S603  our own program
        [sys.executable, "-c", code, *words],
        env=env,
        capture_output=True,
        text=True,
        check=False,
    )
    return {name.partition(".")[0] for name in done.stderr.splitlines()[-1].split()}
