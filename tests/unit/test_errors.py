"""The one error tree."""

import pytest

from canary import errors
from canary.errors import CanaryError

TREE = sorted(
    (
        kind
        for kind in vars(errors).values()
        if isinstance(kind, type) and issubclass(kind, CanaryError)
    ),
    key=lambda kind: kind.__name__,
)
EXIT_CODES = {"NotFound": 3, "NotAllowed": 4, "NotAuthenticated": 4, "CannotReach": 5}


def test_an_error_carries_what_was_wrong_and_what_to_do() -> None:
    error = errors.BadInput(says="There is no such sector: fish.", fix="Use one of: medical.")
    assert str(error) == error.says == "There is no such sector: fish."
    assert error.fix == "Use one of: medical."


def test_an_error_may_have_no_fix() -> None:
    assert errors.NotFound(says="There is no such leak.").fix == ""


@pytest.mark.parametrize("kind", TREE, ids=lambda kind: kind.__name__)
def test_each_error_has_an_answer_on_both_edges(kind: type[CanaryError]) -> None:
    assert kind.code.replace("_", "").isalpha()
    assert 400 <= kind.status <= 599
    assert 1 <= kind.exit_code <= 5
    assert kind.__doc__


@pytest.mark.parametrize(("name", "exit_code"), EXIT_CODES.items())
def test_exit_codes_are_the_documented_ones(name: str, exit_code: int) -> None:
    kind: type[CanaryError] = getattr(errors, name)
    assert kind.exit_code == exit_code


def test_bad_input_is_wrong_usage() -> None:
    assert (errors.BadInput.exit_code, errors.BadInput.status) == (2, 422)


def test_no_two_errors_share_a_code() -> None:
    codes = [kind.code for kind in TREE]
    assert len(codes) == len(set(codes))
