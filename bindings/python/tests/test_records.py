"""Records are values of Python."""

from __future__ import annotations

import copy
import json
import pickle
import subprocess
import sys
from datetime import date, datetime, timedelta, timezone
from decimal import Decimal

import pytest

import nexa_crm as nexa
from nexa_crm import records, testing


def test_the_first_lines_of_the_documentation(crm: nexa.Crm) -> None:
    admin = crm.create_org("Acme Support", admin={"name": "Lisa", "email": "lisa@acme.example"})
    alex = admin.user.create(name="Alex", email="alex@acme.example", role="agent")
    s = crm.session(org=admin.org, user=alex.id)
    t = s.ticket.create(
        subject="Cannot access dashboard",
        description="Unable to log in",
        customer={"name": "Sarah", "email": "sarah@example.com", "company": "Acme"},
        priority="high",
    )
    t = s.ticket.claim(t.id)
    assert t.status == "open"
    assert t.assignee == nexa.Assignee(user=alex.id)
    assert "Cannot access dashboard" in repr(t)
    assert [t.id for t in s.ticket.find(status="open", order_by=["-priority", "created_at"])] == [t.id]
    explained = s.explain(t)
    assert "ticket.resolve" in explained.allowed
    assert explained.refused["ticket.close"].code == "ticket.not_resolved"


def test_values_have_the_types_of_python(make: testing.Factory) -> None:
    deal = make.deal(amount=nexa.Money("50000.00", "USD"), close_date=date(2027, 1, 31))
    assert deal.amount == nexa.Money(Decimal("50000.00"), "USD")
    assert deal.amount is not None and isinstance(deal.amount.amount, Decimal)
    assert deal.close_date == date(2027, 1, 31)
    assert deal.created_at.utcoffset() == timedelta(0)
    assert isinstance(deal.id, records.DealId) and isinstance(deal.id, str)
    ticket = make.ticket(priority=records.TicketPriority.HIGH)
    assert isinstance(ticket.priority, records.TicketPriority)
    assert ticket.tags == [] and ticket.custom == {} and ticket.assignee is None


def test_money_adds_up_in_one_currency() -> None:
    assert nexa.Money(1, "EUR") + nexa.Money("2.50", "EUR") == nexa.Money("3.50", "EUR")
    with pytest.raises(ValueError, match="do not add up"):
        nexa.Money(1, "EUR") + nexa.Money(1, "USD")


def test_moments_of_other_zones_are_understood_and_naive_ones_refused(make: testing.Factory) -> None:
    east = timezone(timedelta(hours=2))
    task = make.task(due_at=datetime(2027, 1, 1, 12, tzinfo=east))
    assert task.due_at == datetime(2027, 1, 1, 10, tzinfo=timezone.utc)
    with pytest.raises(nexa.Invalid, match="give a time zone"):
        make.task(due_at=datetime(2027, 1, 1, 12))


def test_records_are_equal_when_they_say_the_same(make: testing.Factory) -> None:
    ticket = make.ticket()
    again = make.session.ticket.get(ticket)
    assert again == ticket and hash(again) == hash(ticket)
    changed = make.session.ticket.update(ticket, subject="Other")
    assert changed != ticket and changed.id == ticket.id and changed.version == 2


def test_records_survive_pickling_and_copying(make: testing.Factory) -> None:
    lead = make.lead(tags=["a"], address={"city": "Berlin"})
    for protocol in range(2, pickle.HIGHEST_PROTOCOL + 1):
        back = pickle.loads(pickle.dumps(lead, protocol))
        assert back == lead and back.address == lead.address and back.created_at == lead.created_at
    assert copy.deepcopy(lead) == lead and copy.copy(lead) is lead
    value = nexa.Money("1.00", "USD"), lead.id, nexa.Assignee(user=nexa.Id("x"))
    assert pickle.loads(pickle.dumps(value)) == value


def test_a_class_is_one_whoever_asks_first() -> None:
    code = """
import threading
from nexa_crm import records
barrier, found = threading.Barrier(8), []
def ask(name):
    barrier.wait()
    found.append((name, getattr(records, name), dict(records.Conversion.FIELDS)))
threads = [threading.Thread(target=ask, args=(name,)) for name in ("Lead", "Conversion", "Deal", "LeadId") * 2]
[one.start() for one in threads], [one.join() for one in threads]
assert len(found) == 8 and all(found[0][2] == fields and fields for _, _, fields in found)
assert all(one is getattr(records, name) for name, one, _ in found)
assert records.Conversion.FIELDS["contact"] is records.Contact and records.Lead.FIELDS["id"] is records.LeadId
"""
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True)
    assert (done.returncode, done.stderr) == (0, "")


def test_a_record_is_unpickled_before_anything_else_was_asked_for(make: testing.Factory) -> None:
    ticket = make.ticket(priority="high")
    text = pickle.dumps((ticket, ticket.id, ticket.priority)).hex()
    code = f"import pickle; print(pickle.loads(bytes.fromhex({text!r})))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True)
    assert done.stderr == "" and "Issue 1" in done.stdout and f"TicketId('{ticket.id}')" in done.stdout


def test_there_is_no_record_of_another_name() -> None:
    import nexa_crm.records as module

    assert module is records
    with pytest.raises(AttributeError, match="has no attribute 'Leed'"):
        records.Leed  # type: ignore[attr-defined]
    with pytest.raises(KeyError):
        records.KINDS["leed"]


def test_records_do_not_change(make: testing.Factory) -> None:
    lead = make.lead()
    with pytest.raises(AttributeError, match="does not change"):
        lead.company = "Other"
    with pytest.raises(AttributeError, match="no field 'compani'"):
        lead.compani  # type: ignore[attr-defined]
    assert "company" in dir(lead)


def test_a_record_as_a_dict(make: testing.Factory) -> None:
    lead = make.lead(company="Acme", address={"city": "Berlin"})
    plain = lead.to_dict()
    assert plain["company"] == "Acme" and plain["created_at"] == lead.created_at
    assert plain["address"]["city"] == "Berlin"
    assert json.loads(json.dumps(lead.to_json()))["id"] == lead.id


def test_notebooks_show_tables(make: testing.Factory) -> None:
    ticket = make.ticket(subject="<script>")
    assert "&lt;script&gt;" in ticket._repr_html_() and "<script>" not in ticket._repr_html_()
    make.ticket()
    html = make.session.ticket.find()._repr_html_()
    assert html.count("<tr>") == 3 and "T-000002" in html
    assert make.session.ticket.find(status="closed").page()._repr_html_() == "<p>nothing</p>"
    assert "<table>" in make.session.deal.forecast(from_="2027-01-01", to="2027-12-31")._repr_html_()
    assert "ticket.claim" in make.session.explain(ticket)._repr_html_()


def test_related_records_come_along(make: testing.Factory) -> None:
    ticket = make.ticket(customer={"name": "Sarah Jones", "email": "sarah@example.com", "company": "Acme"})
    found = make.session.ticket.get(ticket, with_=["contact", "account"])
    assert isinstance(found.related["account"], records.Account)
    assert found.related["account"].name == "Acme"
    (listed,) = make.session.ticket.find(with_=["contact"])
    assert listed.related["contact"].id == ticket.contact
    assert ticket.related == {}


def test_external_keys_name_records(make: testing.Factory) -> None:
    lead = make.lead(external_keys=[{"system": "school", "key": "17"}])
    assert make.session.lead.get({"system": "school", "key": "17"}) == lead
    assert make.session.lead.get(lead.external_keys[0]) == lead


def test_an_upsert_says_whether_it_created(make: testing.Factory) -> None:
    first = make.session.lead.upsert(match_on="email", email="one@example.com", last_name="One")
    again = make.session.lead.upsert(match_on="email", email="one@example.com", last_name="One")
    assert first.created and not again.created and first.record.id == again.record.id


def test_an_envelope_says_more(make: testing.Factory) -> None:
    session = make.session
    ticket = make.ticket()
    seen = session.envelope(expected_version=ticket.version, reason="Customer called")
    assert seen.ticket.prioritize(ticket, priority="critical").priority == "critical"
    with pytest.raises(nexa.Conflict) as refused:
        seen.ticket.prioritize(ticket, priority="low")
    assert refused.value.code == "version.conflict"
    assert session.ticket.history(ticket).list()[-1].reason == "Customer called"
    once = session.envelope(idempotency_key="form-1")
    assert once.lead.create(last_name="A") == once.lead.create(last_name="A")
    session.envelope(dry_run=True).lead.create(last_name="B")
    assert session.lead.count() == 1


def test_a_batch_is_all_or_nothing(make: testing.Factory) -> None:
    session = make.session
    with pytest.raises(nexa.Error):
        session.batch([("lead.create", {"last_name": "A"}), ("lead.create", {"email": "no address"})])
    assert session.lead.count() == 0
    answers = session.batch([("lead.create", {"last_name": "A"}), ("lead.create", {"last_name": "B"})])
    assert [answer["last_name"] for answer in answers] == ["A", "B"]


def test_a_field_that_a_keyword_names_has_an_underscore_behind_it(crm: nexa.Crm) -> None:
    admin = crm.create_org("Acme Support", admin={"name": "Lisa", "email": "lisa@acme.example"})
    contact = admin.contact.create(email="sarah@private.example")
    call = admin.call.create(outcome="connected", from_="+49 30 9018201", about=[{"kind": "contact", "id": contact.id}])
    assert call.from_ == admin.call.get(call.id).from_ == "+49309018201"
    assert call.to_json()["from"] == call.to_dict()["from_"] == "+49309018201"
