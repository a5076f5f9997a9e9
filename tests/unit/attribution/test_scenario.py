from datetime import timedelta
from typing import Any

import pytest

from canary.attribution.days import to_days
from canary.attribution.model import Contact, Naming
from canary.attribution.posterior import answer, attribute
from canary.attribution.replay import Replay
from canary.attribution.scenario import predict, read_scenario, watch
from canary.attribution.watch import Watch
from canary.clock import chance
from canary.errors import BadInput
from tests.unit.attribution.test_rivals import blast, nested, rotating
from tests.unit.attribution.worlds import day, lines_of, monthly


def text(at: float) -> str:
    return day(at).isoformat().replace("+00:00", "Z")


def document() -> dict[str, Any]:
    """Two copies of fifteen decoys; the first one's list is used from day 100 on."""
    numbers = range(60)
    decoys = [
        {
            "id": f"d{n}",
            "dataset": "copy_a" if n % 2 else "copy_b",
            "line": f"l{n}",
            "planted_at": text(0.0),
            "retired_at": text(300.0) if n < 4 else None,
        }
        for n in range(30)
    ]
    leak = [contact(f"x{n}", 100.0 + n / 20, f"l{2 * n + 1}", "+15550001111") for n in range(12)]
    return {
        "schema": "canary-scenario/1",
        "now": text(150.0),
        "datasets": [
            {"id": "copy_a", "firm": "firm_a", "created_at": text(0.0), "copy_of": "firm_a"},
            {
                "id": "copy_b",
                "firm": "firm_b",
                "created_at": text(0.0),
                "copy_of": "copy_a",
                "authorized_senders": ["+15559990000"],
            },
        ],
        "lines": [
            {
                "id": f"l{n}",
                "number": f"+1555{n * 7919 % 10_000_000:07d}",
                "acquired_at": text(-60.0),
                "released_at": None,
            }
            for n in numbers
        ],
        "decoys": decoys,
        "contacts": [
            *leak,
            contact("own", 20.0, "l0", "+15559990000"),
            contact("gateway", 30.0, "l2", "INFO1", names="other"),
            contact("after", 151.0, "l2", "+15550003333"),
        ],
    }


def contact(key: str, at: float, line: str, sender: str, names: str = "none") -> dict[str, Any]:
    return {
        "id": key,
        "at": text(at),
        "line": line,
        "sender": sender,
        "campaign": None,
        "names": names,
        "named_decoy": None,
    }


def test_a_scenario_becomes_a_world_without_the_firms_own_senders() -> None:
    scenario = read_scenario(document())
    assert scenario.ends_at == day(150.0)
    assert scenario.world.line_count == 60
    assert scenario.world.copies["copy_a"].origin is None
    assert scenario.world.copies["copy_b"].origin == "copy_a"
    contacts = {c.id: c for c in scenario.world.contacts}
    assert "own" not in contacts
    assert contacts["gateway"].shared_caller
    assert contacts["gateway"].names is Naming.OTHER
    assert not contacts["x0"].shared_caller


def test_the_predictions_name_the_leaked_copy_its_alarm_and_its_contacts() -> None:
    made = predict(read_scenario(document()))
    assert made["schema"] == "canary-predictions/1"
    found = {entry["dataset"]: entry for entry in made["datasets"]}
    assert found["copy_a"]["p_leak"] >= 0.99
    assert text(100.0) < found["copy_a"]["first_alarm_at"] <= text(101.0)
    assert found["copy_a"]["leaked_at_lo"] <= found["copy_a"]["leaked_at_best"]
    assert found["copy_a"]["leaked_at_hi"] <= text(102.0)
    assert found["copy_b"]["p_leak"] < 0.5
    assert found["copy_b"]["first_alarm_at"] is None
    assert set(made["contacts"]) == {f"x{n}" for n in range(12)}


def test_times_without_an_offset_are_utc_and_a_copy_without_decoys_has_no_date() -> None:
    told = document()
    told["now"] = told["now"].removesuffix("Z")
    told["datasets"].append(
        {"id": "empty", "firm": "firm_c", "created_at": text(0.0), "copy_of": None}
    )
    made = predict(read_scenario(told))
    found = {entry["dataset"]: entry for entry in made["datasets"]}
    assert found["empty"]["leaked_at_lo"] is None


@pytest.mark.parametrize("spoil", ["schema", "now", "contacts"])
def test_a_document_that_cannot_be_read_says_so(spoil: str) -> None:
    told = document()
    told[spoil] = "nonsense"
    with pytest.raises(BadInput, match="scenario"):
        read_scenario(told)


def test_a_replay_gives_what_attribute_gives() -> None:
    pick = chance(4)
    lines = [line for seeding in range(8) for line in lines_of(seeding)]
    noise = [
        Contact(f"n{n}", day(pick.uniform(0.0, 300.0)), pick.choice(lines), f"caller_n{n}")
        for n in range(120)
    ]
    contacts = sorted([*noise, *blast(lines[:50:2], 240.0)], key=lambda c: c.at)
    world = monthly().world(contacts)
    replay = Replay(world, to_days(day(300.0)))
    watching = Watch(replay)
    for known in contacts:
        watching.fold(known)
    folded, asked = answer(replay, "copy_a", day(300.0)), attribute(world, "copy_a", day(300.0))
    assert folded.probability == pytest.approx(asked.probability, abs=1e-5)
    assert folded.leaked_at == asked.leaked_at
    assert folded.campaign_of == asked.campaign_of
    assert folded.contact_probability == pytest.approx(asked.contact_probability, abs=1e-3)
    alarm = watching.alarms["copy_a"]
    assert day(240.0) <= alarm.at <= day(241.0)
    assert attribute(world, "copy_a", alarm.at).probability >= 0.98


@pytest.mark.parametrize("rotate", [False, True])
def test_the_watch_alarms_for_the_leaked_copy_alone(*, rotate: bool) -> None:
    lines = [*lines_of(0, 30)[:20], *lines_of(1, 20)[:14]]
    chance(9).shuffle(lines)
    contacts = rotating(lines, 100.0) if rotate else blast(lines, 100.0)
    world = nested().world(contacts)
    replay = Replay(world, to_days(day(110.0)))
    alarms = watch(replay, world.contacts, day(110.0))
    assert "copy_1" in alarms
    assert "copy_2" not in alarms
    stopped = watch(Replay(world, to_days(day(110.0))), contacts, day(99.0))
    assert stopped == {}


def test_a_copy_that_the_world_does_not_know_is_left_out() -> None:
    builder = monthly().seed("copy_unknown", lines_of(0), 0.0)
    builder.copies.pop("copy_unknown", None)
    found = attribute(builder.world(), "copy_a", day(50.0))
    assert found.decoys_exposed == 20


def test_a_world_that_holds_only_what_touches_the_copy_gives_about_the_same() -> None:
    contacts = blast([line for seeding in range(6) for line in lines_of(seeding)[:4]], 200.0)
    whole = monthly(controls=300).world(contacts)
    near = monthly(controls=60).world(contacts)
    part = type(near)(
        near.copies, near.lines, near.exposures, near.contacts, whole.line_count, near.prior
    )
    found = [attribute(world, "copy_a", day(210.0)) for world in (whole, part)]
    assert found[1].probability == pytest.approx(found[0].probability, abs=0.01)
    assert found[0].leaked_at is not None
    assert found[1].leaked_at is not None
    assert abs(found[0].leaked_at.hi - found[1].leaked_at.hi) <= timedelta(days=3)
