"""The words and measures that sector attributes are written with, in one language."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

School = Literal["primary", "middle", "high"]


@dataclass(frozen=True, slots=True)
class Vocabulary:
    """What a firm of each sector writes in a client's record.

    The ``*_form`` fields are format strings. ``homes`` gives each type of home its price relative
    to a middling one; ``home_prices`` gives the price of that one, by the tier of its place.
    ``models`` gives the year since which each has been built, 2010 if longer.
    """

    account_form: str
    risk_grades: Mapping[str, float]
    products: tuple[str, ...]

    property_form: str
    estate_names: tuple[str, ...]
    estate_kinds: tuple[str, ...]
    estate_form: str
    homes: Mapping[str, float]
    home_prices: Mapping[int, int]
    price_step: int
    budget_form: str

    models: Mapping[str, int]
    model_form: str
    yearly_distance: tuple[int, int]
    mileage_form: str

    departments: tuple[str, ...]
    departments_by_gender: Mapping[str, tuple[str, ...]]
    visit_kinds: Mapping[str, float]

    parcel_form: str
    weight_form: str
    weight_factor: float

    grades: tuple[str, ...]
    courses: Mapping[School, tuple[str, ...]]

    memberships: Mapping[str, float]
