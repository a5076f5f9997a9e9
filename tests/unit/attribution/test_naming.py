"""Whom words name."""

import pytest

from canary.attribution.model import Naming
from canary.attribution.naming import naming

MARY = {"name": "Mary Jones", "given_name": "Mary", "family_name": "Jones"}
BO = {"name": "Bo Li", "given_name": "Bo", "family_name": "Li"}
WEI = {"name": "王小明", "given_name": "小明", "family_name": "王"}


@pytest.mark.parametrize(
    ("text", "persona", "expected"),
    [
        (None, MARY, Naming.NONE),
        ("", MARY, Naming.NONE),
        ("Win a prize today", MARY, Naming.NONE),
        ("Dear MARY  jones, your loan", MARY, Naming.FULL),
        ("Dear Mary K. Jones", MARY, Naming.FULL),
        ("JONES, Mary: appointment", MARY, Naming.FULL),
        ("Jones Mary", MARY, Naming.FULL),
        ("\uff2d\uff41\uff52\uff59 Jones", MARY, Naming.FULL),  # full-width letters
        ("Hi Mary!", MARY, Naming.PART),
        ("Ms. Jones, call us", MARY, Naming.PART),
        ("summary of Jonestown", MARY, Naming.NONE),
        ("bo knows", BO, Naming.NONE),
        ("Mr Li, call us", BO, Naming.PART),
        ("尊敬的王小明您好", WEI, Naming.FULL),
        ("王 小明", WEI, Naming.FULL),
        ("王先生,贷款", WEI, Naming.PART),
        ("大王路小学", WEI, Naming.NONE),
    ],
)
def test_words_name_the_persona(
    text: str | None, persona: dict[str, str], expected: Naming
) -> None:
    assert naming(text, persona) is expected
