"""What the environment and ``canary.env`` say."""

from pathlib import Path

import pytest
from pydantic import ValidationError

from canary.errors import BadInput
from canary.settings import Settings, default_home, read_settings


@pytest.fixture
def home(tmp_path: Path) -> Path:
    place = tmp_path / "home"
    place.mkdir()
    return place


def test_without_anything_set_the_database_and_the_key_lie_in_the_home(home: Path) -> None:
    settings = read_settings()
    assert settings.home == home
    assert settings.database == f"sqlite:///{home / 'canary.db'}"
    assert settings.key_file == home / "master.key"
    assert settings.public_url == "http://127.0.0.1:8000"
    assert settings.url == ""
    assert not settings.allow_private_endpoints


def test_the_environment_decides(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CANARY_DATABASE_URL", "postgresql+psycopg://canary@db/canary")
    monkeypatch.setenv("CANARY_MASTER_KEY_FILE", "/run/secrets/key")
    monkeypatch.setenv("CANARY_PUBLIC_URL", "https://canary.example.com/")
    settings = read_settings(home)
    assert settings.database == "postgresql+psycopg://canary@db/canary"
    assert settings.key_file == Path("/run/secrets/key")
    assert settings.public_url == "https://canary.example.com"


def test_the_file_in_the_home_fills_what_the_environment_leaves_out(
    home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (home / "canary.env").write_text("CANARY_URL=https://a.example\nCANARY_API_KEY=from-file\n")
    monkeypatch.setenv("CANARY_URL", "https://b.example")
    settings = read_settings(home)
    assert settings.url == "https://b.example"
    assert settings.api_key.get_secret_value() == "from-file"


def test_names_that_are_not_ours_are_left_alone(home: Path) -> None:
    (home / "canary.env").write_text("OTHER=1\nCANARY_UNKNOWN=1\n")
    assert read_settings(home).home == home


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("CANARY_PUBLIC_URL", "canary.test"),
        ("CANARY_PUBLIC_URL", "ftp://canary.example.com"),
        ("CANARY_URL", "http://"),
        ("CANARY_ALLOW_PRIVATE_ENDPOINTS", "perhaps"),
        ("CANARY_COOLING_DAYS", "-1"),
    ],
)
def test_a_wrong_value_is_refused_by_name_and_not_repeated(
    home: Path, monkeypatch: pytest.MonkeyPatch, name: str, value: str
) -> None:
    monkeypatch.setenv(name, value)
    with pytest.raises(BadInput, match=name) as refused:
        read_settings(home)
    assert "canary.env" in refused.value.fix
    assert value not in refused.value.says


def test_a_file_that_is_not_utf_8_is_refused_by_name(home: Path) -> None:
    (home / "canary.env").write_bytes("CANARY_URL=https://é.example\n".encode("latin-1"))
    with pytest.raises(BadInput, match=r"canary\.env is not UTF-8") as refused:
        read_settings(home)
    assert "UTF-8" in refused.value.fix


def test_secrets_do_not_show_when_settings_are_printed(home: Path) -> None:
    (home / "canary.env").write_text("CANARY_API_KEY=hunter2\nCANARY_TWILIO_AUTH_TOKEN=hunter3\n")
    shown = f"{read_settings(home)!r} {read_settings(home)}"
    assert "hunter" not in shown


def test_settings_do_not_change(home: Path) -> None:
    settings = read_settings(home)
    with pytest.raises(ValidationError):
        settings.url = "https://elsewhere.example"  # type: ignore[misc]


def test_the_home_is_the_platforms_when_none_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("CANARY_HOME")
    assert default_home().name == "canary-records"
    assert default_home().is_absolute()


def test_a_home_may_be_named_from_the_users_own(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CANARY_HOME", "~/canary")
    assert default_home() == Path.home() / "canary"


def test_settings_can_be_given_without_an_environment(tmp_path: Path) -> None:
    given = Settings(home=tmp_path, master_key_file=tmp_path / "other.key")
    assert given.key_file == tmp_path / "other.key"
