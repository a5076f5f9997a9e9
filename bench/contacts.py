"""Durable contacts a second through Twilio's route, as a ratio to a floor that stores nothing.

Pairs in the same run: the floor, then the service, on each database, several rounds. Every
contact answered 200 is counted in the database afterwards. Run it with ``make bench``.
"""

import argparse
import re
import statistics
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import sqlalchemy as sa

from canary.clock import chance
from canary.database import open_database
from canary.tables import Contact
from tests.postgres import start_cluster
from tests.programs import find
from tests.served import (
    ROUTE,
    Home,
    Program,
    free_port,
    make_home,
    serve,
    signed_posts,
    start,
    write_posts,
)

CONNECTIONS = 64
POSTS = 60_000
HERE = Path(__file__).parent


@dataclass(frozen=True, slots=True)
class Figures:
    """One run: requests a second, CPU a request in microseconds, the median and p99 in ms."""

    per_s: float
    cpu_us: float
    p50_ms: float
    p99_ms: float


def load(program: Program, posts: Path, seconds: int, connections: int) -> tuple[Figures, int]:
    """Post for some seconds; return the figures and how many answers were 2xx.

    Raises:
        RuntimeError: there were other answers, or the connection broke.
    """
    threads = min(2, connections)
    wrk = find("wrk") or sys.exit("wrk is not installed: run `make test-deps`")
    before = program.cpu_s()
    out = subprocess.run(  # noqa: S603  the load generator, with our own arguments
        [
            *(wrk, f"-t{threads}", f"-c{connections}", f"-d{seconds}s", "--latency"),
            *("-s", str(HERE / "posts.lua"), f"{program.url}{ROUTE}", "--"),
            *(str(posts), str(threads)),
        ],
        check=True,
        capture_output=True,
        text=True,
    ).stdout
    cpu_s = program.cpu_s() - before
    if "Non-2xx" in out or "Socket errors" in out:
        raise RuntimeError(out)
    done = int(_found(r"(\d+) requests in", out))
    figures = Figures(
        float(_found(r"Requests/sec:\s+([\d.]+)", out)),
        cpu_s / done * 1e6,
        _ms(_found(r"\n +50%\s+([\d.]+\w+)", out)),
        _ms(_found(r"\n +99%\s+([\d.]+\w+)", out)),
    )
    return figures, done


def _found(pattern: str, text: str) -> str:
    match = re.search(pattern, text)
    if match is None:
        raise RuntimeError(text)
    return match[1]


def _ms(text: str) -> float:
    number, unit = float(text.rstrip("usm")), text.lstrip("0123456789.")
    return number * {"us": 1e-3, "ms": 1.0, "s": 1e3}[unit]


@contextmanager
def running(start_it: Callable[[], Program]) -> Iterator[Program]:
    """Run a program for the length of the block."""
    program = start_it()
    try:
        yield program
    finally:
        program.stop()


def floor() -> Program:
    """Start the floor."""
    port = free_port()
    return start([sys.executable, "-m", "bench.floor", str(port)], port, {})


def stored(url: str) -> int:
    """Count the contacts in the database."""
    database = open_database(url)
    with database.read() as session:
        count = session.execute(sa.select(sa.func.count()).select_from(Contact)).scalar_one()
    database.close()
    return int(count)


def compare(name: str, home: Home, options: argparse.Namespace, place: Path) -> None:
    """Print the table of one database."""
    url = home.database_url
    draw = chance(name)
    ratios: dict[str, list[float]] = {"requests/s": [], "CPU a request": [], "lone p50": []}
    print(f"\n{name}: {options.seconds} s a run, {CONNECTIONS} keep-alive connections")
    print(f"{'':20}{'requests/s':>12}{'CPU us':>10}{'p50 ms':>9}{'p99 ms':>9}{'lone p50':>10}")
    for turn in range(options.rounds):
        posts = place / f"{name}-{turn}.posts"
        sids = [f"SM{draw.randbytes(16).hex()}" for _ in range(POSTS)]
        write_posts(posts, signed_posts(home.numbers, sids, draw))
        with running(floor) as bare:
            base, _ = load(bare, posts, options.seconds, CONNECTIONS)
            lone_base, _ = load(bare, posts, 2, 1)
        before = stored(url)
        with running(lambda: serve(home, *options.serve)) as ours:
            figures, done = load(ours, posts, options.seconds, CONNECTIONS)
            expected = min(done, POSTS)
            kept = stored(url) - before
            lone, _ = load(ours, posts, 2, 1)
        # Requests under way when the load ends were answered to nobody: up to one a connection.
        if not expected <= kept <= expected + CONNECTIONS:
            sys.exit(f"{name}: {done} were answered 200 and {kept} are stored")
        for label, one, single in (("floor", base, lone_base), ("service", figures, lone)):
            row = f"{one.per_s:12.0f}{one.cpu_us:10.0f}{one.p50_ms:9.2f}{one.p99_ms:9.2f}"
            print(f"{label:20}{row}{single.p50_ms:10.2f}", flush=True)
        ratios["requests/s"].append(figures.per_s / base.per_s)
        ratios["CPU a request"].append(figures.cpu_us / base.cpu_us)
        ratios["lone p50"].append(lone.p50_ms / lone_base.p50_ms)
    print("ratio to the floor, median (lowest to highest):")
    for what, values in ratios.items():
        middle, low, high = statistics.median(values), min(values), max(values)
        print(f"  {what:18}{middle:6.2f} ({low:.2f} to {high:.2f})")


def main() -> None:
    """Print both tables."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--seconds", type=int, default=6)
    parser.add_argument("--serve", action="append", default=[], help="an option of canary serve")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as temporary:
        place = Path(temporary)
        home = place / "sqlite"
        home.mkdir()
        url = f"sqlite:///{home / 'canary.db'}"
        compare("sqlite", make_home(home, url, firms=10, decoys=100), options, place)
        cluster = start_cluster(fsync="on", full_page_writes="on")
        try:
            home = place / "postgresql"
            home.mkdir()
            url = cluster.url(cluster.create())
            compare("postgresql", make_home(home, url, firms=10, decoys=100), options, place)
        finally:
            cluster.stop()


if __name__ == "__main__":
    main()
