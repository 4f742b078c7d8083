"""The change feed."""

from __future__ import annotations

import json
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Generic, TypeAlias, TypeVar

from . import _native
from ._filter import Q
from ._values import Id, to_text

if TYPE_CHECKING:
    from .records import Change

LIMIT = 1000
SHORTEST, LONGEST = 0.01, 0.5
"""How long a feed that follows waits before it looks again, in seconds."""


@dataclass(frozen=True, slots=True)
class AccessChanged:
    """What the actor may see changed as a whole, such as with their role or groups: read everything anew."""

    seq: int
    position: str = field(default="0", compare=False)
    """Where to go on after it."""


@dataclass(frozen=True, slots=True)
class Gone:
    """A record left the actor's view, by itself or with another that it hangs on; forget it."""

    seq: int
    kind: str
    id: Id
    position: str = field(default="0", compare=False)
    """Where to go on after it."""


Item: TypeAlias = "Change | Gone | AccessChanged"
"""One entry of a feed."""

E = TypeVar("E")


def _item(raw: dict[str, Any]) -> Item:
    ((what, item),) = raw.items()
    if what == "changed":
        from .records import Change

        return Change(item)
    if what == "access_changed":
        return AccessChanged(item["seq"], item["position"])
    return Gone(item["seq"], item["kind"], Id(item["id"]), item["position"])


def only(kind: str | None, filter: Q | Mapping[str, Any] | None) -> str | None:
    """The changes that are wanted alone, as it is on the wire."""
    if kind is None and filter is None:
        return None
    asked = {"kind": kind, "filter": filter if filter is None or isinstance(filter, Q) else dict(filter)}
    return to_text("feed", {name: value for name, value in asked.items() if value is not None})


class _Place:
    """Where a feed is, and how long it waits."""

    def __init__(self, after: str | None, follow: bool) -> None:
        self.position = _native.position("0" if after is None else str(after))
        """Everything up to here was given; go on after it another time."""
        self._follow = follow
        self._wait = SHORTEST

    def _read(self, text: str) -> tuple[list[Any], str, bool]:
        got = json.loads(text)
        items: list[Item] = [_item(raw) for raw in got["items"]]
        self._wait = SHORTEST if items else min(self._wait * 2, LONGEST)
        return items, got["next"], got["complete"]


class Feed(_Place, Generic[E]):
    """Events in the order of the ledger: `for event in session.feed(after=…)`. That of a Crm has changes alone."""

    def __init__(self, fetch: Callable[[str, int], str], after: str | None, follow: bool) -> None:
        super().__init__(after, follow)
        self._fetch = fetch

    def __iter__(self) -> Iterator[E]:
        while True:
            items, following, complete = self._read(self._fetch(self.position, LIMIT))
            for item in items:
                self.position = item.position or self.position
                yield item
            self.position = following
            if complete and not self._follow:
                return
            if complete:
                time.sleep(self._wait)


class AsyncFeed(_Place, Generic[E]):
    """Events in the order of the ledger: `async for event in session.feed(after=…)`. That of a Crm has changes alone."""

    def __init__(self, fetch: Callable[[str, int], Awaitable[str]], after: str | None, follow: bool) -> None:
        super().__init__(after, follow)
        self._fetch = fetch

    async def __aiter__(self) -> AsyncIterator[E]:
        import asyncio

        while True:
            items, following, complete = self._read(await self._fetch(self.position, LIMIT))
            for item in items:
                self.position = item.position or self.position
                yield item
            self.position = following
            if complete and not self._follow:
                return
            if complete:
                await asyncio.sleep(self._wait)
