"""Whom words name."""

from dataclasses import asdict
from datetime import date
from functools import cache
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from canary.attribution.model import Naming
from canary.attribution.naming import best_naming, naming, spellings
from canary.clock import chance
from canary.decoys.personas import Mailboxes, PersonaMaker
from canary.sectors import Sector

Person = dict[str, Any]


def person(given: str, family: str, name: str = "", **more: object) -> Person:
    return {
        "name": name or f"{given} {family}",
        "given_name": given,
        "family_name": family,
        **more,
    }


MARY = person("Mary", "Jones")
BO = person("Bo", "Li")
JONATHAN = person("Jonathan", "Hernandez")
ROBERT = person("Robert", "Anderson")
MARY_JANE = person("Mary-Jane", "O'Sullivan")
HOPE = person("Hope", "Price")
JOSE = person("José", "Muñoz")
WEI = person("小明", "王", "王小明")
RAN = person("冉", "何", "何冉")
GOLD = person("明", "金", "金明")
LU = person("晓婷", "吕", "吕晓婷")
COMPOUND = person("明月", "欧阳", "欧阳明月")
YANG = person("明月", "阳", "阳明月")
HANAKO = person("花子", "佐藤", "佐藤 花子")


@cache
def drawn(locale: str, sector: Sector, count: int) -> tuple[Person, ...]:
    maker = PersonaMaker(
        locale, sector, chance(7), Mailboxes.parse("clients.example"), date(2026, 1, 1)
    )
    return tuple(asdict(maker.make()) for _ in range(count))


@pytest.mark.parametrize(
    ("text", "persona", "expected"),
    [
        (None, MARY, Naming.NONE),
        ("", MARY, Naming.NONE),
        ("Win a prize today", MARY, Naming.NONE),
        ("Dear MARY  jones, your loan", MARY, Naming.FULL),
        ("Dear Mary K. Jones", MARY, Naming.FULL),
        ("JONES, Mary: appointment", MARY, Naming.FULL),
        ("Jones, Mary K: appointment", MARY, Naming.FULL),
        ("Jones Mary", MARY, Naming.FULL),
        ("mary_jones or MaryJones", MARY, Naming.FULL),
        ("Mary Jones's loan", MARY, Naming.FULL),
        ("尊敬的Mary Jones您好", MARY, Naming.FULL),
        ("\uff2d\uff41\uff52\uff59 Jones", MARY, Naming.FULL),  # full-width letters
        ("Ma\u200bry Jones", MARY, Naming.FULL),  # a space of no width
        ("Mary. Jones the plumber", MARY, Naming.PART),
        ("Mary and Jones", MARY, Naming.PART),
        ("Hi Mary!", MARY, Naming.PART),
        ("Mary女士您好", MARY, Naming.PART),
        ("Jones先生", MARY, Naming.PART),
        ("hello jones sir", MARY, Naming.PART),
        ("Ms. Jones, call us", MARY, Naming.PART),
        ("Dear Mrs Jones", MARY, Naming.PART),
        ("summary of Jonestown", MARY, Naming.NONE),
        ("keeping up with the joneses", MARY, Naming.NONE),
        ("bo knows", BO, Naming.NONE),
        ("Hi Bo, it is me", BO, Naming.PART),
        ("Bo Li", BO, Naming.FULL),
        ("Mr Li, call us", BO, Naming.PART),
        ("mary jane osullivan", MARY_JANE, Naming.FULL),
        ("Mary Jane O\u2019Sullivan", MARY_JANE, Naming.FULL),
        ("Jose Munoz", JOSE, Naming.FULL),
        ("尊敬的王小明您好", WEI, Naming.FULL),
        ("王 小明", WEI, Naming.FULL),
        ("王 小 明", WEI, Naming.FULL),
        ("王先生,贷款", WEI, Naming.PART),
        ("【平安】王总您好", WEI, Naming.PART),
        ("小明您好", WEI, Naming.PART),
        ("亲爱的小明,有空吗", WEI, Naming.PART),
        ("小明,有空吗", WEI, Naming.PART),
        ("王总是对的", WEI, Naming.NONE),
        ("大王先生", WEI, Naming.NONE),
        ("大王路小学", WEI, Naming.NONE),
        ("亲爱的小明星", WEI, Naming.NONE),
        ("佐藤花子様", HANAKO, Naming.FULL),
        ("欧阳明月您好", COMPOUND, Naming.FULL),
        ("欧阳明月您好", YANG, Naming.PART),
        ("阳明月您好", YANG, Naming.FULL),
    ],
)
def test_words_name_the_persona(text: str | None, persona: Person, expected: Naming) -> None:
    assert naming(text, persona) is expected


@pytest.mark.parametrize(
    "text",
    [
        "Wang Xiaoming, your loan",
        "Xiaoming Wang",
        "WANG XIAO MING",
        "Wang, Xiao-Ming",
        "dear wangxiaoming",
        "Wáng Xiǎomíng",
        "您好Wang Xiaoming",
    ],
)
def test_a_chinese_name_is_known_in_pinyin(text: str) -> None:
    assert naming(text, WEI) is Naming.FULL


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Hi Xiaoming", Naming.PART),
        ("xiaoming called", Naming.PART),
        ("Dear Mr Wang", Naming.PART),
        ("Wang is a family name", Naming.NONE),
    ],
)
def test_a_part_of_a_chinese_name_is_known_in_pinyin(text: str, expected: Naming) -> None:
    assert naming(text, WEI) is expected


@pytest.mark.parametrize("text", ["Lv Xiaoting", "Lu Xiaoting", "Lyu Xiaoting", "Lǚ Xiǎotíng"])
def test_an_umlaut_in_pinyin_is_written_in_many_ways(text: str) -> None:
    assert naming(text, LU) is Naming.FULL


def test_pinyin_made_of_english_words_needs_capitals_or_a_greeting() -> None:
    assert naming("then he ran home", RAN) is Naming.NONE
    assert naming("He ran home", RAN) is Naming.NONE
    assert naming("loan for He Ran approved", RAN) is Naming.FULL
    assert naming("dear he ran, your loan", RAN) is Naming.FULL


def test_two_characters_name_fully_only_between_visible_edges() -> None:
    assert naming("客户金明您好", GOLD) is Naming.FULL
    assert naming("金明,您的贷款", GOLD) is Naming.FULL
    assert naming("金 明,您的贷款", GOLD) is Naming.FULL
    assert naming("资金明细已更新", GOLD) is Naming.PART
    assert naming("明女士", GOLD) is Naming.PART
    assert naming("黄金价格", GOLD) is Naming.NONE


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Jonathan Hernadez, your loan", Naming.FULL),
        ("Jonatahn Hernandez", Naming.FULL),
        ("Hernandes, Jonathan", Naming.PART),  # a comma is between
        ("Hernandes Jonathan", Naming.FULL),
        ("Jonathon Hernandez", Naming.PART),  # a name of its own
        ("Jonathan Fernandez", Naming.PART),
        ("Xonathan Hernandez", Naming.NONE),
        ("Jnthn Hernandez", Naming.NONE),
    ],
)
def test_a_small_typing_error_in_a_long_name_does_not_hide_it(text: str, expected: Naming) -> None:
    assert naming(text, JONATHAN) is expected


def test_a_short_name_must_be_exact() -> None:
    assert naming("Gary Jones", MARY) is Naming.NONE
    assert naming("Mary Jonse", MARY) is Naming.PART
    assert naming("Marry Jones", MARY) is Naming.NONE


def test_a_name_that_is_a_word_counts_only_when_it_is_meant() -> None:
    assert naming("we hope you are well", HOPE) is Naming.NONE
    assert naming("Hi, hope you are well", HOPE) is Naming.NONE
    assert naming("hope price is fine", HOPE) is Naming.NONE
    assert naming("Hi Hope, it is me", HOPE) is Naming.PART
    assert naming("Hope Price: your loan", HOPE) is Naming.FULL
    assert naming("dear hope price: your loan", HOPE) is Naming.FULL


@pytest.mark.parametrize(
    "text",
    [
        "Hi Robert",
        "hi robert your loan",
        "Good morning Robert, ready?",
        "Dear Mr Smith",
        "dear mr zyxw",
        "Mr. Smith, your order",
        "Hi Ravi, it is me",
        "Hi Ravi Patel, it is me",
        "Hello, Robert",
        "Dear Madam Smith",
        "Dear Grace, it is me",
        "尊敬的Robert您好",
        "张先生您好",
        "【平安】尊敬的张女士,您的保单",
        "张建国您好",
        "欧阳女士您好",
        "请问是张先生吗",
    ],
)
@pytest.mark.parametrize("persona", [MARY, WEI], ids=["Mary", "Wei"])
def test_a_greeting_of_somebody_else_is_told(text: str, persona: Person) -> None:
    assert naming(text, persona) is Naming.OTHER


@pytest.mark.parametrize(
    "text",
    [
        "Hi there",
        "Hi",
        "Dear customer",
        "Dear Sir",
        "Dear Sir or Madam",
        "Dear Sir kindly call us",
        "Dear Mr , yes",
        "Dear valued member",
        "Dear Valued Member,",
        "Dear Amazon Customer,",
        "Dear Homeowner,",
        "Hello World",
        "hi zyxw",
        "hello Grace is needed",
        "Hi Ravi can you",
        "Hi, this is Robert from the bank",
        "Hi 5 times",
        "Dear J, hello",
        "see Dr. Smith at noon",
        "尊敬的客户",
        "亲,您好",
        "您好",
        "顾客您好",
        "您好,我是张经理",
        "女士您好",
        "平安银行张先生您好",
    ],
)
@pytest.mark.parametrize("persona", [MARY, WEI], ids=["Mary", "Wei"])
def test_a_greeting_of_anybody_names_nobody(text: str, persona: Person) -> None:
    assert naming(text, persona) is Naming.NONE


@pytest.mark.parametrize(
    ("text", "persona"),
    [
        ("Hi Bob, it is me", ROBERT),
        ("Hi Rob, it is me", ROBERT),
        ("Hi Robret, it is me", ROBERT),
        ("Hi Anderson, it is me", ROBERT),
        ("王晓明您好", WEI),
    ],
)
def test_a_short_or_misspelt_name_is_not_somebody_else(text: str, persona: Person) -> None:
    assert naming(text, persona) is Naming.NONE


def test_another_given_name_of_the_family_is_somebody_else() -> None:
    assert naming("王建国您好", WEI) is Naming.OTHER
    assert naming("李建国您好", WEI) is Naming.OTHER


@pytest.mark.parametrize(
    ("values", "text", "expected"),
    [
        ({"account": "KH3242Z493108"}, "账户 kh3242z493108 异常", Naming.FULL),
        ({"account": "KH3242Z493108"}, "KH3242-Z493108", Naming.FULL),
        ({"account": "KH3242Z493108"}, "KH3242Z4931085", Naming.NONE),
        ({"account": "KH3242Z493108"}, "KH3242Z49310", Naming.NONE),
        ({"parcel": "PX25162-X4GE7"}, "parcel px25162x4ge7 waits", Naming.FULL),
        ({"mileage": "31,851 mi"}, "sold with 31,851 miles", Naming.FULL),
        ({"mileage": "31,851 mi"}, "sold with 131,851 miles", Naming.NONE),
        ({"visit": "2025-06-11"}, "offer until 2025-06-11", Naming.NONE),
        ({"grade": "9th grade"}, "for all in 9th grade", Naming.NONE),
        ({"model": "2021 GMC Sierra"}, "your 2021 GMC Sierra", Naming.NONE),
        ({"budget": "$700,000-$750,000"}, "homes at $700,000-$750,000", Naming.NONE),
        ({"weight": "0.27kg"}, "0.27kg", Naming.NONE),
        ({"membership": "Silver"}, "Silver members", Naming.NONE),
    ],
)
def test_what_only_that_record_holds_names_it(
    values: dict[str, str], text: str, expected: Naming
) -> None:
    assert naming(text, person("Mary", "Jones", attributes=values)) is expected


def test_an_email_names_its_owner() -> None:
    persona = person("Li", "Na", email="lina1990@clients.example")
    assert naming("write to LiNa1990@clients.example.", persona) is Naming.FULL
    assert naming("user lina1990 won", persona) is Naming.FULL
    assert naming("write to lina1990@elsewhere.example", persona) is Naming.NONE
    assert naming("write to xlina1990@clients.example", persona) is Naming.NONE


def test_a_local_part_that_is_short_or_has_no_digit_names_nobody() -> None:
    assert naming("yr825", person("Rui", "Yuan", email="yr825@clients.example")) is Naming.NONE
    assert naming("prizes", person("Rui", "Yuan", email="prizes@clients.example")) is Naming.NONE


@pytest.mark.parametrize("pupil", ["罗梓龙", "王梓龙", "欧阳梓龙", "Scott Mills"])
def test_a_pupil_is_named_as_the_client_is(pupil: str) -> None:
    persona = person("小明", "王", "王小明", attributes={"pupil": pupil})
    assert naming(f"{pupil}家长您好", persona) is Naming.FULL
    assert naming("Hi Robert", persona) is Naming.OTHER


def test_a_persona_without_names_is_never_named() -> None:
    assert naming("Hi Mary", {}) is Naming.OTHER
    assert naming("Hi Mary", person("Mary", "")) is Naming.PART
    assert naming("王您好", person("", "王")) is Naming.NONE


def test_the_persona_named_best_is_found_among_all_that_held_the_line() -> None:
    held = {"decoy_1": MARY, "decoy_2": WEI, "decoy_3": JONATHAN}
    assert best_naming("Hi Mary, Jonathan Hernandez", held) == (Naming.FULL, "decoy_3")
    assert best_naming("王先生您好", held) == (Naming.PART, "decoy_2")
    assert best_naming("Hi Robert", held) == (Naming.OTHER, None)
    assert best_naming("Hi Jones, it is me", held) == (Naming.NONE, None)
    assert best_naming("Hi Robert", {}) == (Naming.NONE, None)


def test_spellings_are_the_names_in_all_their_forms() -> None:
    assert {"mary", "jones", "mary jones", "jones , mary"} <= spellings(MARY)
    assert {"王小明", "小明", "王", "wang xiaoming", "xiaoming"} <= spellings(WEI)


@pytest.mark.parametrize(
    ("locale", "pattern"),
    [
        ("en_US", "Dear {name}, your loan"),
        ("en_US", "{family_name}, {given_name}: account closed"),
        ("zh_CN", "【平安】尊敬的{name}先生,您的贷款"),
        ("zh_CN", "客户{name}已逾期"),
    ],
)
def test_among_personas_only_the_one_named_is_named_in_full(locale: str, pattern: str) -> None:
    drawn_once = drawn(locale, Sector.OTHER, 300)
    wrong = [
        (one["name"], other["name"])
        for one in drawn_once
        for other in drawn_once[:40]
        if (naming(pattern.format_map(one), other) is Naming.FULL)
        is not (one["name"] == other["name"])
    ]
    assert not wrong


@pytest.mark.parametrize("sector", list(Sector))
@pytest.mark.parametrize("locale", ["en_US", "zh_CN", "ja_JP", "ru_RU"])
def test_every_locale_and_sector_is_named_in_full(locale: str, sector: Sector) -> None:
    for persona in drawn(locale, sector, 20):
        assert naming(f"{persona['name']}, 您好", persona) is Naming.FULL


HARD = st.text() | st.lists(
    st.sampled_from(
        ["Hi", "mr.", "dear", "王", "小明", "您好", "先生", "Mary", ",", " ", "'s", "@x.y", "9"]
    )
).map("".join)


@given(HARD)
def test_no_text_breaks_it(text: str) -> None:
    assert best_naming(text, {"a": MARY, "b": WEI, "c": HOPE})[0] in Naming


@given(HARD, HARD, HARD, HARD)
def test_no_persona_breaks_it(text: str, given_name: str, family_name: str, rest: str) -> None:
    persona = person(given_name, family_name, email=rest, attributes={"pupil": rest, "x": text})
    assert naming(text, persona) in Naming
    assert "" not in spellings(persona)
