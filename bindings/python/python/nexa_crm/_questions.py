"""The questions that every kind answers in the same way: by filters, sorted, page by page, as tables and files.

They are written once. `question` makes one a method of a kind, with the kind's own types for who looks at it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import wraps
from types import FunctionType
from typing import TYPE_CHECKING, Any, Literal

from ._classes import class_of
from ._filter import Q, condition
from ._imports import export_options
from ._pages import PAGE, Asked, Results
from ._record import many

if TYPE_CHECKING:
    from os import PathLike

    from ._frame import Frame
    from ._generated.records import GroupRow
    from ._imports import SupportsWrite


def find(
    self: Any,
    filter: Q | Mapping[str, Any] | None = None,
    /,
    *,
    order_by: str | Sequence[str] = (),
    limit: int | None = None,
    with_: Sequence[str] = (),
    trashed: bool = False,
    after: str | None = None,
    page_size: int = PAGE,
    **where: Any,
) -> Results[Any]:
    arguments = _sorted(order_by, trashed)
    if with_:
        arguments["with"] = list(with_)
    if after is not None:
        arguments["after"] = after
    found: Results[Any] = self._results(_asked(self, "find", filter, where, arguments, limit, page_size))
    return found


def frame(
    self: Any,
    filter: Q | Mapping[str, Any] | None = None,
    /,
    *,
    columns: Sequence[str] | None = None,
    order_by: str | Sequence[str] = (),
    limit: int | None = None,
    trashed: bool = False,
    **where: Any,
) -> Frame:
    made: Frame = self._frame(_asked(self, "find", filter, where, _sorted(order_by, trashed), limit), columns)
    return made


def export(
    self: Any,
    target: str | PathLike[str] | SupportsWrite,
    filter: Q | Mapping[str, Any] | None = None,
    /,
    *,
    format: Literal["csv", "spreadsheet", "json_lines"] = "csv",
    columns: Sequence[str] | None = None,
    delimiter: Literal["comma", "semicolon", "tab"] = "comma",
    labels: bool = False,
    local_times: bool = False,
    names: bool = False,
    order_by: str | Sequence[str] = (),
    limit: int | None = None,
    trashed: bool = False,
    progress: bool | Callable[[int, int], object] = False,
    **where: Any,
) -> int:
    asked = _asked(self, "find", filter, where, _sorted(order_by, trashed), limit)
    options = export_options(format, columns, delimiter, labels, local_times, names)
    written: int = self._export(target, asked, options, progress)
    return written


def count(self: Any, filter: Q | Mapping[str, Any] | None = None, /, **where: Any) -> int:
    asked = _asked(self, "count", filter, where, {}, None)
    answer: int = self._call(asked.operation, asked.arguments, int)
    return answer


def aggregate(
    self: Any,
    filter: Q | Mapping[str, Any] | None = None,
    /,
    *,
    group_by: Sequence[str | Mapping[str, Any]] = (),
    measure: Sequence[str | Mapping[str, str]] = ("count",),
    **where: Any,
) -> list[GroupRow]:
    fields = [{"field": one} if isinstance(one, str) else one for one in group_by]
    arguments = {"group_by": fields, "measure": list(measure)}
    asked = _asked(self, "aggregate", filter, where, arguments, None)
    answer: list[GroupRow] = self._call(asked.operation, asked.arguments, many(class_of("GroupRow")))
    return answer


def search(
    self: Any,
    text: str,
    filter: Q | Mapping[str, Any] | None = None,
    /,
    *,
    limit: int | None = None,
    after: str | None = None,
    **where: Any,
) -> Results[Any]:
    arguments: dict[str, Any] = {"text": text}
    if after is not None:
        arguments["after"] = after
    found: Results[Any] = self._results(_asked(self, "search", filter, where, arguments, limit))
    return found


def _sorted(order_by: str | Iterable[str], trashed: bool) -> dict[str, Any]:
    arguments: dict[str, Any] = {}
    if order_by:
        arguments["sort"] = [order_by] if isinstance(order_by, str) else list(order_by)
    if trashed:
        arguments["trashed"] = True
    return arguments


def _asked(
    self: Any,
    verb: str,
    filter: Q | Mapping[str, Any] | None,
    where: Mapping[str, Any],
    arguments: dict[str, Any],
    limit: int | None,
    size: int = PAGE,
) -> Asked:
    """A question for records, as the door reads it."""
    asking = condition(filter, where)
    if asking is not None:
        arguments["filter"] = asking
    return Asked(f"{self.KIND}.{verb}", arguments, class_of(self._record), limit, size)


_ALL: dict[str, FunctionType] = {one.__name__: one for one in (find, frame, export, count, aggregate, search)}  # type: ignore[misc]


def question(verb: str, record: str, results: str, awaited: bool) -> Any:
    """A question as a method of the kind with this record."""
    of_all = _ALL[verb]
    own: Any = FunctionType(of_all.__code__, of_all.__globals__, verb, of_all.__defaults__)
    own.__kwdefaults__ = of_all.__kwdefaults__
    pages = of_all.__annotations__["return"] == "Results[Any]"
    answer = f"{results}[{record}]" if pages else of_all.__annotations__["return"]
    said = {name: kind for name, kind in of_all.__annotations__.items() if name != "self"}
    own.__annotations__ = said | {"where": f"Unpack[{record}Where]", "return": answer}
    if not awaited or pages:
        return own

    @wraps(own)
    async def waiting(self: Any, /, *given: Any, **named: Any) -> Any:
        return await own(self, *given, **named)

    return waiting
