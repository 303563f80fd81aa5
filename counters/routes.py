"""What staff use: the table of contents of this room."""

from starlette.routing import BaseRoute

from queue_server.views import ViewKind

from . import desk, desk_pages, manager

views: list[ViewKind] = [desk.DESK, manager.LOAD]
routes: list[BaseRoute] = [*desk_pages.routes, *manager.routes]
