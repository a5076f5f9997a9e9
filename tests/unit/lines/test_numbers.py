"""Numbers are parsed at the boundary, or refused with the reason."""

import pytest

from canary.errors import BadInput
from canary.lines.numbers import Number


@pytest.mark.parametrize(
    ("raw", "region", "block"),
    [
        ("+14155550123", "US", "+141555501"),
        (" +8613912345678 ", "CN", "+86139123456"),
        ("+442071838750", "GB", "+4420718387"),
        ("+80012345678", "001", "+800123456"),
    ],
)
def test_a_number_knows_its_region_and_block(raw: str, region: str, block: str) -> None:
    number = Number.parse(raw)
    assert (number.e164, number.region, number.block) == (raw.strip(), region, block)


@pytest.mark.parametrize(
    ("raw", "reason"),
    [
        ("4155550123", "not E.164"),
        ("+1 415 555 0123", "not E.164"),
        ("+0123456789", "not E.164"),
        ("+1415555", "not possible"),
        ("+9991234567", "not possible"),
        ("", "not E.164"),
        ("+\u0661\u0662\u0663\u0664\u0665\u0666\u0667\u0668", "not E.164"),
    ],
)
def test_what_is_no_number_is_refused_with_the_reason(raw: str, reason: str) -> None:
    with pytest.raises(BadInput) as refused:
        Number.parse(raw)
    assert refused.value.says == reason
