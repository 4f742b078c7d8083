"""Refusals are exceptions of one small tree."""

from __future__ import annotations

import pickle
from pathlib import Path
from typing import Any

import pytest

import nexa_crm as nexa
from nexa_crm import testing

MISSING = "00000000-0000-7000-8000-000000000000"


def test_each_kind_of_refusal_has_a_class(crm: nexa.Crm, make: testing.Factory) -> None:
    admin = make.session
    ticket = make.ticket()
    with pytest.raises(nexa.NotFound) as not_found:
        admin.ticket.get(MISSING)
    assert not_found.value.code == "record.not_found" and not_found.value.details["kind"] == "ticket"
    with pytest.raises(nexa.Invalid) as invalid:
        admin.lead.create(email="no address")
    assert not invalid.value.retryable
    with pytest.raises(nexa.RuleViolation) as rule:
        admin.ticket.close(ticket)
    assert rule.value.code == "ticket.not_resolved"
    make.lead(email="one@example.com")
    with pytest.raises(nexa.Conflict):
        make.lead(email="one@example.com")
    viewer = crm.session(admin.org, user=make.user(role="viewer"))
    with pytest.raises(nexa.Forbidden) as forbidden:
        viewer.lead.create(last_name="X")
    assert forbidden.value.code == "access.denied"
    with pytest.raises(nexa.Unavailable) as unavailable:
        nexa.open("sqlite:/no/such/folder/crm.db")
    for error in (not_found, invalid, rule, forbidden, unavailable):
        assert isinstance(error.value, nexa.Error)
        assert error.value.message and error.value.code in str(error.value)
        assert pickle.loads(pickle.dumps(error.value)) == error.value


def test_a_url_that_names_no_storage_is_refused() -> None:
    with pytest.raises(nexa.Invalid) as refused:
        nexa.open("mysql://localhost")
    assert refused.value.code == "crm.url_invalid"


def test_a_closed_crm_refuses(tmp_path: Path) -> None:
    crm = nexa.open(f"sqlite:{tmp_path / 'crm.db'}")
    admin = crm.create_org("A", admin={"name": "Ada", "email": "ada@example.com"})
    crm.close()
    crm.close()
    assert crm.closed and "closed" in repr(crm)
    for call in (lambda: admin.lead.count(), lambda: crm.has_org(admin.org), lambda: list(admin.feed())):
        with pytest.raises(nexa.Unavailable) as refused:
            call()
        assert refused.value.code == "crm.closed"


def test_an_operation_that_is_not_there(admin: nexa.Session) -> None:
    with pytest.raises(nexa.Invalid) as refused:
        admin.execute("lead.fly")
    assert refused.value.code == "operation.unknown"


def test_arguments_that_are_not_taken_or_are_missing(admin: nexa.Session) -> None:
    lead = admin.lead.create(last_name="Jones")
    s: Any = admin
    for call, said in (
        (lambda: s.lead.create(colour="red"), "lead.create() got an unexpected keyword argument 'colour'"),
        (lambda: s.lead.create(compani="A"), "'compani'; did you mean 'company'?"),
        (lambda: s.lead.create("Jones"), "lead.create() takes no positional arguments; give each by keyword"),
        (lambda: s.lead.get(), "lead.get() is missing what must be given: 'lead'"),
        (lambda: s.lead.assign(), "lead.assign() is missing what must be given: 'lead', 'assignee'"),
        (lambda: s.lead.assign(lead, None), "lead.assign() takes one positional argument, 'lead'; give the others by keyword"),
        (lambda: s.lead.get(lead, lead=lead), "lead.get() got multiple values for argument 'lead'"),
        (lambda: s.lead.history(lead, limits=1), "lead.history() got an unexpected keyword argument 'limits'"),
        (lambda: s.lead.find(order="name").first(), "order"),
        (lambda: s.lead.count({}, {}), "positional argument"),
    ):
        with pytest.raises((TypeError, nexa.Invalid)) as refused:
            call()
        assert said in str(refused.value)
    assert admin.lead.get(lead=lead) == admin.lead.get(lead) == admin.lead.get(lead.id)
    assert admin.lead.update(lead, company=nexa.UNSET, title="CEO").title == "CEO"
    assert admin.lead.count() == 1


def test_a_session_needs_somebody(crm: nexa.Crm, admin: nexa.Session) -> None:
    with pytest.raises(TypeError):
        crm.session(admin.org)
    with pytest.raises(nexa.Invalid):
        crm.session("no id", user=admin.user_id)


def test_open_things_are_not_pickled(crm: nexa.Crm, admin: nexa.Session) -> None:
    for thing in (crm, admin, admin.lead):
        with pytest.raises(ValueError, match="cannot be pickled"):
            pickle.dumps(thing)


def test_what_cannot_be_written_is_named_in_plain_words(admin: nexa.Session) -> None:
    from datetime import datetime

    for arguments, path in (
        ({"description": object()}, "description"),
        ({"custom": {"seats": float("nan")}}, "custom.seats"),
        ({"tags": ["a", {(1, 2): 3}]}, "tags[1].?"),
        ({"due_at": datetime(2025, 11, 17)}, "due_at"),
        ({"description": "\ud800"}, "the top"),
    ):
        with pytest.raises(nexa.Invalid) as refused:
            admin.execute("lead.create", {"email": "x@example.com"} | arguments)
        assert refused.value.code == "command.malformed" and refused.value.details["path"] == path
        said = refused.value.message
        for word in ("object at", "not JSON serializable", "keys must be", "line 1", "float values", "datetime.datetime("):
            assert word not in said, said


def test_a_wrong_type_is_named_with_its_place(admin: nexa.Session) -> None:
    with pytest.raises(nexa.Invalid) as refused:
        admin.lead.create(email="x@example.com", address={"city": 5})  # type: ignore[typeddict-item]
    assert refused.value.details["field"] == "address.city"
    assert "expected" not in refused.value.message and "invalid type" not in refused.value.message
