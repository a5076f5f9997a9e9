"""The wheel, as it is installed: everything in it, and it works away from the checkout."""

import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
UPGRADE = """
import sys
from pathlib import Path
import canary, cli, webhooks
from canary.database import open_database
from canary.schema import is_current, upgrade
place = Path(sys.argv[1])
assert all(Path(package.__file__).is_relative_to(place) for package in (canary, cli, webhooks))
database = open_database("sqlite:///wheel.db")
upgrade(database)
print(is_current(database))
"""


def _run(*arguments: str, cwd: Path) -> str:
    done = subprocess.run(  # noqa: S603  this Python and our own arguments
        [sys.executable, *arguments], cwd=cwd, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The wheel, built without a network."""
    place = tmp_path_factory.mktemp("wheel")
    _run("-m", "hatchling", "build", "--target", "wheel", "--directory", str(place), cwd=ROOT)
    (built,) = place.glob("*.whl")
    return built


def test_the_wheel_holds_the_three_packages_and_nothing_else(wheel: Path) -> None:
    names = zipfile.ZipFile(wheel).namelist()
    top = {name.split("/")[0] for name in names}
    assert {"canary", "webhooks", "cli"} <= top
    assert all(".dist-info" in name for name in top - {"canary", "webhooks", "cli"})


def test_the_wheel_holds_every_file_of_the_packages(wheel: Path) -> None:
    held = set(zipfile.ZipFile(wheel).namelist())
    kept = {
        path.relative_to(ROOT).as_posix()
        for package in ("canary", "webhooks", "cli")
        for path in (ROOT / package).rglob("*")
        if path.is_file() and "__pycache__" not in path.parts
    }
    assert kept - held == set()


def test_the_installed_wheel_works_away_from_the_checkout(wheel: Path, tmp_path: Path) -> None:
    place = tmp_path / "installed"
    zipfile.ZipFile(wheel).extractall(place)
    program = f"import sys; sys.path.insert(0, {str(place)!r})\n{UPGRADE}"
    assert _run("-I", "-c", program, str(place), cwd=tmp_path) == "True\n"


def test_the_wheel_brings_the_command(wheel: Path) -> None:
    archive = zipfile.ZipFile(wheel)
    (entry,) = (name for name in archive.namelist() if name.endswith("entry_points.txt"))
    assert "canary = cli.main:run" in archive.read(entry).decode()
