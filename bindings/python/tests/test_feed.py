"""The change feed, for an actor and for the host."""

from __future__ import annotations

import threading

import nexa_crm as nexa
from nexa_crm import testing


def test_the_host_sees_everything_and_an_actor_what_they_may(crm: nexa.Crm, make: testing.Factory) -> None:
    admin = make.session
    mine, other = make.user(), make.user()
    ticket = make.ticket()
    me = crm.session(admin.org, user=mine)
    host = crm.feed(admin.org)
    seen = list(host)
    assert [event.seq for event in seen] == list(range(1, len(seen) + 1)) and host.position == len(seen)
    feed = me.feed(after=host.position)
    admin.ticket.assign(ticket, assignee=other)
    (gone,) = feed
    assert gone == nexa.Gone(seq=host.position + 1, kind="ticket", id=ticket.id)
    (change,) = crm.feed(admin.org, after=host.position)
    assert not isinstance(change, nexa.Gone)
    assert change.command == "ticket.assign" and change.verb == "updated"
    assert change.changes == {"assignee.user": [None, other.id]}


def test_a_feed_goes_on_where_it_was(make: testing.Factory) -> None:
    session = make.session
    feed = session.feed()
    before = len(list(feed))
    make.lead()
    assert len(list(feed)) == 1
    assert len(list(session.feed(after=before))) == 1


def test_a_feed_is_followed(make: testing.Factory) -> None:
    session = make.session
    after = len(list(session.feed()))
    feed = session.feed(after=after, follow=True)
    threading.Timer(0.1, make.lead).start()
    event = next(iter(feed))
    assert not isinstance(event, nexa.Gone) and event.command == "lead.create"
