"""The door: a Crm, its sessions, and what the operations of a kind have in common."""

from __future__ import annotations

import atexit
import json
import os
import weakref
from collections.abc import Callable, Iterable, Mapping
from datetime import timedelta
from types import TracebackType
from typing import TYPE_CHECKING, Any, TypeVar

from . import _native
from ._errors import Unavailable
from ._explain import Explanation, explanation
from ._feed import Feed, only
from ._files import Download, Readable, Swept, Upload, reference, send, swept
from ._filter import Q
from ._frame import Frame
from ._inbox import Received, received
from ._later import Due, Ticked, Worker, due, moment, ticked
from ._once import Once
from ._operations import BLOCKING, give_groups
from ._pages import Asked, Results
from ._record import Reader, Record
from ._schema import SchemaDifference, differences
from ._sql import Rows, bound
from ._values import UNSET, Id, to_text

if TYPE_CHECKING:
    from datetime import datetime
    from uuid import UUID

    from ._errors import Error
    from ._feed import Item
    from ._transaction import TransactionBlock
    from .records import Change

S = TypeVar("S", bound="SessionBase")


def given(arguments: Mapping[str, Any]) -> dict[str, Any]:
    """The arguments without those that were left out."""
    return {name: value for name, value in arguments.items() if value is not UNSET}


def envelope_text(current: str | None, parts: dict[str, Any]) -> str | None:
    """An envelope with more said."""
    whole = {**(json.loads(current) if current else {}), **given(parts)}
    return to_text("envelope", whole) if whole else None


class SessionBase:
    """Somebody at work in a tenant."""

    def __init__(self, native: _native.Session, envelope: str | None = None) -> None:
        self._native = native
        self._envelope = envelope
        self._marks_replays = envelope is not None and bool(json.loads(envelope).get("mark_replays"))

    @property
    def org(self) -> Id:
        """The tenant."""
        return Id(self._native.org)

    @property
    def actor(self) -> str:
        """Who acts, such as ``user:0195f3a2-…``."""
        return self._native.principal

    @property
    def user_id(self) -> Id | None:
        """The user who acts; nobody when a service or the host does."""
        sort, _, rest = self.actor.partition(":")
        return Id(rest) if sort == "user" else None

    def __repr__(self) -> str:
        return f"<Session of {self.actor} in {self.org}>"

    def envelope(
        self: S,
        *,
        idempotency_key: str | None = None,
        unit: UUID | str | None = None,
        expected_version: int | None = None,
        dry_run: bool = False,
        reason: str | None = None,
        cause: str | None = None,
        on_behalf_of: Record | str | UUID | None = None,
        request_id: str | None = None,
    ) -> S:
        """The same session, whose commands say more: ``s.envelope(reason="Customer called").ticket.close(t)``.

        The same `idempotency_key` with the same command answers the first result again, for 24 hours; the same
        `unit`, a UUID of version 7 that the client makes, does so for ever; `expected_version`
        is the version that the caller has seen; `dry_run` checks and answers, but changes nothing; `reason` says why, and
        is kept in the ledger with `cause`, `on_behalf_of` and `request_id`.
        """
        parts = {
            "idempotency_key": UNSET if idempotency_key is None else idempotency_key,
            "unit": UNSET if unit is None else str(unit),
            "expected_version": UNSET if expected_version is None else expected_version,
            "dry_run": dry_run or UNSET,
            "reason": UNSET if reason is None else reason,
            "cause": UNSET if cause is None else cause,
            "on_behalf_of": UNSET if on_behalf_of is None else on_behalf_of,
            "request_id": UNSET if request_id is None else request_id,
        }
        return self._with(envelope_text(self._envelope, parts))

    def once(self: S, idempotency_key: str | None = None) -> Any:
        """The same session, whose commands say whether they were done now or before: they answer a `Once`, with `value` and `replayed`.

        ``s.once("form-4711").lead.convert(lead)`` is done once for this key, for 24 hours. Without a key it is replayed when the
        command itself answers again what came of it, as the conversion of a converted lead does. Questions answer as ever.
        """
        key = UNSET if idempotency_key is None else idempotency_key
        return self._with(envelope_text(self._envelope, {"idempotency_key": key, "mark_replays": True}))

    def _with(self: S, envelope: str | None) -> S:
        return type(self)(self._native, envelope)

    def _call(self, operation: str, arguments: dict[str, Any], read: Reader | None) -> Any:
        text = self._native.execute(operation, to_text(operation, arguments), self._envelope)
        answer = json.loads(text)
        if self._marks_replays and isinstance(answer, dict) and answer.keys() == {"value", "replayed"}:
            value = answer["value"]
            return Once(value if read is None or value is None else read(value), answer["replayed"])
        return answer if read is None or answer is None else read(answer)

    def _results(self, asked: Asked) -> Any:
        return Results(self._call, asked)

    def execute(self, operation: str, arguments: Mapping[str, Any] | None = None) -> Any:
        """Runs an operation of the catalog by name, from JSON to JSON: ``s.execute("ticket.claim", {"ticket": id})``."""
        return self._call(operation, given(arguments or {}), None)

    def batch(self, requests: Iterable[tuple[str, Mapping[str, Any]]]) -> list[Any]:
        """Runs several operations, all or none: ``s.batch([("lead.contact", {"lead": id}), …])``."""
        wire = [{"run": operation, "with": given(dict(arguments))} for operation, arguments in requests]
        answers: Any = json.loads(self._native.batch(to_text("batch", wire), self._envelope))
        return Once(**answers) if self._marks_replays else answers  # type: ignore[return-value]

    def explain(self, record: Record | Id) -> Explanation:
        """What the actor may do with a record now, and if not, why not. An id says its kind when it comes from a record."""
        kind = getattr(record, "KIND", None)
        if not kind:
            raise TypeError("this id does not say of which kind it is; ask by the kind, such as session.ticket.explain(id)")
        return explanation(json.loads(self._native.explain(kind, to_text("explain", record))))

    def feed(
        self,
        after: str | None = None,
        *,
        follow: bool = False,
        kind: str | None = None,
        filter: Q | Mapping[str, Any] | None = None,
    ) -> Feed[Item]:
        """Events after a position, as far as the actor may see them.

        Ends with the ledger, or waits for more with `follow`. Keep `position` of the feed to go on another time.

        With `kind` it has the changes of records of this kind alone, and with a `filter` those that match: a filter may
        ask what happened (`Q.changed`, `Q.was`, `Q.became`), and else is asked of the record as it was after the change.
        """
        native, asked = self._native, only(kind, filter)
        return Feed(lambda position, limit: native.feed(position, limit, asked), after, follow)

    def upload(
        self,
        file: str | os.PathLike[str] | Readable,
        *,
        name: str | None = None,
        type: str | None = None,
        sha256: str | None = None,
    ) -> Upload:
        """Sends a file of any length, by its path or opened in binary mode: ``s.attachment.add(upload=s.upload("offer.pdf").id, to=deal)``.

        The name is that of the file unless said. `type` is what it is said to be, and kept as a claim; bytes with another hash than
        `sha256` are refused. Only whoever sent it attaches it; what nobody has attached after a day goes.

        Raises `Invalid` with `attachment.name`, `attachment.empty`, `attachment.too_large`, `attachment.hash_mismatch`,
        `RuleViolation` with `attachment.type_blocked`, `attachment.quota`, `Forbidden`, and `Unavailable` with
        `blobs.not_configured`, `blobs.failed`.
        """
        return send(self._native, file, name, type, sha256)

    def download(
        self, attachment: Record | str | UUID, *, range: tuple[int, int] | None = None, inline: bool = False
    ) -> Download:
        """Reads a file, or these bytes of it, for whoever sees what it hangs on, with the headers that a server sends.

        With `inline` a plain picture is to be shown where it is; anything else is saved to disk all the same.

        Raises `NotFound`, `RuleViolation` with `attachment.gone`, `Invalid` with `attachment.range`, and `Unavailable` with
        `blobs.not_configured`, `blobs.missing`, `blobs.failed`.
        """
        return Download(self._native.download(reference(attachment), range, inline))

    def receive(
        self,
        inbox: Record | str | UUID,
        mail: bytes,
        *,
        envelope_from: str | None = None,
        envelope_to: Iterable[str] | None = None,
    ) -> Received:
        """Takes a mail that came to an inbox, as bytes, for the host's connector: ``crm.system("imap").receive(inbox, mail)``.

        Whatever the mail is, its bytes are kept, and the answer says what became of it: then the connector marks it as fetched. The
        same mail again is a `duplicate`. `envelope_from` is the sender of the envelope where it is known, empty for a bounce.

        Raises `NotFound`, `Forbidden`, and `Unavailable` where the storage fails: then the mail is taken again later.
        """
        return received(self._native, inbox, mail, envelope_from, envelope_to)

    def sweep_files(self) -> Swept:
        """Removes bytes that no record knows, and says what records miss: for the host, after a restore or now and then."""
        return swept(self._native.sweep_files())


    def transaction(self) -> TransactionBlock:
        """The host's own rows and Nexa's records in one transaction: all of it is kept, or nothing.

        ::

            with session.transaction() as tx:
                tx.sql("INSERT INTO orders (number, lead) VALUES ($1, $2)", [7, lead.id])
                tx.lead.convert(lead)

        The end of the block commits; an exception rolls back, and is raised. A refusal that is caught inside leaves the transaction
        usable. On SQLite the file, on PostgreSQL the tenant stays locked from the first change until the block ends: keep it short,
        and use `tx` alone in it.

        Raises `Unavailable` with `store.unsupported` in memory, with `store.locked` when others write for too long; `Invalid`
        with `transaction.nested` in another transaction of the same storage.
        """
        from ._transaction import TransactionBlock

        return TransactionBlock(self)


if TYPE_CHECKING:
    from ._generated.session import Session as Session
else:

    class Session(SessionBase):
        """Somebody at work in a tenant: `session.ticket.claim(t)`."""
    give_groups(Session, BLOCKING)


_open: weakref.WeakSet[Crm] = weakref.WeakSet()


class Crm:
    """An open storage with its tenants. Close it, or use it in a ``with`` block; it also closes when the process ends."""

    def __init__(self, native: _native.Crm) -> None:
        self._native = native
        _open.add(self)

    def migrate(self) -> None:
        """Brings the schema of the storage up to this version; on PostgreSQL as a role that owns it.

        Raises `Unavailable` with `schema.rights`, `schema.differs`, `schema.newer`.
        """
        self._native.migrate()

    def migration(self) -> list[str]:
        """The statements that `migrate` would run, in one transaction, for a tool of your own; none when it is up to date."""
        return self._native.migration()

    def check(self) -> list[SchemaDifference]:
        """What the storage lacks or has otherwise than this version needs, by table and column; it only reads."""
        return differences(self._native.check())

    def schema(self) -> list[str]:
        """The statements of the whole schema."""
        return self._native.schema()

    def create_org(
        self,
        name: str,
        *,
        admin: Mapping[str, str],
        base_currency: str = "USD",
        time_zone: str = "UTC",
        id: str | UUID | None = None,
    ) -> Session:
        """Makes a tenant with its first admin, ``{"name": …, "email": …}``, and answers the admin's session.

        Reports of the tenant are in `base_currency`; its days and months are meant in `time_zone`.
        """
        return _session(self._native.create_org(founding(name, admin, base_currency, time_zone, id)))

    def session(
        self,
        org: str | UUID,
        *,
        user: Record | str | UUID | None = None,
        contact: Record | str | UUID | None = None,
        service: str | None = None,
    ) -> Session:
        """A session of a user, a customer or a service of the host, whom the host has authenticated."""
        return _session(self._native.session(str(org), principal(user, contact, service)))

    def system(self, org: str | UUID, cause: str) -> Session:
        """A session of the host itself, for which every access is open; never hand it to a caller from outside."""
        return _session(self._native.session(str(org), f"system:{cause}"))

    def has_org(self, org: str | UUID) -> bool:
        """Whether the tenant exists."""
        return self._native.has_org(str(org))

    def drop_org(self, org: str | UUID) -> None:
        """Removes a tenant with everything it has, its history included."""
        self._native.drop_org(str(org))

    def due(self, now: datetime | None = None, *, limit: int = 100) -> list[Due]:
        """The tenants in which something is due by a moment, now unless said; those first in which it is due longest.

        It reads nothing of a tenant but its id and that moment. Raises `Invalid` (`page.size`) unless `limit` is 1 to 1,000.
        """
        return due(self._native.due(moment(now), limit))

    def tick(self, org: str | UUID, *, limit: int = 1_000) -> Ticked:
        """Does what is due in a tenant now, each thing once, also when several tick at the same time.

        Timers fire, and what follows from events is done: notifications and reminders. Where nothing is due it writes nothing.
        Raises `Invalid` (`page.size`) unless `limit` is 1 to 1,000.
        """
        return ticked(self._native.tick(str(org), limit))

    def worker(
        self, *, every: float = 1.0, on_error: Callable[[Id | None, Error], object] | None = None
    ) -> Worker:
        """Starts a thread that does what is due in every tenant, again and again; `every` so many seconds when nothing is.

        `on_error` is called for a tenant that could not be worked on, or for no tenant when the storage did not say who is due.
        """
        return Worker(self, every, on_error)

    def backup(self, path: str | os.PathLike[str]) -> None:
        """Writes a consistent copy of an embedded storage to a new file while work goes on."""
        self._native.backup(os.fspath(path))

    def sql(
        self,
        query: str,
        params: Iterable[Any] = (),
        *,
        org: str | UUID | None = None,
        limit: int = 100_000,
        timeout: float = 30.0,
    ) -> Rows:
        """Answers a question in SQL, ``crm.sql("select subject from nexa_tickets where status = ?", ["open"], org=org)``.

        For the host's own reports, on Nexa's own connection, past every access rule: with `org` one tenant's rows are there
        and nothing else, without it all tenants' and the host's own tables. It can only read. The rows are tuples; `columns`
        has their names. Identifiers are texts, moments whole microseconds since 1970 in UTC, dates texts, amounts whole ten
        thousandths, yes and no 1 and 0. To compare with an identifier bind a `UUID` or a record's `id`.

        Raises `Invalid` with `sql.refused`, with `sql.too_large` beyond `limit` rows, with `sql.too_long` beyond `timeout`
        seconds, and `store.unsupported` for storages other than SQLite: a server is asked with its own driver.
        """
        return Rows(*self._native.sql(query, bound(params), None if org is None else str(org), limit, timeout))

    def sql_frame(
        self,
        query: str,
        params: Iterable[Any] = (),
        *,
        org: str | UUID | None = None,
        limit: int = 100_000,
        timeout: float = 30.0,
    ) -> Frame:
        """The same as a table of Arrow: ``polars.DataFrame(crm.sql_frame("select …"))``."""
        asked = (query, bound(params), None if org is None else str(org), limit, timeout)
        return Frame(self._native.sql_frame(*asked))

    def feed(
        self,
        org: str | UUID,
        after: str | None = None,
        *,
        follow: bool = False,
        kind: str | None = None,
        filter: Q | Mapping[str, Any] | None = None,
    ) -> Feed[Change]:
        """Events of a tenant after a position, without a gap and without an access rule: for the trusted host.

        `kind` and `filter` as in the feed of a session.
        """
        native, tenant, asked = self._native, str(org), only(kind, filter)
        return Feed(lambda position, limit: native.feed(tenant, position, limit, asked), after, follow)

    def close(self) -> None:
        """Lets go of the storage. Calls that are under way end; later ones are `crm.closed`."""
        self._native.close()

    @property
    def closed(self) -> bool:
        """Whether it was closed."""
        return self._native.closed

    def __enter__(self) -> Crm:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, problem: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def __repr__(self) -> str:
        return "<Crm, closed>" if self.closed else "<Crm>"


def closed() -> Unavailable:
    """What a closed Crm answers."""
    return Unavailable("This Crm was closed; open it again.", "crm.closed")


def founding(
    name: str, admin: Mapping[str, str], base_currency: str, time_zone: str, id: str | UUID | None
) -> str:
    """The JSON of a new tenant."""
    whole = {"id": id, "name": name, "base_currency": base_currency, "time_zone": time_zone}
    whole.update({f"admin_{part}": value for part, value in admin.items()})
    return to_text("create_org", whole)


def principal(
    user: Record | str | UUID | None, contact: Record | str | UUID | None, service: str | None
) -> str:
    """Who acts, in one word."""
    named = {"user": user, "contact": contact, "service": service}
    said = [f"{sort}:{getattr(who, 'id', who)}" for sort, who in named.items() if who is not None]
    if len(said) != 1:
        raise TypeError("a session is of a user, a contact or a service: name one of them")
    return said[0]


def _session(native: _native.Session) -> Session:
    return Session(native)


def open(
    url: str,
    *,
    migrate: bool | None = None,
    largest_jump: timedelta | None = None,
    files: str | os.PathLike[str] | None = None,
) -> Crm:
    """Opens ``memory:``, ``sqlite:PATH`` or ``postgres://…``.

    The schema of a file is brought up to date. That of a server, with which other programs work as well, has to be:
    otherwise it is `schema.outdated`, until a role that owns it calls `Crm.migrate` or opens it with ``migrate=True``. With
    ``migrate=False`` nothing is changed and nothing is looked at, for `Crm.check` and `Crm.migration`.

    `largest_jump` is how far the clock of this machine may be ahead of both a tenant's last event and the storage's own clock
    before writes are refused with `clock.ahead`: one hour unless said, and `timedelta.max` for any time.

    `files` is the folder in which the bytes of files are kept, or ``memory:``. Without it there is no place for them, and an
    upload is `blobs.not_configured`.

    Raises `Invalid` with `crm.url_invalid`, and what the storage refuses, such as `store.locked`, `store.unreachable`,
    `schema.outdated`, `schema.newer`.

    A SQLite file may be open in any number of processes, and the host may keep tables of its own in it. On Linux the host may
    also read and write it with `sqlite3`, SQLAlchemy or pandas in the same process. On other systems it may not: closing such a
    connection takes the locks of this one away, and the next write is `store.replaced`; ask with `Crm.sql`, or from another
    process. Copy it with `Crm.backup`, never as a file: what was written last is in the log beside it.
    """
    jump = None if largest_jump is None else largest_jump.total_seconds()
    return Crm(_native.open(url, migrate, jump, None if files is None else os.fspath(files)))


def restore(backup: str | os.PathLike[str], url: str, *, overwrite: bool = False) -> None:
    """Puts a backup at the place that a URL names, ``restore("monday.db", "sqlite:crm.db")``, all of it or nothing.

    The backup is checked first: its pages, its schema and every tenant's ledger. Nobody may have the database open, in no
    process; one that is there already is replaced only with `overwrite`.

    Raises `Invalid` with `restore.invalid`, `Conflict` with `restore.target_exists` or `restore.target_open`, and
    `Unavailable` with what the disk refuses.
    """
    _native.restore(os.fspath(backup), url, overwrite)


@atexit.register
def _close_all() -> None:
    for crm in list(_open):
        crm.close()
