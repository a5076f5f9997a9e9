"""Commands of the machine that holds the home."""

import json
import os
import signal
import socket
import sqlite3
from pathlib import Path

import httpx
import pytest

from tests.integration.cli.conftest import Program, started

NEEDED = ["home", "master key", "database"]
HTTPS = {"CANARY_PUBLIC_URL": "https://canary.example.com"}


def test_init_makes_a_private_home_once(bare: Program) -> None:
    made = bare.json("init")
    assert list(made) == ["home", "api_key"]
    assert made["home"] == str(bare.home)
    assert made["api_key"].startswith("canary_")
    assert bare.home.stat().st_mode & 0o777 == 0o700
    modes = {file.name: file.stat().st_mode & 0o777 for file in bare.home.iterdir()}
    assert modes == {"canary.db": 0o600, "master.key": 0o600}

    before = (bare.home / "master.key").read_bytes()
    assert bare.json("init") == {"home": str(bare.home), "api_key": None}
    assert (bare.home / "master.key").read_bytes() == before


def test_init_shows_people_the_key_and_what_comes_next(bare: Program) -> None:
    first, again = bare("init").stdout, bare("init").stdout
    assert "canary_" in first
    assert "canary doctor" in first
    assert "canary_" not in again


def test_init_never_puts_a_new_key_beside_an_old_database(canary: Program) -> None:
    (canary.home / "master.key").unlink()
    assert "Restore the key file" in canary.refusal(1, "init")
    assert not (canary.home / "master.key").exists()


def test_init_warns_when_others_may_look_into_the_home(bare: Program) -> None:
    bare.home.mkdir(mode=0o755)
    bare.home.chmod(0o755)
    assert "chmod 700" in bare("init").stderr


def test_init_works_on_postgresql(bare: Program, postgres_url: str) -> None:
    program = Program(bare.home, {"CANARY_DATABASE_URL": postgres_url})
    assert program.json("init")["api_key"]
    assert program.json("init")["api_key"] is None
    assert program.json("firm", "list")["items"] == []


def test_migrate_brings_an_old_database_up(canary: Program) -> None:
    assert canary.json("migrate")["upgraded"] is False
    (canary.home / "canary.db").unlink()
    assert "canary migrate" in canary.refusal(1, "firm", "list")
    done = canary.json("migrate")
    assert list(done) == ["revision", "upgraded"]
    assert done["upgraded"] is True
    assert canary.json("firm", "list")["items"] == []


def test_rotated_keys_seal_and_the_old_ones_still_open(clients: Program) -> None:
    seeding = clients.json("seed", "clients", "--count", "1")
    assert clients.json("keys", "rotate")["key"] == 2
    assert "Restart" in clients("keys", "rotate").stderr
    assert clients.json("seeding", "show", seeding["id"])["decoys"] == seeding["decoys"]
    assert clients.json("seed", "clients", "--count", "1")["decoys"]


def test_serve_takes_requests_until_it_is_told_to_end(canary: Program) -> None:
    with started("serve", "--port", "0", env={"CANARY_HOME": str(canary.home)}) as (told, process):
        assert list(told) == ["url", "workers", "worker"]
        assert httpx.get(told["url"] + "/readyz", timeout=30).status_code == 200
        process.send_signal(signal.SIGINT)
        assert process.wait(30) in {0, -signal.SIGINT, 128 + signal.SIGINT}


def test_serve_refuses_several_processes_on_one_file(canary: Program) -> None:
    said = canary.refusal(2, "serve", "--workers", "2")
    assert "one writer" in said
    assert "PostgreSQL" in said


def test_serve_runs_several_processes_on_postgresql(bare: Program, postgres_url: str) -> None:
    env = {"CANARY_HOME": str(bare.home), "CANARY_DATABASE_URL": postgres_url}
    Program(bare.home, env).json("init")
    words = ["serve", "--port", "0", "--workers", "2", "--no-worker"]
    with started(*words, env=env) as (told, process):
        assert (told["workers"], told["worker"]) == (2, False)
        assert httpx.get(told["url"] + "/readyz", timeout=60).status_code == 200
        process.terminate()
        assert process.wait(30) is not None


def test_serve_says_when_it_cannot_listen(canary: Program) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = str(taken.getsockname()[1])
        assert "Address already in use" in canary.refusal(1, "serve", "--port", port)
    for host in ("nowhere.invalid", "x" * 70, "198.51.100.7"):
        said = canary.refusal(2, "serve", "--host", host, "--port", "0")
        assert "no address" in said
        assert "--port" not in said


def test_serve_says_once_why_it_cannot_listen(canary: Program) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = str(taken.getsockname()[1])
        assert "bind" not in canary.refusal(1, "serve", "--port", port)


def test_the_home_issues_another_key_of_the_operator(canary: Program) -> None:
    issued = canary.json("keys", "operator")
    assert list(issued) == ["api_key"]
    prefix = issued["api_key"].split("_")[1]
    assert "canary_" in canary("keys", "operator").stdout
    keys = canary.json("firm", "keys", "--all")["items"]
    assert [key["scope"] for key in keys] == ["operator"] * 3
    assert prefix in {key["prefix"] for key in keys}
    shown = canary("firm", "revoke", prefix).stdout
    assert f"operator key {prefix} is revoked" in shown
    assert "before" in canary.refusal(1, "firm", "revoke", prefix)
    assert max(map(len, canary("firm", "keys").stdout.splitlines())) <= 80


def test_serve_and_worker_need_a_home(bare: Program) -> None:
    assert "canary init" in bare.refusal(1, "serve")
    assert "canary init" in bare.refusal(1, "worker")


def test_worker_works_until_it_is_told_to_end(canary: Program) -> None:
    with started("worker", env={"CANARY_HOME": str(canary.home)}) as (told, process):
        assert told == {"worker": True}
        process.terminate()
        assert process.wait(30) == 0


def test_doctor_finds_what_is_needed_and_what_is_still_to_do(canary: Program) -> None:
    result = canary("doctor", "--json")
    assert result.exit_code == 0
    checks = json.loads(result.stdout)["checks"]
    assert all(list(check) == ["name", "ok", "detail", "fix"] for check in checks)
    found = {check["name"]: check["ok"] for check in checks}
    assert all(found[name] for name in NEEDED)
    to_do = ("public url", "twilio", "email domain", "lines", "endpoints")
    assert not any(found[name] for name in to_do)
    assert all(check["fix"] for check in checks if not check["ok"])
    assert "canary endpoint add" in canary("doctor").stdout


def test_doctor_is_content_when_all_is_set(clients: Program) -> None:
    clients.json("endpoint", "add", "Harbour Bank", "https://example.com/")
    env = {
        **HTTPS,
        "CANARY_TWILIO_ACCOUNT_SID": "AC0",
        "CANARY_TWILIO_AUTH_TOKEN": "secret",
        "CANARY_EMAIL_DOMAIN": "mail.example.com",
    }
    result = Program(clients.home, env)("doctor", "--json")
    assert [check for check in json.loads(result.stdout)["checks"] if not check["ok"]] == []
    assert "secret" not in result.stdout


def test_doctor_warns_of_a_setting_for_development(canary: Program) -> None:
    found = Program(canary.home, {"CANARY_ALLOW_PRIVATE_ENDPOINTS": "true"}).json("doctor")
    assert "private endpoints" in {check["name"] for check in found["checks"]}


def test_doctor_fails_without_a_home(bare: Program) -> None:
    result = bare("doctor", "--json")
    assert result.exit_code == 1
    failing = [one["name"] for one in json.loads(result.stdout)["checks"] if not one["ok"]]
    assert failing[:3] == NEEDED
    assert not bare.home.exists()
    assert "FAILS" in bare("doctor").stdout


@pytest.mark.parametrize("broken", ["home", "key", "schema", "url"])
def test_doctor_names_what_is_broken(canary: Program, broken: str) -> None:
    env = {}
    if broken == "home":
        canary.home.chmod(0o755)
    elif broken == "key":
        (canary.home / "master.key").chmod(0o644)
    elif broken == "schema":
        with sqlite3.connect(canary.home / "canary.db") as connection:
            connection.execute("UPDATE alembic_version SET version_num = '0000'")
        connection.close()
    else:
        env = {"CANARY_PUBLIC_URL": "here"}
    result = Program(canary.home, env)("doctor", "--json")
    assert result.exit_code == 1
    names = {"home": "home", "key": "master key", "schema": "database", "url": "settings"}
    failing = {one["name"]: one for one in json.loads(result.stdout)["checks"] if not one["ok"]}
    assert failing[names[broken]]["fix"]


def test_doctor_asks_the_service_that_is_named(bare: Program) -> None:
    result = bare("--url", "http://127.0.0.1:9", "doctor", "--json")
    assert result.exit_code == 5
    (check,) = json.loads(result.stdout)["checks"]
    assert (check["name"], check["ok"]) == ("service", False)


def test_doctor_does_not_show_the_databases_password(canary: Program, tmp_path: Path) -> None:
    url = "postgresql+psycopg://canary:hunter2@127.0.0.1:9/none"
    result = Program(canary.home, {"CANARY_DATABASE_URL": url})("doctor", "--json")
    assert result.exit_code == 1
    assert "hunter2" not in result.output
    assert os.fspath(tmp_path) in result.stdout
