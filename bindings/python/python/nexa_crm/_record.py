"""What records and the parts of records have in common."""

from __future__ import annotations

import html
from collections.abc import Callable, Iterable, Mapping
from copy import deepcopy
from datetime import date, datetime
from decimal import Decimal
from typing import TYPE_CHECKING, Any, ClassVar, TypeVar

Reader = Callable[[Any], Any]
S = TypeVar("S", bound="Struct")


def many(read: Reader) -> Reader:
    """Reads a list."""

    def reader(values: list[Any]) -> list[Any]:
        return [read(value) for value in values]

    return reader


def named(read: Reader) -> Reader:
    """Reads a map."""

    def reader(values: dict[str, Any]) -> dict[str, Any]:
        return {name: read(value) for name, value in values.items()}

    return reader


_TELLING = frozenset(
    ("id", "number", "account_number", "name", "first_name", "last_name", "company", "email", "subject", "title", "amount")
    + ("status", "stage", "kind", "record", "seq", "verb", "sku", "direction")
)
"""The fields that say which record it is."""

_AT_MOST = 6
"""How many of them are shown in one line."""


class Struct:
    """A value with named fields. It does not change; a field is read when it is first asked for."""

    FIELDS: ClassVar[dict[str, Reader | None]] = {}
    EMPTY: ClassVar[dict[str, type[list[Any]] | type[dict[str, Any]]]] = {}
    _raw: dict[str, Any]

    def __init__(self, raw: Mapping[str, Any]) -> None:
        self.__dict__["_raw"] = raw

    if not TYPE_CHECKING:

        def __getattr__(self, name: str) -> Any:
            try:
                read = type(self).FIELDS[name]
            except KeyError:
                kind = type(self).__name__
                raise AttributeError(f"{kind} has no field {name!r}", name=name, obj=self) from None
            # A field that is named by a keyword, such as `from`, has an underscore behind it here.
            value = self._raw.get(name[:-1] if name[-1] == "_" else name)
            if value is None:
                empty = type(self).EMPTY.get(name)
                value = None if empty is None else empty()
            elif read is not None:
                value = read(value)
            self.__dict__[name] = value
            return value

        def __setattr__(self, name: str, value: Any) -> None:
            raise AttributeError(f"a {type(self).__name__} does not change; run an operation such as update")

        def __delattr__(self, name: str) -> None:
            raise AttributeError(f"a {type(self).__name__} does not change; run an operation such as update")

    def __dir__(self) -> Iterable[str]:
        return [*super().__dir__(), *type(self).FIELDS]

    def __eq__(self, other: object) -> bool:
        return type(self) is type(other) and isinstance(other, Struct) and self._raw == other._raw

    def __hash__(self) -> int:
        return hash((type(self), repr(self._raw)))

    def __reduce__(self) -> tuple[Any, ...]:
        return type(self), (self._raw,)

    def __copy__(self: S) -> S:
        return self

    def __deepcopy__(self: S, memo: dict[int, Any]) -> S:
        return self

    def _shown(self) -> Iterable[tuple[str, Any]]:
        for name in type(self).FIELDS:
            value = getattr(self, name)
            if value is not None and value != [] and value != {}:
                yield name, value

    def __repr__(self) -> str:
        shown = [(name, value) for name, value in self._shown() if not isinstance(value, Struct)]
        telling = [one for one in shown if one[0] in _TELLING] or shown
        parts = [f"{name}={_short(value)}" for name, value in telling[:_AT_MOST]]
        return f"{type(self).__name__}({', '.join(parts if len(parts) == len(shown) else [*parts, '…'])})"

    # It has names and values, and is no sequence of either.
    __iter__ = None
    __contains__ = None

    def keys(self) -> Iterable[str]:
        """The names that the wire has: ``dict(record)`` is `to_json`, so that whatever turns it into JSON keeps it exact."""
        return self._raw.keys()

    def __getitem__(self, name: str) -> Any:
        return deepcopy(self._raw[name])

    @classmethod
    def __get_pydantic_core_schema__(cls, source: Any, handler: Any) -> Any:
        from ._pydantic import of_struct

        return of_struct(cls)

    @property
    def __pydantic_serializer__(self) -> Any:
        # Where pydantic does not know what comes, as in a `dict[str, Any]`, it asks for this.
        from ._pydantic import serializer

        kind: Any = type(self)
        return serializer(kind)

    def _repr_html_(self) -> str:
        rows = "".join(
            f"<tr><th style='text-align:left'>{html.escape(name)}</th>"
            f"<td style='text-align:left'>{cell(value)}</td></tr>"
            for name, value in self._shown()
        )
        return f"<table><caption>{html.escape(type(self).__name__)}</caption><tbody>{rows}</tbody></table>"

    def to_dict(self) -> dict[str, Any]:
        """All fields as plain Python values: moments, days, decimals, lists and dicts."""
        return {name: _plain(getattr(self, name)) for name in type(self).FIELDS}

    def to_json(self) -> dict[str, Any]:
        """All fields as the wire has them: text, numbers, lists and dicts."""
        return deepcopy(dict(self._raw))


class Record(Struct):
    """A record of a kind."""

    KIND: ClassVar[str] = ""
    RELATIONS: ClassVar[dict[str, str]] = {}
    """The kind that each relation leads to."""
    if TYPE_CHECKING:
        id: Any
        version: int

    @property
    def related(self) -> dict[str, Any]:
        """The records that came along, by relation: one that is not there, or not visible, is absent."""
        found: dict[str, Any] = self.__dict__.get("_related", {})
        return found

    def __hash__(self) -> int:
        return hash((type(self), self._raw.get("id")))

    def to_wire(self) -> Any:
        """As an argument a record stands for its id."""
        return self._raw.get("id")


def _short(value: Any) -> str:
    if isinstance(value, datetime):
        return value.isoformat(sep=" ", timespec="seconds")
    if isinstance(value, date):
        return value.isoformat()
    # Words of an enum and identifiers are shown as the text that they are.
    text = repr(str(value)) if isinstance(value, str) else repr(value)
    return text if len(text) <= 60 else text[:57] + "…" + text[-1]


def _plain(value: Any) -> Any:
    if isinstance(value, Struct):
        return value.to_dict()
    if isinstance(value, list):
        return [_plain(item) for item in value]
    if isinstance(value, dict):
        return {name: _plain(item) for name, item in value.items()}
    if isinstance(value, (str, int, float, bool, Decimal, date)) or value is None:
        return value
    names = getattr(value, "__dataclass_fields__", None) or value.__slots__
    plain = {name: getattr(value, name) for name in names}
    return {name: inner for name, inner in plain.items() if inner is not None}


def cell(value: Any) -> str:
    """A value as HTML."""
    if isinstance(value, Struct):
        return value._repr_html_()
    if isinstance(value, list):
        return "<br>".join(cell(item) for item in value)
    if isinstance(value, datetime):
        return html.escape(value.isoformat(sep=" ", timespec="seconds"))
    return html.escape("" if value is None else str(value))


def table(caption: str, items: Iterable[Struct], note: str = "") -> str:
    """Structs as an HTML table with a column per field that one of them has."""
    items = list(items)
    columns: dict[str, None] = {}
    for item in items:
        columns.update({name: None for name, _ in item._shown()})
    head = "".join(f"<th>{html.escape(name)}</th>" for name in columns)
    rows = "".join(
        "<tr>" + "".join(f"<td>{cell(getattr(item, name))}</td>" for name in columns) + "</tr>" for item in items
    )
    caption = html.escape(caption + (f" ({note})" if note else ""))
    return f"<table><caption>{caption}</caption><thead><tr>{head}</tr></thead><tbody>{rows}</tbody></table>"
