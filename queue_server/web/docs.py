"""Placeholder until the API description is written."""
from starlette.routing import BaseRoute
routes: list[BaseRoute] = []
