"""Imports from paths, files, tables and iterators, with progress."""

from __future__ import annotations

import io
from collections.abc import Iterator
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

import nexa_crm as nexa

ROOT = Path(__file__).parents[3]
CSV = "Email,Last Name\n" + "".join(f"p{number}@example.com,P{number}\n" for number in range(2500))


def test_from_a_path_with_progress(admin: nexa.Session, tmp_path: Path) -> None:
    path = tmp_path / "leads.csv"
    path.write_text(CSV)
    reported: list[nexa.Progress] = []
    report = admin.lead.import_csv(path, set={"source": "web"}, progress=reported.append)
    assert (report.rows, report.created, report.refused) == (2500, 2500, 0)
    assert [one.rows for one in reported] == [1000, 2000, 2500]
    assert reported[-1].bytes == reported[-1].total == path.stat().st_size
    assert admin.lead.count(source="web") == 2500
    again = admin.lead.import_csv(str(path))
    assert (again.created, again.skipped) == (0, 2500)


@pytest.mark.parametrize("source", [io.StringIO, lambda text: io.BytesIO(text.encode("utf-16"))])
def test_from_open_files(admin: nexa.Session, source: Any) -> None:
    assert admin.lead.import_csv(source(CSV)).created == 2500


def test_refused_rows_are_reported(admin: nexa.Session) -> None:
    refused: list[dict[str, Any]] = []
    text = "Email,Last Name\nno address,A\nb@example.com,B\n"
    report = admin.lead.import_csv(io.StringIO(text), on_refused=refused.append)
    assert (report.created, report.refused) == (1, 1)
    assert refused[0]["cells"]["Email"] == "no address"
    assert report.problems[0].code == refused[0]["problem"]["code"]


def rows(count: int) -> Iterator[dict[str, Any]]:
    for number in range(count):
        yield {"email": f"p{number}@example.com", "last_name": f"P{number}", "company": None}


def test_from_an_iterator(admin: nexa.Session) -> None:
    reported: list[nexa.Progress] = []
    report = admin.lead.import_rows(rows(2100), chunk=500, progress=reported.append)
    assert report.created == 2100 and [one.rows for one in reported] == [500, 1000, 1500, 2000, 2100]
    assert reported[-1].total is None


def test_from_tables(admin: nexa.Session) -> None:
    pl, pd, pa = (pytest.importorskip(name) for name in ("polars", "pandas", "pyarrow"))
    data = {"email": ["a@example.com", "b@example.com"], "last_name": ["A", None], "company": ["X", "Y"]}
    assert admin.lead.import_rows(pl.DataFrame(data)).created == 2
    assert admin.lead.import_rows(pd.DataFrame(data)).skipped == 2
    assert admin.lead.import_rows(pa.table(data), policy="update").unchanged == 2
    lead = admin.lead.find(email="b@example.com").first()
    assert lead is not None and lead.last_name is None and lead.company == "Y"


def test_frames_keep_what_their_types_say(admin: nexa.Session) -> None:
    pl, pd, np = (pytest.importorskip(name) for name in ("polars", "pandas", "numpy"))
    days = [datetime(2026, 3, 31), datetime(2026, 4, 1)]
    data = {"name": ["A", "B"], "close_date": days, "contract_term_months": [12, None], "amount.amount": [Decimal("5.50"), None]}
    report = admin.deal.import_rows(pl.DataFrame(data, strict=False))
    assert (report.created, report.problems) == (2, [])
    deal = admin.deal.find(name="A").first()
    assert deal is not None and deal.close_date == date(2026, 3, 31) and deal.contract_term_months == 12
    assert deal.amount == nexa.Money("5.50", "USD")
    frame = pd.DataFrame({
        "name": pd.Categorical(["C", "D", "E"]),
        "close_date": pd.to_datetime(["2026-03-31", "2026-04-01 17:05", None], format="mixed"),
        "contract_term_months": pd.array([12, None, 6], dtype="Int64"),
        "probability": np.array([75.0, np.nan, 50.0]),
        "competitors": [["Globex", "Initech"], None, []],
    })
    report = admin.deal.import_rows(frame)
    assert (report.created, report.problems) == (3, [])
    deal = admin.deal.find(name="C").first()
    assert deal is not None and deal.close_date == date(2026, 3, 31)
    assert (deal.probability, deal.probability_by_hand, deal.competitors) == (75, True, ["Globex", "Initech"])
    other = admin.deal.find(name="D").first()
    assert other is not None and other.close_date == date(2026, 4, 1) and other.contract_term_months is None
    aware = pd.DataFrame({"name": ["F"], "close_date": pd.to_datetime(["2026-03-31"]).tz_localize("Europe/Berlin")})
    assert admin.deal.import_rows(aware).created == 1
    deal = admin.deal.find(name="F").first()
    assert deal is not None and deal.close_date == date(2026, 3, 31)


def test_phones_that_a_table_keeps_as_floats_keep_their_digits(admin: nexa.Session) -> None:
    np = pytest.importorskip("numpy")
    rows = [{"last_name": "A", "phone": np.float64(2079460018.0)}, {"last_name": "B", "phone": float("nan")}]
    assert admin.contact.import_rows(rows).created == 2
    contact = admin.contact.find(last_name="A").first()
    assert contact is not None and contact.phone == "2079460018"
    with pytest.raises(TypeError, match="bytes"):
        admin.contact.import_rows([{"last_name": b"C"}])


def test_a_bad_cell_costs_the_cell_when_the_import_says_so(admin: nexa.Session) -> None:
    rows = [{"last_name": "A", "email": "no address"}]
    assert admin.contact.import_rows(rows).refused == 1
    report = admin.contact.import_rows(rows, on_bad_cell="leave_out")
    assert (report.created, report.refused, report.cells_left_out) == (1, 0, 1)
    assert (report.left_out[0].column, report.left_out[0].value) == ("email", "no address")


def test_an_exception_of_the_caller_ends_the_import(admin: nexa.Session) -> None:
    class Broken(Exception):
        pass

    def failing() -> Iterator[dict[str, Any]]:
        yield from rows(1500)
        raise Broken

    with pytest.raises(Broken):
        admin.lead.import_rows(failing())
    assert admin.lead.count() in (0, 1000, 1500)

    def stop(progress: nexa.Progress) -> None:
        raise Broken

    with pytest.raises(Broken):
        admin.lead.import_rows(rows(20_000), progress=stop)
    assert admin.lead.count() < 20_000
    with pytest.raises(TypeError, match="a row is a mapping"):
        admin.lead.import_rows([("a", "b")])


def test_a_bar_is_shown(admin: nexa.Session, capsys: pytest.CaptureFixture[str]) -> None:
    pytest.importorskip("tqdm")
    admin.lead.import_csv(io.BytesIO(CSV.encode()), progress=True)
    assert "Importing lead" in capsys.readouterr().err
    admin.lead.import_rows(list(rows(10)), progress=True)
    assert "10/10" in capsys.readouterr().err


def test_a_dry_run_changes_nothing(admin: nexa.Session) -> None:
    report = admin.envelope(dry_run=True).lead.import_rows(rows(10))
    assert report.dry_run and report.created == 10 and admin.lead.count() == 0


def test_every_kind_that_is_imported_takes_files(admin: nexa.Session) -> None:
    operations = nexa.catalog()["operations"]
    kinds = [name.split(".")[0] for name in operations if name.endswith(".import_csv")]
    assert len(kinds) > 10
    for kind in kinds:
        with pytest.raises(nexa.Invalid) as refused:
            getattr(admin, kind).import_csv(io.StringIO("Nobody Knows\nx\n"))
        assert refused.value.code != "kind.unknown"


@pytest.mark.parametrize(
    "source",
    [
        lambda text, path: path,
        lambda text, path: text.encode(),
        lambda text, path: io.BytesIO(text.encode()),
        lambda text, path: io.StringIO(text),
    ],
)
def test_a_preview_shows_what_an_import_would_make_of_a_file(admin: nexa.Session, tmp_path: Path, source: Any) -> None:
    text = "Vorname;Nachname;E-Mail;Schuhgröße\nAda;Doe;ada@doe.example;38\nBob;Roe;no mail;44\n"
    path = tmp_path / "leads.csv"
    path.write_text(text, encoding="utf-8")
    shown = admin.lead.import_preview(source(text, path), rows=2)
    assert (shown.language, shown.delimiter, shown.header_line) == ("de", ";", 1)
    assert [(one.column, one.target) for one in shown.columns][2:] == [("E-Mail", "email"), ("Schuhgröße", None)]
    assert shown.rows[0].fields == {"first_name": "Ada", "last_name": "Doe", "email": "ada@doe.example"}
    assert shown.rows[1].problem.column == "E-Mail"
    assert admin.lead.count() == 0


def test_a_preview_leaves_an_open_file_where_it_is(admin: nexa.Session) -> None:
    file = io.BytesIO(CSV.encode())
    assert len(admin.lead.import_preview(file).rows) == 10
    assert admin.lead.import_csv(file).created == 2500


def test_a_preview_shows_rows(admin: nexa.Session) -> None:
    shown = admin.lead.import_preview([{"E-Mail": "ada@doe.example"}, {"E-Mail": "bob@roe.example"}], rows=1)
    assert [one.target for one in shown.columns] == ["email"]
    assert len(shown.rows) == 1


def test_code_pages_are_named_not_guessed(admin: nexa.Session) -> None:
    data = "First Name,Last Name,Email\nИван,Петров,j@x.example\n".encode("cp1251")
    refused = admin.lead.import_csv(io.BytesIO(data))
    assert (refused.created, refused.problems[0].code) == (0, "import.encoding_broken")
    report = admin.lead.import_csv(io.BytesIO(data), encoding="cp1251")
    assert (report.created, report.encoding) == (1, "windows-1251")
    assert admin.lead.find().first().last_name == "Петров"


def test_the_text_of_a_file_is_no_path(admin: nexa.Session) -> None:
    text = "Last Name,Email\nDoe,jane@x.example\n"
    for read in (admin.lead.import_csv, admin.lead.import_preview):
        with pytest.raises(ValueError, match="not its path") as refused:
            read(text)
        assert "jane" not in str(refused.value)
    assert admin.lead.import_csv(io.StringIO(text)).created == 1
