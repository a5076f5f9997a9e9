"""The worker beside the service lives and dies with it."""

import os
import signal
import time
from collections.abc import Callable
from pathlib import Path

from tests.served import Program, make_home, serve

SOON_S = 30.0


def children(pid: int) -> list[int]:
    """Return the processes that ``pid`` started and that still run."""
    return [int(one) for one in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()] + [
        int(one)
        for task in Path(f"/proc/{pid}/task").iterdir()
        if task.name != str(pid)
        for one in (task / "children").read_text().split()
    ]


def comes(happens: Callable[[], bool]) -> bool:
    until = time.monotonic() + SOON_S
    while time.monotonic() < until:
        if happens():
            return True
        time.sleep(0.05)
    return False


def started(place: Path) -> tuple[Program, int]:
    home = make_home(place, f"sqlite:///{place / 'canary.db'}", firms=1, decoys=2)
    program = serve(home)
    assert comes(lambda: len(children(program.running.pid)) == 1)
    return program, children(program.running.pid)[0]


def runs(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return False


def test_a_worker_that_was_killed_is_started_again(tmp_path: Path) -> None:
    program, worker = started(tmp_path)
    os.kill(worker, signal.SIGKILL)
    assert comes(lambda: any(other != worker for other in children(program.running.pid)))
    program.stop()


def test_the_worker_ends_with_the_service(tmp_path: Path) -> None:
    program, worker = started(tmp_path)
    program.stop()
    assert comes(lambda: not runs(worker))


def test_the_worker_ends_when_the_service_is_killed(tmp_path: Path) -> None:
    program, worker = started(tmp_path)
    program.kill()
    assert comes(lambda: not runs(worker))
