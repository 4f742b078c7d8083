"""Filters as keywords, joined by Q, and as plain data mean the same."""

from __future__ import annotations

import pytest

import nexa_crm as nexa
from nexa_crm import Q, testing


def filled(make: testing.Factory) -> nexa.Session:
    acme = make.account(name="Acme", industry="retail")
    for number in range(12):
        make.contact(last_name=f"C{number:02}", account=acme if number % 2 else None, tags=["vip"] if number < 3 else [])
    return make.session


def test_keywords_are_comparisons(make: testing.Factory) -> None:
    s = filled(make)
    assert s.contact.count() == 12
    assert s.contact.count(last_name="C03") == 1
    assert s.contact.count(last_name__in=["C03", "C04", "nobody"]) == 2
    assert s.contact.count(last_name__ge="C06", last_name__lt="C08") == 2
    assert s.contact.count(account=None) == 6
    assert s.contact.count(account__ne=None) == 6
    assert s.contact.count(account__is_null=False) == 6
    assert s.contact.count(account__industry="retail") == 6
    assert s.contact.count(tags__has="vip") == 3
    assert s.account.count(name__starts_with="ACM") == 1


def test_conditions_joined_one_by_one_stand_beside_each_other(make: testing.Factory) -> None:
    s = filled(make)
    any_of = Q(last_name="C00")
    for number in range(1, 150):
        any_of = any_of | Q(last_name=f"C{number:02}")
    assert s.contact.count(any_of) == 12
    assert s.contact.count(~any_of & Q(account=None) & Q(last_name="C01")) == 0
    for number in range(1200):
        any_of |= Q(last_name=f"D{number}")
    with pytest.raises(nexa.Invalid) as refused:
        s.contact.count(any_of)
    assert refused.value.code == "filter.too_large"


def test_conditions_are_joined(make: testing.Factory) -> None:
    s = filled(make)
    either = Q(last_name="C01") | Q(last_name="C02")
    assert s.contact.count(either) == 2
    assert s.contact.count(~either) == 10
    assert s.contact.count(either & Q(account=None)) == 1
    assert s.contact.count(either, account=None) == 1
    assert s.contact.count(Q.through("account", Q(industry="retail"))) == 6
    assert s.contact.count(created_at__ge=nexa.now("-PT1H"), created_at__le=nexa.today("P1D")) == 12
    assert s.contact.count(Q(created_at__in=[nexa.today("P2D")])) == 0
    assert s.account.count(Q.has("contact", Q(last_name="C01"))) == 1
    assert s.account.count(Q.has("contact", by="account", at_least=6)) == 1
    assert s.account.count(Q.has("contact", at_least=7)) == 0
    assert s.account.count(Q.has_none("contact", Q(last_name="C01"))) == 0
    assert s.account.count(Q.has_none("contact", {"field": "last_name", "value": "C02"}, by="account")) == 1
    assert s.contact.count({"field": "last_name", "op": "eq", "value": "C01"}) == 1
    assert s.contact.count({"or": [{"field": "last_name", "value": "C01"}, Q(last_name="C05")]}) == 2
    assert Q(a=1) == Q(a=1) and Q(a=1) != Q(a=2)


def test_custom_fields_are_reached(make: testing.Factory) -> None:
    s = make.session
    s.field.define(of_kind="lead", name="region", holds="text", indexed=True)
    make.lead(custom={"region": "north"})
    assert s.lead.count(Q(custom__region="north")) == 1
    assert s.lead.count(Q(custom__region__in=["south"])) == 0


def test_a_field_that_is_not_there_is_refused(make: testing.Factory) -> None:
    with pytest.raises(nexa.Invalid) as refused:
        make.session.contact.count(Q(colour="red"))
    assert refused.value.code == "field.unknown"


def test_results_page_by_themselves(make: testing.Factory) -> None:
    s = filled(make)
    found = s.contact.find(order_by="-last_name", page_size=5)
    assert [contact.last_name for contact in found] == [f"C{number:02}" for number in range(11, -1, -1)]
    assert len(found.list()) == 12
    first = found.first()
    assert first is not None and first.last_name == "C11"
    assert s.contact.find(last_name="nobody").first() is None
    assert len(s.contact.find(limit=7, page_size=5).list()) == 7
    page = s.contact.find(limit=10, order_by="last_name").page()
    assert len(page) == 10 and page.next and page[0].last_name == "C00"
    rest = s.contact.find(limit=10, order_by="last_name").page(after=page.next)
    assert [contact.last_name for contact in rest] == ["C10", "C11"] and rest.next is None


def test_groups_and_words(make: testing.Factory) -> None:
    s = filled(make)
    rows = s.contact.aggregate(group_by=["account"], measure=["count"])
    assert sorted(row.measures[0] for row in rows) == [6, 6]
    assert [account.name for account in s.account.search("acme")] == ["Acme"]
    assert s.contact.find(trashed=True).list() == []


def test_mail_addresses_and_numbers_are_found_by_their_parts(make: testing.Factory) -> None:
    s = make.session
    ann = make.contact(last_name="O\u2019Brien", email="ann@acme.example", phone="+44 20 7946 0018")
    make.contact(last_name="M\u00fcller", email="bob@other.example", phone="+1 312 555 0122")
    assert [contact.id for contact in s.contact.find(email__ends_with="@ACME.example")] == [ann.id]
    assert [contact.id for contact in s.contact.find(phone__contains="7946 00")] == [ann.id]
    for text in ["acme.example", "@acme.example", "+442079460018", "02079460018", "7946", "brien", "O'Brien"]:
        assert [contact.id for contact in s.contact.search(text)] == [ann.id], text
    assert [contact.last_name for contact in s.contact.search("Muller")] == ["M\u00fcller"]


def test_lists_come_by_name_and_by_custom_field(make: testing.Factory) -> None:
    s = make.session
    s.field.define(of_kind="account", name="seats", holds="number")
    for name, seats in [("Zebra", 9), ("apple", 100), ("\u00c9clair", 10), ("Banana", None)]:
        make.account(name=name, custom={} if seats is None else {"seats": seats})
    by_name = s.account.find(order_by="name", page_size=2)
    assert [account.name for account in by_name] == ["apple", "Banana", "\u00c9clair", "Zebra"]
    by_seats = s.account.find(order_by="-custom.seats", page_size=3)
    assert [account.name for account in by_seats] == ["apple", "\u00c9clair", "Zebra", "Banana"]
