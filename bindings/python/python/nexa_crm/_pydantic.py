"""Records and values as types of pydantic: in models, and as what a handler of FastAPI takes and answers.

pydantic is imported when it asks. A record is written as the wire has it, amounts as text, and read from the same form; its schema is
that of the catalog.
"""

from __future__ import annotations

import uuid
from collections.abc import Callable, Mapping
from contextvars import ContextVar
from functools import cache
from typing import TYPE_CHECKING, Any

from ._table import CLASSES

if TYPE_CHECKING:
    from ._record import Struct
    from ._values import Id, Money

_REFERENCE = "#/$defs/"
# The classes that are being described, the outermost first.
_described: ContextVar[tuple[str, ...]] = ContextVar("_described", default=())


def of_id(kind: type[Id]) -> Any:
    """The schema of an identifier: a UUID, as text of the kind's own type."""

    def read(value: Any) -> Id:
        if isinstance(value, kind):
            return value
        if not isinstance(value, (str, uuid.UUID)):
            raise ValueError("an id is the text of a UUID")
        return kind(uuid.UUID(str(value)))

    return _plain(kind, read, str, lambda handler: {"type": "string", "format": "uuid"}, named=False)


def of_money(kind: type[Money]) -> Any:
    """The schema of an amount, which is text and never a float."""

    def read(value: Any) -> Money:
        if isinstance(value, kind):
            return value
        if not isinstance(value, Mapping) or value.keys() != {"amount", "currency"}:
            raise ValueError('an amount is {"amount": "50.00", "currency": "EUR"}')
        amount, currency = value["amount"], value["currency"]
        if isinstance(amount, (float, bool)) or not isinstance(currency, str):
            raise ValueError("the amount is text, such as 50.00, and the currency its ISO code")
        try:
            return kind(amount, currency)
        except (ArithmeticError, TypeError, ValueError):
            raise ValueError("the amount is text, such as 50.00") from None

    def schema(handler: Any) -> dict[str, Any]:
        amount = {"type": "string", "description": "The amount, exact.", "examples": ["50000.00"]}
        currency = {"type": "string", "description": "The ISO code of the currency.", "examples": ["USD"]}
        properties = {"amount": amount, "currency": currency}
        return {"type": "object", "title": "Money", "properties": properties, "required": ["amount", "currency"]}

    return _plain(kind, read, kind.to_json, schema)


def of_value(kind: Any, wire: Callable[[dict[str, Any]], Any]) -> Any:
    """The schema of a value that the catalog describes."""

    def read(value: Any) -> Any:
        if isinstance(value, kind):
            return value
        if not isinstance(value, dict):
            raise ValueError(f"it is no {kind.__name__}")
        try:
            return wire(value)
        except (KeyError, TypeError):
            raise ValueError(f"it is no {kind.__name__}") from None

    return _plain(kind, read, kind.to_json, lambda handler: _shown(kind.__name__, handler))


def of_struct(kind: type[Struct]) -> Any:
    """The schema of a record or of a part of records."""

    def read(value: Any) -> Struct:
        if isinstance(value, kind):
            return value
        required = _definition(kind.__name__).get("required", [])
        if not isinstance(value, dict):
            raise ValueError(f"a {kind.__name__} is an object")
        missing = [name for name in required if name not in value]
        if missing:
            raise ValueError(f"{', '.join(missing)} of a {kind.__name__} must be given")
        return kind(value)

    return _plain(kind, read, kind.to_json, lambda handler: _shown(kind.__name__, handler))


def _plain(
    kind: Any,
    read: Callable[[Any], Any],
    write: Callable[[Any], Any],
    shown: Callable[[Any], dict[str, Any]],
    *,
    named: bool = True,
) -> Any:
    from pydantic_core import core_schema

    # A record is JSON already: what comes out of `write` needs no further look.
    written = core_schema.plain_serializer_function_ser_schema(write, when_used="json")
    return core_schema.no_info_plain_validator_function(
        read,
        ref=f"{kind.__module__}.{kind.__qualname__}:{id(kind)}" if named else None,
        serialization=written,
        metadata={"pydantic_js_functions": [lambda _schema, handler: shown(handler)]},
    )


@cache
def serializer(kind: Any) -> Any:
    """What writes a record or an amount where pydantic does not know its type."""
    from pydantic_core import SchemaSerializer

    return SchemaSerializer(kind.__get_pydantic_core_schema__(kind, None))


@cache
def _definitions() -> dict[str, Any]:
    import json

    from . import _native

    found: dict[str, Any] = json.loads(_native.catalog())["$defs"]
    return found


def _definition(name: str) -> dict[str, Any]:
    return dict(_definitions().get(name, {"type": "object"}))


def _shown(name: str, handler: Any) -> dict[str, Any]:
    """The JSON schema of a class, in which the other classes are references to their own."""
    outer = _described.set((*_described.get(), name))
    try:
        return {"title": name, **_resolved(_definition(name), handler)}
    finally:
        _described.reset(outer)


def _resolved(schema: Any, handler: Any, within: tuple[str, ...] = ()) -> Any:
    if isinstance(schema, list):
        return [_resolved(one, handler, within) for one in schema]
    if not isinstance(schema, dict):
        return schema
    resolved = {key: _resolved(value, handler, within) for key, value in schema.items() if key != "$ref"}
    reference = schema.get("$ref")
    if not isinstance(reference, str):
        return resolved
    name = reference.removeprefix(_REFERENCE)
    if name in within:
        # A filter has filters in it; it is shown once.
        return {"type": "object", **resolved}
    other = _core(name)
    if other is None:
        found = _resolved(_definition(name), handler, (*within, name))
    elif name in _described.get():
        # A step of a workflow has steps in it.
        found = handler(_reference(other["ref"]))
    else:
        found = handler(_inner(other))
    return {**found, **resolved}


def _reference(ref: str) -> Any:
    from pydantic_core import core_schema

    return core_schema.definition_reference_schema(ref)


def _inner(schema: Any) -> Any:
    """A schema as one that stands in another, so that it is described as it says itself."""
    from pydantic_core import core_schema

    return core_schema.definitions_schema(schema, [])


@cache
def _core(name: str) -> Any:
    """The schema of a class, to be referred to; none for what has no class of its own."""
    if name not in CLASSES:
        return None
    from ._classes import class_of
    from ._record import Struct

    kind = class_of(name)
    return of_struct(kind) if isinstance(kind, type) and issubclass(kind, Struct) else None
