"""One file for each group of routes; `ROUTES` has them all."""

from ecocli.serve.routes import calculate, health
from ecocli.serve.routing import Routes

ROUTES = Routes((*calculate.ROUTES, *health.ROUTES))
