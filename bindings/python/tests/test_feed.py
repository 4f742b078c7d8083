"""The change feed, for an actor and for the host."""

from __future__ import annotations

import threading
from pathlib import Path
from typing import Any

import pytest

import nexa_crm as nexa
from nexa_crm import testing


def test_the_host_sees_everything_and_an_actor_what_they_may(crm: nexa.Crm, make: testing.Factory) -> None:
    admin = make.session
    mine, other = make.user(), make.user()
    ticket = make.ticket()
    me = crm.session(admin.org, user=mine)
    host = crm.feed(admin.org)
    seen = list(host)
    assert [event.seq for event in seen] == list(range(1, len(seen) + 1)) and host.position == seen[-1].position
    feed = me.feed(after=host.position)
    admin.ticket.assign(ticket, assignee=other)
    (gone,) = feed
    assert gone == nexa.Gone(seq=len(seen) + 1, kind="ticket", id=ticket.id)
    (change,) = crm.feed(admin.org, after=host.position)
    assert not isinstance(change, nexa.Gone | nexa.AccessChanged)
    assert change.command == "ticket.assign" and change.verb == "updated"
    # Whoever gives it to somebody has seen it.
    assert dict(change.changes, acknowledged_at=None) == {"assignee.user": [None, other.id], "acknowledged_at": None}


def test_a_feed_goes_on_where_it_was(make: testing.Factory) -> None:
    session = make.session
    feed = session.feed()
    list(feed)
    before = feed.position
    assert isinstance(before, str)
    make.lead()
    assert len(list(feed)) == 1
    assert len(list(session.feed(after=before))) == 1
    for event in session.feed():
        later = [other.seq for other in session.feed(after=event.position)]
        assert later[:1] in ([event.seq + 1], [])


def test_a_feed_begins_at_the_start(make: testing.Factory) -> None:
    session = make.session
    everything = [event.seq for event in session.feed()]
    assert [event.seq for event in session.feed(after="0")] == everything
    assert [event.seq for event in session.feed(after=0)] == everything  # type: ignore[arg-type]


@pytest.mark.parametrize("after", [-1, 1, "7", "", "7-xyz", 1.5, True, "-1"])
def test_what_is_no_position_is_invalid(crm: nexa.Crm, make: testing.Factory, after: Any) -> None:
    for call in (lambda: make.session.feed(after=after), lambda: crm.feed(make.session.org, after=after)):
        with pytest.raises(nexa.Invalid, match="leave it out to begin at the start") as raised:
            call()
        assert raised.value.code == "feed.position_malformed"


def test_a_restored_backup_swallows_no_event(tmp_path: Path) -> None:
    file, copy = tmp_path / "crm.db", tmp_path / "copy.db"
    with nexa.open(f"sqlite:{file}") as crm:
        admin = crm.create_org("Acme", admin={"name": "Lisa", "email": "lisa@acme.example"})
        crm.backup(copy)
        admin.lead.create(last_name="Lost")
        feed = crm.feed(admin.org)
        list(feed)
    with nexa.open(f"sqlite:{copy}") as crm:
        again = crm.session(admin.org, user=admin.user_id)
        for _ in range(3):
            for session_feed in (crm.feed(admin.org, after=feed.position), again.feed(after=feed.position)):
                with pytest.raises(nexa.Conflict, match="read everything anew from the start") as raised:
                    list(session_feed)
                assert raised.value.code == "feed.position_unknown"
            again.lead.create(last_name="New")


def test_a_feed_is_followed(make: testing.Factory) -> None:
    session = make.session
    before = session.feed()
    list(before)
    feed = session.feed(after=before.position, follow=True)
    threading.Timer(0.1, make.lead).start()
    event = next(iter(feed))
    assert not isinstance(event, nexa.Gone | nexa.AccessChanged) and event.command == "lead.create"


def test_a_feed_says_when_access_changed_and_what_left_with_a_ticket(crm: nexa.Crm, make: testing.Factory) -> None:
    admin = make.session
    mine, other = make.user(), make.user()
    me = crm.session(admin.org, user=mine)
    ticket = make.ticket()
    comment = admin.ticket.comment(ticket, body="Among us")
    feed = me.feed()
    list(feed)
    admin.ticket.assign(ticket, assignee=other)
    assert {item.id for item in feed if isinstance(item, nexa.Gone)} == {ticket.id, comment.id}
    admin.ticket.assign(ticket, assignee=mine)
    came = [item for item in feed if not isinstance(item, nexa.Gone | nexa.AccessChanged)]
    assert {change.record for change in came} == {ticket.id, comment.id}
    group = admin.group.create(name="Second level")
    admin.group.add_member(group, user=mine)
    assert [type(item) for item in feed].count(nexa.AccessChanged) == 1
    assert admin.ledger.verify(rows=True).rows


def test_a_library_says_kinds_in_their_grammar(make: testing.Factory, crm: nexa.Crm) -> None:
    me = crm.session(make.session.org, user=make.user())
    with pytest.raises(nexa.Forbidden, match="update an organisation"):
        me.execute("org.configure", {"name": "Other"})


def test_a_feed_has_the_changes_of_a_kind_that_match(crm: nexa.Crm, make: testing.Factory) -> None:
    admin = make.session
    task = admin.task.create(title="Call Sarah")
    admin.task.update(task, title="Call Sarah again")
    admin.task.complete(task)
    admin.task.reopen(task)

    def happened(filter: Any) -> list[str]:
        changes = list(admin.feed(kind="task", filter=filter))
        assert changes == list(crm.feed(admin.org, kind="task", filter=filter))
        return [change.command for change in changes if not isinstance(change, nexa.Gone | nexa.AccessChanged)]

    assert happened(None) == ["task.create", "task.update", "task.complete", "task.reopen"]
    assert happened(nexa.Q.became(status="done")) == ["task.complete"]
    assert happened(nexa.Q.was(status="done")) == ["task.reopen"]
    assert happened(nexa.Q.changed("title") & nexa.Q(title__ends_with="again")) == ["task.update"]
    assert happened({"changed": "status"}) == ["task.create", "task.complete", "task.reopen"]


def test_what_a_feed_is_asked_for_is_checked(make: testing.Factory) -> None:
    for kind, filter, code in [
        ("unicorn", None, "kind.unknown"),
        ("task", nexa.Q.changed("titel"), "field.unknown"),
        ("task", nexa.Q.was(nexa.Q.has("note")), "filter.invalid"),
        (None, nexa.Q.changed("title"), "command.malformed"),
    ]:
        with pytest.raises(nexa.Invalid) as raised:
            list(make.session.feed(kind=kind, filter=filter))
        assert raised.value.code == code
