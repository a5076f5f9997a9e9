"""The worker beside the service lives and dies with it."""

import os
import signal
import time
from collections.abc import Callable
from pathlib import Path

from tests.served import Program, make_home, serve

SOON_S = 30.0


def children(parent: int) -> list[int]:
    """Return the processes that ``parent`` started and that still run."""
    found = []
    for place in Path("/proc").glob("[0-9]*"):
        state, started_by = stat_of(int(place.name))
        if started_by == parent and state != "Z":
            found.append(int(place.name))
    return found


def stat_of(pid: int) -> tuple[str, int]:
    """Return a process's state and who started it; ``Z`` when it is gone."""
    try:
        fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    except OSError:
        return "Z", 0
    return fields[0], int(fields[1])


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
    return stat_of(pid)[0] != "Z"


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
