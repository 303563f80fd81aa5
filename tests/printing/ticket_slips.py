"""Slips to print: one ordinary ticket and the ways it can differ."""

from __future__ import annotations

from typing import Any

from msgspec import structs

from queue_server.core.catalogue import Name
from queue_server.printing.paper import BringItem, TicketSlip

URL = "https://hall.example.gov.cn/t/7Q2M9K?key=q8Zr1vYw3Tn5Lk7Jh9Gf2Ds4Ap6Xc0Bm8Ve1Ru3Io5"


def slip(**changes: Any) -> TicketSlip:
    """The mock-ups' ticket, changed as asked."""
    fields: dict[str, Any] = {
        "hall": Name(zh="滨海区政务服务中心", en="Binhai Government Service Centre"),
        "number": "B114",
        "service": Name(zh="灵活就业人员社会保险参保登记", en="Social insurance enrolment for the flexibly employed"),
        "zone_letter": "B",
        "zone_name": Name(zh="社保医保", en="Social and medical insurance"),
        "windows": Name(zh="15–22 号窗口", en="windows 15–22"),
        "way": Name(zh="从正门直走 30 米", en="straight ahead from the main door, 30 m"),
        "ahead": 41,
        "wait_minutes": (30, 45),
        "bring": (BringItem(text="身份证或社保卡"), BringItem(text="就业情况承诺书（窗口有）")),
        "url": URL,
        "short_code": "7Q2M9K",
        "taken_at": "2026-11-24 10:26:08",
        "kiosk": "2 号取号机",
        "hotline": "12345",
    }
    return TicketSlip(**{**fields, **changes})


ENGLISH = slip(
    lang="en",
    bring=(BringItem(text="ID card or social security card"), BringItem(text="Declaration of employment", later=True)),
    kiosk="Kiosk 2",
)
PRIVATE = slip(
    service=Name(zh="社会救助与帮扶", en="Social assistance"), bring=(), ahead=2, wait_minutes=(1, 4), number="A007"
)
NO_WAIT = slip(ahead=0, wait_minutes=(0, 1))
UNKNOWN_WAIT = slip(wait_minutes=None, ahead=3)
HOPELESS = slip(ahead=312, wait_minutes=(200, 260))
LARGE = slip(
    large=True, number="H012", service=None, zone_letter="H", zone_name=Name(zh="帮办代办", en="Assisted service"),
    windows=Name(zh="40、41 号窗口", en="windows 40, 41"), ahead=1, wait_minutes=(3, 8),
    way=Name(zh="进门右手边，有人来接", en="right of the entrance, staff will come to you"),
)  # fmt: skip
LONG = slip(
    hall=Name(
        zh="黔东南苗族侗族自治州三穗县政务服务和公共资源交易中心",
        en="Sansui County Government Service and Public Resource Exchange Centre of Qiandongnan Prefecture",
    ),
    number="B12345",
    service=Name(
        zh="跨省、自治区、直辖市从事经营性演出活动（含涉外、涉港澳台）的个体演员和个体演出经纪人登记备案变更、延续与注销（含补证）",
        en="Registration, change, extension and cancellation of individual performers and performance brokers "
        "engaged in commercial performances across provinces, autonomous regions and municipalities",
    ),
    zone_name=Name(
        zh="文化旅游和体育、新闻出版、广播电视综合受理区", en="Culture, tourism, sport, press and broadcasting"
    ),
    windows=Name(zh="3–5、7、9、11–14、16、18、20–22 号窗口", en="windows 3–5, 7, 9, 11–14, 16, 18, 20–22"),
    way=Name(
        zh="从正门进来左转，走到底，上扶梯到二楼，再往右 120 米，过了银行就是",
        en="turn left at the main door, walk to the end, take the escalator to floor 2, then right for 120 m",
    ),
    ahead=1288,
    wait_minutes=(180, 240),
    bring=tuple(
        BringItem(text=text, later=index == 1)
        for index, text in enumerate(
            (
                "身份证（外国人带护照和外国人永久居留身份证）以及由原籍所在地出具的从业经历证明材料原件",
                "演出经纪人员资格证书",
                "近期免冠照片",
                "原备案证明",
                "Notarisedtranslationofforeigndocumentswithoutanyspacewhatsoever",
            )
        )
    ),
    url=URL + "&hall=" + "x" * 90,
    kiosk="二楼东侧电梯口旁边的 12 号自助取号机（残疾人专用）",
    hotline="0855-12345 转 8",
)
RARE = slip(service=Name(zh="㐂𠮷龘𪚥䶮 登记", en="Rare"), number="C001")
SLIPS = {
    "zh": slip(), "en": ENGLISH, "private": PRIVATE, "no-wait": NO_WAIT, "unknown-wait": UNKNOWN_WAIT,
    "hopeless": HOPELESS, "large": LARGE, "large-en": structs.replace(LARGE, lang="en"),
    "long": LONG, "long-en": structs.replace(LONG, lang="en"), "large-long": structs.replace(LONG, large=True),
    "rare": RARE,
}  # fmt: skip
