"""An id names one record of one kind, for ever."""

from __future__ import annotations

import pytest

import nexa_crm as nexa


def test_nobody_reads_a_hidden_ticket_by_making_something_with_its_id(url: str) -> None:
    with nexa.open(url, migrate=True) as crm:
        admin = crm.create_org("A", admin={"name": "Ada", "email": "ada@example.com"})
        alex, maria = (
            crm.session(admin.org, user=admin.user.create(name=name, email=f"{name}@example.com", role="agent"))
            for name in ("alex", "maria")
        )
        hidden = admin.ticket.create(subject="Confidential")
        maria.ticket.claim(hidden)
        with pytest.raises(nexa.NotFound):
            alex.ticket.history(hidden).list()
        for kind, fields in {
            "task": {"title": "Mine"},
            "lead": {"company": "Mine"},
            "contact": {"first_name": "Mine"},
            "account": {"name": "Mine"},
        }.items():
            with pytest.raises(nexa.Conflict) as refused:
                getattr(alex, kind).create(id=hidden.id, **fields)
            assert refused.value.code == "id.taken"


def test_a_purged_id_is_never_given_again(url: str) -> None:
    with nexa.open(url, migrate=True) as crm:
        admin = crm.create_org("A", admin={"name": "Ada", "email": "ada@example.com"})
        purged = admin.task.create(title="Confidential")
        admin.task.trash(purged)
        admin.task.purge(purged)
        for kind, fields in {"task": {"title": "Next"}, "lead": {"company": "Next"}}.items():
            with pytest.raises(nexa.Conflict) as refused:
                getattr(admin, kind).create(id=purged.id, **fields)
            assert refused.value.code == "id.taken"
