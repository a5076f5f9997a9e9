"""Chinese given names, recombined from characters usual for a gender and a time of birth.

Faker's list has too few two-character names and too many of one character, and is the same for a
grandmother and a student. Characters stand in falling order of use within each row.
"""

from functools import cache
from typing import Literal

from canary.clock import Chance
from canary.decoys.wordlists.words import Words

Gender = Literal["female", "male"]

# First year of birth, share of one-character names, and (first characters, second characters).
_ERAS: tuple[tuple[int, float, dict[Gender, tuple[str, str]]], ...] = (
    (
        1990,
        0.14,
        {
            "female": (
                "雨思梦佳欣诗嘉静雅晓子若梓语婉紫艺可心悦",
                "婷怡琪欣涵瑶雯洁颖倩彤萱妍悦琳宁晴雪茹蕾",
            ),
            "male": (
                "浩宇子俊嘉志天文博家泽明晨思梓一逸铭睿奕",
                "杰宇豪轩涛鑫阳龙博凯翔航然泽辰毅睿鸣霖恒",
            ),
        },
    ),
    (
        1965,
        0.21,
        {
            "female": (
                "丽晓海艳春红雪小慧文玉冬亚美秋志爱云月丹",
                "娟燕霞梅芳玲丽萍红艳华敏静琴云英娜洁莉蓉",
            ),
            "male": (
                "志建海晓文俊伟国永立宏少振卫春东小新庆向",
                "强军辉伟峰勇平东斌华明涛波刚杰飞龙鹏林亮",
            ),
        },
    ),
    (
        0,
        0.10,
        {
            "female": (
                "秀桂玉淑凤兰金素春月美爱翠惠瑞彩菊巧慧银",
                "英兰珍芳华琴梅荣芝香花莲云凤娥霞清芬珠仙",
            ),
            "male": (
                "建国德志文永玉明金振福兴长庆忠学世光洪保",
                "国军华民生林荣山海明祥德成平义才富贵忠发",
            ),
        },
    ),
)
_FLATNESS = 4
"""Added to a character's rank before it is turned into a weight: larger is more even."""


@cache
def _pairs(gender: Gender, since: int) -> Words:
    """Return every two-character name of an era, weighted by the rank of both characters."""
    firsts, seconds = next(rows[gender] for start, _, rows in _ERAS if start == since)
    return Words.of(
        {
            first + second: 1 / ((i + _FLATNESS) * (j + _FLATNESS))
            for i, first in enumerate(firsts)
            for j, second in enumerate(seconds)
            if first != second
        }
    )


def draw_given(gender: Gender, birth_year: int, singles: Words, chance: Chance) -> str:
    """Return a given name: of two characters in four out of five cases, else one of ``singles``."""
    since, share_of_singles = next(
        (start, share) for start, share, _ in _ERAS if birth_year >= start
    )
    if chance.random() < share_of_singles:
        return singles.draw(chance)
    return _pairs(gender, since).draw(chance)
