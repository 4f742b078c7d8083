"""The same for asyncio: ``crm = await nexa.aio.open("sqlite:crm.db")``; calls are awaited, and do not block the loop.

The work runs on threads of the Crm. A call whose await is cancelled may still be done: a command is one unit, whole or
not at all. With an `idempotency_key` it can be asked again.
"""

from __future__ import annotations

import asyncio
import json
import os
from collections.abc import Awaitable, Callable, Iterable, Mapping
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from functools import partial
from types import TracebackType
from typing import TYPE_CHECKING, Any, Generic, ParamSpec, TypeVar

from . import _native
from . import _session as blocking
from ._explain import Explanation, explanation
from ._feed import AsyncFeed, only
from ._files import AsyncDownload, Readable, Swept, Upload, reference, send
from ._filter import Q
from ._imports import Exports, Imports, _preview
from ._inbox import Received, received
from ._operations import Door, Operations, give_groups
from ._pages import AsyncResults
from ._record import Reader, Record
from ._transaction import Block, SqlRows, around, begin, bound, end, ended, rows
from ._values import Id, to_text

if TYPE_CHECKING:
    from datetime import datetime
    from uuid import UUID

    from ._errors import Error
    from ._feed import Item
    from ._frame import Frame
    from ._imports import OnProgress, Policy, Source, SupportsWrite
    from ._later import Due, Ticked, Worker
    from ._pages import Asked
    from ._schema import SchemaDifference
    from ._sql import Rows
    from .records import Change, ImportReport, Preview

R = TypeVar("R", bound=Record)
S = TypeVar("S", bound="AsyncSessionBase")
P = ParamSpec("P")
T = TypeVar("T")

THREADS = 32
"""How many calls of one Crm are under way at once; the others wait."""


class _Threads:
    """The threads of a Crm."""

    def __init__(self, size: int, closed: Callable[[], Error] = blocking.closed) -> None:
        self._closed = closed
        self._pool = ThreadPoolExecutor(size, thread_name_prefix="nexa")
        self._process = os.getpid()

    def run(self, work: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> Awaitable[T]:
        """Runs work on a thread. Errors: `crm.closed`, `crm.forked`."""
        loop = asyncio.get_running_loop()
        if self._process != os.getpid():
            # The threads were not copied with the memory. What the native part says of it needs none.
            done: asyncio.Future[T] = loop.create_future()
            done.set_result(work(*args, **kwargs))
            return done
        try:
            return loop.run_in_executor(self._pool, partial(work, *args, **kwargs))
        except RuntimeError as problem:
            raise self._closed() from problem

    def close(self, *, finish: bool = False) -> None:
        """Takes no more work; what waits is not begun, unless it is to be finished."""
        self._pool.shutdown(wait=False, cancel_futures=not finish)


class AsyncSessionBase(blocking.SessionBase):
    """Somebody at work in a tenant; calls are awaited."""

    def __init__(self, native: _native.Session, threads: _Threads, envelope: str | None = None) -> None:
        super().__init__(native, envelope)
        self._threads = threads

    def _with(self: S, envelope: str | None) -> S:
        return type(self)(self._native, self._threads, envelope)

    async def _call(self, operation: str, arguments: dict[str, Any], read: Reader | None) -> Any:
        return await self._threads.run(super()._call, operation, arguments, read)

    def _results(self, asked: Asked) -> Any:
        return AsyncResults(self._call, asked)

    async def execute(self, operation: str, arguments: Mapping[str, Any] | None = None) -> Any:
        """Runs an operation of the catalog by name, from JSON to JSON."""
        return await self._call(operation, blocking.given(arguments or {}), None)

    async def batch(self, requests: Iterable[tuple[str, Mapping[str, Any]]]) -> list[Any]:  # type: ignore[override]
        """Runs several operations, all or none."""
        return await self._threads.run(super().batch, list(requests))

    async def explain(self, record: Record | Id) -> Explanation:  # type: ignore[override]
        """What the actor may do with a record now, and if not, why not."""
        return await self._threads.run(super().explain, record)

    def feed(  # type: ignore[override]
        self,
        after: str | None = None,
        *,
        follow: bool = False,
        kind: str | None = None,
        filter: Q | Mapping[str, Any] | None = None,
    ) -> AsyncFeed[Item]:
        """Events after a position, as far as the actor may see them: ``async for event in s.feed(after=…)``.

        `kind` and `filter` choose changes as in the blocking session.
        """
        native, run, asked = self._native, self._threads.run, only(kind, filter)
        return AsyncFeed(lambda position, limit: run(native.feed, position, limit, asked), after, follow)


    async def upload(  # type: ignore[override]
        self,
        file: str | os.PathLike[str] | Readable,
        *,
        name: str | None = None,
        type: str | None = None,
        sha256: str | None = None,
    ) -> Upload:
        """Sends a file of any length, as the blocking `upload` does; it is read on a thread."""
        return await self._threads.run(send, self._native, file, name, type, sha256)

    async def download(  # type: ignore[override]
        self, attachment: Record | str | UUID, *, range: tuple[int, int] | None = None, inline: bool = False
    ) -> AsyncDownload:
        """Reads a file, or these bytes of it, as the blocking `download` does."""
        run = self._threads.run
        return AsyncDownload(await run(self._native.download, reference(attachment), range, inline), run)

    async def receive(  # type: ignore[override]
        self,
        inbox: Record | str | UUID,
        mail: bytes,
        *,
        envelope_from: str | None = None,
        envelope_to: Iterable[str] | None = None,
    ) -> Received:
        """Takes a mail that came to an inbox, as the blocking `receive` does."""
        return await self._threads.run(received, self._native, inbox, mail, envelope_from, envelope_to)

    async def sweep_files(self) -> Swept:  # type: ignore[override]
        """Removes bytes that no record knows, and says what records miss: for the host."""
        return await self._threads.run(super().sweep_files)

    def transaction(self) -> AsyncTransactionBlock:  # type: ignore[override]
        """The host's own rows and Nexa's records in one transaction, as the blocking `transaction`::

            async with session.transaction() as tx:
                await tx.sql("INSERT INTO orders (number, lead) VALUES ($1, $2)", [7, lead.id])
                await tx.lead.convert(lead)

        A task that is cancelled inside the block rolls back. The calls of a transaction are made one after another.
        """
        return AsyncTransactionBlock(self)


class AsyncOperations(Operations):
    """The operations of a kind, to be awaited."""

    _session: AsyncSessionBase


class AsyncReadable(Exports, AsyncOperations, Generic[R]):
    """What can be done with every kind that is read."""

    async def explain(self, record: R | str) -> Explanation:
        """What the actor may do with a record now, and if not, why not."""
        session = self._session
        text = await session._threads.run(session._native.explain, self.KIND, to_text("explain", record))
        return explanation(json.loads(text))

    async def _frame(self, asked: Asked, columns: Any) -> Frame:
        frame: Frame = await self._session._threads.run(self._framed, asked, columns)
        return frame

    async def _export(
        self,
        target: str | os.PathLike[str] | SupportsWrite,
        asked: Asked,
        options: Mapping[str, Any],
        progress: bool | Callable[[int, int], object],
    ) -> int:
        written: int = await self._session._threads.run(self._exported, target, asked, options, progress)
        return written


class AsyncImportable(Imports):
    """What can be done with every kind that is imported. Progress is reported on another thread than the loop's."""

    async def import_csv(
        self,
        source: Source,
        *,
        progress: OnProgress = False,
        on_refused: Callable[[dict[str, Any]], object] | None = None,
        policy: Policy | None = None,
        **options: Any,
    ) -> ImportReport:
        """Imports a CSV file of any length; the options are those of the blocking `import_csv`."""
        options["policy"] = policy
        report: ImportReport = await self._session._threads.run(
            self._import_csv, source, options, progress, on_refused
        )
        return report

    async def import_rows(
        self,
        rows: Any,
        *,
        progress: OnProgress = False,
        on_refused: Callable[[dict[str, Any]], object] | None = None,
        policy: Policy | None = None,
        **options: Any,
    ) -> ImportReport:
        """Imports rows; the options are those of the blocking `import_rows`."""
        options["policy"] = policy
        report: ImportReport = await self._session._threads.run(
            self._import_rows, rows, options, progress, on_refused
        )
        return report

    async def import_preview(self, source: Source | bytes | Any, *, rows: int = 10, **options: Any) -> Preview:
        """Shows what an import would make of a file; the options are those of the blocking `import_preview`."""
        arguments = await self._session._threads.run(_preview, source, rows, options)
        return self._shown(await self._session.execute(f"{self.KIND}.import_preview", arguments))


if TYPE_CHECKING:
    from ._generated.session import AsyncSession as AsyncSession
else:

    class AsyncSession(AsyncSessionBase):
        """Somebody at work in a tenant: `await session.ticket.claim(t)`."""
    give_groups(
        AsyncSession, Door("Async", AsyncOperations, AsyncReadable, AsyncImportable, AsyncResults, True)
    )


class AsyncTransaction(AsyncSession):
    """A session in a transaction: what it does is kept with the transaction alone, and it sees what was written in it."""

    async def sql(
        self, statement: str, params: Iterable[Any] = (), *, limit: int = 100_000, timeout: float = 30.0
    ) -> SqlRows:
        """Runs one statement of the host's own SQL, as the blocking `sql` does."""
        return rows(await self._threads.run(self._native.sql, statement, bound(params), limit, timeout))

    async def rollback(self) -> None:
        """Keeps nothing; later calls in the transaction are `transaction.ended`, and its block ends without a commit."""
        await self._threads.run(self._native.roll_back)

    def __repr__(self) -> str:
        return f"<Transaction of {self.actor} in {self.org}>"


class AsyncTransactionBlock(Block):
    """The block of a transaction: ``async with session.transaction() as tx:``."""

    def __init__(self, session: AsyncSessionBase) -> None:
        super().__init__()
        self._session = session
        # Others who wait for the transaction's end may have all threads of the Crm, so it has one of its own.
        self._threads = _Threads(1, ended)

    async def __aenter__(self) -> AsyncTransaction:
        try:
            native = await self._threads.run(begin, self._session._native, around())
        except BaseException:
            self._threads.close()
            raise
        self._enter(native)
        return AsyncTransaction(native, self._threads, self._session._envelope)

    async def __aexit__(
        self, kind: type[BaseException] | None, problem: BaseException | None, trace: TracebackType | None
    ) -> None:
        native = self._leave()
        if native is None:
            return
        try:
            # It waits its turn behind a call whose await was cancelled.
            await asyncio.shield(asyncio.ensure_future(self._threads.run(end, native, problem is None)))
        finally:
            self._threads.close(finish=True)


class AsyncCrm:
    """An open storage with its tenants. Close it, or use it in an ``async with`` block."""

    def __init__(self, crm: blocking.Crm, threads: _Threads) -> None:
        self._crm = crm
        self._threads = threads

    def _session(self, native: _native.Session) -> AsyncSession:
        return AsyncSession(native, self._threads)

    async def create_org(
        self,
        name: str,
        *,
        admin: Mapping[str, str],
        base_currency: str = "USD",
        time_zone: str = "UTC",
        id: str | UUID | None = None,
    ) -> AsyncSession:
        """Makes a tenant with its first admin, ``{"name": …, "email": …}``, and answers the admin's session."""
        text = blocking.founding(name, admin, base_currency, time_zone, id)
        return self._session(await self._threads.run(self._crm._native.create_org, text))

    def session(
        self,
        org: str | UUID,
        *,
        user: Record | str | UUID | None = None,
        contact: Record | str | UUID | None = None,
        service: str | None = None,
    ) -> AsyncSession:
        """A session of a user, a customer or a service of the host, whom the host has authenticated."""
        return self._session(self._crm._native.session(str(org), blocking.principal(user, contact, service)))

    def system(self, org: str | UUID, cause: str) -> AsyncSession:
        """A session of the host itself, for which every access is open; never hand it to a caller from outside."""
        return self._session(self._crm._native.session(str(org), f"system:{cause}"))

    async def migrate(self) -> None:
        """Brings the schema of the storage up to this version; on PostgreSQL as a role that owns it."""
        await self._threads.run(self._crm.migrate)

    async def migration(self) -> list[str]:
        """The statements that `migrate` would run, in one transaction; none when it is up to date."""
        return await self._threads.run(self._crm.migration)

    async def check(self) -> list[SchemaDifference]:
        """What the storage lacks or has otherwise than this version needs, by table and column; it only reads."""
        return await self._threads.run(self._crm.check)

    async def schema(self) -> list[str]:
        """The statements of the whole schema."""
        return await self._threads.run(self._crm.schema)

    async def has_org(self, org: str | UUID) -> bool:
        """Whether the tenant exists."""
        return await self._threads.run(self._crm.has_org, org)

    async def drop_org(self, org: str | UUID) -> None:
        """Removes a tenant with everything it has, its history included."""
        await self._threads.run(self._crm.drop_org, org)

    async def due(self, now: datetime | None = None, *, limit: int = 100) -> list[Due]:
        """The tenants in which something is due by a moment, now unless said; those first in which it is due longest."""
        return await self._threads.run(partial(self._crm.due, now, limit=limit))

    async def tick(self, org: str | UUID, *, limit: int = 1_000) -> Ticked:
        """Does what is due in a tenant now, each thing once, also when several tick at the same time."""
        return await self._threads.run(partial(self._crm.tick, org, limit=limit))

    def worker(
        self, *, every: float = 1.0, on_error: Callable[[Id | None, Error], object] | None = None
    ) -> Worker:
        """Starts a thread that does what is due in every tenant, as `nexa_crm.Crm.worker` does."""
        return self._crm.worker(every=every, on_error=on_error)

    async def backup(self, path: str | os.PathLike[str]) -> None:
        """Writes a consistent copy of an embedded storage to a new file while work goes on."""
        await self._threads.run(self._crm.backup, path)

    async def sql(
        self,
        query: str,
        params: Iterable[Any] = (),
        *,
        org: str | UUID | None = None,
        limit: int = 100_000,
        timeout: float = 30.0,
    ) -> Rows:
        """Answers a question in SQL that can only read, as `nexa_crm.Crm.sql` does."""
        ask = partial(self._crm.sql, query, params, org=org, limit=limit, timeout=timeout)
        return await self._threads.run(ask)

    async def sql_frame(
        self,
        query: str,
        params: Iterable[Any] = (),
        *,
        org: str | UUID | None = None,
        limit: int = 100_000,
        timeout: float = 30.0,
    ) -> Frame:
        """The same as a table of Arrow."""
        ask = partial(self._crm.sql_frame, query, params, org=org, limit=limit, timeout=timeout)
        return await self._threads.run(ask)

    def feed(
        self,
        org: str | UUID,
        after: str | None = None,
        *,
        follow: bool = False,
        kind: str | None = None,
        filter: Q | Mapping[str, Any] | None = None,
    ) -> AsyncFeed[Change]:
        """Events of a tenant after a position, without a gap and without an access rule: for the trusted host."""
        native, tenant, run = self._crm._native, str(org), self._threads.run
        asked = only(kind, filter)
        return AsyncFeed(lambda position, limit: run(native.feed, tenant, position, limit, asked), after, follow)

    async def close(self) -> None:
        """Lets go of the storage. Calls that are under way end; later ones are `crm.closed`."""
        self._threads.close()
        await asyncio.to_thread(self._crm.close)

    @property
    def closed(self) -> bool:
        """Whether it was closed."""
        return self._crm.closed

    async def __aenter__(self) -> AsyncCrm:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, problem: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.close()


async def open(
    url: str,
    *,
    migrate: bool | None = None,
    threads: int = THREADS,
    largest_jump: timedelta | None = None,
    files: str | os.PathLike[str] | None = None,
) -> AsyncCrm:
    """Opens ``memory:``, ``sqlite:PATH`` or ``postgres://…`` as `nexa_crm.open` does; at most `threads` calls are under way at once."""
    pool = _Threads(threads)
    try:
        return AsyncCrm(await pool.run(blocking.open, url, migrate=migrate, largest_jump=largest_jump, files=files), pool)
    except BaseException:
        pool.close()
        raise
