"""What the hall says no to.

    Refused                 any refusal; carries a stable code, an HTTP status and the values its sentence needs
    ├── NotFound     404    the thing named does not exist in this hall
    ├── NotAllowed   403    the caller's role, or its place at a counter, does not allow it
    ├── Conflict     409    the hall's present state does not allow it; another time it may
    ├── Invalid      422    the request can never be right as it stands
    └── Unavailable  503    nothing is wrong with the request; the store could not take it

The sentence shown to a person is looked up by ``code`` in the word catalogues (``refused.<code>``), never written here.
"""

from __future__ import annotations


class Refused(Exception):
    """The hall refused a command and nothing was changed."""

    status = 400

    def __init__(self, code: str, /, **values: object) -> None:
        super().__init__(code, values)
        self.code = code
        self.values = values

    def __str__(self) -> str:
        return f"{self.code} {self.values}" if self.values else self.code


class NotFound(Refused):
    """The thing named does not exist in this hall."""

    status = 404


class NotAllowed(Refused):
    """The caller may not do this."""

    status = 403


class Conflict(Refused):
    """Not in this state of the hall."""

    status = 409


class Invalid(Refused):
    """The request is wrong in itself."""

    status = 422


class Unavailable(Refused):
    """The store could not take the command; it may be tried again."""

    status = 503
