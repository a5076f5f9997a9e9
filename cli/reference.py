"""``python -m cli.reference`` writes the reference of commands and the table of settings.

Both are made from the program itself; a test compares them with the files in ``docs``.
"""

import ast
import inspect
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path
from typing import Any

import typer
from pydantic import SecretStr
from typer.core import TyperGroup
from typer.main import get_command

from canary.settings import Settings
from cli.main import app

DOCS = Path(__file__).parent.parent / "docs"
WIDTH = 80
PROGRAM = "canary"
HOME = "the platform's data directory"
COMMANDS_HEAD = """# Commands

Made by `python -m cli.reference` from the program.

Every command takes `--json`: one JSON document on standard output and nothing else. The service and
the key come before the command, as in `canary --url https://canary.example.com leaks`, or from the
environment: see [settings](settings.md)."""
SETTINGS_HEAD = """# Settings

Made by `python -m cli.reference` from the program.

The environment comes first, then `canary.env` in the home.

| name | meaning | default |
|---|---|---|"""


def commands_page() -> str:
    """Return the reference: the help of every command, in the program's order."""
    parts = [COMMANDS_HEAD]
    root = get_command(app)
    for name, text in _helps(root, typer.Context(root, info_name=PROGRAM, terminal_width=WIDTH)):
        parts += ["", f"## {name}", "", "```text", text.strip(), "```"]
    return "\n".join(parts) + "\n"


def settings_page() -> str:
    """Return the table of settings."""
    parts = [SETTINGS_HEAD]
    meanings = _meanings()
    for name, field in Settings.model_fields.items():
        default = f"`{_default(field.default)}`" if _default(field.default) else "-"
        if name == "home":
            default = HOME
        parts.append(f"| `CANARY_{name.upper()}` | {meanings[name]} | {default} |")
    return "\n".join(parts) + "\n"


PAGES = {"commands.md": commands_page, "settings.md": settings_page}


def _helps(found: Any, ctx: typer.Context) -> Iterator[tuple[str, str]]:  # noqa: ANN401  typer's own kinds of command
    yield ctx.command_path, found.get_help(ctx)
    if not isinstance(found, TyperGroup):
        return
    for name in found.list_commands(ctx):
        below = found.get_command(ctx, name)
        if below is not None and not below.hidden:
            yield from _helps(below, typer.Context(below, info_name=name, parent=ctx))


def _meanings() -> dict[str, str]:
    """Return what stands below each field in the source of the settings."""
    found: dict[str, str] = {}
    (made,) = ast.parse(inspect.getsource(Settings)).body
    body = made.body if isinstance(made, ast.ClassDef) else []
    for field, below in pairwise(body):
        if isinstance(field, ast.AnnAssign) and isinstance(field.target, ast.Name):
            text = below.value if isinstance(below, ast.Expr) else None
            if isinstance(text, ast.Constant) and isinstance(text.value, str):
                found[field.target.id] = " ".join(text.value.split())
    return found


def _default(given: object) -> str:
    plain = given.get_secret_value() if isinstance(given, SecretStr) else given
    if isinstance(plain, bool):
        return str(plain).lower()
    return str(plain) if isinstance(plain, str | int) else ""


if __name__ == "__main__":
    for page, make in PAGES.items():
        (DOCS / page).write_text(make(), encoding="utf-8")
