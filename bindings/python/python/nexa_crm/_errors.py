"""Refusals as exceptions."""

from __future__ import annotations

import json
from typing import Any, ClassVar


class Error(Exception):
    """A refusal. Catch a subclass for what to do, and look at `code` for why.

    `code` is stable, such as ``lead.bant_incomplete``; `details` are the typed parameters of the sentence; `retryable`
    says whether the same call may succeed later without a change.
    """

    kind: ClassVar[str] = ""
    """What sort of refusal it is, in one word, such as ``rule``."""

    def __init__(
        self, message: str, code: str = "", details: dict[str, Any] | None = None, retryable: bool = False
    ) -> None:
        super().__init__(message)
        self.message = message
        self.code = code
        self.details: dict[str, Any] = {} if details is None else details
        self.retryable = retryable

    @property
    def http_status(self) -> int:
        """The status of HTTP that says the same: 404 for what is not there, 422 for malformed input, 409 for a conflict or a rule."""
        return _STATUS_OF_CODE.get(self.code) or _STATUS_OF_KIND.get(self.kind, 500)

    def to_json(self) -> dict[str, Any]:
        """As it is on the wire."""
        return {
            "kind": self.kind,
            "code": self.code,
            "message": self.message,
            "params": self.details,
            "retryable": self.retryable,
        }

    def __str__(self) -> str:
        return f"{self.message} [{self.code}]" if self.code else self.message

    def __repr__(self) -> str:
        return f"{type(self).__name__}({self.message!r}, code={self.code!r}, details={self.details!r})"

    def __reduce__(self) -> tuple[type[Error], tuple[str, str, dict[str, Any], bool]]:
        return type(self), (self.message, self.code, self.details, self.retryable)

    def __eq__(self, other: object) -> bool:
        return type(self) is type(other) and self.__reduce__() == other.__reduce__()

    __hash__ = Exception.__hash__


class Invalid(Error):
    """The input is malformed or out of range."""

    kind = "invalid"


class NotFound(Error):
    """There is no such record, or the actor may not see it."""

    kind = "not_found"


class Forbidden(Error):
    """The actor may not do this."""

    kind = "forbidden"


class RuleViolation(Error):
    """A rule of the domain refuses."""

    kind = "rule"


class Conflict(Error):
    """Somebody else was first."""

    kind = "conflict"


class Unavailable(Error):
    """The storage or the world outside does not answer."""

    kind = "unavailable"


_STATUS_OF_KIND = {
    "invalid": 422, "not_found": 404, "forbidden": 403, "rule": 409, "conflict": 409, "unavailable": 503,
}  # fmt: skip
# Where HTTP has a word of its own for it.
_STATUS_OF_CODE = {"attachment.range": 416, "attachment.too_large": 413, "idempotency.mismatch": 422}

_CLASSES: dict[str, type[Error]] = {
    cls.kind: cls for cls in (Invalid, NotFound, Forbidden, RuleViolation, Conflict, Unavailable)
}

for _class in (Error, *_CLASSES.values()):
    # Where they are caught, not where they are written.
    _class.__module__ = "nexa_crm"


def of_wire(wire: dict[str, Any]) -> Error:
    """The exception of a refusal as it is on the wire."""
    cls = _CLASSES.get(wire.get("kind", ""), Error)
    return cls(wire["message"], wire["code"], wire.get("params") or {}, wire.get("retryable", False))


def refusal(text: str) -> Error:
    """The same from JSON text; the native part calls this."""
    return of_wire(json.loads(text))


def malformed(operation: str, path: str, problem: str) -> Invalid:
    """Arguments that cannot be written as JSON, with the place of what cannot."""
    path = path or "the top"
    message = f"{operation} cannot read its arguments at {path}: {problem}; the catalog has their schema."
    return Invalid(message, "command.malformed", {"operation": operation, "path": path, "problem": problem})
