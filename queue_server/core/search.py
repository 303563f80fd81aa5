"""Finding a service by name, pinyin, initials, id, theme or department: what the kiosk, the desk and the API ask."""

from __future__ import annotations

import heapq
from array import array
from bisect import bisect_left
from collections.abc import Iterable, Iterator, Sequence
from itertools import chain, islice

from .catalogue import Department, Service, ServiceId, Theme
from .names import Entry, Fits, Names, Query, words

QUERY_MAX = 300  # characters; no name is longer
LOOSE_LOOKS = 250  # bounds the cost of a search that found nothing: 0.1 ms


class ServiceIndex:
    """All services of a hall, searchable. :meth:`put` and :meth:`drop` follow changes of single services."""

    def __init__(
        self, services: Sequence[Service], themes: Iterable[Theme] = (), departments: Iterable[Department] = ()
    ) -> None:
        self._ids: list[ServiceId | None] = [service.id for service in services]
        self._at = {service.id: at for at, service in enumerate(services)}
        self._names = Names([Entry(service.id, service.name, service.aliases) for service in services])
        self._groups = (
            _Groups([Entry(theme.id, theme.name, theme.aliases) for theme in themes], [one.theme for one in services]),
            _Groups([Entry(one.id, one.name) for one in departments], [one.department for one in services]),
        )

    def put(self, service: Service) -> None:
        """A service that has changed, at its place, or a new one at the end."""
        at = self._at.setdefault(service.id, len(self._ids))
        if at == len(self._ids):
            self._ids.append(service.id)
        self._names.put(at, Entry(service.id, service.name, service.aliases))
        for groups, group in zip(self._groups, (service.theme, service.department), strict=True):
            groups.put(at, group)

    def drop(self, service: ServiceId) -> None:
        """A service that has gone; one that is not there changes nothing."""
        if (at := self._at.pop(service, None)) is None:
            return
        self._ids[at] = None
        self._names.drop(at)
        for groups in self._groups:
            groups.put(at, None)

    def find(self, q: str, limit: int = 1000, offset: int = 0) -> list[ServiceId]:
        """The services that ``q`` may mean: exact hits first, then by beginning, by part, by theme, by department.

        Alike hits stand in the order of the catalogue; without a query all of it is given.
        """
        if not q.strip():
            return list(islice((one for one in self._ids if one is not None), offset, offset + limit))
        hits = islice(self._ranked(words(q[:QUERY_MAX])), offset, offset + limit)
        return [one for at in hits if (one := self._ids[at]) is not None]

    def _ranked(self, terms: list[str]) -> Iterator[int]:
        if not terms:
            return
        query, seen = Query(terms), set[int]()
        for at in chain(self._whole(query), self._each(terms)):
            if at not in seen:
                seen.add(at)
                yield at
        if not seen and len(query.whole) > 1:
            yield from self._names.loosely(query, LOOSE_LOOKS)

    def _whole(self, query: Query, fits: Fits | None = None) -> Iterator[int]:
        """Hits of the query taken as one, best kind first; with ``fits`` only those."""
        yield from filter(fits, self._names.exact(query)) if fits else self._names.exact(query)
        yield from self._names.prefixed(query, fits)
        yield from self._names.holding(query, fits)
        for groups in self._groups:
            members = groups.members(groups.found(query))
            yield from filter(fits, members) if fits else members

    def _each(self, terms: list[str]) -> Iterator[int]:
        """Services that fit every one of several words, wherever each is found."""
        if len(terms) == 1:
            return
        first, *others = sorted((Query([term]) for term in terms), key=self._weight)
        yield from self._whole(first, self._fits(others))

    def _weight(self, query: Query) -> int:
        return self._names.weight(query) + sum(groups.weight(groups.found(query)) for groups in self._groups)

    def _fits(self, queries: list[Query]) -> Fits:
        """Does a service fit all of these, by its name or by its group?"""
        wanted = [(self._names.finder(query), self._groups_of(query)) for query in queries]
        if len(wanted) == 1 and not wanted[0][1]:
            return wanted[0][0]
        return lambda at: all(holds(at) or any(x.of(at) in hits for x, hits in found) for holds, found in wanted)

    def _groups_of(self, query: Query) -> list[tuple[_Groups, set[int]]]:
        return [(groups, hits) for groups in self._groups if (hits := groups.found(query))]


class _Groups:
    """Themes or departments, and the services in each."""

    def __init__(self, entries: Sequence[Entry], belongs: Sequence[str]) -> None:
        self._names = Names(entries)
        self._position = {entry.id: at for at, entry in enumerate(entries)}
        self._group_of = [self._position.get(group, -1) for group in belongs]
        self._services = [array("I") for _ in entries]
        for at, group in enumerate(self._group_of):
            if group >= 0:
                self._services[group].append(at)

    def put(self, at: int, belongs: str | None) -> None:
        """The service at a position belongs to another group, to none, or is new."""
        if at == len(self._group_of):
            self._group_of.append(-1)
        was, group = self._group_of[at], self._position.get(belongs or "", -1)
        self._group_of[at] = group
        if was >= 0:
            del self._services[was][bisect_left(self._services[was], at)]
        if group >= 0:
            self._services[group].insert(bisect_left(self._services[group], at), at)

    def found(self, query: Query) -> set[int]:
        """The groups whose name holds the query."""
        return {*self._names.prefixed(query), *self._names.holding(query)}

    def members(self, found: set[int]) -> Iterator[int]:
        """The services of all these groups, in the order of the catalogue."""
        return iter(heapq.merge(*(self._services[group] for group in found)))

    def of(self, at: int) -> int:
        return self._group_of[at]

    def weight(self, found: set[int]) -> int:
        return sum(len(self._services[group]) for group in found)
