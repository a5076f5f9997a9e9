"""Lines from import to lease to cooling, on both databases."""

from datetime import timedelta

import pytest
from sqlmodel import select

from canary.database import Database
from canary.decoys.seeding import NewSeeding, find_seeding, retire_seeding, seed
from canary.errors import Conflict, NotEnoughLines, NotFound
from canary.firms.access import IN_PROCESS
from canary.lines.register import (
    NewLine,
    Refused,
    count_lines,
    import_lines,
    list_lines,
    release_line,
    state_at,
)
from canary.paging import Ask
from canary.tables import Decoy, Lease, Line, LineState, Seeding
from canary.vault import Vault
from tests.story import Stage, us_number
from tests.world import FrozenClock


@pytest.fixture
def stage(database: Database, vault: Vault, clock: FrozenClock) -> Stage:
    return Stage(database, vault, clock)


def bring(stage: Stage, *rows: NewLine, days: int = 30) -> tuple[int, list[Refused]]:
    with stage.database.write() as session:
        return import_lines(session, stage.vault, rows, days, stage.clock.now())


def the_line(stage: Stage) -> Line:
    with stage.database.read() as session:
        return session.exec(select(Line)).one()


def test_each_row_is_refused_for_its_own_reason(stage: Stage) -> None:
    bring(stage, NewLine(1, "+14155550100", "twilio"))
    imported, refused = bring(
        stage,
        NewLine(1, "+14155550101", "twilio", "PN1", "2026-01-01T00:00:00+08:00"),
        NewLine(2, "4155550102", "twilio"),
        NewLine(3, "+1415555", "twilio"),
        NewLine(4, "+14155550101", "twilio"),
        NewLine(5, "+14155550100", "twilio"),
        NewLine(6, "+14155550103", "pigeon"),
        NewLine(7, "+14155550104", "twilio", None, "yesterday"),
        NewLine(8, "+14155550105", "twilio", None, "2999-01-01"),
    )
    assert imported == 1
    assert [(one.row, one.reason.partition(",")[0]) for one in refused] == [
        (2, "not E.164"),
        (3, "not possible"),
        (4, "duplicate"),
        (5, "owned"),
        (6, "unknown carrier"),
        (7, "acquired_at is not an RFC 3339 time"),
        (8, "acquired_at is in the future"),
    ]


def test_a_new_line_waits_out_its_quarantine(stage: Stage) -> None:
    bring(stage, NewLine(1, "+14155550100", "twilio"))
    assert state_at(the_line(stage), stage.clock.now()) is LineState.QUARANTINE
    stage.clock.advance(days=30)
    assert state_at(the_line(stage), stage.clock.now()) is LineState.READY


def test_lists_and_counts_go_by_the_state_as_of_now(stage: Stage) -> None:
    stage.lines(3)
    bring(stage, NewLine(1, "+14155550100", "twilio"))
    _, dataset, _ = stage.firm("Bank")
    stage.seed(dataset, 1)
    expected = {LineState.READY: 2, LineState.LEASED: 1, LineState.QUARANTINE: 1}
    with stage.database.read() as session:
        assert count_lines(session, stage.clock.now()) == expected
        for state, count in [*expected.items(), (LineState.LOST, 0), (None, 4)]:
            found = list_lines(session, state, stage.clock.now(), Ask())
            assert len(found.rows) == count


def test_too_few_lines_issue_nothing_and_say_how_many_miss(stage: Stage) -> None:
    stage.lines(3)
    _, dataset, _ = stage.firm("Bank")
    with pytest.raises(NotEnoughLines, match="2 are missing"):
        stage.seed(dataset, 5)
    with stage.database.read() as session:
        for table in (Seeding, Decoy, Lease):
            assert session.exec(select(table)).all() == []
        assert count_lines(session, stage.clock.now()) == {LineState.READY: 3}


def test_lines_of_the_datasets_region_are_taken_first(stage: Stage) -> None:
    stage.lines(5)
    since = (stage.clock.now() - timedelta(days=60)).isoformat()
    bring(stage, NewLine(1, "+8613912345678", "huawei", None, since))
    _, dataset, _ = stage.firm("Bank")
    with stage.database.write() as session:
        dataset.locale = "zh_CN"
        session.add(dataset)
    assert "+8613912345678" in {one.number for one in stage.seed(dataset, 3).decoys}


def test_no_line_is_held_twice_and_numbers_are_in_no_order(stage: Stage) -> None:
    stage.lines(40)
    _, dataset, _ = stage.firm("Bank")
    numbers = [one.number for _ in range(2) for one in stage.seed(dataset, 20).decoys]
    assert len(set(numbers)) == 40
    assert numbers != sorted(numbers)


def test_a_retired_seedings_lines_cool_and_come_back(stage: Stage) -> None:
    stage.lines(2)
    _, dataset, _ = stage.firm("Bank")
    seeding = stage.seed(dataset, 2)
    with stage.database.write() as session:
        now = stage.clock.now()
        assert retire_seeding(session, IN_PROCESS, seeding.row.id, now, 90) == 2
        assert retire_seeding(session, IN_PROCESS, seeding.row.id, now, 90) == 0
    with stage.database.read() as session:
        assert count_lines(session, stage.clock.now()) == {LineState.COOLING: 2}
    with pytest.raises(NotEnoughLines):
        stage.seed(dataset, 1)
    stage.clock.advance(days=90)
    stage.seed(dataset, 2)
    with stage.database.read() as session:
        leases = session.exec(select(Lease)).all()
        assert sorted(lease.released_at is None for lease in leases) == [False, False, True, True]
        found = find_seeding(session, stage.vault, IN_PROCESS, seeding.row.id)
        assert all(one.row.retired_at is not None for one in found.decoys)


def test_a_released_line_hears_nothing_and_may_be_ours_again(stage: Stage) -> None:
    stage.lines(1)
    line = the_line(stage)
    with stage.database.write() as session:
        release_line(session, line.id, stage.clock.now())
    with stage.database.write() as session, pytest.raises(Conflict, match="released before"):
        release_line(session, line.id, stage.clock.now())
    assert bring(stage, NewLine(1, us_number(1), "twilio")) == (1, [])
    assert the_line(stage).state is LineState.QUARANTINE


def test_a_held_or_unknown_line_is_not_released(stage: Stage) -> None:
    stage.lines(1)
    _, dataset, _ = stage.firm("Bank")
    stage.seed(dataset, 1)
    with stage.database.write() as session, pytest.raises(Conflict, match="holds"):
        release_line(session, the_line(stage).id, stage.clock.now())
    with stage.database.write() as session, pytest.raises(NotFound):
        release_line(session, "line_none", stage.clock.now())


def test_personas_are_unique_in_their_dataset_and_emails_everywhere(stage: Stage) -> None:
    stage.lines(120)
    _, one, _ = stage.firm("Bank")
    _, other, _ = stage.firm("Shop")
    shown = [d for dataset in (one, one, other) for d in stage.seed(dataset, 40).decoys]
    assert len({d.persona["email"] for d in shown}) == 120
    assert len({d.persona["name"] for d in shown[:80]}) == 80


def test_a_count_that_is_not_positive_is_refused(stage: Stage) -> None:
    _, dataset, _ = stage.firm("Bank")
    with stage.database.write() as session, pytest.raises(Exception, match="not positive"):
        seed(session, stage.means, IN_PROCESS, NewSeeding(dataset.id, 0), stage.clock.now())
