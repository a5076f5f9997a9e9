"""Types of alert, the filter of an endpoint, and formats."""

import pytest

from canary.alerts.kinds import AlertFormat, AlertType, parse_events, parse_format, takes
from canary.errors import BadInput


def test_the_types_are_those_of_the_contract() -> None:
    assert {kind.value for kind in AlertType} == {
        "leak.suspected",
        "leak.opened",
        "leak.updated",
        "leak.closed",
        "line.lost",
        "decoy.missing",
        "endpoint.disabled",
        "endpoint.test",
    }


def test_a_filter_keeps_each_type_once_in_order() -> None:
    given = ["line.lost", " leak.opened ", "line.lost"]
    assert parse_events(given) == ["line.lost", "leak.opened"]


@pytest.mark.parametrize("wrong", ["leak.*", "LEAK.OPENED", "", "leak"])
def test_an_unknown_type_is_refused_with_the_ones_there_are(wrong: str) -> None:
    with pytest.raises(BadInput) as refused:
        parse_events(["leak.opened", wrong])
    assert repr(wrong) in refused.value.says
    assert "leak.opened, leak.updated" in refused.value.fix


def test_an_empty_filter_takes_everything_and_another_only_its_own() -> None:
    assert takes([], AlertType.LINE_LOST)
    assert takes(["line.lost"], AlertType.LINE_LOST)
    assert not takes(["line.lost"], AlertType.LEAK_OPENED)


def test_standard_is_the_format_there_is() -> None:
    assert parse_format("standard") is AlertFormat.STANDARD


@pytest.mark.parametrize("wrong", ["slack", "Standard", ""])
def test_another_format_is_refused_with_the_ones_there_are(wrong: str) -> None:
    with pytest.raises(BadInput) as refused:
        parse_format(wrong)
    assert repr(wrong) in refused.value.says
    assert refused.value.fix == "Formats that exist: standard."
