"""One translation of everything that goes wrong into RFC 9457 ``application/problem+json``.

Never a traceback, and of what was sent at most a few characters that are no number: the rest may
be a persona.
"""

from collections.abc import Mapping, Sequence
from http import HTTPStatus
from typing import Any, cast

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from sqlalchemy.exc import DataError, IntegrityError, InterfaceError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from starlette.exceptions import HTTPException

from canary.errors import BadInput, CanaryError, CannotReach, Conflict, NotAuthenticated
from webhooks.api.sentences import sentence, summary

MEDIA_TYPE = "application/problem+json"
_CODES = {
    HTTPStatus.BAD_REQUEST: "bad_input",
    HTTPStatus.NOT_FOUND: "not_found",
    HTTPStatus.METHOD_NOT_ALLOWED: "method_not_allowed",
    HTTPStatus.REQUEST_ENTITY_TOO_LARGE: "too_large",
}
_FIXES = {
    HTTPStatus.NOT_FOUND: "See /openapi.json for the routes that there are.",
    HTTPStatus.METHOD_NOT_ALLOWED: "See /openapi.json for the methods of this route.",
    HTTPStatus.REQUEST_ENTITY_TOO_LARGE: "Send it in several smaller requests.",
}


def translate_errors(app: FastAPI) -> None:
    """Make the application answer every error as a problem."""
    app.add_exception_handler(CanaryError, _known)
    app.add_exception_handler(RequestValidationError, _invalid)
    app.add_exception_handler(HTTPException, _refused)
    app.add_exception_handler(IntegrityError, _contradiction)
    app.add_exception_handler(DataError, _unusable)
    for gone in (OperationalError, InterfaceError, PoolTimeout):
        app.add_exception_handler(gone, _unreachable)
    app.add_exception_handler(Exception, _unexpected)


def problem_of(error: CanaryError) -> JSONResponse:
    """Return the answer that tells ``error``."""
    headers = {"WWW-Authenticate": "Bearer"} if isinstance(error, NotAuthenticated) else None
    return _answer(error.status, error.code, error.says, error.fix, headers=headers)


def _answer(
    status: int,
    code: str,
    detail: str,
    fix: str,
    *,
    errors: Sequence[Mapping[str, str]] | None = None,
    headers: Mapping[str, str] | None = None,
) -> JSONResponse:
    problem = {
        "type": f"urn:canary:problem:{code}",
        "title": HTTPStatus(status).phrase,
        "status": status,
        "detail": detail,
        "code": code,
        "fix": fix,
    }
    if errors is not None:
        problem["errors"] = list(errors)
    return JSONResponse(problem, status, headers=headers, media_type=MEDIA_TYPE)


def _known(_request: Request, error: Exception) -> JSONResponse:
    return problem_of(cast("CanaryError", error))  # Starlette looked its type up


def _invalid(_request: Request, error: Exception) -> JSONResponse:
    errors = [_wrong_field(one) for one in cast("RequestValidationError", error).errors()]
    return _answer(
        BadInput.status,
        BadInput.code,
        summary([one["detail"] for one in errors]),
        "Correct it, then try again.",
        errors=errors,
    )


def _wrong_field(wrong: Mapping[str, Any]) -> dict[str, str]:
    place, *path = [str(part) for part in wrong["loc"]]
    detail = sentence(wrong)
    if wrong["type"] == "json_invalid":
        return {"detail": detail, "pointer": "#"}
    if place == "body":
        return {"detail": detail, "pointer": "/".join(["#", *path])}
    return {"detail": detail, "parameter": ".".join(path)}


def _refused(_request: Request, error: Exception) -> JSONResponse:
    wrong = cast("HTTPException", error)
    status = HTTPStatus(wrong.status_code)
    code = _CODES.get(status, "failed")
    fix = _FIXES.get(status, "Correct the request.")
    return _answer(status, code, wrong.detail, fix, headers=wrong.headers)


def _contradiction(_request: Request, _error: Exception) -> JSONResponse:
    return problem_of(
        Conflict(
            says="It contradicts what is already there: another request was faster.",
            fix="Look at what there is now, then try again if it is still needed.",
        )
    )


def _unusable(_request: Request, _error: Exception) -> JSONResponse:
    return problem_of(
        BadInput(
            says="A value is too long, too large or holds a character that cannot be stored.",
            fix="Correct the value.",
        )
    )


def _unreachable(_request: Request, _error: Exception) -> JSONResponse:
    return problem_of(
        CannotReach(says="The database did not answer.", fix="Try again; see /readyz.")
    )


def _unexpected(_request: Request, _error: Exception) -> JSONResponse:
    # The server's log gets the traceback: Starlette raises the error again after this answer.
    return problem_of(
        CanaryError(says="The service failed.", fix="The service's log says where and why.")
    )
