"""The demonstration is the same whatever the user's environment says."""

from pathlib import Path

import pytest

from cli.demo.stage import DemoSettings, stage_in


def test_the_demonstration_reads_nothing_of_the_environment(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "canary.env").write_text("CANARY_URL=https://a.example\n")
    monkeypatch.setenv("CANARY_COOLING_DAYS", "many")
    monkeypatch.setenv("CANARY_PUBLIC_URL", "nowhere")
    monkeypatch.setenv("CANARY_TWILIO_ACCOUNT_SID", "AC1")
    monkeypatch.setenv("CANARY_API_KEY", "of the user")
    settings = DemoSettings(home=tmp_path / "demo")
    assert settings.cooling_days == 180
    assert settings.public_url == "http://127.0.0.1:8000"
    assert (settings.twilio_account_sid, settings.api_key.get_secret_value()) == ("", "")


def test_the_stage_stands_where_the_environment_is_wrong(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("CANARY_COOLING_DAYS", "many")
    with stage_in(tmp_path) as stage:
        assert stage.http.get(f"{stage.url}/healthz").is_success
