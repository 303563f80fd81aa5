"""What staff use: the table of contents of this room."""

from starlette.routing import BaseRoute

from queue_server.views import ViewKind

from . import desk, desk_consult_pages, desk_pages, manager, report

views: list[ViewKind] = [desk.DESK, manager.LOAD]
routes: list[BaseRoute] = [*desk_pages.routes, *desk_consult_pages.routes, *manager.routes, *report.routes]
