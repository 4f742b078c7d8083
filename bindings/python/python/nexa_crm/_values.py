"""Types of values: identifiers, money, who works on something, and what something is about."""

from __future__ import annotations

import json
import uuid
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timezone
from decimal import Decimal
from enum import Enum
from functools import total_ordering
from typing import Any, Final

from ._errors import malformed


class Id(str):
    """The identifier of a record: a string, with a type of its own for each kind."""

    __slots__ = ()

    def __repr__(self) -> str:
        return f"{type(self).__name__}({str(self)!r})"

    @classmethod
    def __get_pydantic_core_schema__(cls, source: Any, handler: Any) -> Any:
        from ._pydantic import of_id

        return of_id(cls)


class Unset(Enum):
    """What was not given."""

    UNSET = "unset"

    def __repr__(self) -> str:
        return "UNSET"

    def __bool__(self) -> bool:
        return False


UNSET: Final = Unset.UNSET
"""An argument that is left out: the field stays as it is."""


@total_ordering
class Money:
    """An amount in a currency, such as ``Money("50000.00", "USD")``. Different currencies do not add up, and do not compare.

    It does not change. ``dict(money)`` is what the wire has, so that whatever turns it into JSON keeps it exact.
    """

    __slots__ = ("amount", "currency")
    amount: Decimal
    """The amount, exact."""
    currency: str
    """The ISO code of the currency."""

    def __init__(self, amount: Decimal | int | str, currency: str) -> None:
        if isinstance(amount, float):
            raise TypeError(f'{amount!r} is a float, which is not exact; give text or a Decimal, such as Money("50.50", "EUR")')
        object.__setattr__(self, "amount", amount if isinstance(amount, Decimal) else Decimal(amount))
        object.__setattr__(self, "currency", currency)

    def __setattr__(self, name: str, value: Any) -> None:
        raise AttributeError("a Money does not change; make another")

    def __delattr__(self, name: str) -> None:
        raise AttributeError("a Money does not change; make another")

    def __reduce__(self) -> tuple[type[Money], tuple[Decimal, str]]:
        return Money, (self.amount, self.currency)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Money) and (self.amount, self.currency) == (other.amount, other.currency)

    def __hash__(self) -> int:
        return hash((self.amount, self.currency))

    def __repr__(self) -> str:
        return f"Money({format(self.amount, 'f')!r}, {self.currency!r})"

    def __str__(self) -> str:
        return f"{format(self.amount, 'f')} {self.currency}"

    def _same(self, other: Money) -> None:
        if self.currency != other.currency:
            raise ValueError(f"{self.currency} and {other.currency} do not add up; convert one of them first")

    def __lt__(self, other: Money) -> bool:
        if not isinstance(other, Money):
            return NotImplemented
        self._same(other)
        return self.amount < other.amount

    def __add__(self, other: Money) -> Money:
        if not isinstance(other, Money):
            return NotImplemented
        self._same(other)
        return Money(self.amount + other.amount, self.currency)

    def __radd__(self, other: int) -> Money:
        # `sum` begins with a zero.
        return self if other == 0 else NotImplemented

    def __sub__(self, other: Money) -> Money:
        if not isinstance(other, Money):
            return NotImplemented
        self._same(other)
        return Money(self.amount - other.amount, self.currency)

    def __mul__(self, factor: Decimal | int) -> Money:
        # The product is exact; what a price with more places than the currency has comes to, the host decides.
        return Money(self.amount * factor, self.currency) if isinstance(factor, (Decimal, int)) else NotImplemented

    __rmul__ = __mul__

    def __neg__(self) -> Money:
        return Money(-self.amount, self.currency)

    def to_json(self) -> dict[str, Any]:
        """As it is on the wire."""
        return {"amount": format(self.amount, "f"), "currency": self.currency}

    # It has names and values, and is no sequence of either.
    __iter__ = None
    __contains__ = None

    def keys(self) -> list[str]:
        """The names that it has on the wire."""
        return ["amount", "currency"]

    def __getitem__(self, name: str) -> str:
        return str(self.to_json()[name])

    @classmethod
    def __get_pydantic_core_schema__(cls, source: Any, handler: Any) -> Any:
        from ._pydantic import of_money

        return of_money(cls)

    @property
    def __pydantic_serializer__(self) -> Any:
        from ._pydantic import serializer

        return serializer(Money)


@dataclass(frozen=True, slots=True)
class Assignee:
    """Who works on something: a user or a group."""

    user: Id | None = None
    group: Id | None = None

    def __post_init__(self) -> None:
        if (self.user is None) == (self.group is None):
            raise ValueError("an assignee is a user or a group: give one of them")

    def to_json(self) -> dict[str, Any]:
        """As it is on the wire."""
        return {"user": self.user} if self.user is not None else {"group": self.group}

    @classmethod
    def __get_pydantic_core_schema__(cls, source: Any, handler: Any) -> Any:
        from ._pydantic import of_value

        return of_value(cls, assignee)


@dataclass(frozen=True, slots=True)
class About:
    """What something is about: one of our records, or a thing of the host."""

    kind: str | None = None
    id: Id | None = None
    host: Mapping[str, Any] | None = None

    def to_json(self) -> dict[str, Any]:
        """As it is on the wire."""
        return {"host": dict(self.host)} if self.host is not None else {"kind": self.kind, "id": self.id}

    @classmethod
    def __get_pydantic_core_schema__(cls, source: Any, handler: Any) -> Any:
        from ._pydantic import of_value

        return of_value(cls, about)


# Readers: from what JSON has to what Python has.


def moment(text: str) -> datetime:
    """A moment, aware and in UTC."""
    return datetime.fromisoformat(text)


def day(text: str) -> date:
    """A day."""
    return date.fromisoformat(text)


def decimal(value: str | int | float) -> Decimal:
    """A number that is exact."""
    return Decimal(str(value))


def money(value: dict[str, Any]) -> Money:
    """An amount in a currency."""
    return Money(decimal(value["amount"]), value["currency"])


def assignee(value: dict[str, Any]) -> Assignee:
    """Who works on something."""
    user, group = value.get("user"), value.get("group")
    return Assignee(None if user is None else Id(user), None if group is None else Id(group))


def about(value: dict[str, Any]) -> About:
    """What something is about."""
    host = value.get("host")
    return About(host=host) if host is not None else About(value["kind"], Id(value["id"]))


# Writers: from what Python has to what JSON has.


def to_assignee(value: Any) -> Any:
    """A user or a group as the assignee that it means."""
    kind = getattr(value, "KIND", None)
    return {kind: getattr(value, "id", value)} if kind in ("user", "group") else value


def to_about(value: Any) -> Any:
    """A record as what something is about."""
    kind = getattr(value, "KIND", None)
    return value if kind is None else {"kind": kind, "id": getattr(value, "id", value)}


class Unwritable(TypeError):
    """What has no form in JSON; the text says what to give instead."""


def _plain(value: Any) -> Any:
    """What `json` does not know by itself."""
    write = getattr(value, "to_wire", None) or getattr(value, "to_json", None)
    if write is not None and not isinstance(value, type):
        return write()
    if isinstance(value, datetime):
        if value.tzinfo is None:
            raise Unwritable("give a time zone as well, such as datetime.now(timezone.utc)")
        return value.astimezone(timezone.utc).isoformat(timespec="microseconds")
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, Decimal):
        return format(value, "f")
    if isinstance(value, uuid.UUID):
        return str(value)
    if isinstance(value, (set, frozenset)):
        return sorted(value, key=str)
    if isinstance(value, Mapping):
        return dict(value)
    # Scalars of numpy and pandas know their Python value.
    item = getattr(value, "item", None)
    if item is not None and not isinstance(value, type):
        return item()
    if isinstance(value, Iterable):
        return list(value)
    raise Unwritable("give a text, a number, a moment, a list or a mapping")


_encode = json.JSONEncoder(allow_nan=False, default=_plain, separators=(",", ":")).encode


def to_text(operation: str, value: Any) -> str:
    """JSON text of arguments. Error: `command.malformed`."""
    try:
        return _encode(value)
    except (TypeError, ValueError, RecursionError, OverflowError) as problem:
        raise malformed(operation, *_unwritable(value, problem)) from problem


def _unwritable(value: Any, problem: Exception) -> tuple[str, str]:
    """The place of what cannot be written, and what to give there."""
    path = ""
    while True:
        parts: list[tuple[str, Any, Any]] = []
        if isinstance(value, Mapping):
            named = [(key if _is_name(key) else "?", key, part) for key, part in value.items()]
            parts = [(f"{path}.{name}" if path else str(name), key, part) for name, key, part in named]
        elif isinstance(value, (list, tuple)):
            parts = [(f"{path}[{at}]", str(at), part) for at, part in enumerate(value)]
        for place, key, part in parts:
            found = _problem(part) if _is_name(key) else problem
            if found is not None:
                path, value, problem = place, part, found
                break
        else:
            break
        if not _is_name(key):
            return path, "give names as texts"
        if isinstance(problem, RecursionError) or path.count(".") + path.count("[") > 128:
            break
    if isinstance(problem, Unwritable):
        return path, str(problem)
    if isinstance(problem, RecursionError) or "ircular" in str(problem):
        return path, "it is nested too deep, or contains itself"
    if isinstance(value, float):
        return path, "give a finite number"
    return path, "give a value that JSON can write"


def _is_name(key: Any) -> bool:
    return key is None or isinstance(key, (str, int, float))


def _problem(value: Any) -> Exception | None:
    try:
        _encode(value)
    except (TypeError, ValueError, RecursionError, OverflowError) as problem:
        return problem
    return None

