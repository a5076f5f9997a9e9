"""Firms, keys, datasets and copies."""

import httpx

from tests.integration.api.running import Running, made, refused, shown


def test_a_firm_is_registered_and_listed(operator: httpx.Client) -> None:
    firm = made(operator.post("/v1/firms", json={"name": "Acme", "sector": "real-estate"}))
    assert firm["id"].startswith("firm_")
    assert firm == {"id": firm["id"], "name": "Acme", "sector": "real-estate"}
    assert shown(operator.get("/v1/firms")) == {"items": [firm], "next": None}


def test_a_second_firm_of_the_same_name_is_a_conflict(operator: httpx.Client) -> None:
    made(operator.post("/v1/firms", json={"name": "Acme", "sector": "finance"}))
    again = operator.post("/v1/firms", json={"name": "Acme", "sector": "medical"})
    problem = refused(again, 409, "conflict")
    assert problem["fix"] == "See `canary firm list`."


def test_a_firms_key_sees_that_firm_only(running: Running, operator: httpx.Client) -> None:
    for name in ("Acme", "Rival"):
        made(operator.post("/v1/firms", json={"name": name, "sector": "finance"}))
    issued = made(operator.post("/v1/firms/Acme/keys", json={"scope": "firm"}))
    seen = shown(running.client(issued["api_key"]).get("/v1/firms"))
    assert [firm["name"] for firm in seen["items"]] == ["Acme"]


def test_an_investigators_key_sees_every_firm(running: Running, operator: httpx.Client) -> None:
    firms = [
        made(operator.post("/v1/firms", json={"name": name, "sector": "finance"}))
        for name in ("Acme", "Rival")
    ]
    route = f"/v1/firms/{firms[0]['id']}/keys"
    issued = made(operator.post(route, json={"scope": "investigator"}))
    seen = shown(running.client(issued["api_key"]).get("/v1/firms"))
    assert {firm["name"] for firm in seen["items"]} == {"Acme", "Rival"}


def test_no_route_issues_an_operators_key(operator: httpx.Client) -> None:
    made(operator.post("/v1/firms", json={"name": "Acme", "sector": "finance"}))
    asked = operator.post("/v1/firms/Acme/keys", json={"scope": "operator"})
    problem = refused(asked, 422, "bad_input")
    assert problem["errors"][0]["pointer"] == "#/scope"


def test_a_dataset_comes_with_the_firms_own_copy(operator: httpx.Client) -> None:
    firm = made(operator.post("/v1/firms", json={"name": "Acme", "sector": "finance"}))
    asked = {"firm": "Acme", "name": "clients", "senders": ["+18005550100"]}
    dataset = made(operator.post("/v1/datasets", json=asked))
    assert dataset["firm"] == firm["id"]
    assert dataset["locale"] == "en_US"
    assert dataset["created_at"] == "2026-03-01T12:00:00Z"
    assert shown(operator.get("/v1/datasets"))["items"] == [dataset]
    copies = shown(operator.get("/v1/copies", params={"dataset": "clients"}))["items"]
    assert [copy["recipient"] for copy in copies] == ["origin"]


def test_a_locale_without_names_and_a_bad_sender_are_refused_at_once(
    operator: httpx.Client,
) -> None:
    made(operator.post("/v1/firms", json={"name": "Acme", "sector": "finance"}))
    asked = {"firm": "Acme", "name": "clients", "locale": "tlh_QX"}
    refused(operator.post("/v1/datasets", json=asked), 422, "bad_input")
    wrong = {"firm": "Acme", "name": "clients", "senders": ["+18005550100", "8005550100"]}
    problem = refused(operator.post("/v1/datasets", json=wrong), 422, "bad_input")
    assert problem["errors"][0]["pointer"] == "#/senders/1"
    assert shown(operator.get("/v1/datasets"))["items"] == []


def test_a_recipients_copy_is_registered_once(operator: httpx.Client) -> None:
    made(operator.post("/v1/firms", json={"name": "Acme", "sector": "finance"}))
    dataset = made(operator.post("/v1/datasets", json={"firm": "Acme", "name": "clients"}))
    asked = {"dataset": "clients", "recipient": "call centre"}
    copy = made(operator.post("/v1/copies", json=asked))
    assert copy["id"].startswith("copy_")
    assert (copy["dataset"], copy["recipient"]) == (dataset["id"], "call centre")
    refused(operator.post("/v1/copies", json=asked), 409, "conflict")
    refused(
        operator.post("/v1/copies", json={"dataset": "clients", "recipient": "origin"}),
        422,
        "bad_input",
    )


def test_a_name_that_several_datasets_have_is_a_conflict(operator: httpx.Client) -> None:
    for name in ("Acme", "Rival"):
        made(operator.post("/v1/firms", json={"name": name, "sector": "finance"}))
        made(operator.post("/v1/datasets", json={"firm": name, "name": "clients"}))
    refused(operator.get("/v1/copies", params={"dataset": "clients"}), 409, "conflict")


def test_keys_are_listed_without_their_secrets_and_revoked_once(
    running: Running, operator: httpx.Client
) -> None:
    firm = made(operator.post("/v1/firms", json={"name": "Acme", "sector": "finance"}))
    key = made(operator.post("/v1/firms/Acme/keys", json={"scope": "firm"}))["api_key"]
    held = running.client(key)
    assert held.get("/v1/firms").status_code == 200
    answer = operator.get("/v1/keys")
    assert key.split("_", 2)[2] not in answer.text
    (listed,) = (one for one in shown(answer)["items"] if one["scope"] == "firm")
    assert list(listed) == ["id", "prefix", "scope", "firm", "created_at", "revoked_at"]
    assert (listed["prefix"], listed["firm"]) == (key.split("_")[1], firm["id"])
    assert listed["revoked_at"] is None
    revoked = shown(operator.post(f"/v1/keys/{listed['id']}/revoke"))
    assert revoked["revoked_at"] is not None
    refused(held.get("/v1/firms"), 401, "not_authenticated")
    refused(operator.post(f"/v1/keys/{listed['prefix']}/revoke"), 409, "conflict")
    refused(operator.post("/v1/keys/key_0/revoke"), 404, "not_found")


def test_a_locale_is_written_one_way(operator: httpx.Client) -> None:
    made(operator.post("/v1/firms", json={"name": "Acme", "sector": "finance"}))
    for given in ("zh-CN", "zh_cn", "ZH_CN"):
        asked = {"firm": "Acme", "name": given, "locale": given}
        assert made(operator.post("/v1/datasets", json=asked))["locale"] == "zh_CN"
