"""The operations of a kind, made of its table: a method `qualify` turns its arguments into ``execute("lead.qualify", …)``."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from inspect import Parameter, Signature
from typing import TYPE_CHECKING, Any, Generic, TypeVar

from ._arguments import Arguments
from ._classes import reader
from ._explain import Explanation, explanation
from ._imports import Exports, Importable, OfKind
from ._pages import Asked, Results
from ._questions import question
from ._record import Reader, Record
from ._table import GROUPS, table
from ._values import to_text

if TYPE_CHECKING:
    from ._session import SessionBase

R = TypeVar("R", bound=Record)


class Operations(OfKind):
    """The operations of a kind."""

    def __init__(self, session: SessionBase) -> None:
        self._session = session
        self._call = session._call
        self._results = session._results

    def __repr__(self) -> str:
        return f"<operations of {self.KIND}>"

    def __reduce__(self) -> Any:
        # An open session says itself why it cannot be pickled.
        return self._session._native.__reduce__()


class Readable(Exports, Operations, Generic[R]):
    """What can be done with every kind that is read."""

    _frame = Exports._framed
    _export = Exports._exported

    def explain(self, record: R | str) -> Explanation:
        """What the actor may do with a record now, and if not, why not."""
        native = self._session._native
        return explanation(json.loads(native.explain(self.KIND, to_text("explain", record))))


@dataclass(frozen=True)
class Door:
    """Whether calls block or are awaited, and the classes that this makes a difference for."""

    prefix: str
    operations: type
    readable: type
    importable: type
    results: Any
    awaited: bool


BLOCKING = Door("", Operations, Readable, Importable, Results, False)


class Group:
    """The operations of a group in a session; they are made when they are first asked for."""

    def __init__(self, name: str, group: str, door: Door) -> None:
        self._name = name
        self._group = group
        self._door = door

    def __get__(self, session: Any, owner: type | None = None) -> Any:
        if session is None:
            return self
        # From now on the session finds them by itself.
        found = session.__dict__[self._name] = operations(self._group, self._door)(session)
        return found

    @property
    def __doc__(self) -> str:  # type: ignore[override]
        return _doc(self._group)


def give_groups(session: type, door: Door) -> None:
    """Gives a class of sessions the groups of operations that the catalog has."""
    for name, group in GROUPS.items():
        setattr(session, name, Group(name, group, door))


def _doc(group: str) -> str:
    doc = table(group)["doc"]
    return f"The operations of `{group}`: {doc}" if doc else f"The operations of `{group}`."


@cache
def operations(group: str, door: Door) -> type:
    """The class with the operations of a group."""
    said = table(group)
    record = said["record"]
    bases: tuple[type, ...] = (door.operations,) if record is None else (door.readable,)
    if said["imports"]:
        bases = (door.importable, *bases)
    name = door.prefix + "".join(part.capitalize() for part in group.split("_")) + "Operations"
    methods = {verb: _Method(group, verb, record, door) for verb in said["operations"]}
    return type(name, bases, {"__doc__": _doc(group), "__module__": __name__, "KIND": group, "_record": record, **methods})


class _Method:
    """An operation as a method of a class, in which it takes its own place when it is first asked for."""

    def __init__(self, group: str, verb: str, record: str | None, door: Door) -> None:
        self._said = (group, verb, record, door)

    def __set_name__(self, owner: type, name: str) -> None:
        self._owner = owner

    def __get__(self, held: Any, owner: type | None = None) -> Any:
        group, verb, record, door = self._said
        said = table(group)["operations"][verb]
        if "answer" in said:
            made = _operation(f"{group}.{verb}", said, door)
        else:
            made = question(verb, str(record), door.results.__name__, door.awaited)
        made.__doc__ = "\n".join(said["doc"])
        made.__name__ = verb
        made.__qualname__ = f"{self._owner.__qualname__}.{verb}"
        made.__module__ = __name__
        setattr(self._owner, verb, made)
        return made if held is None else made.__get__(held)


def _operation(name: str, said: Mapping[str, Any], door: Door) -> Any:
    """The method that runs an operation."""
    takes = Arguments(name, said["parameters"])
    each, kind, *how = said["answer"]
    read = reader(how[0]) if how else None
    if each == "each":
        call, answer = _listing(name, takes, read, door), f"{door.results.__name__}[{kind}]"
        shown = [*takes.shown(), Parameter("limit", Parameter.KEYWORD_ONLY, default=None, annotation="int | None")]
    else:
        call, answer = _single(name, takes, read, door), kind
        shown = takes.shown()
    # What `help`, `inspect` and tab completion say of it.
    call.__signature__ = Signature([Parameter("self", Parameter.POSITIONAL_OR_KEYWORD), *shown], return_annotation=answer)
    call.__annotations__ = {one.name: one.annotation for one in shown} | {"return": answer}
    return call


def _single(name: str, takes: Arguments, read: Reader | None, door: Door) -> Any:
    def call(self: Operations, /, *given: Any, **named: Any) -> Any:
        return self._call(name, takes.read(given, named), read)

    async def awaited(self: Operations, /, *given: Any, **named: Any) -> Any:
        return await self._call(name, takes.read(given, named), read)

    return awaited if door.awaited else call


def _listing(name: str, takes: Arguments, read: Reader | None, door: Door) -> Any:
    def call(self: Operations, /, *given: Any, **named: Any) -> Any:
        limit = named.pop("limit", None)
        return self._results(Asked(name, takes.read(given, named), read, limit))

    return call
