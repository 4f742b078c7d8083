"""Everything in the catalog is there, and says what it does."""

from __future__ import annotations

import inspect
from typing import Any

import pytest

import nexa_crm as nexa
from nexa_crm import records
from nexa_crm._generated.aio_operations import AsyncSession
from nexa_crm._generated.operations import Session

CATALOG = nexa.catalog()


def method(session: type, operation: str) -> Any:
    kind, verb = operation.split(".")
    held = session.__dict__["organisation" if kind == "org" else kind].func
    module = inspect.getmodule(session)
    return getattr(getattr(module, held.__annotations__["return"]), verb)


@pytest.mark.parametrize("session", [Session, AsyncSession])
@pytest.mark.parametrize("operation", sorted(CATALOG["operations"]))
def test_every_operation_is_a_documented_method(session: type, operation: str) -> None:
    found = method(session, operation)
    said = CATALOG["operations"][operation]
    doc = inspect.getdoc(found)
    assert doc
    if operation.split(".")[1] in ("find", "search", "import_csv", "import_rows", "import_preview"):
        return
    for code in said["errors"]:
        assert f"`{code}`" in doc
    if "filter" in said["input"].get("properties", {}):
        return
    parameters = inspect.signature(found).parameters
    for name in said["input"].get("properties", {}):
        assert name in parameters or f"{name}_" in parameters


def test_every_word_of_an_enum_is_there() -> None:
    for kind, said in CATALOG["kinds"].items():
        for field in said["fields"]:
            for column in field["columns"]:
                if column["type"] != "enum" or "." in column["path"]:
                    continue
                reader: Any = records.KINDS[kind].FIELDS[field["name"]]
                assert [word.value for word in reader] == column["values"], (kind, field["name"])


def test_every_field_of_a_record_is_there() -> None:
    for kind, said in CATALOG["kinds"].items():
        record = records.KINDS[kind]
        assert record.KIND == kind
        assert set(record.FIELDS) == {field["name"] for field in said["fields"]}
        assert set(record.__annotations__) >= set(record.FIELDS)


def test_the_help_of_an_operation_reads_as_english() -> None:
    for kind, said in (("account", "Creates an account."), ("lead", "Creates a lead."), ("user", "Creates a user.")):
        assert (method(Session, f"{kind}.create").__doc__ or "").startswith(said)
