"""What happens later: who has something due, ticks and the worker."""

from __future__ import annotations

import time
from datetime import datetime, timedelta, timezone

import pytest

import nexa_crm as nexa
from nexa_crm import testing


def _office(crm: nexa.Crm) -> tuple[nexa.Session, nexa.Session]:
    admin = crm.create_org("Acme", admin={"name": "Lisa", "email": "lisa@acme.example"})
    alex = admin.user.create(name="Alex", email="alex@acme.example", role="agent")
    return admin, crm.session(org=admin.org, user=alex.id)


def test_a_tick_does_what_is_due(opened: tuple[nexa.Crm, testing.Clock]) -> None:
    crm, clock = opened
    admin, alex = _office(crm)
    at = clock.now + timedelta(hours=3)
    task = admin.task.create(title="Call them", assignee={"user": alex.user_id}, remind_at=at)
    assert [due.org for due in crm.due()] == [admin.org]
    crm.tick(admin.org)
    assert [notification.reason for notification in alex.notification.find()] == ["assigned"]
    assert crm.due() == []
    idle = crm.tick(admin.org)
    assert idle == nexa.Ticked(done=0, next_due=at)
    assert crm.due(at) == [nexa.Due(org=admin.org, at=at)]
    clock.advance(hours=3)
    assert crm.tick(admin.org).done >= 1
    reminded = alex.notification.find(reason="reminder").list()
    assert [(reminder.about, reminder.late) for reminder in reminded] == [(nexa.About("task", task.id), False)]
    assert alex.notification.mark_all_read().count == 2
    with pytest.raises(nexa.Invalid, match="1 to 1,000"):
        crm.due(limit=0)
    with pytest.raises(ValueError, match="time zone"):
        crm.due(datetime(2026, 3, 2))


def test_a_worker_does_what_is_due_until_it_is_stopped(crm: nexa.Crm) -> None:
    admin, alex = _office(crm)
    with crm.worker(every=0.01) as worker:
        admin.task.create(title="Call them", assignee={"user": alex.user_id})
        # How long it takes depends on the machine; what counts is that it happens.
        for _ in range(1_000):
            if alex.notification.count():
                break
            time.sleep(0.01)
        assert alex.notification.count() == 1
        assert worker.running
    assert not worker.running
    assert crm.due(datetime.now(timezone.utc)) == []
