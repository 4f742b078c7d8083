"""Refusals as RFC 9457 has them: ``application/problem+json``."""

from __future__ import annotations

from collections.abc import Mapping
from http import HTTPStatus
from typing import Any

from .._errors import Error

TYPE = "application/problem+json"


class Refused(Exception):
    """A request that HTTP itself refuses, before an operation is asked."""

    def __init__(
        self, status: int, code: str, message: str, headers: Mapping[str, str] | None = None, **params: object
    ) -> None:
        super().__init__(message)
        self.status = status
        self.code = code
        self.message = message
        self.params = params
        self.headers = dict(headers or {})


class Unauthenticated(Exception):
    """Nobody is known to have sent the request; raise it in `authenticate`, or answer `None`.

    `challenge` is what the header ``WWW-Authenticate`` says.
    """

    def __init__(self, challenge: str = "Bearer") -> None:
        super().__init__(challenge)
        self.challenge = challenge

    def refused(self) -> Refused:
        """As a refusal."""
        message = "The request does not say who sends it; send credentials that are known."
        return Refused(401, "http.unauthenticated", message, {"WWW-Authenticate": self.challenge})


def problem(error: Error | Refused, *, precondition: bool = False) -> tuple[int, dict[str, Any], dict[str, str]]:
    """The status, the body and the headers that a refusal has.

    With `precondition` the request named the version that it had seen, and another one is what the precondition fails with.
    """
    if isinstance(error, Refused):
        kind = "not_found" if error.status == 404 else "forbidden" if error.status == 401 else "invalid"
        return error.status, _body(error.status, kind, error.code, error.message, error.params, False), error.headers
    status = 412 if precondition and error.code == "version.conflict" else error.http_status
    body = _body(status, error.kind or "unavailable", error.code, error.message, error.details, error.retryable)
    return status, body, {"Retry-After": "1"} if error.retryable else {}


def _body(status: int, kind: str, code: str, message: str, params: Mapping[str, Any], retryable: bool) -> dict[str, Any]:
    return {
        "type": "about:blank",
        "title": _title(status),
        "status": status,
        "detail": message,
        "kind": kind,
        "code": code,
        "params": dict(params),
        "retryable": retryable,
    }


def _title(status: int) -> str:
    # Two of them were called otherwise before RFC 9110.
    return {413: "Content Too Large", 416: "Range Not Satisfiable", 422: "Unprocessable Content"}.get(
        status, HTTPStatus(status).phrase
    )
