"""Which messages say the same."""

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from canary.attribution import wording
from canary.attribution.naming import spellings
from canary.attribution.wording import fingerprints
from canary.clock import chance

MARY = spellings({"given_name": "Mary", "family_name": "Jones"})
BO = spellings({"given_name": "Bo", "family_name": "Li"})
WEI = spellings({"given_name": "小明", "family_name": "王"})
LAN = spellings({"given_name": "兰", "family_name": "欧阳"})
VOCABULARY = """
loan parcel bank offer house visit school account payment today please call now limited new
discount member special credit urgent final notice reward gift winner tax refund health
clinic course teacher exam car engine insurance policy stock fund group join free trial web
"""
WORDS = VOCABULARY.split()

LOAN = "Dear {}, your loan of ${} is approved. Click {} to accept it today."
VIEWING = "Hello {}, we have a viewing at Orchard Village on {}. Call to confirm your slot."
CREDIT = "{}您好,您在我行的贷款额度已提升至{}元,点击{}领取,退订回T"


def same(one: str, other: str, *names: frozenset[str]) -> bool:
    first, second = names or (frozenset(), frozenset())
    keys = fingerprints({"a": one, "b": other}, {"a": first, "b": second})
    return keys["a"] == keys["b"]


@pytest.mark.parametrize(
    ("one", "other", "names"),
    [
        (
            LOAN.format("Mary Jones", "9,500", "http://bit.ly/a8f"),
            LOAN.format("Bo", "12.000", "www.x.top/q?1"),
            (MARY, BO),
        ),
        (LOAN.format("Bo Li", 5, "a.com"), LOAN.format("Jones, Mary", 5, "a.com"), (BO, MARY)),
        (LOAN.format("Bo", 5, "a.com"), LOAN.format("Wang Xiaoming", 5, "a.com"), (BO, WEI)),
        (
            CREDIT.format("王小明", "50000", "https://t.cn/A6x"),
            CREDIT.format("欧阳兰", "8万", "t.cn/Zz9"),
            (WEI, LAN),
        ),
        (CREDIT.format("王先生", 1, "t.cn"), CREDIT.format("欧阳先生", 1, "t.cn"), (WEI, LAN)),
        (CREDIT.format("Mary Jones", 1, "t.cn"), CREDIT.format("王小明", 1, "t.cn"), (MARY, WEI)),
    ],
)
def test_names_numbers_and_links_do_not_count(
    one: str, other: str, names: tuple[frozenset[str], frozenset[str]]
) -> None:
    assert same(one, other, *names)


def test_case_width_and_signs_do_not_count() -> None:
    assert same("Your loan is approved!!", "YOUR  loan, is \uff41pproved")


def test_a_small_rewording_does_not_count() -> None:
    one = VIEWING.format("Bo", "12/4")
    assert same(one, one.replace("confirm", "book"))
    assert same(
        "尊敬的客户您的保单将于近日到期请及时续费以免失效",
        "尊敬的客户您的保单将于近日到期请尽快续费以免失效",
    )


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (LOAN.format("x", 1, "a.com"), VIEWING.format("x", 1)),
        (CREDIT.format("x", 1, "a.com"), "罗湖区新楼盘开盘,首付20万起,名额有限,欲购从速"),
        ("Your Google verification code is 123456", "Your Amazon verification code is 123456"),
    ],
)
def test_other_words_are_another_text(one: str, other: str) -> None:
    assert not same(one, other)


def test_a_short_text_is_the_same_only_to_the_letter() -> None:
    assert same("Call me 555", "call  ME, 555")
    assert not same("Call me 555", "call me 556")
    assert not same("Hi Mary", "Hi Bo", MARY, BO)
    assert not same("http://a.example/1", "http://b.example/2")


def test_a_text_of_nothing_has_no_fingerprint() -> None:
    assert fingerprints({"a": "", "b": " \u200b !!", "c": "," * 40}, {}) == {}
    assert fingerprints({}, {}) == {}


def test_a_short_text_is_never_taken_for_a_template() -> None:
    keys = fingerprints({"a": "1", "b": "exactly 1 exactly"}, {})
    assert len(set(keys.values())) == 2


def test_keys_do_not_depend_on_the_order_and_stay_when_texts_come() -> None:
    texts = {
        f"c{number}": LOAN.format("x", number, "a.com").replace("today", word)
        for number, word in enumerate(("today", "now", "soon", "Monday"))
    }
    keys = fingerprints(texts, {})
    assert len(set(keys.values())) == 1
    assert fingerprints(dict(reversed(texts.items())), {}) == keys
    assert fingerprints({**texts, "d": VIEWING.format("x", 1), "e": "other"}, {}).items() >= (
        keys.items()
    )


def test_a_chain_of_small_changes_is_one_group() -> None:
    words = WORDS[:20]
    texts = {
        f"c{step}": " ".join(["zebra"] * step + words[step:]) for step in range(len(words) // 2)
    }
    assert not same(texts["c0"], texts["c9"])
    assert len(set(fingerprints(texts, {}).values())) == 1


def test_many_unlike_texts_in_one_band_are_compared_with_a_few(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(wording, "_LEADERS", 1)
    draw = chance(3)
    texts = {f"c{n}": " ".join(draw.choices(WORDS[:8], k=12)) for n in range(400)}
    keys = fingerprints(texts, {})
    assert len(set(keys.values())) > 100


def test_ten_thousand_texts_take_seconds() -> None:
    draw = chance(4)
    texts = {
        f"c{n}": LOAN.format("x", n, f"a{n}.com").replace("today", draw.choice(WORDS))
        if n % 2
        else " ".join(draw.choices(WORDS, k=draw.randint(8, 24)))
        for n in range(10_000)
    }
    started = time.process_time()
    keys = fingerprints(texts, {})
    assert time.process_time() - started < 20
    assert len({keys[f"c{n}"] for n in range(1, 10_000, 2)}) == 1
    assert len(set(keys.values())) > 4_900


@given(
    st.dictionaries(st.text(max_size=3), st.text(max_size=60), max_size=6),
    st.frozensets(st.text(min_size=1, max_size=3)),
)
def test_no_text_breaks_it(texts: dict[str, str], names: frozenset[str]) -> None:
    keys = fingerprints(texts, dict.fromkeys(texts, names))
    assert set(keys) <= set(texts)
    for one in keys:
        twins = [other for other in keys if texts[other] == texts[one]]
        assert {keys[other] for other in twins} == {keys[one]}
