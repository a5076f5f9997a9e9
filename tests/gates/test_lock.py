"""What is installed: pinned, by hash, from whatever index the machine uses."""

import re
import tomllib

from tests.gates.source import ROOT

PIN = re.compile(r"^([a-z0-9][a-z0-9._-]*)==\S+(?: ; .+?)? \\$")
NAME = re.compile(r"^[A-Za-z0-9._-]+")


def _lines() -> list[str]:
    lines = (ROOT / "requirements.txt").read_text().splitlines()
    return [line for line in lines if line and not line.lstrip().startswith("#")]


def _pinned() -> set[str]:
    return {found[1] for line in _lines() if (found := PIN.match(line))}


def test_every_line_is_a_pin_or_a_hash() -> None:
    strange = [line for line in _lines() if not PIN.match(line) and "--hash=sha256:" not in line]
    assert not strange


def test_every_dependency_is_pinned() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    wanted = [*project["dependencies"], *project["optional-dependencies"]["dev"]]
    names = {found[0].lower() for need in wanted if (found := NAME.match(need))}
    assert names - _pinned() == set()
