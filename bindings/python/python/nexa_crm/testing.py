"""For tests of hosts: a Crm in memory, a clock that stands still until it is moved, and factories.

pytest finds the fixtures by itself once the package is installed::

    def test_a_claimed_ticket_has_an_assignee(nexa_session, nexa_factory, nexa_clock):
        ticket = nexa_factory.ticket(priority="high")
        nexa_clock.advance(hours=2)
        assert nexa_session.ticket.claim(ticket).assignee.user == nexa_session.user_id
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta, timezone
from itertools import count
from typing import TYPE_CHECKING, Any

import pytest

from . import _native
from ._session import Crm

if TYPE_CHECKING:
    from ._session import Session
    from .records import Account, Contact, Deal, Lead, Task, Ticket, User

START = datetime(2025, 11, 17, 9, 15, tzinfo=timezone.utc)
"""What a clock shows unless it is set: a Monday morning."""


class Clock:
    """A clock that shows what it was set to."""

    def __init__(self, native: _native.Clock) -> None:
        self._native = native

    @property
    def now(self) -> datetime:
        """What it shows."""
        return datetime.fromtimestamp(0, timezone.utc) + timedelta(microseconds=self._native.micros())

    def set(self, now: datetime | str) -> None:
        """Shows this moment from now on."""
        self._native.set(now if isinstance(now, str) else _text(now))

    def advance(self, *, days: float = 0, hours: float = 0, minutes: float = 0, seconds: float = 0) -> None:
        """Moves forward."""
        by = timedelta(days=days, hours=hours, minutes=minutes, seconds=seconds)
        self._native.advance(by // timedelta(microseconds=1))


def _text(moment: datetime) -> str:
    if moment.tzinfo is None:
        raise ValueError(f"{moment!r} has no time zone; give one, such as datetime.now(timezone.utc)")
    return moment.astimezone(timezone.utc).isoformat(timespec="microseconds")


def open(url: str = "memory:", *, now: datetime | str = START, seed: int | None = None) -> tuple[Crm, Clock]:
    """Opens a storage with a settable clock; with a `seed`, identifiers are the same in every run."""
    crm, clock = _native.open_testing(url, now if isinstance(now, str) else _text(now), seed)
    return Crm(crm), Clock(clock)


class Factory:
    """Makes records with what they need; any field can be given. Each call makes another one."""

    def __init__(self, session: Session) -> None:
        self.session = session
        self._number = count(1)

    def user(self, **fields: Any) -> User:
        """An agent."""
        number = next(self._number)
        defaults = {"name": f"Agent {number}", "email": f"agent{number}@host.example", "role": "agent"}
        return self.session.user.create(**{**defaults, **fields})

    def account(self, **fields: Any) -> Account:
        """A company."""
        return self.session.account.create(**{"name": f"Company {next(self._number)}", **fields})

    def contact(self, **fields: Any) -> Contact:
        """A person."""
        number = next(self._number)
        defaults = {"first_name": "Sam", "last_name": f"Person {number}", "email": f"person{number}@customer.example"}
        return self.session.contact.create(**{**defaults, **fields})

    def lead(self, **fields: Any) -> Lead:
        """Somebody who may buy."""
        number = next(self._number)
        defaults = {"last_name": f"Lead {number}", "email": f"lead{number}@prospect.example", "company": f"Prospect {number}"}
        return self.session.lead.create(**{**defaults, **fields})

    def deal(self, **fields: Any) -> Deal:
        """A sale in the making."""
        number = next(self._number)
        return self.session.deal.create(**{"name": f"Deal {number}", **fields})

    def ticket(self, **fields: Any) -> Ticket:
        """An issue of a customer."""
        number = next(self._number)
        return self.session.ticket.create(**{"subject": f"Issue {number}", **fields})

    def task(self, **fields: Any) -> Task:
        """Something to do."""
        return self.session.task.create(**{"title": f"Task {next(self._number)}", **fields})


@pytest.fixture
def nexa_opened() -> Iterator[tuple[Crm, Clock]]:
    """A Crm in memory with its clock; override it to test on another storage."""
    crm, clock = open()
    yield crm, clock
    crm.close()


@pytest.fixture
def nexa_crm(nexa_opened: tuple[Crm, Clock]) -> Crm:
    """A Crm in memory, new for each test."""
    return nexa_opened[0]


@pytest.fixture
def nexa_clock(nexa_opened: tuple[Crm, Clock]) -> Clock:
    """The clock of `nexa_crm`."""
    return nexa_opened[1]


@pytest.fixture
def nexa_session(nexa_crm: Crm) -> Session:
    """The first admin of a new tenant."""
    return nexa_crm.create_org("Test", admin={"name": "Ada", "email": "ada@host.example"})


@pytest.fixture
def nexa_factory(nexa_session: Session) -> Factory:
    """A factory for records of that tenant."""
    return Factory(nexa_session)
