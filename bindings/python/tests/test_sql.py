"""`crm.sql`: the host's own questions on Nexa's connection."""

from __future__ import annotations

import asyncio
from datetime import datetime, timezone
from pathlib import Path
from uuid import UUID

import pytest

import nexa_crm as nexa


@pytest.fixture
def two(tmp_path: Path) -> tuple[nexa.Crm, nexa.Session, nexa.Session]:
    crm = nexa.open(f"sqlite:{tmp_path / 'crm.db'}")
    ours = crm.create_org("Ours", admin={"name": "Ada", "email": "ada@example.com"})
    theirs = crm.create_org("Theirs", admin={"name": "Bo", "email": "bo@example.com"})
    ours.ticket.create(subject="of ours", priority="high")
    theirs.ticket.create(subject="of theirs")
    return crm, ours, theirs


def test_rows_are_tuples_with_names(two: tuple[nexa.Crm, nexa.Session, nexa.Session]) -> None:
    crm, ours, _ = two
    ticket = next(iter(ours.ticket.find()))
    rows = crm.sql("select id, subject, created_at, 1.5 as half, null as absent from nexa_tickets order by subject")
    assert rows.columns == ["id", "subject", "created_at", "half", "absent"]
    assert len(rows) == 2 and isinstance(rows[0], tuple)
    assert rows[0][:2] == (ticket.id, "of ours") and rows[0][3:] == (1.5, None)
    moment = datetime.fromtimestamp(rows[0][2] / 1_000_000, timezone.utc)
    assert abs((moment - ticket.created_at).total_seconds()) < 0.001
    for identifier in (ticket.id, UUID(ticket.id)):
        assert crm.sql("select subject from nexa_tickets where id = ?", [identifier]) == [("of ours",)]
    assert crm.sql("select count(*) from nexa_tickets where created_at <= ?", [ticket.created_at])[0][0] >= 1


def test_a_tenant_s_question_sees_no_other_tenant(two: tuple[nexa.Crm, nexa.Session, nexa.Session]) -> None:
    crm, ours, theirs = two
    assert crm.sql("select subject from nexa_tickets", org=ours.org) == [("of ours",)]
    assert crm.sql("select subject from nexa_tickets", org=theirs.org) == [("of theirs",)]
    for sql in ("select * from main.nexa_tickets", "select * from sqlite_schema", "pragma database_list"):
        with pytest.raises(nexa.Invalid) as refused:
            crm.sql(sql, org=ours.org)
        assert refused.value.code == "sql.refused"


def test_a_question_only_reads_and_has_limits(two: tuple[nexa.Crm, nexa.Session, nexa.Session]) -> None:
    crm, ours, _ = two
    asked = {
        "sql.refused": lambda: crm.sql("delete from nexa_tickets"),
        "sql.too_large": lambda: crm.sql("select * from nexa_tickets", limit=1),
        "sql.too_long": lambda: crm.sql(
            "with recursive n (n) as (select 1 union all select n + 1 from n) select count(*) from n", timeout=0.05
        ),
    }
    for code, ask in asked.items():
        with pytest.raises(nexa.Invalid) as refused:
            ask()
        assert refused.value.code == code
    assert ours.ticket.count() == 1


def test_an_answer_is_a_table_of_arrow(two: tuple[nexa.Crm, nexa.Session, nexa.Session]) -> None:
    pyarrow = pytest.importorskip("pyarrow")
    crm, ours, _ = two
    sql = "select id, subject, created_at, 1.5 as half, x'01' as bytes, null as absent from nexa_tickets"
    table = pyarrow.table(crm.sql_frame(sql, org=ours.org))
    assert table.num_rows == 1
    assert [str(field.type) for field in table.schema] == ["string", "string", "int64", "double", "binary", "string"]
    assert table["subject"].to_pylist() == ["of ours"]
    assert crm.sql_frame("select 1 as one where 0").columns == ["one"]


def test_asyncio_asks_as_well(tmp_path: Path) -> None:
    async def ask() -> nexa.Rows:
        crm = await nexa.aio.open(f"sqlite:{tmp_path / 'crm.db'}")
        admin = await crm.create_org("A", admin={"name": "Ada", "email": "ada@example.com"})
        await admin.ticket.create(subject="one")
        rows = await crm.sql("select subject from nexa_tickets", org=admin.org)
        assert len(await crm.sql_frame("select 1 as one")) == 1
        await crm.close()
        return rows

    assert asyncio.run(ask()) == [("one",)]


def test_other_storages_say_that_they_cannot() -> None:
    with nexa.open("memory:") as crm, pytest.raises(nexa.Error) as refused:
        crm.sql("select 1")
    assert refused.value.code == "store.unsupported"


def test_what_cannot_be_bound_is_a_type_error(two: tuple[nexa.Crm, nexa.Session, nexa.Session]) -> None:
    crm, _, _ = two
    for params in ([object()], [datetime(2026, 1, 1)], "text"):
        with pytest.raises(TypeError):
            crm.sql("select ?", params)
