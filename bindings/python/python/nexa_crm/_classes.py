"""The classes of records, of their parts and of their words, made of the tables when they are first asked for."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Set
from enum import StrEnum
from threading import RLock
from typing import Any

from ._pages import found, upserted
from ._record import Reader, Record, Struct, many, named
from ._table import CLASSES, RECORDS, table
from ._values import Id, about, assignee, day, decimal, moment, money

_MODULE = "nexa_crm.records"
_IDS = {f"{record}Id": kind for kind, record in RECORDS.items()}
_NAMES = frozenset((*_IDS, *CLASSES))
_FORMS: dict[str, Callable[[Any], Reader]] = {"many": many, "named": named, "found": found, "upserted": upserted}
_READERS: dict[str, Reader | None] = {
    "Id": Id, "about": about, "assignee": assignee, "day": day, "decimal": decimal, "moment": moment, "money": money,
    "dict": None, "list": None,
}  # fmt: skip
_EMPTY: dict[str, type[list[Any]] | type[dict[str, Any]]] = {"dict": dict, "list": list, "many": list, "named": dict}

_made: dict[str, Any] = {}
# A class is made once, whoever asks for it at the same time, and given away when all that its fields need is there.
_making = RLock()
_under_way: dict[str, Any] = {}


def names() -> Set[str]:
    """The names of all classes."""
    return _NAMES


def class_of(name: str) -> Any:
    """The class of this name."""
    found = _made.get(name)
    return _make(name) if found is None else found


def _make(name: str) -> Any:
    with _making:
        if name in _made:
            return _made[name]
        if _under_way:
            # It is a part of the one that is made, or that one itself.
            return _under_way[name] if name in _under_way else _class(name)
        try:
            made = _class(name)
            _made.update(_under_way)
        finally:
            _under_way.clear()
        return made


def _class(name: str) -> Any:
    if name in _IDS:
        doc = f"The identifier of a `{_IDS[name]}`."
        _under_way[name] = type(name, (Id,), {"__doc__": doc, "__module__": _MODULE, "__slots__": (), "KIND": _IDS[name]})
        return _under_way[name]
    entry = table(CLASSES[name])["classes"][name]
    if "words" in entry:
        _under_way[name] = _enum(name, entry["words"])
        return _under_way[name]
    fields, kind = entry["fields"], entry.get("kind")
    said: dict[str, Any] = {"__doc__": entry["doc"], "__module__": _MODULE}
    said["__annotations__"] = {row[0]: row[1] for row in fields}
    if kind is not None:
        said |= {"KIND": kind, "RELATIONS": table(kind)["relations"]}
    made: Any = type(name, (Struct if kind is None else Record,), said)
    _under_way[name] = made
    read = {row[0]: row[2] for row in fields if len(row) > 2}
    empty = {name: _EMPTY.get(how.partition(" ")[0]) for name, how in read.items()}
    made.EMPTY = {name: what for name, what in empty.items() if what is not None}
    made.FIELDS = {row[0]: reader(read[row[0]]) if row[0] in read else None for row in fields}
    return made


def _enum(name: str, words: list[str]) -> Any:
    enum: Any = StrEnum
    made = enum(name, [(word.upper(), word) for word in words], module=_MODULE)
    made.__doc__ = f"One of `{'`, `'.join(words)}`."
    return made


def reader(how: str) -> Reader | None:
    """What reads a value, in the words of a table such as ``many moment``; `None` for one that JSON has as it is."""
    form, _, rest = how.partition(" ")
    if rest:
        compound: Reader = _FORMS[form](reader(rest))
        return compound
    if how in _READERS:
        return _READERS[how]
    made: Reader = class_of(how)
    return made


class _Kinds(Mapping[str, type[Record]]):
    """The class of each kind."""

    def __getitem__(self, kind: str) -> type[Record]:
        made: type[Record] = class_of(RECORDS[kind])
        return made

    def __iter__(self) -> Iterator[str]:
        return iter(RECORDS)

    def __len__(self) -> int:
        return len(RECORDS)


KINDS = _Kinds()
