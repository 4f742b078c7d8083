"""Records are types of pydantic and FastAPI, and JSON of them is exact, whoever writes it."""

from __future__ import annotations

import dataclasses
import json
import subprocess
import sys
from decimal import Decimal
from typing import Annotated, Any

import jsonschema_rs
import orjson
import pydantic
import pytest
from fastapi import Body, FastAPI

import nexa_crm as nexa
from nexa_crm import records, testing
from nexa_crm.records import Deal

from web import ask


def test_a_record_is_what_a_handler_takes_and_answers(make: testing.Factory) -> None:
    deal = make.deal(amount=nexa.Money("0.10", "EUR"))
    app = FastAPI()

    @app.get("/deals/{id}")
    def one(id: records.DealId) -> Deal:
        assert type(id) is records.DealId
        return make.session.deal.get(id)

    @app.get("/deals")
    def page() -> nexa.Page[Deal]:
        return make.session.deal.find().page()

    @app.post("/amounts")
    def amount(amount: Annotated[nexa.Money, Body()]) -> nexa.Money:
        return amount + amount

    @app.get("/conversions")
    def conversion() -> records.Conversion:
        raise NotImplementedError

    exact = {"amount": "0.10", "currency": "EUR"}
    assert ask(app, "GET", f"/deals/{deal.id}").json() == deal.to_json()
    assert ask(app, "GET", "/deals").json() == {"items": [deal.to_json()], "next": None}
    assert ask(app, "GET", "/deals/nobody").status_code == 422
    assert ask(app, "POST", "/amounts", json=exact).json() == {"amount": "0.20", "currency": "EUR"}
    assert ask(app, "POST", "/amounts", json={"amount": 0.1, "currency": "EUR"}).status_code == 422
    document = ask(app, "GET", "/openapi.json").json()
    schemas = document["components"]["schemas"]
    for name in ("Deal", "Conversion", "Lead", "Contact", "Account"):
        assert schemas[name]["title"] == name
    assert schemas["Conversion"]["properties"]["lead"]["$ref"] == "#/components/schemas/Lead"
    parameter = document["paths"]["/deals/{id}"]["get"]["parameters"][0]
    assert parameter["schema"]["format"] == "uuid"


def test_what_a_handler_answers_without_a_type_is_exact_too(make: testing.Factory) -> None:
    deal = make.deal(amount=nexa.Money("0.10", "EUR"))
    app = FastAPI()

    @app.get("/")
    def answer():  # type: ignore[no-untyped-def]
        return {"deal": deal, "amount": deal.amount, "page": make.session.deal.find().page()}

    @app.get("/any")
    def anything() -> dict[str, Any]:
        return {"deal": deal, "amount": deal.amount, "page": [deal]}

    exact = ask(app, "GET", "/any").json()
    assert exact["deal"] == exact["page"][0] == deal.to_json()
    assert exact["amount"] == {"amount": "0.10", "currency": "EUR"}
    got = ask(app, "GET", "/").json()
    assert got["deal"] == got["page"]["items"][0] == deal.to_json()
    assert got["amount"] == {"amount": "0.10", "currency": "EUR"}


def test_the_encoders_of_json_write_records(make: testing.Factory) -> None:
    deal = make.deal(amount=nexa.Money("0.10", "EUR"))
    page = make.session.deal.find().page()
    refusal = nexa.RuleViolation("No.", "ticket.closed", {"number": "T-1"})
    said = {"deal": deal, "page": page, "explained": make.session.explain(deal), "refusal": refusal}
    said |= {"at": deal.created_at, "rate": Decimal("0.190"), "amount": deal.amount}
    by_json = json.loads(json.dumps(said, default=nexa.jsonable))
    assert by_json["deal"] == by_json["page"]["items"][0] == deal.to_json()
    assert by_json["amount"] == {"amount": "0.10", "currency": "EUR"} and by_json["rate"] == "0.190"
    assert by_json["refusal"]["params"] == {"number": "T-1"}
    by_orjson = json.loads(orjson.dumps(said, default=nexa.jsonable))
    del by_json["at"], by_orjson["at"]
    assert by_orjson == by_json
    assert dict(deal) == {**deal} == deal.to_json() and json.dumps(dict(deal))
    for value in (deal, deal.amount):
        with pytest.raises(TypeError, match="not iterable"):
            iter(value)  # type: ignore[call-overload]
    for nothing in (object(), type, deal.created_at.replace(tzinfo=None)):
        with pytest.raises(TypeError, match="no form in JSON"):
            json.dumps(nothing, default=nexa.jsonable)


def test_a_model_has_records_and_reads_what_it_wrote(make: testing.Factory) -> None:
    class Board(pydantic.BaseModel):
        first: Deal
        others: list[Deal]
        amount: nexa.Money
        owner: nexa.Assignee | None
        id: records.DealId
        stage: records.DealStatus

    deal = make.deal(amount=nexa.Money("12.50", "EUR"))
    assert deal.amount is not None
    owner = nexa.Assignee(user=make.session.user_id)
    board = Board(first=deal, others=[deal], amount=deal.amount, owner=owner, id=deal.id, stage=deal.status)
    text = board.model_dump_json()
    again = Board.model_validate_json(text)
    assert again == board and type(again.id) is records.DealId and isinstance(again.first, records.Deal)
    assert json.loads(text)["amount"] == {"amount": "12.50", "currency": "EUR"}
    for wrong in ({"first": {}}, {"amount": {"amount": 1.5, "currency": "EUR"}}, {"id": "x"}, {"owner": {"nobody": 1}}):
        with pytest.raises(pydantic.ValidationError):
            Board.model_validate({**board.model_dump(), **wrong})


@pytest.mark.parametrize("kind", sorted(records.KINDS))
def test_every_kind_has_a_schema_which_pydantic_describes(kind: str) -> None:
    adapter: Any = pydantic.TypeAdapter(records.KINDS[kind])
    schema = adapter.json_schema(mode="serialization")
    jsonschema_rs.meta.validate(schema)
    shown = schema if "properties" in schema else schema["$defs"][records.KINDS[kind].__name__]
    assert set(shown["required"]) <= set(shown["properties"])
    assert "id" in shown["properties"] and "#/$defs/" not in json.dumps(shown.get("required"))


def test_a_record_fits_the_schema_that_is_shown_for_it(make: testing.Factory) -> None:
    shown = (make.deal(amount=nexa.Money("1.00", "EUR")), make.ticket(), make.lead(), make.task(), make.contact(), make.account())
    for record in shown:
        adapter: Any = pydantic.TypeAdapter(type(record))
        jsonschema_rs.validate(adapter.json_schema(mode="serialization"), record.to_json())
        assert adapter.validate_python(record.to_json()) == record


def test_the_status_of_http_says_the_same_as_the_class() -> None:
    statuses = {nexa.Invalid: 422, nexa.NotFound: 404, nexa.Forbidden: 403, nexa.RuleViolation: 409, nexa.Conflict: 409}
    for kind, status in {**statuses, nexa.Unavailable: 503, nexa.Error: 500}.items():
        assert kind("No.", "x.y").http_status == status
    assert nexa.Invalid("No.", "attachment.too_large").http_status == 413
    assert nexa.Conflict("No.", "idempotency.mismatch").http_status == 422


def test_a_record_is_shown_in_one_short_line(make: testing.Factory) -> None:
    lead = make.lead(first_name="Ada", last_name="Byron", company="Engines", tags=["a"] * 5, description="x" * 500)
    assert repr(lead).startswith(f"Lead(id='{lead.id}', ") and repr(lead).endswith(", …)")
    assert "last_name='Byron'" in repr(lead) and len(repr(lead)) < 200
    assert repr(nexa.Money("50.00", "EUR")) == "Money('50.00', 'EUR')"


def test_an_id_says_its_kind(make: testing.Factory) -> None:
    ticket, user = make.ticket(), make.user()
    assert make.session.explain(ticket.id).allowed == make.session.explain(ticket).allowed
    assert make.session.ticket.assign(ticket, assignee=user.id).assignee == nexa.Assignee(user=user.id)  # type: ignore[arg-type]
    with pytest.raises(TypeError, match=r"session\.ticket\.explain"):
        make.session.explain(nexa.Id(ticket.id))


def test_money_is_never_a_float_and_reckons_exactly() -> None:
    ten = nexa.Money("10.00", "EUR")
    with pytest.raises(TypeError, match="not exact"):
        nexa.Money(50.5, "EUR")  # type: ignore[arg-type]
    assert sum([ten, ten]) == ten * 2 == 2 * ten == nexa.Money("20.00", "EUR")
    assert -ten < ten and max(ten, ten * 3) == nexa.Money(30, "EUR")
    assert ten * Decimal("0.19") == nexa.Money("1.9", "EUR")
    assert str(nexa.Money(Decimal("1E+3"), "EUR")) == "1000 EUR"
    with pytest.raises(ValueError, match="do not add up"):
        assert ten < nexa.Money(1, "USD")
    with pytest.raises(AttributeError, match="does not change"):
        ten.amount = Decimal(1)  # type: ignore[misc]
    assert not dataclasses.is_dataclass(ten)


def test_a_frame_becomes_that_of_a_library(make: testing.Factory) -> None:
    make.lead(last_name="Byron")
    frame = make.session.lead.frame(columns=["last_name", "score"])
    assert frame.to_pandas().to_dict("list") == frame.to_polars().to_dict(as_series=False) == {"last_name": ["Byron"], "score": [0]}


def test_pydantic_is_not_needed() -> None:
    code = "import sys, nexa_crm.records as r; r.Deal, r.DealId; print([m for m in sys.modules if 'pydantic' in m])"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True)
    assert done.stdout == "[]\n", done.stderr
