"""What one call did is undone, and a record is read as it was."""

from __future__ import annotations

import pytest

import nexa_crm as nexa


def test_a_change_is_undone_and_redone(admin: nexa.Session) -> None:
    s = admin
    contact = s.contact.create(email="sarah@example.com")
    s.contact.update(contact, title="CTO")
    change = s.contact.history(contact).list()[-1]
    assert s.contact.get(contact, as_of=change.seq - 1).title is None
    undone = s.ledger.undo(unit=change.unit)
    assert s.contact.get(contact).title is None
    assert "version" in undone.not_undone
    with pytest.raises(nexa.Conflict) as refused:
        s.ledger.undo(unit=change.unit)
    assert refused.value.code == "undo.done"
    s.ledger.undo(unit=undone.unit)
    assert s.contact.get(contact).title == "CTO"
