"""The same story in this process and over HTTP: every answer has the contract's keys."""

from pathlib import Path

from tests.integration.cli.conftest import LONG_AGO, Program

TRACED = ["query", "decoys", "leases", "contacts", "campaigns", "leaks"]


def test_a_firm_is_seeded_and_told(either: Program, tmp_path: Path) -> None:
    firm = either.json("firm", "add", "Harbour Bank", "--sector", "finance")
    assert list(firm) == ["id", "name", "sector"]
    dataset = either.json(
        "dataset", "add", firm["id"], "clients", "--locale", "zh_CN", "--sender", "+14155550199"
    )
    assert list(dataset) == ["id", "firm", "name", "locale"]
    assert dataset["locale"] == "zh_CN"
    copy = either.json("copy", "add", "clients", "Print shop")
    assert list(copy) == ["id", "dataset", "recipient"]

    rows = "".join(f"+1{201 + n}5550100,twilio,{LONG_AGO}\n" for n in range(12))
    file = tmp_path / "lines.csv"
    file.write_text(f"number,carrier,acquired_at\n{rows}12345,twilio,\n")
    imported = either.json("line", "import", str(file))
    assert imported == {
        "imported": 12,
        "refused": [{"row": 13, "number": "12345", "reason": "not E.164"}],
    }
    lines = either.json("line", "list", "--state", "ready", "--limit", "5")
    assert list(lines) == ["items", "next"]
    assert len(lines["items"]) == 5
    assert lines["next"]

    seeding = either.json("seed", "clients", "--count", "4", "--copy", "Print shop")
    assert list(seeding) == ["id", "dataset", "copy", "planted_at", "decoys"]
    assert seeding["copy"] == copy["id"]
    assert seeding["planted_at"].endswith("Z")
    assert {"id", "number", "name", "email"} <= set(seeding["decoys"][0])

    assert either.json("leaks") == {"items": [], "next": None}
    assert either.json("contacts") == {"items": [], "next": None}
    found = either.json("trace", seeding["decoys"][0]["number"])
    assert list(found) == TRACED
    assert [decoy["id"] for decoy in found["decoys"]] == [seeding["decoys"][0]["id"]]
    assert list(either.json("trace", "nobody at all")) == TRACED

    endpoint = either.json("endpoint", "add", firm["id"], "https://example.com/a")
    assert list(endpoint) == ["id", "secret"]
    assert endpoint["secret"].startswith("whsec_")
    either.json("endpoint", "disable", endpoint["id"])
    either.json("endpoint", "enable", endpoint["id"])
    assert [one["id"] for one in either.json("endpoint", "list")["items"]] == [endpoint["id"]]
    assert either.json("delivery", "list", "--endpoint", endpoint["id"])["items"] == []

    assert either.json("retire", seeding["id"]) == {"retired": 4}
    assert [one["id"] for one in either.json("seeding", "list")["items"]] == [seeding["id"]]


def test_a_key_sees_its_own_firm_alone(remote: Program) -> None:
    remote.json("firm", "add", "Harbour Bank", "--sector", "finance")
    remote.json("firm", "add", "Hill Clinic", "--sector", "medical")
    issued = remote.json("firm", "key", "Hill Clinic")
    assert list(issued) == ["api_key"]
    clinic = Program(remote.home, {**remote.env, "CANARY_API_KEY": issued["api_key"]})

    assert [firm["name"] for firm in clinic.json("firm", "list")["items"]] == ["Hill Clinic"]
    assert "no firm" in clinic.refusal(3, "dataset", "add", "Harbour Bank", "clients")
    assert "may not" in clinic.refusal(4, "line", "list")
    assert clinic("doctor").exit_code == 0
    investigator = remote.json("firm", "key", "Hill Clinic", "--scope", "investigator")
    reader = Program(remote.home, {**remote.env, "CANARY_API_KEY": investigator["api_key"]})
    assert len(reader.json("firm", "list")["items"]) == 2
    assert "may not" in reader.refusal(4, "firm", "add", "Other", "--sector", "other")


def test_all_pages_are_read_one_after_the_other(canary: Program) -> None:
    canary.lines(7)
    first = canary.json("line", "list", "--limit", "3")
    rest = canary.json("line", "list", "--all", "--after", first["next"])
    assert [len(first["items"]), len(rest["items"])] == [3, 4]
    assert rest["next"] is None
    assert canary.json("line", "list", "--all")["items"] == first["items"] + rest["items"]


def test_pages_longer_than_one_request_are_put_together(canary: Program) -> None:
    canary.lines(700)
    shown = canary.json("line", "list", "--limit", "600")
    assert len({line["id"] for line in shown["items"]}) == 600
    assert shown["next"]
    assert len(canary.json("line", "list", "--all")["items"]) == 700


def test_lists_say_what_to_do_when_they_are_empty(canary: Program) -> None:
    for words in (
        ["firm", "list"],
        ["dataset", "list"],
        ["copy", "list"],
        ["line", "list"],
        ["line", "list", "--state", "lost"],
        ["seeding", "list"],
        ["leaks"],
        ["contacts"],
        ["endpoint", "list"],
        ["delivery", "list"],
    ):
        result = canary(*words)
        assert result.exit_code == 0, result.output
        assert result.stdout.startswith(("There are no", "No leak", "Nobody is told"))


def test_tables_fit_80_columns_and_keep_ids_whole(clients: Program) -> None:
    clients.json("copy", "add", "clients", "A recipient with a name that is rather long " * 3)
    seeding = clients.json("seed", "clients", "--count", "3")
    clients.json("endpoint", "add", "Harbour Bank", "https://example.com/" + "a" * 200)
    for words in (
        ["firm", "list"],
        ["dataset", "list"],
        ["copy", "list"],
        ["line", "list"],
        ["seeding", "list"],
        ["endpoint", "list"],
        ["seeding", "show", seeding["id"]],
        ["trace", seeding["decoys"][0]["number"]],
    ):
        shown = clients(*words).stdout
        assert max(map(len, shown.splitlines())) <= 80, shown
        assert "\x1b" not in shown
        if words[-1] == "list":
            assert all(one["id"] in shown for one in clients.json(*words)["items"])


def test_the_rows_of_a_long_seeding_are_not_all_printed(clients: Program) -> None:
    result = clients("seed", "clients", "--count", "25")
    assert result.stdout.count("@clients.example") == 20
    assert "5 more: canary seeding show" in result.stderr


def test_a_line_is_released_once(canary: Program) -> None:
    canary.lines(1)
    (line,) = canary.json("line", "list")["items"]
    assert canary.json("line", "release", line["id"])["state"] == "released"
    assert "released before" in canary.refusal(1, "line", "release", line["id"])
