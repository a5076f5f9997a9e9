"""Lines from import to lease to cooling, on both databases."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from threading import Barrier

import pytest
from sqlmodel import select

from canary.database import Database
from canary.decoys.seeding import NewSeeding, find_seeding, retire_seeding, seed
from canary.errors import Conflict, NotEnoughLines, NotFound
from canary.firms.access import IN_PROCESS
from canary.lines.register import (
    LINE_NUMBER,
    NewLine,
    Refused,
    check_lines,
    count_lines,
    import_lines,
    list_lines,
    release_line,
    state_at,
    store_lines,
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
    bring(stage, NewLine(1, "+8613912345678", "twilio", None, since))
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


def test_only_carriers_with_a_route_are_accepted_in_any_case(stage: Stage) -> None:
    imported, refused = bring(
        stage, NewLine(1, us_number(1), " Twilio "), NewLine(2, us_number(2), "huawei")
    )
    assert imported == 1
    assert the_line(stage).carrier == "twilio"
    assert [one.reason for one in refused] == ["unknown carrier, use one of: twilio"]


def test_released_numbers_come_back_beside_new_and_owned_ones(stage: Stage) -> None:
    stage.lines(6)
    with stage.database.write() as session:
        lines = session.exec(select(Line).order_by(Line.id)).all()
        for line in lines[:4]:
            release_line(session, line.id, stage.clock.now())
        released = {stage.vault.open(LINE_NUMBER, line.id, line.number) for line in lines[:4]}
    rows = [NewLine(row, us_number(row), "twilio", f"PN{row}") for row in range(1, 9)]
    imported, refused = bring(stage, *rows)
    assert imported == 4 + 2
    assert [one.reason for one in refused] == ["owned", "owned"]
    with stage.database.read() as session:
        after = session.exec(select(Line)).all()
    refs = {stage.vault.open(LINE_NUMBER, line.id, line.number): line.carrier_ref for line in after}
    given = {row.number: row.carrier_ref for row in rows}
    owned = {one.number for one in refused}
    assert owned.isdisjoint(released)
    assert refs == {number: None if number in owned else given[number] for number in given}
    assert {(line.state, line.released_at) for line in after} == {(LineState.QUARANTINE, None)}


def test_two_imports_of_the_same_rows_in_opposite_order_both_end(stage: Stage) -> None:
    rows = [NewLine(row, us_number(row), "twilio") for row in range(1, 1001)]
    both = Barrier(2)

    def bring_all(given: list[NewLine]) -> int:
        checked = check_lines(stage.vault, given, 30, stage.clock.now())
        both.wait()
        with stage.database.write() as session:
            return store_lines(session, checked)[0]

    with ThreadPoolExecutor(2) as pool:
        imported = list(pool.map(bring_all, [rows, rows[::-1]]))
    assert sorted(imported) == [0, 1000]
