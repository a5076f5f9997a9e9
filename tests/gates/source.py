"""The project's own files, as the gates read them."""

import ast
import subprocess
from collections.abc import Iterator
from functools import cache
from pathlib import Path

ROOT = Path(__file__).parents[2]
PRODUCT = ("canary", "webhooks", "cli")
DRAFTED = ROOT / "canary/migrations/versions"
"""Revisions are drafted by Alembic, as long as the schema is wide."""


@cache
def modules(*folders: str) -> list[Path]:
    """Return the Python files in ``folders``, drafted revisions left out."""
    found = (path for folder in folders for path in (ROOT / folder).rglob("*.py"))
    return sorted(path for path in found if DRAFTED not in path.parents)


@cache
def parsed(path: Path) -> ast.Module:
    """Return the syntax tree of a module."""
    return ast.parse(path.read_text(), str(path))


def functions(path: Path) -> Iterator[ast.FunctionDef | ast.AsyncFunctionDef]:
    """Yield every function of a module, also those inside others."""
    for node in ast.walk(parsed(path)):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            yield node


def place(path: Path, line: int) -> str:
    """Return where something stands, as an editor opens it."""
    return f"{path.relative_to(ROOT)}:{line}"


@cache
def kept_files() -> list[Path]:
    """Return every text file that is, or is about to be, under version control."""
    listed = subprocess.run(
        ["git", "ls-files", "--cached", "--others", "--exclude-standard", "-z"],  # noqa: S607  git is found on the PATH
        cwd=ROOT,
        check=True,
        capture_output=True,
        text=True,
    ).stdout
    paths = [ROOT / name for name in listed.split("\0") if name]
    return [path for path in paths if path.is_file() and b"\0" not in path.read_bytes()]
