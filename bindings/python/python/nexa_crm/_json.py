"""JSON of records and values, exact: an amount is text and never a float."""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Mapping
from dataclasses import fields, is_dataclass
from datetime import date, datetime, timezone
from decimal import Decimal
from typing import Any


def jsonable(value: Any) -> Any:
    """What the encoders of JSON are to write for a value that they do not know.

    ``json.dumps(ticket, default=nexa_crm.jsonable)``, ``orjson.dumps(page, default=nexa_crm.jsonable)``: records, pages, refusals
    and amounts as the wire has them, decimals as text, moments in UTC. Raises `TypeError` for what has no form in JSON.
    """
    if isinstance(value, datetime):
        if value.tzinfo is None:
            raise TypeError("a moment without a time zone has no form in JSON; give it one, such as datetime.now(timezone.utc)")
        return value.astimezone(timezone.utc).isoformat().replace("+00:00", "Z")
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, Decimal):
        return format(value, "f")
    if isinstance(value, uuid.UUID):
        return str(value)
    if isinstance(value, (set, frozenset)):
        return sorted(value, key=str)
    if isinstance(value, type):
        raise TypeError(f"the class {value.__name__} has no form in JSON")
    write = getattr(value, "to_json", None)
    if write is not None:
        return write()
    if is_dataclass(value):
        return {one.name: getattr(value, one.name) for one in fields(value)}
    if isinstance(value, Mapping):
        return dict(value)
    if isinstance(value, Iterable) and not isinstance(value, (str, bytes, bytearray, memoryview)):
        return list(value)
    raise TypeError(f"a {type(value).__name__} has no form in JSON")
