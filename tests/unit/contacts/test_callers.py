"""Who a caller is, and who it is not."""

import pytest

from canary.contacts.callers import caller_of, content_key, is_shared


@pytest.mark.parametrize(
    ("raw", "caller", "shared"),
    [
        ("+14155550123", "+14155550123", False),
        ("+1 415 555 0123", "+14155550123", False),
        ("4155550123", "4155550123", False),
        ("12345", "12345", True),
        ("MYBANK", "MYBANK", True),
        ("Anonymous", None, False),
        ("+266696687", None, False),
        ("", None, False),
        (None, None, False),
    ],
)
def test_caller(raw: str | None, caller: str | None, shared: bool) -> None:  # noqa: FBT001
    assert caller_of(raw) == caller
    assert is_shared(caller_of(raw)) is shared


def test_the_same_text_in_another_dress_is_the_same() -> None:
    assert content_key("  WIN  a\nprize ") == content_key("win a prize")
    assert content_key("ABC") == content_key("\uff41\uff42\uff43")
