"""Places that agree with themselves: city, region and postcode of one locality.

An invented house number may be somebody's home, and nobody can check from here that a unit does
not exist. So an address stops at the street: a real locality and a usual street name, never a
number. An operator who owns a mail drop writes its address over this one.

The tables hold public place names and postcodes of whole districts. Faker knows cities in other
locales but not which region or postcode each belongs to; there, only the city is given, and
nothing where Faker makes cities up.
"""

import re
from dataclasses import dataclass
from functools import cache
from importlib import import_module
from itertools import accumulate
from pkgutil import iter_modules

from canary.clock import Chance

_ODD = re.compile(r"[\d()]")
"""What sets some of Faker's cities apart from how people write them."""


@dataclass(frozen=True, slots=True)
class Place:
    """A locality. ``tier`` says how dear its homes are: 1 dearest, 3 cheapest."""

    city: str
    region: str = ""
    postcode: str = ""
    district: str = ""
    tier: int = 2


# Region, city, its general postcode, tier, weight, and districts (with a postcode of their own).
_CHINESE = (
    (
        "北京市",
        "北京市",
        "100000",
        1,
        22,
        "朝阳区:100020 海淀区:100080 丰台区:100071 西城区:100032",
    ),
    (
        "上海市",
        "上海市",
        "200000",
        1,
        25,
        "浦东新区:200135 徐汇区:200030 静安区:200040 闵行区:201100",
    ),
    (
        "天津市",
        "天津市",
        "300000",
        2,
        14,
        "和平区:300041 河西区:300202 南开区:300100 滨海新区:300450",
    ),
    (
        "重庆市",
        "重庆市",
        "400000",
        2,
        20,
        "渝中区:400010 江北区:400020 九龙坡区:400050 渝北区:401120",
    ),
    (
        "广东省",
        "广州市",
        "510000",
        1,
        19,
        "天河区:510630 越秀区:510030 海珠区:510220 番禺区:511400",
    ),
    (
        "广东省",
        "深圳市",
        "518000",
        1,
        18,
        "福田区:518048 罗湖区:518021 南山区:518052 宝安区:518101",
    ),
    ("广东省", "佛山市", "528000", 2, 10, "禅城区 南海区:528200 顺德区:528300"),
    ("广东省", "东莞市", "523000", 2, 10, "南城街道 东城街道 莞城街道"),
    (
        "浙江省",
        "杭州市",
        "310000",
        1,
        12,
        "西湖区 上城区 拱墅区 滨江区 萧山区:311200 余杭区:311100",
    ),
    ("浙江省", "宁波市", "315000", 2, 9, "海曙区 江北区:315020 鄞州区:315100"),
    ("浙江省", "温州市", "325000", 2, 9, "鹿城区 龙湾区 瓯海区"),
    ("江苏省", "南京市", "210000", 1, 9, "玄武区:210018 秦淮区:210001 鼓楼区:210009 江宁区:211100"),
    ("江苏省", "苏州市", "215000", 1, 12, "姑苏区 虎丘区 吴中区:215128 吴江区:215200"),
    ("江苏省", "无锡市", "214000", 2, 7, "梁溪区 滨湖区 惠山区"),
    (
        "四川省",
        "成都市",
        "610000",
        2,
        20,
        "锦江区:610021 青羊区:610031 武侯区:610041 成华区:610066",
    ),
    (
        "湖北省",
        "武汉市",
        "430000",
        2,
        13,
        "江岸区:430014 江汉区:430015 武昌区:430061 洪山区:430070",
    ),
    (
        "陕西省",
        "西安市",
        "710000",
        2,
        12,
        "碑林区:710001 莲湖区:710003 雁塔区:710061 长安区:710100",
    ),
    ("河南省", "郑州市", "450000", 2, 12, "金水区:450003 中原区:450007 二七区 惠济区"),
    ("河南省", "洛阳市", "471000", 3, 7, "涧西区 西工区 洛龙区"),
    (
        "湖南省",
        "长沙市",
        "410000",
        2,
        10,
        "芙蓉区:410011 天心区:410004 岳麓区:410013 开福区:410008",
    ),
    ("山东省", "济南市", "250000", 2, 9, "历下区 市中区 槐荫区 历城区"),
    ("山东省", "青岛市", "266000", 2, 10, "市南区:266001 市北区:266011 崂山区:266100"),
    ("山东省", "烟台市", "264000", 3, 7, "芝罘区 莱山区 福山区"),
    ("辽宁省", "沈阳市", "110000", 3, 9, "和平区:110001 沈河区:110011 铁西区:110021 皇姑区:110031"),
    (
        "辽宁省",
        "大连市",
        "116000",
        2,
        7,
        "中山区:116001 西岗区:116011 沙河口区:116021 甘井子区:116033",
    ),
    ("黑龙江省", "哈尔滨市", "150000", 3, 10, "道里区:150010 南岗区:150006 香坊区:150036"),
    ("吉林省", "长春市", "130000", 3, 9, "南关区 朝阳区 宽城区 绿园区"),
    ("河北省", "石家庄市", "050000", 3, 11, "长安区:050011 裕华区:050031 新华区 桥西区"),
    ("山西省", "太原市", "030000", 3, 5, "小店区 迎泽区 杏花岭区 万柏林区"),
    ("安徽省", "合肥市", "230000", 2, 9, "蜀山区:230031 庐阳区:230001 瑶海区:230011 包河区"),
    ("福建省", "福州市", "350000", 2, 8, "鼓楼区:350001 台江区:350004 仓山区:350007 晋安区:350011"),
    ("福建省", "厦门市", "361000", 1, 5, "思明区:361001 湖里区:361006 集美区:361021"),
    ("江西省", "南昌市", "330000", 3, 6, "东湖区:330006 西湖区:330009 青山湖区:330029"),
    ("云南省", "昆明市", "650000", 3, 8, "五华区 盘龙区:650051 官渡区:650200 西山区"),
    ("贵州省", "贵阳市", "550000", 3, 6, "云岩区:550001 南明区:550002 观山湖区"),
    ("广西壮族自治区", "南宁市", "530000", 3, 8, "青秀区:530022 兴宁区:530012 西乡塘区:530001"),
    ("海南省", "海口市", "570000", 3, 3, "龙华区:570105 美兰区:570203 秀英区:570311"),
    ("甘肃省", "兰州市", "730000", 3, 4, "城关区:730030 七里河区:730050 安宁区"),
)
_CHINESE_STREETS = tuple(
    f"{name}路"
    for name in (
        "中山",
        "人民",
        "解放",
        "建设",
        "和平",
        "新华",
        "文化",
        "胜利",
        "长江",
        "黄河",
        "朝阳",
        "光明",
        "友谊",
        "民主",
        "青年",
        "学府",
        "科技",
        "迎宾",
        "滨河",
        "花园",
        "公园",
        "东风",
        "幸福",
        "振兴",
        "工业",
        "体育",
        "站前",
        "凤凰",
        "育才",
        "北环",
        "南湖",
        "金桥",
        "湖滨",
    )
)

# State, city, tier, weight, postcodes.
_AMERICAN = (
    ("NY", "New York", 1, 40, "10001 10025 10029"),
    ("CA", "Los Angeles", 1, 30, "90012 90026 90034"),
    ("CA", "San Diego", 1, 12, "92101 92117"),
    ("CA", "San Francisco", 1, 8, "94110 94117"),
    ("CA", "Sacramento", 2, 6, "95814 95819"),
    ("CA", "Fresno", 3, 6, "93704 93720"),
    ("IL", "Chicago", 2, 22, "60614 60622 60657"),
    ("TX", "Houston", 2, 18, "77002 77019 77098"),
    ("TX", "San Antonio", 3, 12, "78205 78216"),
    ("TX", "Dallas", 2, 11, "75201 75214"),
    ("TX", "Austin", 1, 9, "78704 78745"),
    ("TX", "Fort Worth", 3, 8, "76107 76116"),
    ("AZ", "Phoenix", 2, 14, "85004 85016 85032"),
    ("AZ", "Tucson", 3, 5, "85701 85719"),
    ("PA", "Philadelphia", 2, 14, "19103 19147"),
    ("PA", "Pittsburgh", 3, 4, "15206 15217"),
    ("FL", "Jacksonville", 3, 8, "32205 32207"),
    ("FL", "Miami", 1, 5, "33130 33133"),
    ("FL", "Tampa", 2, 4, "33602 33609"),
    ("FL", "Orlando", 2, 4, "32801 32803"),
    ("OH", "Columbus", 3, 8, "43201 43215"),
    ("OH", "Cleveland", 3, 4, "44102 44113"),
    ("OH", "Cincinnati", 3, 4, "45202 45208"),
    ("NC", "Charlotte", 2, 8, "28202 28205"),
    ("NC", "Raleigh", 2, 5, "27601 27607"),
    ("IN", "Indianapolis", 3, 8, "46204 46220"),
    ("WA", "Seattle", 1, 8, "98103 98115"),
    ("CO", "Denver", 1, 7, "80202 80210"),
    ("MA", "Boston", 1, 7, "02116 02130"),
    ("TN", "Nashville", 2, 7, "37203 37206"),
    ("TN", "Memphis", 3, 6, "38103 38117"),
    ("OR", "Portland", 2, 6, "97202 97214"),
    ("NV", "Las Vegas", 2, 6, "89101 89117"),
    ("MI", "Detroit", 3, 6, "48201 48226"),
    ("KY", "Louisville", 3, 6, "40202 40207"),
    ("MD", "Baltimore", 3, 6, "21201 21218"),
    ("WI", "Milwaukee", 3, 6, "53202 53211"),
    ("NM", "Albuquerque", 3, 6, "87102 87110"),
    ("MO", "Kansas City", 3, 5, "64111 64114"),
    ("MO", "St. Louis", 3, 3, "63108 63116"),
    ("GA", "Atlanta", 2, 5, "30308 30312"),
    ("NE", "Omaha", 3, 5, "68102 68132"),
    ("MN", "Minneapolis", 2, 4, "55403 55408"),
    ("LA", "New Orleans", 3, 4, "70115 70119"),
    ("UT", "Salt Lake City", 2, 2, "84102 84105"),
    ("VA", "Richmond", 2, 2, "23220 23221"),
    ("ID", "Boise", 2, 2, "83702 83704"),
)
_AMERICAN_DISTRICTS = (
    "Downtown",
    "Midtown",
    "Northside",
    "Southside",
    "West End",
    "East Side",
    "Old Town",
    "Riverside",
    "University District",
    "Uptown",
)
_AMERICAN_STREETS = tuple(
    f"{name} {kind}"
    for name in (
        "Maple",
        "Oak",
        "Cedar",
        "Pine",
        "Elm",
        "Washington",
        "Lake",
        "Hill",
        "Walnut",
        "Park",
        "Main",
        "Spring",
        "Ridge",
        "Church",
        "Willow",
        "Mill",
        "Sunset",
        "Jackson",
        "Highland",
        "Lincoln",
        "Chestnut",
        "Franklin",
        "Meadow",
        "Jefferson",
    )
    for kind in ("Street", "Avenue", "Road", "Drive", "Lane", "Court")
)


class Places:
    """The places of a locale."""

    def __init__(self, locale: str) -> None:
        """Read the locale's places; there is always at least an empty one."""
        self._locale = locale
        self._places, self._cumulative = _gazetteer(locale)

    def draw(self, chance: Chance) -> Place:
        """Return a place, larger cities more often; an empty one where none is known."""
        return chance.choices(self._places, cum_weights=self._cumulative)[0]

    def address(self, place: Place, chance: Chance) -> str:
        """Return one line that ends at the street, without a number: nobody's home."""
        if self._locale == "zh_CN":
            province = "" if place.region == place.city else place.region
            return f"{province}{place.city}{place.district}{chance.choice(_CHINESE_STREETS)}"
        if self._locale == "en_US":
            street = chance.choice(_AMERICAN_STREETS)
            return f"{street}, {place.city}, {place.region} {place.postcode}"
        return place.city


@cache
def _gazetteer(locale: str) -> tuple[tuple[Place, ...], tuple[float, ...]]:
    """Return the places of a locale and their running weights."""
    weighed = {"zh_CN": _chinese, "en_US": _american}.get(locale, lambda: _listed(locale))()
    return tuple(place for place, _ in weighed), tuple(accumulate(share for _, share in weighed))


def _chinese() -> list[tuple[Place, float]]:
    weighed = []
    for region, city, general, tier, weight, districts in _CHINESE:
        parts = districts.split()
        for part in parts:
            district, _, own = part.partition(":")
            place = Place(city, region, own or general, district, tier)
            weighed.append((place, weight / len(parts)))
    return weighed


def _american() -> list[tuple[Place, float]]:
    return [
        (Place(city, state, postcode, district, tier), weight / len(postcodes.split()))
        for state, city, tier, weight, postcodes in _AMERICAN
        for postcode in postcodes.split()
        for district in _AMERICAN_DISTRICTS
    ]


def _listed(locale: str) -> list[tuple[Place, float]]:
    """Return Faker's cities of a locale, or one empty place where it lists none."""
    from faker.providers import address  # noqa: PLC0415  slow to import

    cities: tuple[str, ...] = ()
    if locale in {module.name for module in iter_modules(address.__path__)}:
        provider = import_module(f"faker.providers.address.{locale}").Provider
        cities = getattr(provider, "cities", getattr(provider, "city_names", ()))
    plain = (city.strip() for city in cities if not _ODD.search(city))
    return [(Place(city), 1.0) for city in plain] or [(Place(""), 1.0)]
