"""The intake: many handlers wait, one writer commits, and only then is anyone answered.

A group-commit writer without a timer. What has queued up in one turn of the event loop is one
transaction and one fsync; a lone contact commits at once. While a batch is being written the next
one gathers; it is cut after the acknowledgements of the last have gone out.
"""

import asyncio
from collections.abc import Callable, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field

from sqlalchemy.exc import DBAPIError, IntegrityError, OperationalError

from canary.clock import Clock
from canary.contacts.record import Inbound, record_batch
from canary.database import Database
from canary.errors import CannotReach
from canary.vault import Vault

MAX_WAITING = 20_000
MAX_BATCH = 500
CONFLICTS = frozenset({"40001", "40P01"})
"""PostgreSQL's states for a serialization failure and a deadlock."""


@dataclass
class Counts:
    """What went through the intake since it was opened."""

    contacts: int = 0
    unknown_numbers: int = 0
    batches: int = 0


@dataclass
class _Wish:
    inbound: Inbound
    done: "asyncio.Future[None]" = field(repr=False)


class Intake:
    """Hands contacts of one process to the database's one writer of that process."""

    def __init__(
        self, database: Database, vault: Vault, clock: Clock, recorded: Callable[[], None]
    ) -> None:
        """Call ``recorded`` after each commit, from the writer's thread."""
        self.counts = Counts()
        self._database, self._vault, self._clock = database, vault, clock
        self._recorded = recorded
        self._waiting: list[_Wish] = []
        self._idle = asyncio.Event()
        self._idle.set()
        self._writer = ThreadPoolExecutor(1, thread_name_prefix="intake")

    async def record(self, inbound: Inbound) -> None:
        """Return once ``inbound`` is durable.

        Raises:
            CannotReach: it could not be stored, or too many wait already; the carrier tries again.
        """
        if len(self._waiting) >= MAX_WAITING:
            raise CannotReach(says="Too many contacts are waiting to be stored.", fix="Try again.")
        loop = asyncio.get_running_loop()
        wish = _Wish(inbound, loop.create_future())
        self._waiting.append(wish)
        if self._idle.is_set():
            self._idle.clear()
            loop.call_soon(self._cut, loop)
        await wish.done

    async def close(self) -> None:
        """Wait until everything handed in is stored, then end the writer."""
        await self._idle.wait()
        self._writer.shutdown()

    def _cut(self, loop: asyncio.AbstractEventLoop) -> None:
        batch, self._waiting = self._waiting[:MAX_BATCH], self._waiting[MAX_BATCH:]
        if not batch:
            self._idle.set()
            return
        written = self._writer.submit(self._write, [wish.inbound for wish in batch])
        written.add_done_callback(
            lambda outcome: loop.call_soon_threadsafe(self._settle, loop, batch, outcome)
        )

    def _settle(
        self,
        loop: asyncio.AbstractEventLoop,
        batch: Sequence[_Wish],
        outcome: "Future[list[Exception | None]]",
    ) -> None:
        failed = outcome.exception()
        results = [failed] * len(batch) if failed else outcome.result()
        for wish, wrong in zip(batch, results, strict=True):
            if wish.done.done():
                continue  # the request was cancelled; the contact is stored all the same
            if wrong is None:
                wish.done.set_result(None)
            else:
                wish.done.set_exception(wrong)
        loop.call_soon(self._cut, loop)

    def _write(self, batch: Sequence[Inbound]) -> list[Exception | None]:
        results = self._stored(batch)
        if None in results:
            self._recorded()
        return results

    def _stored(self, batch: Sequence[Inbound]) -> list[Exception | None]:
        try:
            self._commit(batch)
        except OperationalError as gone:
            if len(batch) > 1 and _may_work_again(gone):
                return [self._stored([inbound])[0] for inbound in batch]
            return [_not_stored(gone)] * len(batch)
        except Exception as poisoned:  # noqa: BLE001  one row must not fail the others
            if len(batch) == 1:
                return [_not_stored(poisoned)]
            return [self._stored([inbound])[0] for inbound in batch]
        return [None] * len(batch)

    def _commit(self, batch: Sequence[Inbound]) -> None:
        with self._database.write_connection() as connection:
            unknown = record_batch(connection, self._vault, batch, self._clock.now())
        self.counts.contacts += len(batch)
        self.counts.batches += 1
        self.counts.unknown_numbers += unknown


def _may_work_again(error: DBAPIError) -> bool:
    """Tell whether the server rolled back only to resolve a conflict with another writer."""
    return getattr(error.orig, "sqlstate", None) in CONFLICTS


def _not_stored(cause: Exception) -> CannotReach:
    kind = type(cause).__name__
    detail = "the database is not available" if isinstance(cause, DBAPIError) else kind
    if isinstance(cause, IntegrityError):
        detail = "it contradicts what is stored"
    return CannotReach(says=f"The contact was not stored: {detail}.", fix="The carrier retries.")
