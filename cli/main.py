"""The program: its commands, and the one place where an error becomes an exit code."""

import errno
import io
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Annotated, Any

import typer
from typer.core import TyperGroup
from typing_extensions import override

from canary.errors import BadInput, CanaryError
from cli import backtest, checkup, demo, endpoints, firms, leaks, lines, local, seeds
from cli.client import Target
from cli.options import epilog
from cli.output import complain

HELP = """Decoy clients on phone lines we own tell which data set leaked, and when.

Without --url or CANARY_URL the commands work on the embedded database of this machine, as its
operator. Exit codes: 0 done, 1 failed, 2 wrong usage or bad input, 3 not found, 4 not allowed,
5 cannot reach the service.
"""


AS_JSON = "canary.as_json"
_UsageError: Any = typer.BadParameter.__base__
"""Wrong usage, as Typer's parser says it."""


class _Program(TyperGroup):
    """The command group that says what went wrong and ends with the error's exit code."""

    @override
    def make_context(
        self, info_name: str | None, args: list[str], parent: Any = None, **extra: Any
    ) -> Any:
        as_json = _asks_json(args)
        with _errors_told(as_json=as_json):
            made = super().make_context(info_name, args, parent, **extra)
        made.meta[AS_JSON] = as_json
        return made

    @override
    def invoke(self, ctx: Any) -> Any:
        with _errors_told(as_json=ctx.meta[AS_JSON]):
            return super().invoke(ctx)


def _asks_json(args: list[str]) -> bool:
    options = args[: args.index("--")] if "--" in args else args
    return "--json" in options


@contextmanager
def _errors_told(*, as_json: bool) -> Iterator[None]:
    try:
        yield
    except CanaryError as error:
        complain(error.code, error.says, error.fix, as_json=as_json)
        raise typer.Exit(error.exit_code) from None
    except _UsageError as wrong:
        wrong.message = wrong.message.replace("Value error, ", "")
        if not as_json:
            raise
        complain(BadInput.code, wrong.format_message(), "See --help.", as_json=True)
        raise typer.Exit(BadInput.exit_code) from None
    except OSError as wrong:
        if wrong.errno == errno.EPIPE or wrong.strerror is None:
            raise
        says = f"{wrong.filename or 'The system says'}: {wrong.strerror}."
        complain(CanaryError.code, says, "", as_json=as_json)
        raise typer.Exit(CanaryError.exit_code) from None


app = typer.Typer(
    name="canary",
    cls=_Program,
    help=HELP,
    no_args_is_help=True,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
    epilog=epilog("canary init", "canary --url https://canary.example.com leaks"),
)
for area in (local, demo, checkup, firms, lines, seeds, leaks, endpoints, backtest):
    area.register(app)


def _print_version(wanted: bool) -> None:  # noqa: FBT001  typer passes the option so
    if not wanted:
        return
    try:
        typer.echo(f"canary {version('canary-records')}")
    except PackageNotFoundError:
        typer.echo("canary, run from its source")
    raise typer.Exit


@app.callback()
def _choose_target(
    ctx: typer.Context,
    url: Annotated[
        str | None,
        typer.Option(metavar="URL", help="The service; CANARY_URL when not given."),
    ] = None,
    key_file: Annotated[
        Path | None,
        typer.Option(
            metavar="FILE", help="A file with the API key; CANARY_API_KEY when not given."
        ),
    ] = None,
    *,
    _version: Annotated[
        bool,
        typer.Option(
            "--version", callback=_print_version, is_eager=True, help="Print the version."
        ),
    ] = False,
) -> None:
    ctx.obj = Target(url, key_file)


def run() -> None:
    """Run the program that the command line names."""
    if isinstance(sys.stdout, io.TextIOWrapper):
        sys.stdout.reconfigure(errors="replace")
    app(prog_name="canary")
