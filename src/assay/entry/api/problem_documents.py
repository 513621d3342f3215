"""Errors become problem documents: one table says which status each has (RFC 9457)."""

import json
import re
from collections.abc import Mapping, Sequence
from typing import Any, Final

from django.conf import settings
from django.core.exceptions import RequestDataTooBig, SuspiciousOperation, TooManyFilesSent
from django.db import Error as DatabaseError
from django.http import Http404, HttpRequest, HttpResponse
from ninja import NinjaAPI
from ninja.errors import AuthenticationError, AuthorizationError, HttpError, ValidationError

from assay.core.errors import (
    AssayError,
    BadValue,
    InputError,
    InvalidLabel,
    MissingKey,
    NotAllowed,
    NotFound,
    NotPermitted,
    SeveralProblems,
    UnknownKey,
    place_of,
    problems_in,
)
from assay.core.limits import REQUEST_BYTES
from assay.entry.api.request_errors import KeyReused, StillRunning, TooLarge, WrongVersion
from assay.service.access.refuse_own_work import OwnWork
from assay.service.access.request_limits import TooMany
from assay.service.accounts.change_person import LastAdministrator
from assay.service.delivery.supplements.write_supplement import CertificateGone, OtherKey
from assay.service.labelling.label_loop import AnswerTooLarge, ClientIdTaken
from assay.service.labelling.mending.mend_answer import AnswerStands
from assay.service.requests.submit_intake import OtherIntake
from assay.service.sign_in.actor_of_key_or_session import NotSignedIn, WrongNetwork
from assay.service.sign_in.make_key import KeyMakesNoKeys, NotConfirmed
from assay.store.labelling.task_leases import AssignmentGone

STATUS: Final[Mapping[type[AssayError], int]] = {
    NotSignedIn: 401,
    NotPermitted: 403,
    OwnWork: 403,
    WrongNetwork: 403,
    KeyMakesNoKeys: 403,
    NotConfirmed: 403,
    NotFound: 404,
    NotAllowed: 409,
    AssignmentGone: 409,
    ClientIdTaken: 409,
    AnswerStands: 409,
    CertificateGone: 409,
    OtherKey: 409,
    OtherIntake: 409,
    LastAdministrator: 409,
    KeyReused: 422,
    StillRunning: 409,
    TooLarge: 413,
    AnswerTooLarge: 413,
    WrongVersion: 412,
    TooMany: 429,
    InvalidLabel: 422,
    InputError: 422,
    AssayError: 500,
}
"""The status of an error is that of the nearest class in this table."""

TITLES: Final = {
    400: "The request cannot be read",
    401: "Nobody is signed in",
    403: "Not permitted",
    404: "Not found",
    405: "No such method",
    409: "Not possible now",
    412: "Changed meanwhile",
    413: "Too large",
    415: "Wrong type",
    422: "Not usable",
    429: "Too many requests",
    500: "Failed",
    503: "Not available",
}
WAIT: Final = 5
"""Seconds after which a caller may try again where the database does not answer."""


def problem(
    status: int,
    detail: str,
    *,
    name: str = "about:blank",
    errors: Sequence[Mapping[str, Any]] | None = None,
    retry_after: int | None = None,
) -> HttpResponse:
    """Return a problem document."""
    body: dict[str, Any] = {
        "type": name,
        "title": TITLES.get(status, "Problem"),
        "status": status,
        "detail": detail,
    }
    if errors is not None:
        body["errors"] = list(errors)
    response = HttpResponse(
        json.dumps(body, ensure_ascii=False), status=status, content_type="application/problem+json"
    )
    if retry_after is not None:
        response.headers["Retry-After"] = str(retry_after)
    if status == 401:
        response.headers["WWW-Authenticate"] = "Bearer"
    return response


def status_of(error: AssayError) -> int:
    """Return the status of an error."""
    return next(STATUS[kind] for kind in type(error).__mro__ if kind in STATUS)


def add_handlers(api: NinjaAPI) -> None:
    """Let the API turn every error into a problem document."""
    api.exception_handler(AssayError)(_assay)
    api.exception_handler(ValidationError)(_invalid)
    api.exception_handler(AuthenticationError)(_nobody)
    api.exception_handler(AuthorizationError)(_nobody)
    api.exception_handler(DatabaseError)(_database)
    api.exception_handler(Http404)(_missing)
    api.exception_handler(HttpError)(_http)
    api.exception_handler(SuspiciousOperation)(_refused)


def _assay(request: HttpRequest, error: AssayError) -> HttpResponse:
    del request
    name = re.sub(r"(?<!^)(?=[A-Z])", "-", type(error).__name__).lower()
    wait = error.seconds if isinstance(error, TooMany) else None
    return problem(
        status_of(error), str(error), name=f"urn:assay:error:{name}", errors=_each(error), retry_after=wait
    )


def _each(error: AssayError) -> list[Mapping[str, Any]] | None:
    """Return every problem of a document that came in, with its key and its line; None for other errors."""
    if not isinstance(error, SeveralProblems | UnknownKey | MissingKey | BadValue):
        return None
    found: list[Mapping[str, Any]] = []
    for one in problems_in(error):
        key, line = place_of(one)
        found.append({"where": key, "reason": str(one)} | ({} if line is None else {"line": line}))
    return found


def _invalid(request: HttpRequest, error: ValidationError) -> HttpResponse:
    del request
    found = [
        {"where": ".".join(str(part) for part in one.get("loc", ())), "reason": str(one.get("msg", ""))}
        for one in error.errors
    ]
    where = found[0]["where"] if found else "request"
    reason = found[0]["reason"] if found else "it is not valid"
    return problem(422, f"{where}: {reason}.", name="urn:assay:error:invalid-request", errors=found)


def _nobody(request: HttpRequest, error: Exception) -> HttpResponse:
    del error
    return _assay(request, NotSignedIn())


def _database(request: HttpRequest, error: DatabaseError) -> HttpResponse:
    del request, error
    detail = (
        "The database does not answer at the moment; nothing was saved, and the same request may come again."
    )
    return problem(503, detail, name="urn:assay:error:database", retry_after=WAIT)


def _missing(request: HttpRequest, error: Http404) -> HttpResponse:
    del request, error
    return problem(404, "There is no such address.")


def _http(request: HttpRequest, error: HttpError) -> HttpResponse:
    del request
    return problem(error.status_code, str(error))


def _refused(request: HttpRequest, error: SuspiciousOperation) -> HttpResponse:
    """Answer what Django itself refuses to read: too many files, too many fields, a body too large."""
    del request
    if isinstance(error, TooManyFilesSent):
        most = settings.DATA_UPLOAD_MAX_NUMBER_FILES
        return problem(413, f"More than {most} files came in one request; send them in several.")
    if isinstance(error, RequestDataTooBig):
        return problem(
            413, f"The request has more than {REQUEST_BYTES.most:,} bytes; at most so many are read."
        )
    return problem(400, f"{str(error).rstrip('.')}.")
