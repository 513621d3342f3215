"""The address of the OpenAPI document: made once in a process, told apart by its ETag, sent small."""

import gzip
import hashlib
import json
import threading
from dataclasses import dataclass
from typing import Final

from django.conf import settings
from django.core.serializers.json import DjangoJSONEncoder
from django.http import HttpRequest, HttpResponse
from django.utils.cache import patch_vary_headers
from django.views.decorators.http import condition, require_safe

from assay.entry.api.api import api
from assay.entry.api.problem_documents import problem
from assay.entry.api.query_parameters import UnknownParameter

_ONE_AT_A_TIME: Final = threading.Lock()
_MADE: Final[dict[int, "Document"]] = {}
"""The document by the one setting that it tells."""


@dataclass(frozen=True, slots=True)
class Document:
    """The document as it is sent: plain and compressed."""

    plain: bytes
    packed: bytes
    etag: str


def the_document() -> Document:
    """Return the document; making it takes a second, so whoever comes meanwhile waits for the same one."""
    key = settings.ASSAY.requests_per_minute
    with _ONE_AT_A_TIME:
        if key not in _MADE:
            plain = json.dumps(api.get_openapi_schema(), cls=DjangoJSONEncoder, ensure_ascii=False).encode()
            digest = hashlib.sha256(plain).hexdigest()[:32]
            _MADE[key] = Document(plain, gzip.compress(plain, mtime=0), f'"{digest}"')
        return _MADE[key]


@require_safe
@condition(etag_func=lambda _: the_document().etag)
def openapi_page(request: HttpRequest) -> HttpResponse:
    """Send the document; whoever has it already gets 304 and no body."""
    if request.GET:
        refusal = UnknownParameter(name=next(iter(request.GET))[:80], known="none", meant="")
        return problem(422, str(refusal), name="urn:assay:error:unknown-parameter")
    found = the_document()
    packed = "gzip" in request.headers.get("Accept-Encoding", "")
    response = HttpResponse(found.packed if packed else found.plain, content_type="application/json")
    if packed:
        response.headers["Content-Encoding"] = "gzip"
    response.headers["Cache-Control"] = "public, no-cache"  # kept, and asked about each time
    patch_vary_headers(response, ["Accept-Encoding"])
    return response
