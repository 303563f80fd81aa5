"""What staff use: the table of contents of this room."""

from starlette.routing import BaseRoute

from queue_server.views import ViewKind

from . import (
    catalogue,
    desk,
    desk_consult_pages,
    desk_pages,
    manager,
    office,
    office_pages,
    report,
    results,
    results_pages,
)

views: list[ViewKind] = [desk.DESK, manager.LOAD, office.OFFICE, results.RESULTS]
routes: list[BaseRoute] = [
    *desk_pages.routes, *desk_consult_pages.routes, *manager.routes, *report.routes, *office_pages.routes,
    *results_pages.routes, *catalogue.routes,
]  # fmt: skip
