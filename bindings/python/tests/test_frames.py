"""Records as tables of Arrow, for each library that takes them."""

from __future__ import annotations

from datetime import date, datetime, timezone
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

import nexa_crm as nexa
from nexa_crm import testing


def leads(make: testing.Factory) -> nexa.Session:
    for number in range(25):
        make.lead(last_name=f"L{number:02}", tags=["vip", "b"] if number % 2 else [])
    return make.session


def test_pyarrow_takes_a_frame(make: testing.Factory) -> None:
    pa = pytest.importorskip("pyarrow")
    frame = leads(make).lead.frame(order_by="last_name")
    table = pa.table(frame)
    assert table.num_rows == len(frame) == 25
    assert table.column_names == frame.columns
    assert table["last_name"].to_pylist() == [f"L{number:02}" for number in range(25)]
    assert table["tags"].to_pylist()[:2] == [[], ["b", "vip"]]
    assert table.schema.field("created_at").type == pa.timestamp("us", tz="UTC")
    assert pa.schema(frame) == table.schema
    assert pa.table(frame).equals(table)
    assert table["id"].to_pylist() == [lead.id for lead in make.session.lead.find(order_by="last_name")]


def test_values_have_the_types_of_arrow(make: testing.Factory) -> None:
    pa = pytest.importorskip("pyarrow")
    make.deal(amount=nexa.Money("50000.5", "USD"), close_date=date(2027, 1, 31))
    make.deal()
    rows = pa.table(make.session.deal.frame(order_by="name")).to_pylist()
    assert rows[0]["amount.amount"] == Decimal("50000.5000") and rows[0]["amount.currency"] == "USD"
    assert rows[0]["close_date"] == date(2027, 1, 31)
    assert rows[1]["amount.amount"] is None
    assert isinstance(rows[0]["created_at"], datetime) and rows[0]["created_at"].tzinfo is not None
    assert rows[0]["probability_by_hand"] is False


def test_polars_takes_a_frame(make: testing.Factory) -> None:
    pl = pytest.importorskip("polars")
    frame = leads(make).lead.frame(columns=["last_name", "score"], last_name__ge="L20", order_by="last_name")
    table = pl.DataFrame(frame)
    assert table.columns == ["last_name", "score"]
    assert table["last_name"].to_list() == [f"L{number}" for number in range(20, 25)]
    # This library reads any other stream as a column of structs.
    assert pl.from_arrow(frame).struct.unnest().equals(table)


def test_pandas_takes_a_frame(make: testing.Factory) -> None:
    pd = pytest.importorskip("pandas")
    table = pd.DataFrame.from_arrow(leads(make).lead.frame(columns=["last_name", "created_at"]))
    assert len(table) == 25 and set(table["last_name"]) >= {"L00", "L24"}
    assert str(table["created_at"].dt.tz) == "UTC"


def test_duckdb_takes_a_frame(make: testing.Factory) -> None:
    duckdb = pytest.importorskip("duckdb")
    frame = leads(make).lead.frame()
    assert frame.columns
    found: Any = duckdb.sql("SELECT count(*), max(last_name) FROM frame").fetchall()
    assert found == [(25, "L24")]


def test_a_frame_is_bound_by_filter_access_and_limit(crm: nexa.Crm, make: testing.Factory) -> None:
    admin = make.session
    mine, other = make.user(), make.user()
    make.ticket()
    theirs = make.ticket()
    admin.ticket.assign(theirs, assignee=other)
    assert len(admin.ticket.frame()) == 2
    assert len(crm.session(admin.org, user=mine).ticket.frame()) == 1
    assert len(admin.ticket.frame(limit=1)) == 1
    assert len(admin.ticket.frame(status="closed")) == 0
    with pytest.raises(nexa.Invalid) as refused:
        admin.ticket.frame(columns=["colour"])
    assert refused.value.code == "field.unknown"


def test_a_large_frame_is_read_by_several_connections(opened: tuple[nexa.Crm, testing.Clock]) -> None:
    pa = pytest.importorskip("pyarrow")
    admin = opened[0].create_org("Acme", admin={"name": "Lisa", "email": "lisa@acme.example"})
    count = 17_000
    admin.lead.import_rows({"last_name": f"L{number:05}", "company": "Acme"} for number in range(count))
    table = pa.table(admin.lead.frame(columns=["last_name", "id"]))
    assert sorted(table["last_name"].to_pylist()) == [f"L{number:05}" for number in range(count)]
    in_order = pa.table(admin.lead.frame(columns=["last_name", "id"], order_by="last_name"))
    assert table.sort_by("last_name").equals(in_order.combine_chunks())


def test_every_kind_is_framed_and_exported(admin: nexa.Session, tmp_path: Path) -> None:
    for kind in nexa.catalog()["kinds"]:
        operations = getattr(admin, "organisation" if kind == "org" else kind)
        assert operations.frame().columns
        operations.export(tmp_path / f"{kind}.csv")
        assert (tmp_path / f"{kind}.csv").read_text().startswith("id")


def test_an_export_is_imported_again(crm: nexa.Crm, make: testing.Factory, tmp_path: Path) -> None:
    reported: list[tuple[int, int]] = []
    count = leads(make).lead.export(tmp_path / "leads.csv", progress=lambda records, size: reported.append((records, size)))
    assert count == 25 and reported == [(25, (tmp_path / "leads.csv").stat().st_size)]
    other = crm.create_org("B", admin={"name": "Bob", "email": "bob@example.com"})
    fields = ["last_name", "email", "company"]
    mapping = {name: name if name in fields else "ignore" for name in make.session.lead.frame().columns}
    lines = (tmp_path / "leads.csv").read_text().splitlines()
    mapping = {name: name if name in fields else "ignore" for name in lines[0].split(",")}
    report = other.lead.import_csv(tmp_path / "leads.csv", mapping=mapping)
    assert (report.created, report.refused) == (25, 0)


def test_json_lines_go_into_a_file_object(make: testing.Factory, tmp_path: Path) -> None:
    with (tmp_path / "leads.jsonl").open("wb") as file:
        assert leads(make).lead.export(file, format="json_lines", limit=3) == 3
    assert len((tmp_path / "leads.jsonl").read_text().splitlines()) == 3

    class Full:
        def write(self, data: bytes) -> None:
            raise OSError("no space left")

    with pytest.raises(OSError, match="no space left"):
        make.session.lead.export(Full())


def test_a_moment_is_the_same_in_a_frame(make: testing.Factory) -> None:
    pa = pytest.importorskip("pyarrow")
    lead = make.lead()
    (row,) = pa.table(make.session.lead.frame()).to_pylist()
    assert row["created_at"] == lead.created_at
    assert row["created_at"].astimezone(timezone.utc) == lead.created_at


def test_a_spreadsheet_runs_no_formula_and_is_itself_again(make: testing.Factory, crm: nexa.Crm, tmp_path: Path) -> None:
    names = ["=HYPERLINK(1)", "+44 20", "-cmd|x", "@SUM(1)", "'Tis", "'=x", "''x", "-5", "Müller; jr"]
    for number, name in enumerate(names):
        make.lead(last_name=name, email=f"l{number}@example.com")
    for delimiter in ("comma", "semicolon", "tab"):
        path = tmp_path / f"{delimiter}.csv"
        make.session.lead.export(path, format="spreadsheet", delimiter=delimiter, order_by="email")  # type: ignore[arg-type]
        assert path.read_bytes().startswith(b"\xef\xbb\xbf")
        admin = crm.create_org("Other", admin={"name": "Ada", "email": "ada@example.com"})
        report = admin.lead.import_csv(path)
        assert (report.created, report.refused) == (len(names), 0), report
        assert [lead.last_name for lead in admin.lead.find(order_by="email")] == names


def test_people_choose_what_a_spreadsheet_shows(make: testing.Factory, tmp_path: Path) -> None:
    make.session.organisation.configure(time_zone="Europe/Berlin")
    account = make.session.account.create(name="=Acme")
    make.session.contact.create(last_name="Doe", email="doe@example.com", account=account.id)
    path = tmp_path / "contacts.csv"
    columns = ["email", "account.name", "account.id", "created_at"]
    make.session.contact.export(path, format="spreadsheet", columns=columns, labels=True, local_times=True)
    header, row = path.read_text("utf-8-sig").splitlines()[:2]
    assert header == "Email,Account name,Account id,Created at"
    assert row.startswith(f"doe@example.com,'=Acme,{account.id},2") and row[-6:] in ("+01:00", "+02:00")
    with pytest.raises(nexa.Invalid) as refused:
        make.session.contact.export(path, format="spreadsheet", columns=["account.colour"])
    assert refused.value.code == "field.unknown"
    with pytest.raises(nexa.Invalid) as refused:
        make.session.contact.export(path, format="json_lines", labels=True)
    assert refused.value.details["field"] == "labels"
