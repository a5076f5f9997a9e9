"""What a firm of each sector holds about a client, coherent with the rest of the persona.

No value can be mistaken for a real one: an account is a reference with a letter inside, so it has
no run of digits long enough for a card, a national ID or a phone number; a parcel's number has a
format of its own; there is never a VIN, a plate or a health number.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta

from canary.clock import Chance
from canary.decoys.places import Place
from canary.decoys.wordlists import chinese, english
from canary.decoys.wordlists.chinese_names import Gender
from canary.decoys.wordlists.names import GENDERS, NameBook
from canary.decoys.wordlists.vocabulary import School, Vocabulary
from canary.decoys.wordlists.words import Words
from canary.sectors import Sector

_VOCABULARIES = {"zh_CN": chinese.VOCABULARY, "en_US": english.AMERICAN}
_LETTERS = "ABCDEFGHJKLMNPQRTUVWXYZ"
_SIGNS = _LETTERS + "2346789"
_YEAR_DAYS = 365
_CAR_YEARS = 11

ADULT_AGES = (18, 80)
PARENT_AGES = (28, 55)
_PUPIL_AGES = (6, 17)
_PARENTHOOD_AGES = (21, 42)
"""How old a parent was when the pupil was born, at the least and at the most."""
_SHARED_SURNAME = {"male": 0.97, "female": 0.25}
"""How often a pupil bears the client's family name, where women keep theirs on marriage."""
_SHARED_SURNAME_ELSEWHERE = {"male": 0.94, "female": 0.72}


@dataclass(frozen=True, slots=True)
class Identity:
    """Whom the attributes are about."""

    name: str
    family_name: str
    gender: Gender
    birth_date: date
    place: Place
    address: str


class AttributeMaker:
    """Makes the attributes of one sector; an account or a parcel is never repeated."""

    def __init__(self, sector: Sector, names: NameBook, chance: Chance, today: date) -> None:
        """Choose the words of the locale that ``names`` are of."""
        self._names = names
        self._chance = chance
        self._today = today
        self._issued: set[str] = set()
        words = _VOCABULARIES.get(names.locale, english.INTERNATIONAL)
        self._words: Vocabulary = words
        self._risk_grades = Words.of(words.risk_grades)
        self._visit_kinds = Words.of(words.visit_kinds)
        self._memberships = Words.of(words.memberships)
        self._homes = tuple(words.homes.items())
        self._models = tuple(words.models.items())
        self._departments = {
            gender: words.departments + words.departments_by_gender[gender] for gender in GENDERS
        }
        makers: Mapping[Sector, Callable[[Identity], dict[str, str]]] = {
            Sector.FINANCE: self._finance,
            Sector.REAL_ESTATE: self._real_estate,
            Sector.AUTOMOTIVE: self._automotive,
            Sector.MEDICAL: self._medical,
            Sector.DELIVERY: self._delivery,
            Sector.EDUCATION: self._education,
            Sector.OTHER: self._other,
        }
        self._make = makers[sector]

    def make(self, identity: Identity) -> dict[str, str]:
        """Return the attributes of one client."""
        return self._make(identity)

    def _finance(self, _: Identity) -> dict[str, str]:
        return {
            "account": self._unissued(self._account),
            "risk_grade": self._risk_grades.draw(self._chance),
            "product": self._chance.choice(self._words.products),
        }

    def _account(self) -> str:
        return self._words.account_form.format(
            branch=self._chance.randint(101, 9_899),
            letter=self._chance.choice(_LETTERS),
            serial=self._chance.randint(1, 999_999),
        )

    def _real_estate(self, identity: Identity) -> dict[str, str]:
        words, chance = self._words, self._chance
        home, relative = chance.choice(self._homes)
        estate = words.estate_form.format(
            chance.choice(words.estate_names), chance.choice(words.estate_kinds)
        )
        price = words.home_prices[identity.place.tier] * relative * chance.uniform(0.8, 1.3)
        low = max(1, round(price / words.price_step)) * words.price_step
        high = low + words.price_step * chance.randint(1, 4)
        text = words.property_form.format(
            district=identity.place.district, estate=estate, home=home
        )
        return {
            "property": text.removeprefix(", "),
            "budget": words.budget_form.format(low, high),
            "viewing_date": self._within_days(_YEAR_DAYS).isoformat(),
        }

    def _automotive(self, _: Identity) -> dict[str, str]:
        words, chance = self._words, self._chance
        service_date = self._within_days(_YEAR_DAYS)
        model, built_since = chance.choice(self._models)
        newest = max(built_since, service_date.year - 1)
        year = chance.randint(max(built_since, newest - _CAR_YEARS), newest)
        years = max(1, service_date.year - year)
        driven = round((years - chance.random() / 2) * chance.randint(*words.yearly_distance))
        return {
            "model": words.model_form.format(year=year, model=model),
            "service_date": service_date.isoformat(),
            "mileage": words.mileage_form.format(driven),
        }

    def _medical(self, identity: Identity) -> dict[str, str]:
        return {
            "department": self._chance.choice(self._departments[identity.gender]),
            "last_visit": self._within_days(2 * _YEAR_DAYS).isoformat(),
            "visit_kind": self._visit_kinds.draw(self._chance),
        }

    def _delivery(self, identity: Identity) -> dict[str, str]:
        kilograms = min(25.0, max(0.1, self._chance.lognormvariate(0.2, 0.8)))
        return {
            "parcel": self._unissued(self._parcel),
            "address": identity.address,
            "weight": self._words.weight_form.format(kilograms * self._words.weight_factor),
        }

    def _parcel(self) -> str:
        sent = self._within_days(_YEAR_DAYS)
        mark = self._chance.choice(_LETTERS) + "".join(self._chance.choices(_SIGNS, k=4))
        return self._words.parcel_form.format(
            year=sent.year % 100, day=sent.timetuple().tm_yday, mark=mark
        )

    def _education(self, identity: Identity) -> dict[str, str]:
        chance = self._chance
        parent_age = years_between(identity.birth_date, self._today)
        oldest = min(_PUPIL_AGES[1], parent_age - _PARENTHOOD_AGES[0])
        age = chance.randint(max(_PUPIL_AGES[0], parent_age - _PARENTHOOD_AGES[1]), oldest)
        grade = age - _PUPIL_AGES[0]
        return {
            "pupil": self._pupil(identity, self._today.year - age),
            "grade": self._words.grades[grade],
            "course": chance.choice(self._words.courses[_school(grade)]),
        }

    def _pupil(self, parent: Identity, birth_year: int) -> str:
        gender = self._chance.choice(GENDERS)
        shares = _SHARED_SURNAME if self._names.family_first else _SHARED_SURNAME_ELSEWHERE
        inherits = parent.gender == gender or not self._names.inflects_family
        if inherits and self._chance.random() < shares[parent.gender]:
            family = parent.family_name
        else:
            family = self._names.draw_family(gender, self._chance)
        pupil = parent.name
        while pupil == parent.name:
            given = self._names.draw_given(gender, birth_year, self._chance)
            pupil = self._names.full_name(family, given)
        return pupil

    def _other(self, identity: Identity) -> dict[str, str]:
        adult_days = (self._today - years_before(identity.birth_date, -ADULT_AGES[0])).days
        return {
            "client_since": self._within_days(min(8 * _YEAR_DAYS, adult_days)).isoformat(),
            "membership": self._memberships.draw(self._chance),
        }

    def _within_days(self, days: int) -> date:
        """Return a day before today, at most that many days ago; today itself for no days."""
        return self._today - timedelta(days=self._chance.randint(min(1, days), days))

    def _unissued(self, draw: Callable[[], str]) -> str:
        while (reference := draw()) in self._issued:
            pass
        self._issued.add(reference)
        return reference


def years_before(day: date, years: int) -> date:
    """Return the same day that many years earlier; 28 February for a 29th that is not there."""
    try:
        return day.replace(year=day.year - years)
    except ValueError:
        return day.replace(year=day.year - years, day=28)


def years_between(birth_date: date, today: date) -> int:
    """Return the age in full years."""
    before_birthday = (today.month, today.day) < (birth_date.month, birth_date.day)
    return today.year - birth_date.year - before_birthday


def _school(grade: int) -> School:
    """Return the school of a grade that is counted from zero."""
    if grade < 6:  # noqa: PLR2004  six years of primary school, three of each that follows
        return "primary"
    return "middle" if grade < 9 else "high"  # noqa: PLR2004  as above
