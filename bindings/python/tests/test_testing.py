"""The fixtures that hosts get."""

from __future__ import annotations

from datetime import datetime, timedelta, timezone

import pytest

import nexa_crm as nexa
from nexa_crm import testing


def test_the_clock_stands_still_until_it_is_moved(
    nexa_session: nexa.Session, nexa_factory: testing.Factory, nexa_clock: testing.Clock
) -> None:
    ticket = nexa_factory.ticket(priority="high")
    assert ticket.created_at == nexa_clock.now == testing.START
    nexa_clock.advance(hours=2, minutes=30)
    claimed = nexa_session.ticket.claim(ticket)
    assert claimed.updated_at - ticket.created_at == timedelta(hours=2, minutes=30)
    assert claimed.assignee == nexa.Assignee(user=nexa_session.user_id)
    nexa_clock.set(datetime(2030, 1, 1, tzinfo=timezone.utc))
    assert nexa_factory.task().created_at.year == 2030
    with pytest.raises(ValueError, match="no time zone"):
        nexa_clock.set(datetime(2030, 1, 1))


def test_the_factory_makes_what_is_needed(nexa_factory: testing.Factory) -> None:
    for kind in ("user", "account", "contact", "lead", "deal", "ticket", "task"):
        first, second = getattr(nexa_factory, kind)(), getattr(nexa_factory, kind)()
        assert first.KIND == kind and first.id != second.id
    assert nexa_factory.lead(company="Acme").company == "Acme"


def test_with_a_seed_identifiers_are_the_same_in_every_run() -> None:
    found = []
    for _ in range(2):
        crm, _clock = testing.open(seed=1)
        found.append(crm.create_org("A", admin={"name": "Ada", "email": "ada@example.com"}).org)
    assert found[0] == found[1]
