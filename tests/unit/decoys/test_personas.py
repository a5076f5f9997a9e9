"""Personas are unique, coherent, reproducible, and nothing in them is real."""

import re
from collections import Counter
from datetime import date

import pytest
from faker.providers.person.en_US import Provider as American
from faker.providers.person.ru_RU import Provider as Russian
from faker.providers.person.zh_CN import Provider as Chinese

from canary.clock import chance
from canary.decoys.attributes import AttributeMaker, years_between
from canary.decoys.wordlists import chinese, chinese_names
from canary.decoys.wordlists.english import AMERICAN
from canary.decoys.wordlists.names import GENDERS, name_book
from canary.errors import BadInput
from canary.sectors import Sector
from tests.unit.decoys.people import (
    COUNT,
    LOCALES,
    TODAY,
    cards_in,
    maker,
    national_ids_in,
    personas,
    texts,
)

BOTH = [(locale, sector) for locale in LOCALES for sector in Sector]
KEYS = {
    Sector.FINANCE: {"account", "risk_grade", "product"},
    Sector.REAL_ESTATE: {"property", "budget", "viewing_date"},
    Sector.AUTOMOTIVE: {"model", "service_date", "mileage"},
    Sector.MEDICAL: {"department", "last_visit", "visit_kind"},
    Sector.DELIVERY: {"parcel", "address", "weight"},
    Sector.EDUCATION: {"pupil", "grade", "course"},
    Sector.OTHER: {"client_since", "membership"},
}
# Postcodes by region, from the postal services' own numbering.
CHINESE_POSTCODES = {
    "北京市": "10",
    "上海市": "20",
    "天津市": "30",
    "重庆市": "40",
    "广东省": "51 52",
    "浙江省": "31 32",
    "江苏省": "21 22",
    "四川省": "61 62 63 64",
    "湖北省": "43 44",
    "陕西省": "71 72",
    "河南省": "45 46 47",
    "湖南省": "41 42",
    "山东省": "25 26 27",
    "辽宁省": "11 12",
    "黑龙江省": "15 16",
    "吉林省": "13",
    "河北省": "05 06 07",
    "山西省": "03 04",
    "安徽省": "23 24",
    "福建省": "35 36",
    "江西省": "33 34",
    "云南省": "65 66 67",
    "贵州省": "55 56",
    "广西壮族自治区": "53 54",
    "海南省": "57",
    "甘肃省": "73 74",
}
AMERICAN_POSTCODES = {
    "0": "MA",
    "1": "NY PA",
    "2": "NC MD VA",
    "3": "FL TN GA",
    "4": "OH IN MI KY",
    "5": "WI MN",
    "6": "IL MO NE",
    "7": "TX LA",
    "8": "AZ CO NV NM UT ID",
    "9": "CA WA OR",
}


def test_the_checks_of_this_file_know_real_looking_numbers() -> None:
    assert cards_in("4111 1111 1111 1111")
    assert cards_in("x4111-1111-1111-1111y")
    assert not cards_in("1111 1111 1111 1")
    assert national_ids_in("id 11010519491231002X")
    assert not national_ids_in("110105194912310021")


@pytest.mark.parametrize(("locale", "sector"), BOTH)
def test_no_name_and_no_email_is_repeated(locale: str, sector: Sector) -> None:
    made = personas(locale, sector)
    assert len({persona.email for persona in made}) == COUNT
    assert len({persona.name for persona in made}) == COUNT


@pytest.mark.parametrize(("locale", "sector"), BOTH)
def test_nothing_is_a_card_a_national_id_a_vin_or_a_plate(locale: str, sector: Sector) -> None:
    for persona in personas(locale, sector):
        text = "\n".join(texts(persona))
        assert not cards_in(text), text
        assert not national_ids_in(text), text
        assert not re.search(r"\d{9}", re.sub(r"[ ()-]", "", text)), text  # SSN, phone
        assert not re.search(r"\b[A-HJ-NPR-Z0-9]{17}\b", text), text
        assert not re.search(r"[\u4e00-\u9fff][A-Z][A-Z0-9]{5}", text), text


@pytest.mark.parametrize(("locale", "sector"), BOTH)
def test_attributes_have_the_keys_of_the_sector_and_no_empty_value(
    locale: str, sector: Sector
) -> None:
    for persona in personas(locale, sector):
        assert persona.attributes.keys() == KEYS[sector]
        assert all(value.strip() for value in texts(persona))


@pytest.mark.parametrize(("locale", "sector"), BOTH)
def test_clients_are_adults_and_parents_of_the_age_of_parents(locale: str, sector: Sector) -> None:
    ages = [years_between(persona.birth_date, TODAY) for persona in personas(locale, sector)]
    youngest, oldest = (28, 55) if sector is Sector.EDUCATION else (18, 80)
    assert youngest <= min(ages) <= youngest + 5
    assert oldest - 5 <= max(ages) <= oldest


@pytest.mark.parametrize("locale", LOCALES)
def test_dates_lie_in_the_past_two_years_and_after_the_client_came_of_age(locale: str) -> None:
    for sector, key in (
        (Sector.REAL_ESTATE, "viewing_date"),
        (Sector.AUTOMOTIVE, "service_date"),
        (Sector.MEDICAL, "last_visit"),
    ):
        for persona in personas(locale, sector):
            assert 0 < (TODAY - date.fromisoformat(persona.attributes[key])).days <= 730
    for persona in personas(locale, Sector.OTHER):
        since = date.fromisoformat(persona.attributes["client_since"])
        assert since <= TODAY
        assert years_between(persona.birth_date, since) >= 18 or since == TODAY


def test_american_given_names_are_of_the_gender() -> None:
    lists = {"female": American.first_names_female, "male": American.first_names_male}
    for persona in personas("en_US", Sector.OTHER):
        assert persona.given_name in lists[persona.gender]
        assert persona.name == f"{persona.given_name} {persona.family_name}"


def test_chinese_given_names_are_of_the_gender() -> None:
    singles = {"female": Chinese.first_names_female, "male": Chinese.first_names_male}
    pairs = {
        gender: {
            pair
            for since in (0, 1965, 1990)
            for pair in chinese_names._pairs(gender, since).choices
        }
        for gender in GENDERS
    }
    for persona in personas("zh_CN", Sector.OTHER):
        single = len(persona.given_name) == 1
        assert persona.given_name in (singles if single else pairs)[persona.gender]
        assert persona.name == persona.family_name + persona.given_name


def test_four_in_five_chinese_given_names_have_two_characters() -> None:
    made = personas("zh_CN", Sector.FINANCE)
    share = sum(len(persona.given_name) == 2 for persona in made) / COUNT
    assert 0.79 < share < 0.87


def test_common_surnames_are_as_common_as_in_china() -> None:
    made = personas("zh_CN", Sector.FINANCE)
    shares = {
        surname: count / COUNT
        for surname, count in Counter(persona.family_name for persona in made).items()
    }
    assert all(0.045 < shares[surname] < 0.10 for surname in ("王", "李", "张"))


def test_region_and_postcode_agree() -> None:
    for persona in personas("zh_CN", Sector.DELIVERY):
        assert re.fullmatch(r"\d{6}", persona.postcode)
        assert persona.postcode[:2] in CHINESE_POSTCODES[persona.region].split()
    for persona in personas("en_US", Sector.DELIVERY):
        assert re.fullmatch(r"\d{5}", persona.postcode)
        assert persona.region in AMERICAN_POSTCODES[persona.postcode[0]].split()


def test_addresses_stop_at_the_street() -> None:
    for persona in personas("zh_CN", Sector.DELIVERY):
        assert persona.city in persona.address
        assert persona.address.startswith(persona.region)
        assert persona.address.count("北京市") <= 1
        assert not re.search(r"\d|号|室", persona.address)
        assert persona.attributes["address"] == persona.address
    for persona in personas("en_US", Sector.DELIVERY):
        street, city, rest = persona.address.split(", ")
        assert not re.search(r"\d", street)
        assert (city, rest) == (persona.city, f"{persona.region} {persona.postcode}")


def test_many_cities_are_drawn() -> None:
    assert len({persona.city for persona in personas("zh_CN", Sector.OTHER)}) >= 20
    assert len({persona.city for persona in personas("en_US", Sector.OTHER)}) >= 20


def test_accounts_and_parcels_are_not_repeated() -> None:
    for locale in LOCALES:
        accounts = {one.attributes["account"] for one in personas(locale, Sector.FINANCE)}
        parcels = {one.attributes["parcel"] for one in personas(locale, Sector.DELIVERY)}
        assert len(accounts) == len(parcels) == COUNT


def test_a_reference_that_was_issued_is_drawn_again() -> None:
    attributes = AttributeMaker(Sector.FINANCE, name_book("zh_CN"), chance(1), TODAY)
    drawn = iter(["first", "first", "second"])
    assert [attributes._unissued(lambda: next(drawn)) for _ in range(2)] == ["first", "second"]


def test_a_car_is_serviced_after_it_was_built() -> None:
    for locale in LOCALES:
        for persona in personas(locale, Sector.AUTOMOTIVE):
            found = re.search(r"20\d\d", persona.attributes["model"])
            assert found
            serviced = date.fromisoformat(persona.attributes["service_date"])
            assert 0 < serviced.year - int(found[0]) <= 12
            assert int(re.sub(r"\D", "", persona.attributes["mileage"])) > 1_000


def test_departments_fit_the_gender() -> None:
    for locale, words in (("zh_CN", chinese.VOCABULARY), ("en_US", AMERICAN)):
        seen: dict[str, set[str]] = {"female": set(), "male": set()}
        for persona in personas(locale, Sector.MEDICAL):
            seen[persona.gender].add(persona.attributes["department"])
        for gender, other in (("female", "male"), ("male", "female")):
            assert seen[gender] >= set(words.departments_by_gender[gender])
            assert not seen[gender] & set(words.departments_by_gender[other])


def test_a_pupil_is_as_old_as_the_grade_and_has_a_parent_of_fitting_age() -> None:
    for locale, words in (("zh_CN", chinese.VOCABULARY), ("en_US", AMERICAN)):
        made = personas(locale, Sector.EDUCATION)
        for persona in made:
            grade = words.grades.index(persona.attributes["grade"])
            parent_age = years_between(persona.birth_date, TODAY)
            assert 21 <= parent_age - (6 + grade) <= 42
            school = 0 if grade < 6 else 1 if grade < 9 else 2
            assert persona.attributes["course"] in tuple(words.courses.values())[school]
            assert persona.attributes["pupil"] != persona.name
        assert {persona.attributes["grade"] for persona in made} == set(words.grades)


def test_most_pupils_bear_the_fathers_name() -> None:
    fathers = [one for one in personas("zh_CN", Sector.EDUCATION) if one.gender == "male"]
    named = [one for one in fathers if one.attributes["pupil"].startswith(one.family_name)]
    assert len(named) / len(fathers) > 0.9


def test_a_seed_makes_the_same_personas_again() -> None:
    first, again, other = (maker("zh_CN", Sector.FINANCE, seed) for seed in (7, 7, 8))
    made = [first.make() for _ in range(300)]
    assert made == [again.make() for _ in range(300)]
    assert made != [other.make() for _ in range(300)]
    assert hash(made[0]) != hash(made[1])


def test_a_name_in_the_dataset_is_not_given_again() -> None:
    first = maker().make()
    assert maker().make(name_taken={first.name}.__contains__).name != first.name


def test_names_repeat_only_when_the_locale_has_no_more() -> None:
    made = maker("vi_VN")
    names = Counter(made.make().name for _ in range(1_000))
    assert len(names) == sum(
        len(
            {
                f"{family} {given}"
                for family in name_book("vi_VN").family[gender].choices
                for given in name_book("vi_VN").given[gender].choices
            }
        )
        for gender in GENDERS
    ) - len(_names_of_both("vi_VN"))


def _names_of_both(locale: str) -> set[str]:
    book = name_book(locale)
    given = set(book.given["female"].choices) & set(book.given["male"].choices)
    return {f"{family} {name}" for family in set(book.family["male"].choices) for name in given}


def test_women_bear_the_female_form_of_a_family_name() -> None:
    lists = {"female": Russian.last_names_female, "male": Russian.last_names_male}
    made = maker("ru_RU", Sector.EDUCATION)
    for persona in (made.make() for _ in range(300)):
        assert persona.family_name in lists[persona.gender]


def test_other_locales_have_fakers_cities_and_no_invented_region() -> None:
    german, french, arab = (maker(locale).make() for locale in ("de_DE", "fr_FR", "ar_AA"))
    assert german.city
    assert german.address == german.city
    assert (german.region, german.postcode) == ("", "")
    assert (french.city, french.address, arab.city) == ("", "", "")
    listed = maker("fr_FR", Sector.REAL_ESTATE).make().attributes["property"]
    assert listed[0].isalpha()


@pytest.mark.parametrize("locale", ["xx_XX", "zh-Hans", "en_PK", "", "../zh_CN"])
def test_an_unknown_locale_is_refused_and_the_known_ones_are_named(locale: str) -> None:
    with pytest.raises(BadInput) as refused:
        maker(locale)
    assert repr(locale) in refused.value.says
    named = refused.value.fix.removeprefix("use one of: ").split(", ")
    assert {"zh_CN", "en_US", "de_DE"} <= set(named)
    assert locale not in named
    assert name_book(named[0])
