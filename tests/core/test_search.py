"""What people type, and the services they mean."""

import pytest

from queue_server.core.catalogue import Department, Name, QueueId, Service, ServiceId, Theme
from queue_server.core.search import ServiceIndex

SOCIAL = Theme(id="social", name=Name(zh="社会保险", en="Social insurance"), icon="shield", aliases=("社保",))
HOMES = Theme(id="homes", name=Name(zh="不动产登记", en="Property"), icon="home")
BUREAU = Department(id="hrss", name=Name(zh="人力资源和社会保障局", en="Human Resources Bureau"))
LAND = Department(id="land", name=Name(zh="自然资源局", en="Natural Resources Bureau"))


def service(id: str, zh: str, en: str, theme: Theme = HOMES, *aliases: str) -> Service:
    department = BUREAU if theme is SOCIAL else LAND
    return Service(
        id=ServiceId(id),
        name=Name(zh=zh, en=en),
        theme=theme.id,
        department=department.id,
        queue=QueueId("A"),
        aliases=aliases,
    )


SERVICES = [
    service("BD05", "查询不动产登记资料", "Search of the real estate register"),
    service("BD01", "二手房转移登记（登记、交易）", "Transfer of an existing home", HOMES, "过户"),
    service("BD02", "不动产抵押", "Registration of a mortgage"),
    service("SB05", "失业保险金申领", "Unemployment benefit claim", SOCIAL),
    service("SB06", "养老保险关系转移接续", "Transfer of pension insurance", SOCIAL),
    service("CQ01", "重庆通办", "Chongqing desk", SOCIAL),
    service("YH01", "银行开户，5G 网点", "Bank account (VAT ready)", SOCIAL),
    service("LY01", "旅游许可", "Travel licence", SOCIAL),
]
INDEX = ServiceIndex(SERVICES, [SOCIAL, HOMES], [BUREAU, LAND])


@pytest.mark.parametrize("q", ["", " ", "\t\n", "　"])
def test_without_a_query_the_whole_catalogue_stands_in_its_order(q: str) -> None:
    assert INDEX.find(q) == [one.id for one in SERVICES]


@pytest.mark.parametrize(
    ("q", "found"),
    [
        ("失业保险金", ["SB05"]),
        ("失业", ["SB05"]),
        ("领", ["SB05"]),
        ("BD05", ["BD05"]),
        ("bd05", ["BD05"]),
        ("ＢＤ０５", ["BD05"]),
        ("shiyebaoxianjin", ["SB05"]),
        ("shi ye bao", ["SB05"]),
        ("Shi Ye", ["SB05"]),
        ("shiye", ["SB05"]),
        ("sy", ["SB05"]),
        ("sybxj", ["SB05"]),
        ("SYBXJSL", ["SB05"]),
        ("unemployment", ["SB05"]),
        ("UNEMPLOYMENT BENEFIT", ["SB05"]),
        ("mortgage", ["BD02"]),
        ("过户", ["BD01"]),
        ("guohu", ["BD01"]),
        ("gh", ["BD01"]),
        ("登记(登记、交易", ["BD01"]),
        ("5g", ["YH01"]),
        ("5gwd", ["YH01"]),
        ("vat", ["YH01"]),
    ],
)
def test_a_service_is_found_by_name_pinyin_initials_alias_and_id(q: str, found: list[str]) -> None:
    assert INDEX.find(q) == found


READINGS = [
    ("cq", "CQ01"),
    ("chongqing", "CQ01"),
    ("yh", "YH01"),
    ("yinhang", "YH01"),
    ("lüyou", "LY01"),
    ("lvyou", "LY01"),
]


@pytest.mark.parametrize(("q", "found"), READINGS)
def test_characters_are_read_as_their_phrase_reads(q: str, found: str) -> None:
    assert INDEX.find(q)[0] == found


@pytest.mark.parametrize("q", ["zhongqing", "zq", "yinxing", "yx"])
def test_and_not_as_they_read_elsewhere(q: str) -> None:
    assert not {"CQ01", "YH01"} & set(INDEX.find(q))


@pytest.mark.parametrize("q", ["不动产", "bdc", "budongchan", "bu dong chan"])
def test_a_beginning_goes_before_a_part_and_a_part_before_the_theme(q: str) -> None:
    assert INDEX.find(q) == ["BD02", "BD05", "BD01"]


def test_an_exact_hit_goes_first() -> None:
    twins = [service("S1", "登记簿", "Register"), service("S2", "登记", "Registration")]
    assert ServiceIndex(twins).find("登记") == ["S2", "S1"]
    assert ServiceIndex([service("S10", "甲事", "One"), service("S1", "乙事", "Two")]).find("s1") == ["S1", "S10"]


def test_alike_hits_keep_the_order_of_the_catalogue() -> None:
    assert INDEX.find("transfer") == ["BD01", "SB06"]
    assert INDEX.find("转移") == ["BD01", "SB06"]


@pytest.mark.parametrize("q", ["社会保险", "社保", "shehuibaoxian", "shbx", "Social insurance", "social"])
def test_the_theme_finds_all_its_services(q: str) -> None:
    assert INDEX.find(q) == ["SB05", "SB06", "CQ01", "YH01", "LY01"]


@pytest.mark.parametrize("q", ["自然资源局", "资源局", "zrzyj", "natural"])
def test_the_department_finds_all_its_services(q: str) -> None:
    assert set(INDEX.find(q)) >= {"BD05", "BD01", "BD02"}


@pytest.mark.parametrize("q", ["保险 转移", "转移 社保", "转移，养老", "transfer social", "zhuanyi 人力资源"])
def test_several_words_must_all_fit(q: str) -> None:
    assert INDEX.find(q) == ["SB06"]


def test_words_may_have_others_between_when_nothing_fits_better() -> None:
    assert INDEX.find("二手房登记") == ["BD01"]
    assert INDEX.find("登记二手房") == []


@pytest.mark.parametrize("q", ["xyzzy", "火星", "？", "!!!", "tion", "hiye", "转移火星", "失业 火星", ".*", "(", "\\"])
def test_what_is_not_there_is_not_found(q: str) -> None:
    assert INDEX.find(q) == []


def test_pages_join_without_gap_or_double() -> None:
    for q in ("", "转移", "社会保险", "b", "登记"):
        whole = INDEX.find(q)
        pages = [hit for offset in range(0, len(SERVICES), 2) for hit in INDEX.find(q, limit=2, offset=offset)]
        assert pages == whole
        assert len(set(whole)) == len(whole)
    assert INDEX.find("登记", limit=0) == []
    assert INDEX.find("登记", offset=100) == []


def test_a_very_long_query_is_harmless() -> None:
    assert INDEX.find("a" * 100_000) == []
    assert INDEX.find("登 " * 50_000)[:2] == ["BD05", "BD01"]
    same = ServiceIndex([service("S1", "啊" * 200, "A " * 100)])
    assert same.find("啊" * 100 + "不") == []


def test_an_empty_catalogue_finds_nothing() -> None:
    assert ServiceIndex([]).find("") == []
    assert ServiceIndex([], [SOCIAL], [BUREAU]).find("社会") == []


def test_a_service_of_an_unknown_theme_is_still_found_by_name() -> None:
    assert ServiceIndex(SERVICES, [], []).find("失业") == ["SB05"]
