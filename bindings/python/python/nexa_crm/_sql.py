"""The host's own questions in SQL: what goes in, and the rows that come out."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime, timedelta, timezone
from decimal import Decimal
from typing import Any
from uuid import UUID

from ._values import Id

_EPOCH = datetime(1970, 1, 1, tzinfo=timezone.utc)


class Rows(list[tuple[Any, ...]]):
    """The rows of an answer, as tuples; `columns` has the names of their values."""

    def __init__(self, columns: list[str], rows: Iterable[tuple[Any, ...]]) -> None:
        super().__init__(rows)
        self.columns = columns

    def __repr__(self) -> str:
        return f"<Rows: {len(self)} of {', '.join(self.columns)}>"


def bound(params: Iterable[Any]) -> list[Any]:
    """The parameters in the forms in which the values are stored."""
    if isinstance(params, (str, bytes)):
        raise TypeError("params is a list of parameters, not a text")
    return [_stored(value) for value in params]


def _stored(value: Any) -> Any:
    if isinstance(value, (Id, UUID)):
        return ("id", str(value))
    if value is None or isinstance(value, (bool, int, float, str, bytes)):
        return value
    if isinstance(value, datetime):
        if value.tzinfo is None:
            raise TypeError("a moment needs a time zone: give the datetime a tzinfo")
        return (value - _EPOCH) // timedelta(microseconds=1)
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, Decimal):
        scaled = value * 10_000
        if scaled != scaled.to_integral_value():
            raise TypeError("an amount has at most four places")
        return int(scaled)
    raise TypeError(f"{type(value).__name__} cannot be bound to SQL; give None, a number, a text, bytes, a moment or an id")
