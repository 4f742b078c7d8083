"""What happens later: who has something due, what a tick did, and the thread that does it."""

from __future__ import annotations

import json
import threading
from dataclasses import dataclass
from datetime import datetime, timezone
from types import TracebackType
from typing import TYPE_CHECKING

from ._errors import Error
from ._values import Id

if TYPE_CHECKING:
    from collections.abc import Callable

    from ._session import Crm

#: How many tenants a worker looks at before it asks again who is due, and how much it does in one of them.
_TENANTS = 100
_AT_ONCE = 100


@dataclass(frozen=True, slots=True)
class Due:
    """A tenant in which something is due."""

    #: The tenant.
    org: Id
    #: Since when.
    at: datetime


@dataclass(frozen=True, slots=True)
class Ticked:
    """What a tick did."""

    #: How many timers fired, and how many units of the ledger a consumer was given.
    done: int
    #: When something is due next, as far as that is known; now or before, when the limit left something.
    next_due: datetime | None


def moment(at: datetime | None) -> str | None:
    """A moment as the wire has it; one without a zone is refused, as nobody knows which is meant."""
    if at is None:
        return None
    if at.tzinfo is None:
        raise ValueError("give a moment with its time zone, such as datetime.now(timezone.utc)")
    return at.astimezone(timezone.utc).isoformat().replace("+00:00", "Z")


def due(text: str) -> list[Due]:
    """Reads who has something due."""
    return [Due(Id(tenant["org"]), datetime.fromisoformat(tenant["at"])) for tenant in json.loads(text)]


def ticked(text: str) -> Ticked:
    """Reads what a tick did."""
    said = json.loads(text)
    next_due = said["next_due"]
    return Ticked(said["done"], None if next_due is None else datetime.fromisoformat(next_due))


class Worker:
    """A thread that does what is due in every tenant, until it is stopped or its Crm is closed. Use it in a ``with`` block."""

    def __init__(
        self, crm: Crm, every: float, on_error: Callable[[Id | None, Error], object] | None
    ) -> None:
        self._crm = crm
        self._every = every
        self._on_error = on_error
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._run, name="nexa-worker", daemon=True)
        self._thread.start()

    def stop(self) -> None:
        """Stops it, and waits until what is under way is done."""
        self._stop.set()
        if self._thread is not threading.current_thread():
            self._thread.join()

    @property
    def running(self) -> bool:
        """Whether it is at work."""
        return self._thread.is_alive()

    def __enter__(self) -> Worker:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()

    def _run(self) -> None:
        while not self._stop.is_set() and not self._crm.closed:
            pause = 0.0 if self._once() else self._every
            self._stop.wait(pause)

    def _once(self) -> int:
        done = 0
        try:
            tenants = self._crm.due(limit=_TENANTS)
        except Error as error:
            self._report(None, error)
            return 0
        for tenant in tenants:
            if self._stop.is_set():
                break
            try:
                done += self._crm.tick(tenant.org, limit=_AT_ONCE).done
            except Error as error:
                self._report(tenant.org, error)
        return done

    def _report(self, org: Id | None, error: Error) -> None:
        if self._on_error is not None and not self._crm.closed:
            self._on_error(org, error)
