"""The README is true: its sessions are typed in and must print what it says."""

import json
import os
import re
import shlex
import subprocess
import sys
from pathlib import Path

import pytest

README = (Path(__file__).parents[2] / "README.md").read_text()
SESSIONS = re.findall(r"```console\n(.*?)```", README, re.DOTALL)
LINES = re.findall(r"```csv\n(.*?)```", README, re.DOTALL)[0]
VARIES = (
    (r"\b(firm|ds|copy|seed|leak)_[0-9a-f]{32}", r"\1_"),
    (r"canary_[0-9a-f]{12}_[\w-]{43}", "canary_key"),
    (r"\d{4}-\d\d-\d\d( \d\d:\d\d)?", "a date"),
    (r"after \d+ ms", "after some ms"),
    (r"0\.99\d+|1\.0000", "nearly one"),
    (r"\b(first|second|third|fourth|fifth|sixth|seventh|eighth|ninth) contact", "some contact"),
    (r"(?m)^ {9}.*\n", ""),  # the reasons follow the noise
)


def typed(home: Path, command: str) -> str:
    """Run one command as at a terminal; return what it shows."""
    environment = {k: v for k, v in os.environ.items() if not k.startswith("CANARY_")}
    done = subprocess.run(  # noqa: S603  the README's own commands
        [sys.executable, "-m", "cli", *shlex.split(command)[1:]],
        env={**environment, "CANARY_HOME": str(home), "COLUMNS": "120"},
        cwd=home.parent,
        capture_output=True,
        text=True,
        check=False,
    )
    return (done.stderr + done.stdout).replace(str(home), "/home/me/canary")


def comparable(text: str) -> str:
    """Return the text without what differs from run to run."""
    for pattern, same in VARIES:
        text = re.sub(pattern, same, text)
    return "\n".join(line.rstrip() for line in text.strip().splitlines())


def commands(session: str) -> list[tuple[str, str]]:
    """Return each command of a session with what it prints."""
    parts = re.split(r"^\$ (.*)\n", session, flags=re.MULTILINE)[1:]
    return list(zip(parts[::2], parts[1::2], strict=True))


def test_the_first_thirty_lines_are_a_real_session(tmp_path: Path) -> None:
    assert README.partition("```console")[0].count("\n") < 6
    (tmp_path / "lines.csv").write_text(LINES)
    for command, printed in commands(SESSIONS[0]):
        assert comparable(typed(tmp_path / "home", command)) == comparable(printed), command
    assert (tmp_path / "decoys.csv").read_text().count("@clients.example") == 3


def test_the_demonstration_finds_the_stolen_copy_and_only_it(tmp_path: Path) -> None:
    (command, printed), *_ = commands(SESSIONS[1])
    kept = tmp_path / "kept"
    shown = typed(tmp_path / "home", f"{command} --keep {kept}").partition("\nLook around")[0]
    assert comparable(shown) == comparable(printed)
    leaks = json.loads(typed(kept, "canary leaks --json"))["items"]
    assert [(one["firm"]["name"], one["status"]) for one in leaks] == [("Lakeside Clinic", "open")]
    leak = json.loads(typed(kept, f"canary leak show {leaks[0]['id']} --json"))
    assert leak["timeline"][-1]["kind"] in {"opened", "updated"}
    assert len([one for one in leak["contacts"] if one["probability"] > 0.5]) >= 5


@pytest.mark.parametrize("block", SESSIONS[2:], ids=["install", "firm"])
def test_every_other_command_that_is_shown_exists(block: str, tmp_path: Path) -> None:
    for line in re.findall(r"^\$ canary (\w+(?: [a-z]+)?)", block, re.MULTILINE):
        shown = typed(tmp_path / "home", f"canary {line} --help")
        assert "Usage: canary" in shown, line
