"""The world that a running service works in: built once, then passed to everything."""

from dataclasses import dataclass

from canary import clock as clocks
from canary.clock import Chance, Clock
from canary.database import Database, open_database
from canary.errors import CanaryError, Conflict
from canary.schema import is_current
from canary.settings import Settings
from canary.vault import Vault, open_vault


@dataclass(frozen=True, slots=True)
class World:
    """Settings, the open database and vault, time and chance."""

    settings: Settings
    database: Database
    vault: Vault
    clock: Clock
    chance: Chance


def open_world(
    settings: Settings, clock: Clock | None = None, chance: Chance | None = None
) -> World:
    """Open the database and the vault that the settings name.

    Args:
        settings: where they are.
        clock: tells the time; the machine's own when not given.
        chance: draws personas and jitter; the system's own randomness when not given.

    Raises:
        BadKey: the master key cannot be used.
        CannotReach: the database does not answer.
        Conflict: the database is not at the revision that this program was written for.
    """
    vault = open_vault(settings.key_file)
    database = open_database(settings.database)
    try:
        require_current(database)
    except CanaryError:
        database.close()
        raise
    return World(
        settings, database, vault, clock or clocks.SystemClock(), chance or clocks.chance()
    )


def require_current(database: Database) -> None:
    """Do nothing when the database is at this program's revision.

    Raises:
        CannotReach: the database does not answer.
        Conflict: it is at another revision.
    """
    if not is_current(database):
        raise Conflict(
            says="The database is not at the revision that this program was written for.",
            fix="Run `canary migrate`.",
        )
