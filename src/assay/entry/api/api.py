"""The API: its routes, who may call, and how errors read."""

from typing import Final

from ninja import NinjaAPI
from ninja.operation import Operation

from assay import __version__
from assay.entry.api.identity import ByKey, BySession
from assay.entry.api.problems import add_handlers
from assay.entry.api.routes import (
    batches,
    deliveries,
    drafts,
    events,
    keys,
    operations,
    people,
    projects,
    webhooks,
    work,
)


class Api(NinjaAPI):
    """The API; operations are called as their functions are."""

    def get_openapi_operation_id(self, operation: Operation) -> str:
        """Return the name of an operation in the OpenAPI document."""
        return operation.view_func.__name__


api: Final = Api(
    title="Assay",
    version=__version__,
    description="Labelled data sets with a certificate: projects, work, reviews, deliveries.",
    auth=[ByKey(), BySession()],
    docs_url=None,
    openapi_url="/openapi.json",
    urls_namespace="api",
)
add_handlers(api)
api.add_router("/work", work.router)
api.add_router("/drafts", drafts.router)
api.add_router("/projects", projects.router)
api.add_router("/batches", batches.router)
api.add_router("/deliveries", deliveries.router)
api.add_router("/me", people.me)
api.add_router("/people", people.router)
api.add_router("/keys", keys.router)
api.add_router("/events", events.router)
api.add_router("/webhooks", webhooks.router)
api.add_router("", operations.router)
