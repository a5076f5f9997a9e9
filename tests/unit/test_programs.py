"""What happens to a test whose program is not installed."""

import pytest

from tests.programs import find, require


def test_a_program_that_is_there_is_found() -> None:
    assert require("sh").endswith("/sh")


def test_a_missing_program_skips_the_test_by_name(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("CI", raising=False)
    with pytest.raises(pytest.skip.Exception, match=r"no-such-program.*make test-deps"):
        require("no-such-program")


def test_a_missing_program_is_a_failure_under_ci(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CI", "true")
    with pytest.raises(pytest.fail.Exception, match="no-such-program"):
        require("no-such-program")


def test_what_is_nowhere_is_not_found() -> None:
    assert find("no-such-program") is None
