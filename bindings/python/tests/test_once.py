"""A command that was done before says so."""

from __future__ import annotations

import nexa_crm as nexa


def qualified(s: nexa.Session) -> nexa.records.Lead:
    lead = s.lead.create(email="sarah@example.com", company="Acme")
    s.lead.contact(lead)
    met = {"met": True, "evidence": "call"}
    return s.lead.qualify(lead, bant={"budget": met, "authority": met, "need": met, "timeline": met})


def test_a_repeated_key_answers_the_first_result_and_says_that_it_is_one(admin: nexa.Session) -> None:
    s = admin
    first = s.once("form-1").task.create(title="Call")
    again = s.once("form-1").task.create(title="Call")
    assert isinstance(first, nexa.Once)
    assert (first.replayed, again.replayed) == (False, True)
    assert first.value.id == again.value.id
    assert type(first.value) is type(s.task.get(first.value))
    value, replayed = again
    assert replayed and value.title == "Call"


def test_a_converted_lead_says_so_without_a_key(admin: nexa.Session) -> None:
    s = admin
    lead = qualified(s)
    first, again = s.once().lead.convert(lead), s.once().lead.convert(lead)
    assert (first.replayed, again.replayed) == (False, True)
    assert first.value.contact.id == again.value.contact.id
    assert s.lead.convert(lead).contact.id == first.value.contact.id


def test_questions_and_batches_of_such_a_session(admin: nexa.Session) -> None:
    s = admin.once("batch-1")
    first = s.batch([("task.create", {"title": "Call"})])
    again = s.batch([("task.create", {"title": "Call"})])
    assert (first.replayed, again.replayed) == (False, True)
    assert first.value == again.value
    assert [task.title for task in s.task.find()] == ["Call"]
    assert s.task.get(first.value[0]["id"]).title == "Call"


def test_urls_keep_their_secrets() -> None:
    for url in ("postgress://lisa:hunter2@host/db", "postgres:lisa:hunter2@host", "postgres://lisa:hunter2@host/db?pool=3"):
        try:
            nexa.open(url)
        except nexa.Invalid as refused:
            assert "hunter2" not in f"{refused} {refused.details}"
        else:
            raise AssertionError(url)
