"""The API: its routes, who may call, and how errors read."""

from typing import Any, Final

from django.conf import settings
from ninja import NinjaAPI
from ninja.openapi.schema import OpenAPISchema
from ninja.operation import Operation

from assay import __version__
from assay.entry.api.openapi_document import finish
from assay.entry.api.problem_documents import add_handlers
from assay.entry.api.query_parameters import learn_parameters
from assay.entry.api.routes import (
    batches,
    deliveries,
    drafts,
    events,
    keys,
    labels,
    operations,
    people,
    projects,
    webhooks,
    work,
)
from assay.entry.api.who_calls import ByKey, BySession


class Api(NinjaAPI):
    """The API; operations are called as their functions are."""

    def get_openapi_operation_id(self, operation: Operation) -> str:
        """Return the name of an operation in the OpenAPI document."""
        return operation.view_func.__name__

    def get_openapi_schema(
        self, *, path_prefix: str | None = None, path_params: dict[str, Any] | None = None
    ) -> OpenAPISchema:
        """Return the OpenAPI document with what only we can say."""
        found = super().get_openapi_schema(path_prefix=path_prefix, path_params=path_params)
        finish(found, requests_per_minute=settings.ASSAY.requests_per_minute)
        return found


api: Final = Api(
    title="Assay",
    version=__version__,
    auth=[ByKey(), BySession()],
    docs_url=None,
    openapi_url=None,
    urls_namespace="api",
)
add_handlers(api)
api.add_router("/work", work.router)
api.add_router("/drafts", drafts.router)
api.add_router("/projects", projects.router)
api.add_router("/projects", labels.router)
api.add_router("/batches", batches.router)
api.add_router("/deliveries", deliveries.router)
api.add_router("/me", people.me)
api.add_router("/people", people.router)
api.add_router("/keys", keys.router)
api.add_router("/events", events.router)
api.add_router("/webhooks", webhooks.router)
api.add_router("", operations.router)
learn_parameters(api._routers, root="api/v1")  # noqa: SLF001 - the library has no other list of them
