"""Laws of the search: the index finds what a plain look through all names finds, however the catalogue came about."""

from __future__ import annotations

import msgspec
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from queue_server.core.catalogue import Department, Name, QueueId, Service, ServiceId, Theme
from queue_server.core.names import Entry, Query, _texts, words
from queue_server.core.search import ServiceIndex

THEMES = (
    Theme(id="social", name=Name(zh="社会保险", en="Social insurance"), icon="shield", aliases=("社保",)),
    Theme(id="homes", name=Name(zh="不动产", en="Property"), icon="home"),
)
DEPARTMENTS = (
    Department(id="hrss", name=Name(zh="人社局", en="Human resources")),
    Department(id="land", name=Name(zh="自然资源局", en="Land")),
)  # fmt: skip
PIECES = ("身份证", "换领", "登记", "不动产", "抵押", "社保", "银行", "重庆", "（补证）", "5G", "变更", "，")
WORDS = ("card", "renewal", "property", "bank", "of the", "register", "5G")
chinese = st.lists(st.sampled_from(PIECES), min_size=1, max_size=3).map("".join)
english = st.lists(st.sampled_from(WORDS), min_size=1, max_size=3).map(" ".join)
services = st.builds(
    Service, id=st.sampled_from([f"S{n}" for n in range(9)]).map(ServiceId), name=st.builds(Name, zh=chinese, en=english),
    theme=st.sampled_from(["social", "homes", "gone"]), department=st.sampled_from(["hrss", "land"]),
    queue=st.just(QueueId("A")), aliases=st.lists(chinese, max_size=1).map(tuple),
)  # fmt: skip
queries = st.one_of(
    chinese, chinese.map(lambda text: text[:2]), english,
    st.sampled_from(["s", "S1", "sfz", "shenfen", "shen fen", "bdc", "yh", "yin", "cq"]),
    st.tuples(chinese, chinese).map(" ".join), st.tuples(chinese, english).map(" ".join), st.text(max_size=4),
)  # fmt: skip
catalogues = st.lists(services, max_size=9, unique_by=lambda one: one.id)


def holds(entry: Entry, query: Query) -> bool:
    """Does a name hold the query? Asked without any index."""
    texts = _texts(entry)
    lines = ["".join(words(entry.id)), *texts.lines()]
    return (
        query.in_texts(texts) or lines[0].startswith(query.whole) or any(line.startswith(query.whole) for line in lines)
    )


def scanned(catalogue: list[Service], q: str) -> set[str]:
    """What a look through everything finds: all words, each in the name, the theme or the department, or all as one."""
    terms = words(q)
    groups = {theme.id: Entry(theme.id, theme.name, theme.aliases) for theme in THEMES}
    groups |= {one.id: Entry(one.id, one.name) for one in DEPARTMENTS}
    found = set()
    for service in catalogue:
        entry = Entry(service.id, service.name, service.aliases)
        own = [entry, *(groups[key] for key in (service.theme, service.department) if key in groups)]
        alone = all(any(holds(one, Query([term])) for one in own) for term in terms)
        whole = any(holds(one, Query(terms)) for one in own)
        if terms and (whole or (len(terms) > 1 and alone)):
            found.add(service.id)
    return found


def index_of(catalogue: list[Service]) -> ServiceIndex:
    return ServiceIndex(catalogue, THEMES, DEPARTMENTS)


def is_loose(catalogue: list[Service], q: str, hit: str) -> bool:
    """The last resort: all characters in this order, with others between."""
    service = next(one for one in catalogue if one.id == hit)
    texts = _texts(Entry(service.id, service.name, service.aliases)).chinese
    rest = iter(texts)
    return all(sign in rest for sign in "".join(words(q)))


@given(catalogues, queries)
@settings(max_examples=300, deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_the_index_finds_what_a_plain_scan_finds(catalogue: list[Service], q: str) -> None:
    found = index_of(catalogue).find(q)
    assert len(set(found)) == len(found)
    wanted = scanned(catalogue, q) if words(q) else {one.id for one in catalogue} if not q.strip() else set()
    if wanted:
        assert set(found) == wanted
    else:
        assert all(is_loose(catalogue, q, hit) for hit in found)


class IndexLaws(RuleBasedStateMachine):
    """An index that followed every change answers as one that is built anew."""

    @initialize(catalogue=catalogues)
    def begin(self, catalogue: list[Service]) -> None:
        self.catalogue = {one.id: one for one in catalogue}
        self.index = index_of(catalogue)
        self.asked = ""

    @rule(service=services)
    def put(self, service: Service) -> None:
        self.catalogue[service.id] = service
        self.index.put(service)

    @rule(service=services, theme=st.sampled_from(["social", "homes"]))
    def move(self, service: Service, theme: str) -> None:
        if service.id in self.catalogue:
            self.put(msgspec.structs.replace(self.catalogue[service.id], theme=theme))

    @rule(service=services)
    def drop(self, service: Service) -> None:
        self.catalogue.pop(service.id, None)
        self.index.drop(service.id)

    @rule(q=queries)
    def ask(self, q: str) -> None:
        self.asked = q

    @invariant()
    def answers_as_anew(self) -> None:
        if hasattr(self, "index"):
            anew = index_of(list(self.catalogue.values()))
            assert self.index.find(self.asked) == anew.find(self.asked)
            assert self.index.find("") == list(self.catalogue)
            assert self.index.find(self.asked, 2, 1) == anew.find(self.asked, 2, 1)


TestIndexLaws = IndexLaws.TestCase
TestIndexLaws.settings = settings(max_examples=60, stateful_step_count=20, deadline=None)
