"""Programs that some tests need beside Python: found, or skipped by name, or failed under CI."""

import os
import shutil
from pathlib import Path
from typing import NoReturn

import pytest

NAMES = {"chromium": ("chromium", "chromium-browser", "google-chrome")}
"""Other names that a program goes by."""


def find(program: str) -> str | None:
    """Return the path of ``program``, also where Debian hides PostgreSQL's, or None."""
    for name in NAMES.get(program, (program,)):
        on_path = shutil.which(name)
        if on_path:
            return on_path
    hidden = sorted(Path("/usr/lib/postgresql").glob(f"*/bin/{program}"), key=_version)
    return str(hidden[-1]) if hidden else None


def require(program: str) -> str:
    """Return the path of ``program``; without it the test is skipped, or failed under CI."""
    return find(program) or absent(program)


def absent(program: str) -> NoReturn:
    """End a test that cannot run without ``program``."""
    reason = f"{program} is not installed: run `make test-deps`"
    if os.environ.get("CI") == "true":
        pytest.fail(reason, pytrace=False)
    pytest.skip(reason)


def _version(path: Path) -> int:
    version = path.parent.parent.name
    return int(version) if version.isdigit() else 0
