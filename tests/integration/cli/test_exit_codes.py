"""Each exit code, and that what went wrong is said on stderr with what to do about it."""

import http.server
import json
import os
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from typing_extensions import override

from tests.integration.cli.conftest import Program

NOBODY = "http://127.0.0.1:9"


def test_0_done(canary: Program) -> None:
    assert canary("firm", "list").exit_code == 0


def test_1_failed(clients: Program) -> None:
    said = clients.refusal(1, "seed", "clients", "--count", "31")
    assert said.startswith("error: 30 lines are ready and 31 are needed: 1 are missing.\nfix: ")
    assert clients.json("seeding", "list")["items"] == []


def test_1_without_a_home(bare: Program) -> None:
    assert "canary init" in bare.refusal(1, "firm", "list")
    assert not bare.home.exists()


@pytest.mark.parametrize(
    "words",
    [
        ["firm", "add", "X", "--sector", "astrology"],
        ["firm", "add", "X"],
        ["firm", "add", " ", "--sector", "other"],
        ["frim", "list"],
        ["firm", "list", "--limit", "0"],
        ["seed", "clients", "--count", "0"],
        ["seed", "clients", "--count", "10001"],
        ["seed", "clients", "--count", "1", "--planted-at", "yesterday"],
        ["contacts", "--since", "yesterday"],
        ["trace", ""],
        ["endpoint", "add", "Harbour Bank", "http://10.0.0.1/"],
        ["endpoint", "add", "Harbour Bank", "https://example.com/", "--events", "all"],
        ["endpoint", "add", "Harbour Bank", "https://example.com/", "--format", "morse"],
        ["line", "list", "--state", "asleep"],
        ["--url", "canary.example.com", "firm", "list"],
    ],
)
def test_2_wrong_usage_or_bad_input(clients: Program, words: list[str]) -> None:
    assert clients.refusal(2, *words)


def test_2_says_no_machine_words(canary: Program) -> None:
    said = canary.refusal(2, "firm", "add", "X", "--sector", "astrology")
    assert "Value error" not in said
    assert "real-estate" in said


def test_2_a_setting_that_cannot_be_used(canary: Program) -> None:
    wrong = Program(canary.home, {"CANARY_PUBLIC_URL": "here"})
    assert "CANARY_PUBLIC_URL" in wrong.refusal(2, "firm", "list")


@pytest.mark.parametrize(
    "words",
    [
        ["firm", "key", "nobody"],
        ["dataset", "add", "nobody", "clients"],
        ["copy", "add", "nothing", "Print shop"],
        ["copy", "list", "--dataset", "nothing"],
        ["seed", "nothing", "--count", "1"],
        ["seed", "clients", "--count", "1", "--copy", "nobody"],
        ["seeding", "show", "seed_0"],
        ["retire", "seed_0"],
        ["line", "release", "line_0"],
        ["leak", "show", "leak_0"],
        ["leak", "confirm", "leak_0"],
        ["leak", "dismiss", "leak_0", "--reason", "none"],
        ["leak", "note", "leak_0", "words"],
        ["endpoint", "add", "nobody", "https://example.com/"],
        ["endpoint", "test", "ep_0"],
        ["delivery", "replay", "dlv_0"],
        ["contacts", "--copy", "copy_0"],
        ["contacts", "--line", "line_0"],
        ["contacts", "--line", "+14155559999"],
        ["leaks", "--firm", "nobody"],
        ["firm", "revoke", "key_0"],
        ["leak", "show", "../firms/%2e%2e?x=1#y"],
    ],
)
def test_3_not_found(clients: Program, words: list[str]) -> None:
    said = clients.refusal(3, *words)
    assert said.startswith("error: ")
    assert "\nfix: " in said
    assert "/v1" not in said
    assert "/openapi.json" not in said


@pytest.mark.parametrize(
    ("code", "name", "words"),
    [
        (2, "bad_input", ["firm", "list", "--limit", "0"]),
        (2, "bad_input", ["firm", "list", "--nope"]),
        (2, "bad_input", ["--nope", "firm", "list"]),
        (2, "bad_input", ["frim", "list"]),
        (2, "bad_input", ["firm", "list", "--after", "yesterday"]),
        (3, "not_found", ["leak", "show", "leak_0"]),
        (5, "cannot_reach", ["--url", NOBODY, "leaks"]),
    ],
)
def test_with_json_an_error_is_one_document_too(
    clients: Program, code: int, name: str, words: list[str]
) -> None:
    error = json.loads(clients.refusal(code, *words, "--json"))["error"]
    assert list(error) == ["code", "says", "fix"]
    assert error["code"] == name
    assert error["says"]
    assert error["fix"]


def test_4_not_allowed(remote: Program) -> None:
    stranger = Program(remote.home, {**remote.env, "CANARY_API_KEY": "canary_0_0"})
    assert "unknown or revoked" in stranger.refusal(4, "firm", "list")
    keyless = Program(remote.home, {"CANARY_URL": remote.env["CANARY_URL"]})
    assert "CANARY_API_KEY" in keyless.refusal(4, "firm", "list")


def test_5_nobody_there(bare: Program) -> None:
    said = bare.refusal(5, "--url", NOBODY, "firm", "list")
    assert f"Cannot reach {NOBODY}" in said
    assert "canary serve" in said


def test_5_a_name_that_leads_nowhere(bare: Program) -> None:
    env = {"CANARY_URL": "https://127.0.0.1:9", "CANARY_API_KEY": "k"}
    assert Program(bare.home, env).refusal(5, "leaks")


@pytest.mark.parametrize("status", [200, 302, 404, 502])
def test_5_something_else_answers(bare: Program, status: int) -> None:
    with _other_service(status) as url:
        assert "is not this service" in bare.refusal(5, "--url", url, "firm", "list")


def test_5_no_answer_to_a_seeding_says_how_to_repeat_it(bare: Program) -> None:
    with _silent_service() as url:
        words = ["--url", url, "seed", "clients", "--count", "1"]
        assert "Run it again with --idempotency-key" in bare.refusal(5, *words)
        assert "--idempotency-key mine:" in bare.refusal(5, *words, "--idempotency-key", "mine")
        assert "did not answer" in bare.refusal(5, "--url", url, "leaks")


def test_a_key_that_others_may_read_is_not_sent(remote: Program, tmp_path: Path) -> None:
    file = tmp_path / "key"
    file.write_text(remote.env["CANARY_API_KEY"] + "\n")
    file.chmod(0o644)
    url = remote.env["CANARY_URL"]
    words = ["--url", url, "--key-file", str(file), "firm", "list"]
    bare = Program(tmp_path)
    assert "chmod 600" in bare.refusal(2, *words)
    file.chmod(0o600)
    assert bare(*words).exit_code == 0
    file.write_text("two words")
    assert "one API key" in bare.refusal(2, *words)
    file.unlink()
    assert "cannot be read" in bare.refusal(2, *words)


def test_a_key_is_not_sent_in_the_clear_without_a_warning(
    bare: Program, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(socket, "getaddrinfo", _no_such_host)
    said = bare.refusal(5, "--url", "http://canary.example.com", "leaks")
    assert "unencrypted" in said


def test_the_environment_comes_before_canary_env(canary: Program) -> None:
    (canary.home / "canary.env").write_text(f"CANARY_URL={NOBODY}\nCANARY_API_KEY=k\n")
    assert NOBODY in canary.refusal(5, "firm", "list")
    other = Program(canary.home, {"CANARY_URL": "http://127.0.0.1:7"})
    assert "127.0.0.1:7" in other.refusal(5, "firm", "list")


def test_a_fault_of_the_machine_is_one_line(tmp_path: Path) -> None:
    blocked = tmp_path / "file"
    blocked.touch()
    home = Program(blocked / "home")
    said = home.refusal(1, "init")
    assert "Not a directory" in said
    assert "CANARY_HOME" in said
    assert os.fspath(blocked) in Program(blocked).refusal(2, "init")


def _no_such_host(*_: object, **__: object) -> None:
    raise socket.gaierror(socket.EAI_NONAME, "Name or service not known")


@contextmanager
def _other_service(status: int) -> Iterator[str]:
    class Other(http.server.BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(status)
            self.end_headers()
            self.wfile.write(b"<h1>Welcome</h1>")

        @override
        def log_message(self, format: str, *args: object) -> None:
            """Say nothing."""

    server = http.server.HTTPServer(("127.0.0.1", 0), Other)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


@contextmanager
def _silent_service() -> Iterator[str]:
    """Take requests and hang up."""
    listener = socket.create_server(("127.0.0.1", 0))

    def hang_up() -> None:
        while True:
            try:
                caller, _ = listener.accept()
            except OSError:
                return
            caller.recv(65536)
            caller.close()

    thread = threading.Thread(target=hang_up)
    thread.start()
    try:
        yield f"http://127.0.0.1:{listener.getsockname()[1]}"
    finally:
        listener.shutdown(socket.SHUT_RDWR)
        listener.close()
        thread.join()
