"""Personas: the identities that decoys show, made from word lists with the chance passed in.

The same chance gives the same personas. Nothing is real: names are recombined, addresses stop at
the street (see :mod:`canary.decoys.places`), no attribute is a card, a national ID, a VIN or a
plate, and emails are on domains or mailboxes of the operator. The phone number is not made here:
it comes with the lease of a line.
"""

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from pathlib import Path
from typing import Self

from canary.clock import Chance
from canary.decoys.attributes import (
    ADULT_AGES,
    PARENT_AGES,
    AttributeMaker,
    Identity,
    years_before,
)
from canary.decoys.places import Places
from canary.decoys.wordlists.chinese_names import Gender
from canary.decoys.wordlists.names import GENDERS, NameBook, name_book
from canary.decoys.wordlists.words import Words
from canary.errors import BadInput
from canary.sectors import Sector

Taken = Callable[[str], bool]
"""Says whether a name or an email is already in use; a set's ``__contains__`` will do."""

_DOMAIN = re.compile(r"(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z](?:[a-z0-9-]{0,61}[a-z0-9])")
_LOCAL_PART = re.compile(r"[a-z0-9_%+-]+(?:\.[a-z0-9_%+-]+)*")
_PUBLIC_PROVIDERS = frozenset(
    {
        "126.com",
        "139.com",
        "163.com",
        "189.cn",
        "21cn.com",
        "aliyun.com",
        "aol.com",
        "foxmail.com",
        "gmail.com",
        "gmx.com",
        "gmx.de",
        "googlemail.com",
        "hotmail.com",
        "icloud.com",
        "live.com",
        "mail.com",
        "mail.ru",
        "me.com",
        "msn.com",
        "outlook.com",
        "proton.me",
        "protonmail.com",
        "qq.com",
        "sina.cn",
        "sina.com",
        "sohu.com",
        "vip.qq.com",
        "web.de",
        "yahoo.com",
        "yandex.ru",
        "yeah.net",
        "zoho.com",
    }
)
"""Domains on which an invented mailbox may be somebody's."""

_NAME_DRAWS = 200
_NAME_DRAWS_WHEN_USED_UP = 4
"""How often a name is redrawn once that many draws in a row gave none that was unused."""
_EMAIL_DRAWS = 400
_HABITUAL_DRAWS = 6
"""After that many addresses already in use, digits are added as people add them."""
_MOST_DIGITS = 6
_SHORTEST_LOCAL_PART = 5
_RANDOM_DIGITS = "random"
_COMMONEST_AGE = 0.38
"""Where the commonest age lies between the lowest and the highest."""

# f and g are the family and given name, fi and gi the initials of their words.
_FAMILY_FIRST_SHAPES = Words.of(
    {
        "{f}{g}": 30,
        "{f}{gi}": 18,
        "{fi}{gi}": 14,
        "{g}": 8,
        "{fi}{g}": 8,
        "{f}_{g}": 7,
        "{g}{f}": 6,
        "{f}.{g}": 5,
        "{gi}{f}": 4,
    }
)
_GIVEN_FIRST_SHAPES = Words.of(
    {
        "{g}.{f}": 30,
        "{g}{f}": 19,
        "{gi}{f}": 17,
        "{g}{fi}": 9,
        "{g}_{f}": 7,
        "{f}{gi}": 6,
        "{f}.{g}": 5,
        "{g}": 5,
        "{g}-{f}": 2,
    }
)
_FAMILY_FIRST_DIGITS = Words.of(
    {"": 33, _RANDOM_DIGITS: 22, "%y": 14, "%Y": 12, "%m%d": 12, "520": 2, "666": 2, "888": 3}
)
_GIVEN_FIRST_DIGITS = Words.of({"": 52, _RANDOM_DIGITS: 22, "%y": 15, "%Y": 8, "%m%d": 3})


def nobody(_: str) -> bool:
    """Return False: nothing is in use yet."""
    return False


@dataclass(frozen=True, slots=True)
class Persona:
    """The identity that a decoy shows; ``attributes`` are those of the firm's sector.

    ``region`` and ``postcode`` are empty where the locale's are not known, ``city`` as well where
    no city is. ``address`` is one line and ends at the street.
    """

    name: str
    given_name: str
    family_name: str
    gender: Gender
    birth_date: date
    email: str
    address: str
    city: str
    region: str
    postcode: str
    attributes: Mapping[str, str] = field(hash=False)


class Mailboxes:
    """Where decoys receive email: domains of the operator, or single mailboxes.

    Each mailbox is handed out once in the life of this object, also when several makers share it;
    those that were used before are skipped by asking ``taken``.
    """

    def __init__(self, *, domains: Iterable[str] = (), mailboxes: Iterable[str] = ()) -> None:
        """Take either domains or mailboxes; mailboxes win."""
        self.domains = tuple(domains)
        self.mailboxes = tuple(dict.fromkeys(mailboxes))
        self._unused = iter(self.mailboxes)

    @classmethod
    def parse(cls, setting: str) -> Self:
        """Read a setting: domains separated by commas, or ``@FILE`` with one mailbox a line.

        Blank lines and lines that start with ``#`` are skipped.

        Raises:
            BadInput: The setting names neither, the file cannot be read, a domain or mailbox is
                malformed, or a domain is a public provider's.
        """
        text = setting.strip()
        if text.startswith("@"):
            return cls(mailboxes=_read_mailboxes(Path(text[1:].strip()).expanduser()))
        domains = [part.strip().lower() for part in text.split(",") if part.strip()]
        if not domains:
            raise BadInput(
                says="no email domain is set",
                fix="set CANARY_EMAIL_DOMAIN to a domain of yours, or to @FILE of mailboxes",
            )
        for domain in domains:
            _check_domain(domain)
        return cls(domains=domains)

    def draw(self, local_part: Callable[[int], str], taken: Taken, chance: Chance) -> str:
        """Return an email that is not taken.

        Args:
            local_part: Writes what stands before the ``@``, given how many were taken before.
            taken: Says whether an email is already in use.
            chance: Decides the domain.

        Raises:
            BadInput: Every mailbox of the file is used, or no free address was found.
        """
        if self.mailboxes:
            return self._next_mailbox(taken)
        for attempt in range(_EMAIL_DRAWS):
            email = f"{local_part(attempt)}@{chance.choice(self.domains)}"
            if not taken(email):
                return email
        raise BadInput(
            says=f"no free email address was found in {_EMAIL_DRAWS} tries",
            fix="add domains to CANARY_EMAIL_DOMAIN",
        )

    def _next_mailbox(self, taken: Taken) -> str:
        for mailbox in self._unused:
            if not taken(mailbox):
                return mailbox
        raise BadInput(
            says=f"all {len(self.mailboxes)} mailboxes in the file are used",
            fix="add mailboxes to the file that CANARY_EMAIL_DOMAIN names, or name domains there",
        )


class PersonaMaker:
    """Makes the personas of one dataset.

    A full name is not repeated while unused combinations turn up; an email never is.
    """

    def __init__(
        self, locale: str, sector: Sector, chance: Chance, mailboxes: Mailboxes, today: date
    ) -> None:
        """Raise BadInput, naming the locales there are, for one without names."""
        self._names: NameBook = name_book(locale)
        self._places = Places(locale)
        self._attributes = AttributeMaker(sector, self._names, chance, today)
        self._chance = chance
        self._mailboxes = mailboxes
        youngest, oldest = PARENT_AGES if sector is Sector.EDUCATION else ADULT_AGES
        self._earliest = years_before(today, oldest + 1) + timedelta(days=1)
        self._days = (years_before(today, youngest) - self._earliest).days
        self._name_draws = dict.fromkeys(GENDERS, _NAME_DRAWS)
        self._made_names: set[str] = set()
        self._made_emails: set[str] = set()

    def make(self, email_taken: Taken = nobody, name_taken: Taken = nobody) -> Persona:
        """Return a persona whose email, and if possible whose full name, is in no other use.

        Args:
            email_taken: Says whether an email is in use anywhere; those made here are remembered.
            name_taken: Says whether a full name is in the dataset; those made here are remembered.

        Raises:
            BadInput: No mailbox is left.
        """
        chance = self._chance
        gender = chance.choice(GENDERS)
        age_days = chance.triangular(0, self._days, self._days * (1 - _COMMONEST_AGE))
        birth_date = self._earliest + timedelta(days=round(age_days))
        family, given, name = self._draw_name(gender, birth_date.year, name_taken)
        email = self._draw_email(family, given, birth_date, email_taken)
        place = self._places.draw(chance)
        address = self._places.address(place, chance)
        identity = Identity(name, family, gender, birth_date, place, address)
        return Persona(
            name=name,
            given_name=given,
            family_name=family,
            gender=gender,
            birth_date=birth_date,
            email=email,
            address=address,
            city=place.city,
            region=place.region,
            postcode=place.postcode,
            attributes=self._attributes.make(identity),
        )

    def _draw_name(self, gender: Gender, birth_year: int, taken: Taken) -> tuple[str, str, str]:
        """Return family, given and full name."""
        family = given = name = ""
        for _ in range(self._name_draws[gender]):
            family = self._names.draw_family(gender, self._chance)
            given = self._names.draw_given(gender, birth_year, self._chance)
            name = self._names.full_name(family, given)
            if name not in self._made_names and not taken(name):
                break
        else:
            self._name_draws[gender] = _NAME_DRAWS_WHEN_USED_UP
        self._made_names.add(name)
        return family, given, name

    def _draw_email(self, family: str, given: str, birth_date: date, taken: Taken) -> str:
        family_words = self._names.latin_family(family)
        given_words = self._names.latin_given(given)
        if not (family_words and given_words):
            family_words, given_words = (self._nickname(),), (self._nickname(),)
        parts = {
            "f": "".join(family_words),
            "g": "".join(given_words),
            "fi": "".join(word[0] for word in family_words),
            "gi": "".join(word[0] for word in given_words),
        }
        email = self._mailboxes.draw(
            lambda attempt: self._local_part(parts, birth_date, attempt),
            lambda email: email in self._made_emails or taken(email),
            self._chance,
        )
        self._made_emails.add(email)
        return email

    def _local_part(self, parts: Mapping[str, str], birth_date: date, attempt: int) -> str:
        """Return a local part as people write theirs: names or initials, often with digits."""
        chance, family_first = self._chance, self._names.family_first
        shapes = _FAMILY_FIRST_SHAPES if family_first else _GIVEN_FIRST_SHAPES
        habits = _FAMILY_FIRST_DIGITS if family_first else _GIVEN_FIRST_DIGITS
        text = shapes.draw(chance).format_map(parts)
        habit = habits.draw(chance)
        digits = "" if habit == _RANDOM_DIGITS else birth_date.strftime(habit)
        missing = _SHORTEST_LOCAL_PART - len(text)
        if habit == _RANDOM_DIGITS or len(digits) < missing or attempt >= _HABITUAL_DRAWS:
            width = max(missing, chance.randint(1, 3) + attempt // _HABITUAL_DRAWS)
            digits = "".join(chance.choices("0123456789", k=min(width, _MOST_DIGITS)))
        return f"{text}{digits}"

    def _nickname(self) -> str:
        """Return a word for those whose names no table here writes in Latin letters."""
        chance = self._chance
        return "".join(chance.choice("bdfgjklmnrstvz") + chance.choice("aeiou") for _ in range(2))


def _check_domain(domain: str) -> None:
    if not _DOMAIN.fullmatch(domain):
        raise BadInput(
            says=f"{domain!r} is not a domain", fix="write domains as in clients.example,b.example"
        )
    if domain in _PUBLIC_PROVIDERS:
        raise BadInput(
            says=f"{domain} is a public provider: an invented mailbox there may be somebody's",
            fix="name a domain of yours, or @FILE with mailboxes that you hold there",
        )


def _read_mailboxes(path: Path) -> list[str]:
    """Return the mailboxes in a file, in its order."""
    try:
        lines = path.read_text(encoding="utf-8-sig").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        raise BadInput(
            says=f"the mailboxes in {path} cannot be read: {error}",
            fix="name a readable UTF-8 text file after the @ in CANARY_EMAIL_DOMAIN",
        ) from error
    mailboxes = []
    for number, line in enumerate(lines, start=1):
        mailbox = line.strip().lower()
        if not mailbox or mailbox.startswith("#"):
            continue
        local_part, _, domain = mailbox.rpartition("@")
        if not (_LOCAL_PART.fullmatch(local_part) and _DOMAIN.fullmatch(domain)):
            raise BadInput(
                says=f"line {number} of {path} is not a mailbox",
                fix="write one mailbox a line, as in li.na@clients.example",
            )
        mailboxes.append(mailbox)
    if not mailboxes:
        raise BadInput(says=f"{path} names no mailbox", fix="write one mailbox a line")
    return mailboxes
