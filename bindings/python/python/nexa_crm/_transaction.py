"""The host's own rows and Nexa's records in one transaction."""

from __future__ import annotations

import json
import weakref
from collections.abc import Callable, Iterable, Mapping
from contextvars import ContextVar, Token
from datetime import date, datetime, time, timezone
from decimal import Decimal
from types import TracebackType
from typing import TYPE_CHECKING, Any
from uuid import UUID

from ._errors import Unavailable
from ._session import Session
from ._values import Id

if TYPE_CHECKING:
    from . import _native
    from ._session import SessionBase

_inside: ContextVar[weakref.ref[Block] | None] = ContextVar("nexa_crm_transaction", default=None)


class Block:
    """The block of a transaction. A thread or task in it is refused a second transaction of the same storage."""

    def __init__(self) -> None:
        self._native: _native.Session | None = None
        self._token: Token[weakref.ref[Block] | None] | None = None

    def _enter(self, native: _native.Session) -> None:
        self._native, self._token = native, _inside.set(weakref.ref(self))

    def _leave(self) -> _native.Session | None:
        native, token = self._native, self._token
        self._native = self._token = None
        if token is not None:
            try:
                _inside.reset(token)
            except ValueError:
                # The block ends in another context than it began in, such as that of a framework's generator.
                pass
        return native


def around() -> _native.Session | None:
    """The transaction that is open around this call."""
    block = _inside.get()
    found = None if block is None else block()
    return None if found is None else found._native


class SqlRows(list[dict[str, Any]]):
    """The rows of a statement, a dictionary each by the names of the columns."""

    def __init__(self, columns: list[str], rows: Iterable[dict[str, Any]], changed: int) -> None:
        super().__init__(rows)
        self.columns = columns
        """The names of the columns, in their order."""
        self.changed = changed
        """How many rows the statement has inserted, updated or deleted."""

    def __repr__(self) -> str:
        return f"<SqlRows: {len(self)} of {', '.join(self.columns)}>" if self.columns else f"<SqlRows: {self.changed} changed>"


class Transaction(Session):
    """A session in a transaction: what it does is kept with the transaction alone, and it sees what was written in it."""

    def sql(
        self, statement: str, params: Iterable[Any] = (), *, limit: int = 100_000, timeout: float = 30.0
    ) -> SqlRows:
        """Runs one statement of the host's own SQL: ``tx.sql("INSERT INTO orders (number) VALUES ($1)", [7])``.

        Parameters are ``$1``, ``$2`` and so on; on SQLite also ``?``. Rows are dictionaries. Exact numbers are `Decimal`, moments
        `datetime`, identifiers texts, JSON what it says; on SQLite the declared type of a column says which it is (see
        docs/transactions.md). A statement that fails leaves nothing behind, and the transaction usable.

        Raises `Invalid` with `transaction.sql_failed`, with `transaction.sql_prohibited` for what would end the transaction or, on
        SQLite, change Nexa's tables, with `sql.too_large` beyond `limit` rows and with `sql.too_long` beyond `timeout` seconds;
        `Conflict` with `transaction.constraint`; `Unavailable` with `transaction.ended`, `transaction.in_use`, and with
        `store.locked` where others keep a row for too long.
        """
        return rows(self._native.sql(statement, bound(params), limit, timeout))

    def rollback(self) -> None:
        """Keeps nothing; later calls in the transaction are `transaction.ended`, and its block ends without a commit."""
        self._native.roll_back()

    def __repr__(self) -> str:
        return f"<Transaction of {self.actor} in {self.org}>"


class TransactionBlock(Block):
    """The block of a transaction: ``with session.transaction() as tx:``."""

    def __init__(self, session: SessionBase) -> None:
        super().__init__()
        self._session = session

    def __enter__(self) -> Transaction:
        native = begin(self._session._native, around())
        self._enter(native)
        return Transaction(native, self._session._envelope)

    def __exit__(
        self, kind: type[BaseException] | None, problem: BaseException | None, trace: TracebackType | None
    ) -> None:
        native = self._leave()
        if native is not None:
            end(native, problem is None)


def begin(session: _native.Session, outer: _native.Session | None) -> _native.Session:
    """Begins a transaction. One of the same storage that is open around it says why there is no second."""
    return (outer if outer is not None and outer.beside(session) else session).begin()


def end(native: _native.Session, keep: bool) -> None:
    """Commits, or rolls back."""
    if keep:
        native.commit()
    else:
        native.roll_back()


def ended() -> Unavailable:
    """What a transaction answers that has ended."""
    return Unavailable(
        "The transaction has ended; begin another one, and run all of it in that.", "transaction.ended"
    )


def bound(params: Iterable[Any]) -> list[Any]:
    """The parameters in forms that say their types."""
    if isinstance(params, (str, bytes, Mapping)):
        raise TypeError("params is a list of parameters")
    return [_typed(value) for value in params]


def _typed(value: Any) -> Any:
    if isinstance(value, (Id, UUID)):
        return ("id", str(value))
    if value is None or isinstance(value, (bool, float, str)):
        return value
    if isinstance(value, int):
        return value if -(2**63) <= value < 2**63 else ("number", str(value))
    if isinstance(value, (bytes, bytearray, memoryview)):
        return bytes(value)
    if isinstance(value, Decimal):
        return ("number", f"{value:f}" if value.is_finite() else str(value))
    if isinstance(value, datetime):
        if value.tzinfo is None:
            return ("local", value.isoformat())
        return ("moment", value.astimezone(timezone.utc).isoformat().replace("+00:00", "Z"))
    if isinstance(value, date):
        return ("date", value.isoformat())
    if isinstance(value, time) and value.tzinfo is None:
        return ("time", value.isoformat())
    if isinstance(value, (dict, list)):
        return ("json", json.dumps(value))
    raise TypeError(
        f"{type(value).__name__} cannot be bound to SQL; give None, a number, a text, bytes, a moment, an id, a list or a dictionary"
    )


_READ: dict[str, Callable[[str], Any]] = {
    "number": Decimal,
    "moment": datetime.fromisoformat,
    "local": datetime.fromisoformat,
    "date": date.fromisoformat,
    "time": time.fromisoformat,
    "json": json.loads,
}


def rows(answered: tuple[list[str], list[tuple[Any, ...]], int]) -> SqlRows:
    """Reads what a statement answered."""
    columns, found, changed = answered
    return SqlRows(columns, (dict(zip(columns, map(_read, row))) for row in found), changed)


def _read(value: Any) -> Any:
    return _READ[value[0]](value[1]) if isinstance(value, tuple) else value
