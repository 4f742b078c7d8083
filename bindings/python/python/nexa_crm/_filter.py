"""Filters: keywords such as ``score__ge=75``, joined by `Q`, or plain data."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

OPERATORS = frozenset(
    ("eq", "ne", "lt", "le", "gt", "ge", "in", "not_in", "is_null", "contains", "starts_with", "ends_with", "has")
)


class Relative(dict[str, str]):
    """A moment or a day, seen from that at which a filter is asked, in the tenant's time zone."""

    __slots__ = ()


def now(period: str = "PT0S") -> Relative:
    """So far from the moment, as a period of ISO 8601: ``created_at__ge=now("-P30D")``."""
    return Relative(now=period)


def today(period: str = "P0D") -> Relative:
    """So many days, weeks, months or years from the day: ``due_date__le=today("P1W")``."""
    return Relative(today=period)


class Q:
    """A condition: ``Q(score__ge=75) & (Q(status="new") | ~Q(source__in=["web", "event"]))``.

    A keyword is a field, then ``__`` and how it is compared; equal unless said. ``__`` also stands for the dot of a path:
    ``account__industry="retail"``, ``custom__region__in=["north"]``. `None` means without a value. A keyword such as
    ``custom__in`` that a field is named like is written with the comparison: ``custom__in__eq``.
    """

    __slots__ = ("filter",)

    filter: dict[str, Any]

    def __init__(self, *conditions: Q | Mapping[str, Any], **lookups: Any) -> None:
        every = [_data(condition) for condition in conditions]
        every += [_comparison(name, value) for name, value in lookups.items()]
        self.filter = every[0] if len(every) == 1 else {"and": every}

    def __and__(self, other: Q) -> Q:
        return _joined("and", self.filter, other.filter)

    def __or__(self, other: Q) -> Q:
        return _joined("or", self.filter, other.filter)

    def __invert__(self) -> Q:
        return Q({"not": self.filter})

    @staticmethod
    def through(relation: str, condition: Q | Mapping[str, Any]) -> Q:
        """The related record exists and matches."""
        return Q({"through": relation, "filter": _data(condition)})

    @staticmethod
    def has(
        kind: str,
        condition: Q | Mapping[str, Any] | None = None,
        *,
        by: str | None = None,
        at_least: int = 1,
    ) -> Q:
        """Enough records of a kind point at the record and match: ``Q.has("contact", Q(title="CTO"), at_least=2)``.

        ``by`` is the field by which they point; it is needed where there are several. Only records that the actor may
        see count.
        """
        pointing = _pointing("has", kind, condition, by)
        return Q(pointing if at_least == 1 else {**pointing, "at_least": at_least})

    @staticmethod
    def has_none(kind: str, condition: Q | Mapping[str, Any] | None = None, *, by: str | None = None) -> Q:
        """No record of a kind points at the record and matches."""
        return Q(_pointing("has_none", kind, condition, by))

    @staticmethod
    def changed(field: str) -> Q:
        """The field has another value after the change; in the filter of a feed."""
        return Q({"changed": field.replace("__", ".")})

    @staticmethod
    def was(condition: Q | Mapping[str, Any] | None = None, **lookups: Any) -> Q:
        """The record matched before the change; in the filter of a feed: ``Q.was(status="open")``."""
        return Q({"was": _asked(condition, lookups)})

    @staticmethod
    def became(condition: Q | Mapping[str, Any] | None = None, **lookups: Any) -> Q:
        """The record matches after the change, and did not before; in the filter of a feed: ``Q.became(stage="won")``."""
        return Q({"became": _asked(condition, lookups)})

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Q) and self.filter == other.filter

    def __hash__(self) -> int:
        return hash(repr(self.filter))

    def __repr__(self) -> str:
        return f"Q({self.filter!r})"

    def to_json(self) -> dict[str, Any]:
        """As it is on the wire."""
        return self.filter


def _joined(word: str, *filters: dict[str, Any]) -> Q:
    """Conditions beside each other, however many were joined one by one: what is nested too deep cannot be read."""
    every: list[Any] = []
    for filter in filters:
        every += filter[word] if list(filter) == [word] and filter[word] else [filter]
    return Q({word: every})


def _pointing(word: str, kind: str, condition: Q | Mapping[str, Any] | None, by: str | None) -> dict[str, Any]:
    pointing: dict[str, Any] = {word: kind}
    if by is not None:
        pointing["by"] = by
    if condition is not None:
        pointing["filter"] = _data(condition)
    return pointing


def _data(condition: Q | Mapping[str, Any]) -> dict[str, Any]:
    return condition.filter if isinstance(condition, Q) else dict(condition)


def _asked(condition: Q | Mapping[str, Any] | None, lookups: Mapping[str, Any]) -> dict[str, Any]:
    return Q(*([] if condition is None else [condition]), **lookups).filter


def _comparison(name: str, value: Any) -> dict[str, Any]:
    path = name.split("__")
    op = path.pop() if len(path) > 1 and path[-1] in OPERATORS else "eq"
    field = ".".join(path)
    if value is None and op in ("eq", "ne"):
        return {"field": field, "op": "is_null", "value": op == "eq"}
    if op in ("in", "not_in") and not isinstance(value, (list, tuple)):
        # Text would fall apart into letters.
        value = list(value) if isinstance(value, Iterable) and not isinstance(value, str) else [value]
    return {"field": field, "op": op, "value": value}


def condition(filter: Q | Mapping[str, Any] | None, lookups: Mapping[str, Any]) -> Any:
    """What a find was asked for; `None` for everything."""
    if not lookups:
        return None if filter is None else _data(filter)
    return Q(**lookups).filter if filter is None else Q(filter, **lookups).filter
