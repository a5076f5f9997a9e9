"""Words around names: titles, greetings, and words that look like a name but are none."""

from functools import cache

GREETINGS = frozenset({"hi", "hello", "hey", "hiya", "dear", "morning", "afternoon", "evening"})
TITLES = frozenset(
    {"mr", "mrs", "ms", "miss", "mx", "mister", "madam", "madame", "dr", "doctor"}
    | {"prof", "professor", "sir"}
)
VAGUE_TITLES = frozenset({"sir", "madam", "madame", "miss", "doctor", "professor"})
"""Greeted without a name as well, so that what follows may be any word."""
TITLES_AFTER = frozenset({"mr", "mrs", "ms", "miss", "madam", "sir", "san", "ji", "xiansheng"})
"""No ``dr``: after a name it is a street."""
SOLID_GREETINGS = ("尊敬的", "亲爱的", "您好", "你好", "哈喽", "嗨", "喂", "请问是", "请问您是")
SOLID_GREETINGS_AFTER = ("您好", "你好", "早上好", "上午好", "下午好", "晚上好")
SOLID_TITLES = (
    *("先生", "女士", "小姐", "太太", "夫人", "老师", "同学", "家长", "老板", "经理", "总", "总裁"),
    *(
        "总监",
        "主任",
        "医生",
        "教授",
        "律师",
        "阿姨",
        "叔叔",
        "爸爸",
        "妈妈",
        "さん",
        "様",
        "님",
        "씨",
    ),
)
AFTER_ZONG = "是共额部价体计会之结数算有在要能让想理量和"
"""After 总 these make another word: 总是, 总共."""
BEFORE_NAME = "的是找叫给为向致请问和与跟让户员主长人生士者好亲喂谢祝帮"
"""Characters that end the words usual before a name, as in 尊敬的 and 客户."""
AFTER_NAME = (
    *SOLID_TITLES,
    *SOLID_GREETINGS_AFTER,
    *("您", "你", "的", "在", "已", "有", "是", "于", "吗", "本人", "名下", "贷", "欠", "等", "和"),
    *("与", "购", "申", "办", "需", "请", "客户", "会员", "业主", "女", "男"),
)
COMPOUND_SURNAMES = frozenset(
    "欧阳 司马 上官 诸葛 夏侯 东方 皇甫 尉迟 公孙 慕容 令狐 司徒 南宫 端木 长孙 宇文 轩辕".split()  # noqa: SIM905  as below
)
SURNAMES = frozenset(
    "王李张刘陈杨黄吴赵周徐孙马朱胡林郭何高罗郑梁谢宋唐许邓冯韩曹曾彭萧肖蔡潘田董袁于余叶蒋杜苏魏"
    "程吕丁沈任姚卢傅钟姜崔谭廖范汪陆金石戴贾韦夏邱方侯邹熊孟秦白江阎薛尹段雷黎史龙陶贺顾毛郝龚邵"
    "万钱严赖覃洪武莫孔汤向常温康施文牛樊葛邢安齐易乔伍庞颜倪庄聂章鲁岳翟殷詹申欧耿关兰焦俞左柳甘"
)
GENERIC_SOLID = frozenset(
    {"顾客", "金主", "万家", "白领", "向各位", "安安", "高手", "方便", "常客"}
)
"""Begin with a surname, but greet nobody in particular."""
GENERIC = frozenset(
    """
    account again all amazon and any anyone applicant are babe baby boss bro brother buddy buyer
    can candidate cardholder citizen client clients colleague colleagues consumer could customer
    customers darling dear did do doctor donor driver employee esteemed everybody everyone
    family fellow folks for friend friends from gentleman gentlemen good guest guys have hello
    hey hi holder homeowner honey how hr i if in investor is it just ladies lady landlord loyal
    ma'am maam madam mate me member members merchant my neighbor neighbour on or our owner parent
    parents participant partner passenger patient patients player please policyholder preferred
    premium quick recipient renter resident respected seller shopper sir sirs sister sorry staff
    student students subscriber sweetie team teacher tenant thank thanks that the there they
    this to today user users valued vip visitor voter was we welcome were what when where who
    winner with world would you your
    """.split()  # noqa: SIM905  a list in one column would be longer than the module
)
"""Greeted, but nobody in particular; or no name at all."""
NAMES_THAT_ARE_WORDS = frozenset(
    """
    abbey amber angel april art ashley august austin autumn bill brook brooke buck candy carol
    carter chance charity charlotte chase chelsea cherry christian chuck cliff crystal daisy
    dale dallas dana dawn dean denver destiny don drew duke earl eve faith forest frank gay gene
    georgia ginger glen grace grant guy hazel heath heather holly hope houston hunter iris
    israel ivy jack jackson jade jasmine jay jordan joy june kitty lance lily lincoln logan
    major mark martin mason max may melody mercedes mercy miles misty morgan nick norm olive
    paris parker pat patience pearl penny phoenix pierce porter price prince ray reed rich rob
    robin rocky rod rose ruby rusty sandy savannah skip sky stanley star sterling stormy summer
    sunny sydney taylor trinity victor victoria violet virginia wade ward wells will woody
    """.split()  # noqa: SIM905  as above
)
SYLLABLES_THAT_ARE_WORDS = frozenset(
    """
    a an ban bang bin can chi dang den die fan fang fen gang he hen long man me men mu pan pang
    pen pie pin ping ran rang run sang she shun song sun tan tang tong wan you e o lining mining
    mating tanning bailing mailing change malin main lantern dance mali lina lili mina
    shaming shenzhen shenyang
    """.split()  # noqa: SIM905  as above
)
NICKNAMES = {
    "abby": "abigail",
    "andy": "andrew",
    "becky": "rebecca",
    "beth": "elizabeth",
    "betty": "elizabeth",
    "bill": "william",
    "billy": "william",
    "bob": "robert",
    "bobby": "robert",
    "cindy": "cynthia",
    "dick": "richard",
    "hank": "henry",
    "jack": "john",
    "jim": "james",
    "jimmy": "james",
    "kate": "katherine",
    "katie": "katherine",
    "larry": "lawrence",
    "liz": "elizabeth",
    "maggie": "margaret",
    "meg": "margaret",
    "mike": "michael",
    "nicky": "nicole",
    "peggy": "margaret",
    "ted": "edward",
    "tony": "anthony",
    "will": "william",
}
"""Short forms that do not begin as the name does, or hardly."""


@cache
def known_names() -> frozenset[str]:
    """Return given and family names usual in English; the lists take a moment to import."""
    from canary.decoys.wordlists.names import GENDERS, name_book  # noqa: PLC0415  slow to import

    book = name_book("en_US")
    return frozenset(
        name.casefold()
        for gender in GENDERS
        for words in (book.given[gender], book.family[gender])
        for name in words.choices
    )
