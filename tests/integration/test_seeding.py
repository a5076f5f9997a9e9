"""Seedings are made before they are written, and their writing holds nobody up for long."""

from datetime import timedelta

import pytest
import sqlalchemy as sa
from sqlmodel import Session, select

from canary.clock import chance
from canary.contacts.record import Inbound, record_batch
from canary.database import Database
from canary.decoys.personas import Mailboxes
from canary.decoys.seeding import (
    LONGEST_AGO,
    LONGEST_AHEAD,
    Means,
    NewSeeding,
    Prepared,
    ShownDecoy,
    find_seeding,
    issue,
    prepare,
)
from canary.errors import BadInput, NotEnoughLines
from canary.firms.access import IN_PROCESS
from canary.tables import Channel, Contact, Dataset, Decoy, Lease, Seeding
from canary.vault import Vault
from tests.story import Stage
from tests.world import FrozenClock


@pytest.fixture
def stage(database: Database, vault: Vault, clock: FrozenClock) -> Stage:
    return Stage(database, vault, clock)


def prepared(stage: Stage, session: Session, dataset: Dataset, count: int) -> Prepared:
    """Prepare with the same chance each time, hence with the same personas."""
    means = Means(stage.vault, chance(3), Mailboxes.parse("clients.example"))
    return prepare(session, means, IN_PROCESS, NewSeeding(dataset.id, count), stage.clock.now())


def test_a_seeding_is_prepared_without_writing_and_issued_as_prepared(stage: Stage) -> None:
    stage.lines(12)
    _, dataset, _ = stage.firm("Bank")
    with stage.database.read() as session:
        ready = prepared(stage, session, dataset, 10)
        for table in (Seeding, Decoy, Lease):
            assert session.exec(select(table)).all() == []
    with stage.database.write() as session:
        issued = issue(session, ready)
    assert [one.row.id for one in issued.decoys] == [one.decoy.id for one in ready.drawn]
    with stage.database.read() as session:
        found = find_seeding(session, stage.vault, IN_PROCESS, issued.row.id)
        leases = session.exec(select(Lease)).all()
    assert {one.row.id: (one.number, one.persona) for one in found.decoys} == {
        one.row.id: (one.number, one.persona) for one in issued.decoys
    }
    assert {(lease.decoy_id, lease.line_id) for lease in leases} == {
        (one.row.id, one.row.line_id) for one in issued.decoys
    }


def test_emails_that_were_taken_since_the_preparation_are_drawn_anew(stage: Stage) -> None:
    stage.lines(60)
    _, one, _ = stage.firm("Bank")
    _, other, _ = stage.firm("Shop")
    with stage.database.read() as session:
        both = [prepared(stage, session, dataset, 30) for dataset in (one, other)]
    emails = [[drawn.persona["email"] for drawn in each.drawn] for each in both]
    assert emails[0] == emails[1]
    issued: list[ShownDecoy] = []
    for each in both:
        with stage.database.write() as session:
            issued += issue(session, each).decoys
    assert len({one.persona["email"] for one in issued}) == 60


def test_lines_that_were_taken_since_the_preparation_are_missed(stage: Stage) -> None:
    stage.lines(5)
    _, dataset, _ = stage.firm("Bank")
    with stage.database.read() as session:
        ready = prepared(stage, session, dataset, 4)
    stage.seed(dataset, 2)
    with stage.database.write() as session, pytest.raises(NotEnoughLines, match="1 are missing"):
        issue(session, ready)
    with stage.database.read() as session:
        assert len(session.exec(select(Decoy)).all()) == 2


def test_too_few_lines_are_noticed_before_anything_is_drawn(stage: Stage) -> None:
    _, dataset, _ = stage.firm("Bank")
    with (
        stage.database.read() as session,
        pytest.raises(NotEnoughLines, match="0 lines are ready and 10000 are needed"),
    ):
        prepared(stage, session, dataset, 10_000)


def test_a_contact_on_a_line_that_is_being_leased_does_not_wait(
    postgres_database: Database, vault: Vault, clock: FrozenClock
) -> None:
    stage = Stage(postgres_database, vault, clock)
    stage.lines(2)
    _, dataset, _ = stage.firm("Bank")
    with stage.database.read() as session:
        ready = prepared(stage, session, dataset, 2)
    with stage.database.write() as session:
        number = issue(session, ready).decoys[0].number
        inbound = Inbound("twilio", "SM1", Channel.MESSAGE, number, clock.now(), None, "hello")
        with stage.database.write_connection() as connection:
            connection.execute(sa.text("SET LOCAL lock_timeout = '2s'"))
            record_batch(connection, vault, [inbound], clock.now())
    with stage.database.read() as session:
        assert session.exec(select(Contact)).one().line_id is not None


def test_planting_is_dated_within_a_year_ahead_and_ten_years_ago(stage: Stage) -> None:
    stage.lines(2)
    _, dataset, _ = stage.firm("Bank")
    now = stage.clock.now()
    second = timedelta(seconds=1)
    with stage.database.read() as session:
        for planted_at, reason in (
            (now + LONGEST_AHEAD + second, "more than 366 days in the future"),
            (now - LONGEST_AGO - second, "more than 10 years in the past"),
        ):
            with pytest.raises(BadInput, match=reason):
                prepare(
                    session,
                    stage.means,
                    IN_PROCESS,
                    NewSeeding(dataset.id, 1, None, planted_at),
                    now,
                )
        for planted_at in (now + LONGEST_AHEAD, now - LONGEST_AGO):
            new = NewSeeding(dataset.id, 1, None, planted_at)
            ready = prepare(session, stage.means, IN_PROCESS, new, now)
            assert ready.source.seeding.planted_at == planted_at
