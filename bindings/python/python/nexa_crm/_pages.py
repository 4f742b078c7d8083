"""Pages of records, and results that fetch them as they are read."""

from __future__ import annotations

import builtins
from collections.abc import Awaitable, Callable, Iterator, AsyncIterator
from dataclasses import dataclass, field
from typing import Any, Generic, TypeVar

from ._record import Reader, Record, Struct, table

T = TypeVar("T")
R = TypeVar("R", bound=Record)

PAGE = 200
"""How many records are fetched at once unless said."""


@dataclass(frozen=True, slots=True)
class Page(Generic[T]):
    """One page: the items, and the cursor of the next page."""

    items: list[T]
    next: Any = None

    def __iter__(self) -> Iterator[T]:
        return iter(self.items)

    def __len__(self) -> int:
        return len(self.items)

    def __getitem__(self, position: int) -> T:
        return self.items[position]

    def _repr_html_(self) -> str:
        return _html(self.items, self.next is not None)


def _html(items: list[Any], more: bool) -> str:
    if not items:
        return "<p>nothing</p>"
    note = f"{len(items)} shown, and more" if more else str(len(items))
    if all(isinstance(item, Struct) for item in items):
        return table(type(items[0]).__name__, items, note)
    return f"<pre>{items!r}</pre>"


@dataclass(frozen=True, slots=True)
class Upserted(Generic[T]):
    """What an upsert did."""

    record: T
    created: bool


def upserted(read: Reader) -> Reader:
    """Reads what an upsert did."""

    def reader(value: dict[str, Any]) -> Upserted[Any]:
        return Upserted(read(value["record"]), value["created"])

    return reader


def page(read: Reader | None) -> Callable[[dict[str, Any]], Page[Any]]:
    """Reads a page."""

    def reader(value: dict[str, Any]) -> Page[Any]:
        items = value["items"] if read is None else [read(item) for item in value["items"]]
        related = value.get("related")
        if related:
            for item in items:
                relate(item, related)
        return Page(items, value.get("next"))

    return reader


def found(kind: type[R]) -> Reader:
    """Reads a record with those that came along."""

    def reader(value: dict[str, Any]) -> R:
        related = value.pop("related", None)
        record = kind(value)
        if related:
            relate(record, related)
        return record

    return reader


def relate(record: Record, related: dict[str, dict[str, Any]]) -> None:
    """Gives a record those that came along."""
    from ._classes import KINDS

    own: dict[str, Record] = {}
    for relation, records in related.items():
        at: Any = record._raw
        for part in relation.split("."):
            at = at.get(part) if isinstance(at, dict) else None
        raw = records.get(at) if isinstance(at, str) else None
        if raw is not None:
            own[relation] = KINDS[record.RELATIONS[relation]](raw)
    record.__dict__["_related"] = own


@dataclass(frozen=True, slots=True)
class Asked:
    """What is fetched, page by page."""

    operation: str
    arguments: dict[str, Any]
    read: Reader | None
    limit: int | None = None
    size: int = field(default=PAGE)

    def page_arguments(self, after: Any, left: int | None) -> dict[str, Any]:
        size = self.size if left is None else max(1, min(self.size, left))
        more = {} if after is None else {"after": after}
        return {**self.arguments, "limit": size, **more}


class Results(Generic[T]):
    """What a question found. Iterating fetches page after page; nothing is asked before."""

    def __init__(
        self, call: Callable[[str, dict[str, Any], Reader], Any], asked: Asked
    ) -> None:
        self._call = call
        self._asked = asked

    def __iter__(self) -> Iterator[T]:
        asked, left, after = self._asked, self._asked.limit, self._asked.arguments.get("after")
        while left is None or left > 0:
            got: Page[T] = self._call(asked.operation, asked.page_arguments(after, left), page(asked.read))
            yield from got.items
            after = got.next
            if left is not None:
                left -= len(got.items)
            if after is None:
                return

    def page(self, after: Any = None) -> Page[T]:
        """One page: `limit` records, or 50; after the page whose `next` is given."""
        arguments = {**self._asked.arguments, "limit": 50 if self._asked.limit is None else self._asked.limit}
        if after is not None:
            arguments["after"] = after
        got: Page[T] = self._call(self._asked.operation, arguments, page(self._asked.read))
        return got

    def list(self) -> builtins.list[T]:
        """All of them."""
        return [*self]

    def first(self) -> T | None:
        """The first, if there is one."""
        arguments = self._asked.page_arguments(self._asked.arguments.get("after"), 1)
        got: Page[T] = self._call(self._asked.operation, arguments, page(self._asked.read))
        return got.items[0] if got.items else None

    def __repr__(self) -> str:
        return f"<Results of {self._asked.operation}>"

    def _repr_html_(self) -> str:
        return self.page()._repr_html_()


class AsyncResults(Generic[T]):
    """What a question found. `async for` fetches page after page; nothing is asked before."""

    def __init__(
        self, call: Callable[[str, dict[str, Any], Reader], Awaitable[Any]], asked: Asked
    ) -> None:
        self._call = call
        self._asked = asked

    async def __aiter__(self) -> AsyncIterator[T]:
        asked, left, after = self._asked, self._asked.limit, self._asked.arguments.get("after")
        while left is None or left > 0:
            got: Page[T] = await self._call(asked.operation, asked.page_arguments(after, left), page(asked.read))
            for item in got.items:
                yield item
            after = got.next
            if left is not None:
                left -= len(got.items)
            if after is None:
                return

    async def page(self, after: Any = None) -> Page[T]:
        """One page: `limit` records, or 50; after the page whose `next` is given."""
        arguments = {**self._asked.arguments, "limit": 50 if self._asked.limit is None else self._asked.limit}
        if after is not None:
            arguments["after"] = after
        got: Page[T] = await self._call(self._asked.operation, arguments, page(self._asked.read))
        return got

    async def list(self) -> builtins.list[T]:
        """All of them."""
        return [item async for item in self]

    async def first(self) -> T | None:
        """The first, if there is one."""
        arguments = self._asked.page_arguments(self._asked.arguments.get("after"), 1)
        got: Page[T] = await self._call(self._asked.operation, arguments, page(self._asked.read))
        return got.items[0] if got.items else None

    def __repr__(self) -> str:
        return f"<AsyncResults of {self._asked.operation}>"
