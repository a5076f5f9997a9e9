"""What a thief with a copy of the database, without the keys, can read: nothing that matters."""

from pathlib import Path

import sqlalchemy as sa

from canary.alerts.endpoints import NewEndpoint, add_endpoint
from canary.database import Database, sqlite_file
from canary.firms.access import IN_PROCESS
from canary.leaks.verdicts import note
from canary.leaks.views import list_leaks
from canary.paging import Ask
from canary.tables import metadata
from canary.vault import Vault
from tests.story import Stage
from tests.world import FrozenClock


def test_a_copy_of_the_database_shows_no_secret(
    database: Database, vault: Vault, clock: FrozenClock
) -> None:
    stage = Stage(database, vault, clock)
    stage.lines(10)
    firm, dataset, _ = stage.firm("Bank", senders=["+18005550188"])
    decoys = stage.seed(dataset, 10).decoys
    stage.clock.advance(days=30)
    for decoy in decoys[:3]:
        stage.text(decoy, f"Dear {decoy.persona['name']}, a secret offer", "+14155550177")
    stage.work()
    with database.write() as session:
        request = NewEndpoint("https://alerts.example.com/path-token")
        _, secret = add_endpoint(session, vault, clock.now(), firm.id, request)
        leak = list_leaks(session, IN_PROCESS, None, None, Ask())[0][0].leak
        note(session, vault, IN_PROCESS, leak.id, "the intern did it", clock.now())
    seen = everything(database)
    secrets = ["+18005550188", "+14155550177", "secret offer", "path-token", "intern", secret]
    for decoy in decoys:
        persona = decoy.persona
        secrets += [decoy.number, decoy.number[2:], persona["email"], persona["name"]]
        secrets += [persona["address"], persona["birth_date"]]
    assert [secret for secret in secrets if secret.encode() in seen] == []
    assert dataset.id.encode() in seen  # it does look where things are


def everything(database: Database) -> bytes:
    """Return the database's files, or on a server every value of every table."""
    file = sqlite_file(database)
    if file is not None:
        beside = [Path(f"{file}{ending}") for ending in ("", "-wal", "-shm")]
        return b"".join(one.read_bytes() for one in beside if one.exists())
    with database.read() as session:
        return b"\n".join(
            value if isinstance(value, bytes) else str(value).encode()
            for table in metadata.sorted_tables
            for row in session.execute(sa.select(table))
            for value in row
        )
