"""Claims of deliveries: exclusive, fair to every endpoint, and given back when a worker dies."""

from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest

from canary.alerts.deliveries import AT_ONCE, LEASE_S, Parcel, claim_deliveries, is_any_due
from canary.alerts.endpoints import disable_endpoint, enable_endpoint, find_endpoint
from canary.database import Database
from canary.vault import Vault
from tests.integration.alerts.world import (
    URL,
    add,
    add_firm,
    finish,
    take,
    tell,
    the_delivery,
    the_record,
)
from tests.world import NOON, FrozenClock


def _is_any_due(database: Database, clock: FrozenClock) -> bool:
    with database.read() as session:
        return is_any_due(session, clock.now())


def test_a_parcel_holds_all_that_sending_needs(
    database: Database, vault: Vault, clock: FrozenClock
) -> None:
    firm_id = add_firm(database)
    endpoint_id, secret = add(database, vault, firm_id)
    (alert_id,) = tell(database, firm_id, clock)
    (parcel,) = take(database, vault, clock, "a")
    assert (parcel.alert_id, parcel.endpoint_id) == (alert_id, endpoint_id)
    assert (parcel.url, parcel.secrets, parcel.number) == (URL, (secret,), 1)
    assert parcel.body.startswith(b'{"type":"leak.opened","timestamp":"2026-03-01T12:00:00Z"')
    assert parcel.unusable is None
    assert secret not in repr(parcel)
    assert URL not in repr(parcel)


def test_at_most_four_of_one_endpoint_are_under_way(
    database: Database, vault: Vault, clock: FrozenClock
) -> None:
    firm_id = add_firm(database)
    add(database, vault, firm_id)
    tell(database, firm_id, clock, 10)
    first = take(database, vault, clock, "a")
    assert len(first) == AT_ONCE
    assert take(database, vault, clock, "b") == []
    assert not _is_any_due(database, clock)
    assert finish(database, clock, first[0], status_code=200)
    assert len(take(database, vault, clock, "c")) == 1
    assert take(database, vault, clock, "d") == []


def test_a_long_backlog_of_one_endpoint_does_not_hold_up_another(
    database: Database, vault: Vault, clock: FrozenClock
) -> None:
    loud, quiet = add_firm(database, "Loud"), add_firm(database, "Quiet")
    add(database, vault, loud)
    quiet_endpoint, _ = add(database, vault, quiet)
    tell(database, loud, clock, 30)
    clock.advance(seconds=1)
    tell(database, quiet, clock)
    assert quiet_endpoint in [p.endpoint_id for p in take(database, vault, clock, "a", 2)]


def test_a_claim_takes_no_more_than_asked(
    database: Database, vault: Vault, clock: FrozenClock
) -> None:
    firm_id = add_firm(database)
    for _ in range(3):
        add(database, vault, firm_id)
    tell(database, firm_id, clock, 2)
    assert take(database, vault, clock, "a", 0) == []
    assert len(take(database, vault, clock, "b", 4)) == 4
    assert len(take(database, vault, clock, "c", 4)) == 2


def test_nothing_is_claimed_of_a_disabled_endpoint_and_all_of_it_once_enabled(
    database: Database, vault: Vault, clock: FrozenClock
) -> None:
    firm_id = add_firm(database)
    endpoint_id, _ = add(database, vault, firm_id)
    tell(database, firm_id, clock, 2)
    with database.write() as session:
        disable_endpoint(session, NOON, find_endpoint(session, firm_id, endpoint_id))
    assert not _is_any_due(database, clock)
    assert take(database, vault, clock, "a") == []
    with database.write() as session:
        enable_endpoint(session, find_endpoint(session, firm_id, endpoint_id))
    assert len(take(database, vault, clock, "b")) == 2


def test_what_is_not_due_yet_waits(database: Database, vault: Vault, clock: FrozenClock) -> None:
    firm_id = add_firm(database)
    add(database, vault, firm_id)
    tell(database, firm_id, clock)
    clock.advance(seconds=-1)
    assert not _is_any_due(database, clock)
    assert take(database, vault, clock) == []


def test_a_crashed_claim_comes_back_after_its_lease(
    database: Database, vault: Vault, clock: FrozenClock
) -> None:
    firm_id = add_firm(database)
    add(database, vault, firm_id)
    tell(database, firm_id, clock)
    (lost,) = take(database, vault, clock, "crashed")
    clock.advance(seconds=LEASE_S - 1)
    assert take(database, vault, clock, "b") == []
    clock.advance(seconds=1)
    (again,) = take(database, vault, clock, "b")
    assert (again.delivery_id, again.alert_id) == (lost.delivery_id, lost.alert_id)
    assert again.number == lost.number


def test_settling_after_the_claim_was_lost_does_nothing(
    database: Database, vault: Vault, clock: FrozenClock
) -> None:
    firm_id = add_firm(database)
    add(database, vault, firm_id)
    tell(database, firm_id, clock)
    (late,) = take(database, vault, clock, "late")
    clock.advance(seconds=LEASE_S)
    (ours,) = take(database, vault, clock, "ours")
    before = the_delivery(database, late.delivery_id)
    assert not finish(database, clock, late, status_code=500)
    assert the_delivery(database, late.delivery_id) == before
    assert the_record(database).attempts == ()
    assert finish(database, clock, ours, status_code=200)
    assert not finish(database, clock, ours, status_code=500)
    assert len(the_record(database).attempts) == 1


def test_a_claim_that_ran_out_and_that_nobody_took_still_settles(
    database: Database, vault: Vault, clock: FrozenClock
) -> None:
    firm_id = add_firm(database)
    add(database, vault, firm_id)
    tell(database, firm_id, clock)
    (parcel,) = take(database, vault, clock, "slow")
    clock.advance(hours=1)
    assert finish(database, clock, parcel, status_code=200)


@pytest.mark.parametrize("endpoints", [1, 3])
def test_claimants_at_once_never_get_the_same_delivery_nor_five_of_an_endpoint(
    database: Database, vault: Vault, clock: FrozenClock, endpoints: int
) -> None:
    firm_id = add_firm(database)
    for _ in range(endpoints):
        add(database, vault, firm_id)
    tell(database, firm_id, clock, 12)
    total = 12 * endpoints

    def drain(worker: int) -> list[Parcel]:
        mine: list[Parcel] = []
        for turn in range(400):
            parcels = take(database, vault, clock, f"{worker}.{turn}", 3)
            for parcel in parcels:
                assert finish(database, clock, parcel, status_code=204)
            mine += parcels
            if not parcels and not _is_any_due(database, clock):
                break
        return mine

    with ThreadPoolExecutor(4) as pool:
        got = [parcel.delivery_id for mine in pool.map(drain, range(4)) for parcel in mine]
    assert len(got) == len(set(got)) == total


def test_claimants_at_once_together_keep_to_four_of_an_endpoint(
    database: Database, vault: Vault, clock: FrozenClock
) -> None:
    firm_id = add_firm(database)
    for _ in range(3):
        add(database, vault, firm_id)
    tell(database, firm_id, clock, 20)

    def grab(worker: int) -> list[Parcel]:
        return [
            parcel
            for turn in range(10)
            for parcel in take(database, vault, clock, f"{worker}.{turn}", 2)
        ]

    with ThreadPoolExecutor(6) as pool:
        held = [parcel for mine in pool.map(grab, range(6)) for parcel in mine]
    assert set(Counter(parcel.endpoint_id for parcel in held).values()) == {AT_ONCE}
    assert len({parcel.delivery_id for parcel in held}) == len(held)


def test_a_claim_not_yet_committed_counts_for_another_claimant(
    postgres_database: Database, vault: Vault, clock: FrozenClock
) -> None:
    firm_id = add_firm(postgres_database)
    add(postgres_database, vault, firm_id)
    tell(postgres_database, firm_id, clock, 5)
    with postgres_database.write() as session:
        first = claim_deliveries(session, vault, clock.now(), "a", 10)
        tell(postgres_database, firm_id, FrozenClock(NOON - timedelta(minutes=1)))
        assert take(postgres_database, vault, clock, "b") == []
    assert len(first) == AT_ONCE
    assert take(postgres_database, vault, clock, "c") == []


def test_an_endpoint_that_does_not_open_fails_alone(
    database: Database, vault: Vault, clock: FrozenClock
) -> None:
    firm_id = add_firm(database)
    broken, _ = add(database, vault, firm_id)
    add(database, vault, firm_id)
    with database.write() as session:
        find_endpoint(session, None, broken).url = b"\x01\x01" + bytes(40)
    tell(database, firm_id, clock)
    parcels = {parcel.endpoint_id: parcel for parcel in take(database, vault, clock)}
    assert len(parcels) == 2
    reason = parcels[broken].unusable
    assert reason is not None
    assert "endpoint.url" in reason
    assert parcels[broken].url == ""
    assert finish(database, clock, parcels[broken], error=reason)
    due_at = the_delivery(database, parcels[broken].delivery_id).due_at
    assert due_at is not None
    assert due_at > NOON + timedelta(seconds=3)
