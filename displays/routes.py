"""What the public sees: the table of contents of this room."""

from starlette.routing import BaseRoute

from queue_server.views import ViewKind

from . import board, case_page, counter_guide, guide, kiosk, paper, phone, sign, start

views: list[ViewKind] = [board.BOARD, sign.SIGN, phone.VIEW, case_page.VIEW, counter_guide.VIEW, kiosk.VIEW, start.START]
routes: list[BaseRoute] = [
    *start.routes, *kiosk.routes, *board.routes, *sign.routes, *phone.routes, *case_page.routes, *guide.routes,
    *counter_guide.routes, *paper.routes,
]  # fmt: skip
