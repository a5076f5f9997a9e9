"""Leaks, contacts and traces of facts that were set straight into the home's database."""

import json
from collections.abc import Iterator

import pytest
import sqlalchemy as sa
from sqlmodel import col

from canary.database import Database, open_database
from canary.decoys.seeding import IssuedSeeding
from canary.tables import Weight
from canary.vault import open_vault
from tests.integration.cli.conftest import Program
from tests.story import Stage
from tests.world import FrozenClock

LISTED = [
    "id",
    "firm",
    "dataset",
    "copy",
    "status",
    "probability",
    "leaked_at",
    "first_contact_at",
    "opened_at",
    "contacts",
    "decoys_contacted",
    "decoys_exposed",
    "reasons",
]
CALLER = "+14085550188"
TEXT = "Pay your \x1b[2Jlate fee\u202e now"
HOSTILE = ("\x1b", "\u202e")


@pytest.fixture
def database(canary: Program) -> Iterator[Database]:
    opened = open_database(f"sqlite:///{canary.home / 'canary.db'}")
    yield opened
    opened.close()


@pytest.fixture
def stage(canary: Program, database: Database) -> Stage:
    return Stage(database, open_vault(canary.home / "master.key"), FrozenClock())


@pytest.fixture
def seeding(stage: Stage) -> IssuedSeeding:
    """A seeding whose decoys were all reached by one caller with one text."""
    stage.lines(40)
    _, dataset, _ = stage.firm("Harbour Bank")
    seeding = stage.seed(dataset, 12)
    stage.clock.advance(days=40)
    for decoy in seeding.decoys:
        stage.text(decoy, TEXT, CALLER)
        stage.clock.advance(hours=1)
    stage.work()
    return seeding


@pytest.fixture
def leak(canary: Program, seeding: IssuedSeeding) -> str:
    (found,) = canary.json("leaks")["items"]
    assert found["decoys_exposed"] == len(seeding.decoys)
    identity: str = found["id"]
    return identity


def test_a_leak_is_listed_with_the_contracts_keys(canary: Program, leak: str) -> None:
    (found,) = canary.json("leaks", "--firm", "Harbour Bank", "--status", "open")["items"]
    assert list(found) == LISTED
    assert found["id"] == leak
    assert list(found["firm"]) == ["id", "name"]
    assert list(found["copy"]) == ["id", "recipient"]
    assert list(found["leaked_at"]) == ["best", "lo", "hi"]
    assert "canary firm list" in canary.refusal(3, "leaks", "--firm", "Hill Clinic")
    assert canary.json("leaks", "--status", "confirmed")["items"] == []


def test_a_leak_is_shown_with_its_timeline_and_contacts(canary: Program, leak: str) -> None:
    shown = canary.json("leak", "show", leak)
    assert set(shown) == {*LISTED, "timeline"}
    assert {"id", "at", "line", "caller", "probability", "campaign"} <= set(shown["contacts"][0])
    assert len(shown["contacts"]) == 12
    assert shown["contacts"][0]["caller"] == CALLER


def test_a_leak_is_judged(canary: Program, leak: str) -> None:
    assert canary.json("leak", "note", leak, "asked the print shop")["id"] == leak
    assert canary.json("leak", "confirm", leak)["status"] == "confirmed"
    assert "already" in canary.refusal(1, "leak", "confirm", leak)
    kinds = [step["kind"] for step in canary.json("leak", "show", leak)["timeline"]]
    assert kinds[-2:] == ["note", "confirmed"]
    assert "asked the print shop" in canary("leak", "show", leak).stdout


def test_a_leak_is_dismissed_with_a_reason(canary: Program, leak: str) -> None:
    assert "--reason" in canary.refusal(2, "leak", "dismiss", leak)
    dismissed = canary.json("leak", "dismiss", leak, "--reason", "our own survey")
    assert dismissed["status"] == "dismissed"


def test_contacts_are_found_by_line_decoy_copy_and_time(
    canary: Program, seeding: IssuedSeeding
) -> None:
    everything = canary.json("contacts")["items"]
    assert len(everything) == 12
    one = everything[0]
    by = (("--line", one["line"]), ("--line", one["number"]), ("--decoy", one["decoy"]))
    for option, value in by:
        assert [found["id"] for found in canary.json("contacts", option, value)["items"]] == [
            one["id"]
        ]
    assert len(canary.json("contacts", "--copy", seeding.row.copy_id)["items"]) == 12
    assert len(canary.json("contacts", "--since", one["at"])["items"]) == 1
    assert 0 < one["probability"] <= 1


def test_a_caller_a_name_and_a_text_are_traced(canary: Program, seeding: IssuedSeeding) -> None:
    by_caller = canary.json("trace", CALLER)
    assert len(by_caller["contacts"]) == 12
    assert len(by_caller["leaks"]) == 1
    assert len(canary.json("trace", TEXT)["contacts"]) == 12
    name = seeding.decoys[0].persona["name"]
    assert seeding.decoys[0].row.id in {row["id"] for row in canary.json("trace", name)["decoys"]}


@pytest.mark.parametrize("words", [["leaks"], ["contacts"], ["trace", CALLER]])
def test_people_see_tables_that_fit(canary: Program, leak: str, words: list[str]) -> None:
    shown = canary(*words).stdout
    assert max(map(len, shown.splitlines())) <= 80, shown
    assert words[0] == "contacts" or leak in shown


def test_nothing_a_caller_wrote_reaches_the_terminal_raw(
    canary: Program, stage: Stage, seeding: IssuedSeeding
) -> None:
    stage.text(seeding.decoys[0], "again", "Bank\x1b[8m\u202e")
    stage.work()
    leak = canary.json("leaks")["items"][0]["id"]
    for words in (["contacts"], ["trace", TEXT], ["leak", "show", leak]):
        shown = canary(*words).stdout
        assert not [sign for sign in HOSTILE if sign in shown], words
        document = canary(*words, "--json").stdout
        assert not [sign for sign in HOSTILE if sign in document], words
        assert json.loads(document)
    assert TEXT in {contact["body"] for contact in canary.json("contacts")["items"]}


def test_people_see_how_a_contact_came_where_and_what_it_said(canary: Program, leak: str) -> None:
    (first, *_) = canary.json("contacts")["items"]
    for words in (["contacts"], ["leak", "show", leak], ["trace", CALLER]):
        shown = canary(*words).stdout
        assert "contact_" not in shown, words
        for part in ("message", first["number"], CALLER, "late fee"):
            assert part in shown, (words, part)


def test_a_contact_that_was_not_weighed_shows_no_probability(
    canary: Program, stage: Stage, seeding: IssuedSeeding
) -> None:
    stage.text(seeding.decoys[0], "A text of 70 characters " + "x" * 70, "+14085550177")
    assert "  -  +14085550177" in canary("contacts", "--limit", "1").stdout.replace("   ", "")
    (fresh,) = canary.json("contacts", "--limit", "1")["items"]
    assert (fresh["probability"], fresh["weighed"]) == (0.0, False)
    assert "x" * 36 not in canary("contacts", "--limit", "1").stdout


def test_unlikely_contacts_are_counted_beside_a_leak(
    canary: Program, database: Database, leak: str
) -> None:
    with database.write() as session:
        unlikely = sa.select(col(Weight.contact_id)).limit(5).scalar_subquery()
        session.execute(
            sa.update(Weight).where(col(Weight.contact_id).in_(unlikely)).values(probability=0.009)
        )
    assert "5 others, each less than 1% likely" in canary("leak", "show", leak).stdout
    assert len(canary.json("leak", "show", leak)["contacts"]) == 12


def test_a_trace_shows_campaigns_of_several_contacts_alone(
    canary: Program, stage: Stage, seeding: IssuedSeeding
) -> None:
    assert "Campaigns:" in canary("trace", CALLER).stdout
    stage.text(seeding.decoys[0], "Quite another matter", "+14085550177")
    stage.work()
    assert "Campaigns:" not in canary("trace", "+14085550177").stdout


def test_a_trace_that_finds_nothing_says_what_is_looked_for(canary: Program) -> None:
    shown = canary("trace", "nobody").stdout
    assert "whole" in shown.lower()
    assert "+E.164" in shown
