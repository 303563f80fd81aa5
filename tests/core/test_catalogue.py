"""What is made from the catalogue: the papers of several services together."""

from queue_server.core.catalogue import Material, Name, Service, ServiceId, materials_of


def service(id: str, *materials: Material) -> Service:
    return Service(id=ServiceId(id), name=Name(zh=id, en=id), theme="t", department="d", queue="A", materials=materials)


def paper(name: str, later: bool = False, held: bool = False) -> Material:
    return Material(id=name, name=Name(zh=name, en=name), later=later, held=held)


def test_each_paper_once_in_the_order_met() -> None:
    both = materials_of([service("1", paper("a"), paper("b")), service("2", paper("b"), paper("c"))])
    assert [item.name.zh for item in both] == ["a", "b", "c"]
    assert materials_of([]) == ()


def test_what_one_service_needs_on_the_day_is_needed() -> None:
    lax, strict = service("1", paper("a", later=True), paper("b", held=True)), service("2", paper("a"), paper("b", later=True))
    for services in ([lax, strict], [strict, lax]):
        a, b = materials_of(services)
        assert (a.later, a.held, b.later, b.held) == (False, False, True, False)
