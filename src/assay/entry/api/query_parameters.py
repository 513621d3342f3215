"""Only parameters that an operation names are taken behind the `?` of its address (SEC-3): others are refused by name."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Final

from django.http import HttpRequest

from assay.core.did_you_mean import did_you_mean
from assay.core.errors import InputError

_KNOWN: Final[dict[tuple[str, str], frozenset[str]]] = {}
"""The parameters of each operation, by the address as the resolver calls it and by method."""


@dataclass(eq=False, kw_only=True)
class UnknownParameter(InputError):
    """There is no parameter '{name}' here{meant}; known are: {known}."""

    name: str
    known: str
    meant: str


def learn_parameters(routers: Iterable[tuple[str, Any]], *, root: str) -> None:
    """Learn what the operations of an API's routers take; `routers` are (prefix, router)."""
    for prefix, router in routers:
        views: Mapping[str, Any] = router.path_operations
        for path, view in views.items():
            route = (root + prefix + path).replace("{", "<").replace("}", ">")
            for operation in view.operations:
                names = frozenset(_names_of(operation))
                _KNOWN.update({(route, method): names for method in operation.methods})


def refuse_unknown_parameters(request: HttpRequest) -> None:
    """Raise `UnknownParameter` for a parameter that the operation does not name."""
    if not request.META.get("QUERY_STRING") or request.resolver_match is None:
        return
    known = _KNOWN.get((request.resolver_match.route, request.method or ""), frozenset())
    for name in request.GET:
        if name not in known:
            listed = ", ".join(sorted(known)) or "none"
            raise UnknownParameter(name=name[:80], known=listed, meant=did_you_mean(name, known))


def _names_of(operation: Any) -> Iterable[str]:
    for model in operation.models:
        if model.__ninja_param_source__ == "query":
            yield from model.__ninja_flatten_map__
