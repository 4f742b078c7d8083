"""Random arguments at the door: no crash, no panic, refusals of the one tree alone."""

from __future__ import annotations

import os
from collections.abc import Iterator
from datetime import date, datetime, timezone
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import nexa_crm as nexa

CATALOG = nexa.catalog()
NAMES = sorted(CATALOG["operations"])
WORDS = sorted({word for kind in CATALOG["kinds"].values() for field in kind["fields"] for word in [field["name"]]})
EXAMPLES = int(os.environ.get("NEXA_EXAMPLES", "300"))

plain = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(),
    st.floats(),
    st.text(max_size=30),
    st.sampled_from(["", "a@example.com", "USD", "2027-01-01", "00000000-0000-7000-8000-000000000000", "\ud800", "\x00"]),
    st.decimals(),
    st.dates(date(1, 1, 1), date(9999, 12, 31)),
    st.datetimes(datetime(1, 1, 1), datetime(9999, 12, 30), timezones=st.just(timezone.utc)),
    st.uuids(),
    st.binary(max_size=5),
    st.builds(nexa.Money, st.decimals(allow_nan=False, allow_infinity=False), st.text(max_size=4)),
    st.builds(object),
)
values = st.recursive(
    plain,
    lambda inner: st.one_of(
        st.lists(inner, max_size=4),
        st.dictionaries(st.one_of(st.text(max_size=8), st.sampled_from(WORDS)), inner, max_size=4),
        st.builds(lambda field, op, value: nexa.Q(**{f"{field}__{op}": value}), st.sampled_from(WORDS), st.sampled_from(["eq", "in", "lt", "has", "contains", "is_null"]), inner),
    ),
    max_leaves=8,
)


@pytest.fixture(scope="module")
def session() -> Iterator[nexa.Session]:
    with nexa.open("memory:") as crm:
        yield crm.create_org("A", admin={"name": "Ada", "email": "ada@example.com"})


def arguments(name: str) -> st.SearchStrategy[dict[str, Any]]:
    properties = sorted(CATALOG["operations"][name]["input"].get("properties", {})) or ["nothing"]
    return st.dictionaries(st.one_of(st.sampled_from(properties), st.text(max_size=5)), values, max_size=6)


@settings(max_examples=EXAMPLES, deadline=None, suppress_health_check=list(HealthCheck))
@given(data=st.data())
def test_any_arguments_are_answered_or_refused(session: nexa.Session, data: st.DataObject) -> None:
    name = data.draw(st.sampled_from(NAMES))
    try:
        session.envelope(dry_run=True).execute(name, data.draw(arguments(name)))
    except nexa.Error as refused:
        assert refused.code and refused.message
        assert refused.code != "work.panicked", refused
        assert not isinstance(refused, nexa.Unavailable), refused


@settings(max_examples=EXAMPLES, deadline=None, suppress_health_check=list(HealthCheck))
@given(data=st.data())
def test_any_envelope_and_reference_is_answered_or_refused(session: nexa.Session, data: st.DataObject) -> None:
    anything = data.draw(values)
    calls = [
        lambda: session.ticket.get(anything),
        lambda: session.ticket.explain(anything),
        lambda: session.lead.find(anything if isinstance(anything, dict) else {"field": "score", "value": anything}).page(),
        lambda: session.lead.find(order_by=[str(anything)]).page(),
        lambda: session.lead.frame(columns=[str(anything)]),
        lambda: session.batch([("lead.count", {"filter": anything})]),
        lambda: session.envelope(reason=anything).lead.create(last_name="A"),
        lambda: session.lead.search(anything).page(),
    ]
    try:
        data.draw(st.sampled_from(calls))()
    except nexa.Error as refused:
        assert refused.code != "work.panicked", refused


def test_deep_arguments_are_refused(session: nexa.Session) -> None:
    deep: Any = 1
    for _ in range(100_000):
        deep = [deep]
    with pytest.raises(nexa.Invalid):
        session.lead.create(custom={"x": deep})
    loop: list[Any] = []
    loop.append(loop)
    with pytest.raises(nexa.Invalid):
        session.lead.create(custom={"x": loop})


@pytest.mark.parametrize("value", [float("nan"), float("inf"), Decimal("NaN"), object(), b"bytes", 10**400])
def test_what_is_no_value_is_refused(session: nexa.Session, value: Any) -> None:
    with pytest.raises(nexa.Invalid):
        session.deal.create(name="X", probability=value)
