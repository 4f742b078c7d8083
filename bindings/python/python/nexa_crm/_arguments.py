"""What an operation takes: from the arguments of a call to those of the wire."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from inspect import Parameter
from typing import Any

from ._values import UNSET, to_about, to_assignee

_WRITERS: dict[str, Callable[[Any], Any]] = {"about": to_about, "assignee": to_assignee}


class Arguments:
    """The parameters of an operation, each a row of its table: name, type, and what is to know of it."""

    def __init__(self, operation: str, rows: Iterable[Sequence[str]]) -> None:
        self._operation = operation
        self._rows = list(rows)
        # What a keyword of Python would be has an underscore behind it here.
        self._parameters = {
            name: (name[:-1] if name[-1] == "_" else name, next((_WRITERS[mark] for mark in marks if mark in _WRITERS), None))
            for name, _, *marks in self._rows
        }
        self._first = next((name for name, _, *marks in self._rows if "positional" in marks), None)
        self._required = {name for name, _, *marks in self._rows if "optional" not in marks}

    def read(self, given: Sequence[Any], named: dict[str, Any]) -> dict[str, Any]:
        """The arguments of the wire, without those that are left out; `TypeError` for what is not taken or is missing."""
        if given:
            if self._first is None or len(given) > 1:
                raise TypeError(self._too_many())
            if self._first in named:
                raise TypeError(f"{self._operation}() got multiple values for argument {self._first!r}")
            named[self._first] = given[0]
        arguments = {}
        for name, value in named.items():
            parameter = self._parameters.get(name)
            if parameter is None:
                raise TypeError(self._unexpected(name))
            if value is not UNSET:
                wire, write = parameter
                arguments[wire] = value if write is None else write(value)
        if not self._required <= named.keys():
            missing = [repr(name) for name in self._parameters if name in self._required - named.keys()]
            raise TypeError(f"{self._operation}() is missing what must be given: {', '.join(missing)}")
        return arguments

    def shown(self) -> list[Parameter]:
        """The parameters as `inspect` shows them."""
        return [
            Parameter(
                name,
                Parameter.POSITIONAL_OR_KEYWORD if "positional" in marks else Parameter.KEYWORD_ONLY,
                default=UNSET if "optional" in marks else Parameter.empty,
                annotation=f"{kind} | Unset" if "optional" in marks else kind,
            )
            for name, kind, *marks in self._rows
        ]

    def _too_many(self) -> str:
        if self._first is None:
            return f"{self._operation}() takes no positional arguments; give each by keyword"
        return f"{self._operation}() takes one positional argument, {self._first!r}; give the others by keyword"

    def _unexpected(self, name: str) -> str:
        from difflib import get_close_matches

        close = get_close_matches(name, self._parameters, 1)
        hint = f"; did you mean {close[0]!r}?" if close else ""
        return f"{self._operation}() got an unexpected keyword argument {name!r}{hint}"
