"""Phone numbers as carriers write them: parsed at the boundary, or refused with a reason."""

import re
from dataclasses import dataclass
from typing import Self

import phonenumbers

from canary.errors import BadInput

_E164 = re.compile(r"\+[1-9][0-9]{6,14}\Z")
BLOCK_DIGITS = 2
"""A neighbourhood is the hundred numbers that share all but the last two digits."""


@dataclass(frozen=True, slots=True)
class Number:
    """An E.164 number, such as ``+14155550123``, that its country's plan has room for."""

    e164: str
    region: str
    """ISO 3166 country code, or ``001`` for numbers of no country."""

    @classmethod
    def parse(cls, raw: str) -> Self:
        """Read one number.

        Raises:
            BadInput: ``says`` is the reason, ``not E.164`` or ``not possible``.
        """
        text = raw.strip()
        if not _E164.match(text):
            raise BadInput(
                says="not E.164", fix="Write it as +COUNTRYNUMBER, such as +14155550123."
            )
        try:
            parsed = phonenumbers.parse(text)
        except phonenumbers.NumberParseException:
            parsed = None
        if parsed is None or not phonenumbers.is_possible_number(parsed):
            raise BadInput(says="not possible", fix="The country's plan has no such number.")
        region = phonenumbers.region_code_for_number(parsed)
        if region is None:
            codes = phonenumbers.region_codes_for_country_code(parsed.country_code or 0)
            region = codes[0] if codes else "001"
        return cls(text, region)

    @property
    def block(self) -> str:
        """The number without its last two digits."""
        return self.e164[:-BLOCK_DIGITS]
