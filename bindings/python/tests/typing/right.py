"""What type checkers accept."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal
from typing import Any, assert_type

import nexa_crm as nexa
from nexa_crm import records


def use(s: nexa.Session) -> None:
    t = s.ticket.create(subject="A", priority="high", customer={"name": "Sarah", "company": "Acme"})
    assert_type(t, records.Ticket)
    assert_type(t.created_at, datetime)
    assert_type(t.closed_at, datetime | None)
    assert_type(t.priority, records.TicketPriority)
    assert_type(t.id, records.TicketId)
    assert_type(t.tags, list[str])
    s.ticket.assign(t, assignee=s.user.get("…"))
    s.ticket.assign(t.id, assignee={"user": "…"})
    s.deal.create(name="D", amount={"amount": Decimal("1"), "currency": "USD"})
    s.deal.create(name="D", amount=nexa.Money(1, "USD"), owner=None)
    s.calendar.create(name="C", weekly={"monday": [{"from": "09:00", "to": "17:00"}]})
    for found in s.lead.find(score__ge=75, status__in=["new", records.LeadStatus.LOST], order_by="-score"):
        assert_type(found, records.Lead)
    s.contact.count(nexa.Q(custom__x=1) | nexa.Q(account__industry="retail"), account__industry="retail")
    assert_type(s.lead.upsert(match_on="email", last_name="A"), nexa.Upserted[records.Lead])
    assert_type(s.explain(t).allowed, list[str])
    with s.transaction() as tx:
        assert_type(tx, nexa.Transaction)
        assert_type(tx.ticket.get(t), records.Ticket)
        rows = tx.sql("SELECT number FROM orders WHERE number = $1", [7])
        assert_type(rows.changed, int)
        for row in rows:
            assert_type(row["number"], Any)


async def wait(crm: nexa.aio.AsyncCrm) -> None:
    s = crm.session("…", user="…")
    assert_type(await s.ticket.claim("…"), records.Ticket)
    async for found in s.ticket.find(status="open"):
        assert_type(found, records.Ticket)
    async with s.transaction() as tx:
        assert_type(await tx.ticket.get("…"), records.Ticket)
        assert_type(await tx.sql("SELECT 1 AS one"), nexa.SqlRows)
