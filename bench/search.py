"""Search in catalogues of 1,000 to 100,000 services: how long a query takes, and what the index costs.

The catalogue is invented: the shipped services at many places and with many acts (``城东街道1社区：居民身份证换领（补证）``),
which is how real lists of 100,000 come about. The floor is the same search in the smallest catalogue.
"""

from __future__ import annotations

import gc
import time
import tracemalloc
from itertools import islice, product
from statistics import median
from typing import Any

import msgspec

from queue_server.core.catalogue import Name, Service, ServiceId, Setup
from queue_server.core.search import ServiceIndex
from queue_server.setup_file import default_setup_text, load_setup

from .figures import Line, ratio_of_rounds

Measured = tuple[list[Line], dict[str, Any]]
SIZES = (1_000, 10_000, 100_000)
RATIO_MAX = 3.0
LIMIT = 40  # what a kiosk shows
PLACES = (
    ("城东街道", "Chengdong"), ("城西街道", "Chengxi"), ("河滨街道", "Hebin"), ("新港街道", "Xingang"), ("云山街道", "Yunshan"),
    ("桃源镇", "Taoyuan"), ("双桥镇", "Shuangqiao"), ("石门镇", "Shimen"), ("青湖乡", "Qinghu"), ("白沙乡", "Baisha"),
)  # fmt: skip
ACTS = (
    ("首次办理", "first time"), ("变更", "change"), ("延续", "renewal"), ("补证", "replacement"), ("注销", "cancellation"),
    ("查询", "search"), ("代办", "by an agent"), ("跨省通办", "cross-province"), ("告知承诺", "by promise"),
    ("容缺受理", "with papers to follow"),
)  # fmt: skip
KINDS = {
    "name": ("居民身份证换领", "失业保险金申领", "个体工商户登记", "双桥镇"),
    "two characters": ("身份", "保险", "登记", "企业", "青湖", "补证"),
    "pinyin": ("shenfenzheng", "budongchan", "shiye", "qiye"),
    "initials": ("sfz", "bdc", "sybx", "qy"),
    "two words": ("身份证 补证", "青湖 登记", "保险 chengdong"),
    "nearly a name": ("不动产抵押", "企业设立登记", "身份证丢失"),
    "nothing": ("火星移民", "xyzzy"),
}


def invented(count: int) -> Setup:
    """The shipped hall with so many services."""
    shipped = load_setup(default_setup_text())
    streets = [(f"{zh}{number}社区", f"{en} {number}") for number in range(1, 101) for zh, en in PLACES]
    whole = (_varied(one, n, *more) for n, (more, one) in enumerate(product(product(streets, ACTS), shipped.services)))
    return msgspec.structs.replace(shipped, services=tuple(islice(whole, count)))


def _varied(service: Service, number: int, street: tuple[str, str], act: tuple[str, str]) -> Service:
    name = Name(zh=f"{street[0]}：{service.name.zh}（{act[0]}）", en=f"{service.name.en}, {act[1]}, {street[1]}")
    return msgspec.structs.replace(service, id=ServiceId(f"{service.id}-{number}"), name=name)


def measure(sizes: tuple[int, ...], rounds: int) -> Measured:
    """Catalogues take turns in every round: what disturbs a round disturbs all of them."""
    indexes: dict[int, ServiceIndex] = {}
    data: dict[str, Any] = {}
    for size in sizes:
        indexes[size], data[str(size)] = _built(invented(size))
    lines = [line for kind, queries in KINDS.items() for line in _kind(kind, queries, indexes, rounds, data)]
    return lines + [_cost(size, data[str(size)]) for size in sizes], data


def _kind(
    kind: str, queries: tuple[str, ...], indexes: dict[int, ServiceIndex], rounds: int, data: dict[str, Any]
) -> list[Line]:
    taken: dict[int, list[float]] = {size: [] for size in indexes}
    for number in range(rounds + 1):
        for size, index in indexes.items():
            times = [_microseconds(index, query) for query in queries]
            if number:  # the first round warms up
                taken[size].append(sum(times) / len(times))
    smallest, largest = min(indexes), max(indexes)
    lines = []
    for size, times in taken.items():
        data[str(size)][kind] = {"us": round(median(times), 1)}
        if size > smallest:
            ratio = ratio_of_rounds(times, taken[smallest])
            words = f"search, {kind}, {size:,} services against {smallest:,}, us"
            expected = f"<= {RATIO_MAX:.2f}" if size == largest else ""
            lines.append(Line(words, f"{median(times):.0f}", f"{median(taken[smallest]):.0f}", ratio, expected))
    return lines


def _cost(size: int, data: dict[str, Any]) -> Line:
    words = (
        f"index of {size:,} services: {data['memory_mib']:.0f} MiB; one change {data['change_ms']:.1f} ms; built in, s"
    )
    return Line(words, f"{data['build_s']:.2f}", "", None, "")


def _built(setup: Setup) -> tuple[ServiceIndex, dict[str, Any]]:
    parts = setup.services, setup.themes, setup.departments
    began = time.perf_counter()
    ServiceIndex(*parts)
    seconds = time.perf_counter() - began
    gc.collect()
    tracemalloc.start()
    index = ServiceIndex(*parts)
    gc.collect()
    memory = tracemalloc.get_traced_memory()[0]
    tracemalloc.stop()
    return index, {
        "build_s": round(seconds, 2),
        "memory_mib": round(memory / 2**20, 1),
        "change_ms": _change_ms(index, setup),
    }


def _change_ms(index: ServiceIndex, setup: Setup) -> float:
    """One name is changed, and changed back."""
    some = setup.services[len(setup.services) // 2]
    other = msgspec.structs.replace(some, name=Name(zh="新名字办理", en="A new name"))
    took = []
    for _ in range(5):
        for service in (other, some):
            began = time.perf_counter()
            index.put(service)
            took.append(time.perf_counter() - began)
    return round(median(took) * 1e3, 2)


def _microseconds(index: ServiceIndex, query: str) -> float:
    began = time.perf_counter()
    index.find(query, LIMIT)
    return (time.perf_counter() - began) * 1e6
