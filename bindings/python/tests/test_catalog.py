"""Everything in the catalog is there, and says what it does."""

from __future__ import annotations

import ast
import asyncio
import inspect
import keyword
import pydoc
import types
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

import nexa_crm as nexa
from nexa_crm import records

CATALOG = nexa.catalog()
STUBS = Path(nexa.__file__).parent / "_generated"
LISA = {"name": "Lisa", "email": "lisa@acme.example"}


@pytest.fixture(scope="module", params=["blocking", "asyncio"])
def session(request: pytest.FixtureRequest) -> Iterator[Any]:
    """A session of each door; nothing is run in it."""
    if request.param == "blocking":
        with nexa.open("memory:") as crm:
            yield crm.create_org("Acme", admin=LISA)
        return

    async def opened() -> tuple[nexa.aio.AsyncCrm, Any]:
        crm = await nexa.aio.open("memory:")
        return crm, await crm.create_org("Acme", admin=LISA)

    crm, session = asyncio.run(opened())
    yield session
    asyncio.run(crm.close())


def group(session: Any, kind: str) -> Any:
    return getattr(session, "organisation" if kind == "org" else kind)


def method(session: Any, operation: str) -> Any:
    kind, verb = operation.split(".")
    return getattr(group(session, kind), verb)


@pytest.mark.parametrize("operation", sorted(CATALOG["operations"]))
def test_every_operation_is_a_documented_method(session: Any, operation: str) -> None:
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
    assert set(records.KINDS) == set(CATALOG["kinds"])
    for kind, said in CATALOG["kinds"].items():
        record = records.KINDS[kind]
        assert record.KIND == kind
        names = [field["name"] for field in said["fields"]]
        assert list(record.FIELDS) == [f"{name}_" if keyword.iskeyword(name) else name for name in names]
        assert list(record.__annotations__) == list(record.FIELDS)
        assert record.RELATIONS == {relation["name"]: relation["kind"] for relation in said["relations"]}


def test_the_help_of_an_operation_reads_as_english(session: Any) -> None:
    for kind, said in (("account", "Creates an account."), ("lead", "Creates a lead."), ("user", "Creates a user.")):
        assert (method(session, f"{kind}.create").__doc__ or "").startswith(said)


def classes() -> Iterator[tuple[str, ast.ClassDef]]:
    """The classes that the stubs declare, with the kind that each belongs to."""
    for stub in sorted((STUBS / "kinds").glob("*.pyi")):
        for node in ast.parse(stub.read_text(encoding="utf-8")).body:
            if isinstance(node, ast.ClassDef):
                yield stub.stem, node


def parameters(shown: ast.arguments) -> list[tuple[str, str, str, str]]:
    """Name, sort, type and default of each parameter."""
    sorts = inspect.Parameter

    def one(arg: ast.arg, sort: Any, default: ast.expr | None) -> tuple[str, str, str, str]:
        kind = "" if arg.annotation is None else ast.unparse(arg.annotation)
        return arg.arg, sort.description, kind, "" if default is None else ast.unparse(default)

    positional = [(arg, sorts.POSITIONAL_ONLY) for arg in shown.posonlyargs]
    positional += [(arg, sorts.POSITIONAL_OR_KEYWORD) for arg in shown.args]
    defaults: list[ast.expr | None] = [None] * (len(positional) - len(shown.defaults)) + list(shown.defaults)
    all = [one(arg, sort, default) for (arg, sort), default in zip(positional, defaults, strict=True)]
    all += [one(arg, sorts.KEYWORD_ONLY, value) for arg, value in zip(shown.kwonlyargs, shown.kw_defaults, strict=True)]
    return all + ([one(shown.kwarg, sorts.VAR_KEYWORD, None)] if shown.kwarg else [])


def as_written(signature: inspect.Signature) -> list[tuple[str, str, str, str]]:
    empty = inspect.Parameter.empty
    return [
        (one.name, one.kind.description, ast.unparse(ast.parse(one.annotation)), "" if one.default is empty else repr(one.default))
        for one in signature.parameters.values()
    ]


def test_what_a_type_checker_reads_is_what_a_program_runs(session: Any) -> None:
    prefix = "Async" if isinstance(session, nexa.aio.AsyncSession) else ""
    seen = 0
    for kind, declared in classes():
        if not declared.name.endswith("Operations") or declared.name.startswith("Async") != bool(prefix):
            continue
        held = group(session, kind)
        assert type(held).__name__ == declared.name
        assert {base.__name__ for base in type(held).__bases__} == {ast.unparse(base).split("[")[0] for base in declared.bases}
        for said in declared.body:
            if not isinstance(said, (ast.FunctionDef, ast.AsyncFunctionDef)):
                continue
            found = getattr(held, said.name)
            signature = inspect.signature(found)
            assert as_written(signature) == parameters(said.args)[1:], (kind, said.name)
            assert ast.unparse(ast.parse(signature.return_annotation)) == ast.unparse(said.returns or ast.Constant(None))
            assert inspect.getdoc(found) == ast.get_docstring(said)
            assert inspect.iscoroutinefunction(found) == isinstance(said, ast.AsyncFunctionDef)
            seen += 1
    verbs = [operation.split(".")[1] for operation in CATALOG["operations"]]
    found_kinds = sum(f"{kind}.find" in CATALOG["operations"] for kind in CATALOG["kinds"])
    # Imports are written by hand; records that are found can be exported and read as a table.
    assert seen == sum(not verb.startswith("import_") for verb in verbs) + 2 * found_kinds


def test_the_classes_that_a_type_checker_reads_are_there() -> None:
    seen = set()
    for _, declared in classes():
        bases = {ast.unparse(base) for base in declared.bases}
        if not bases & {"Id", "StrEnum", "Record", "Struct"}:
            continue
        found = getattr(records, declared.name)
        assert {base.__name__ for base in found.__bases__} == bases
        assert found.__module__ == "nexa_crm.records"
        assert (inspect.getdoc(found) or "").split() == (ast.get_docstring(declared) or "").split()
        fields = [one for one in declared.body if isinstance(one, ast.AnnAssign)]
        shown = {ast.unparse(one.target): ast.unparse(one.annotation) for one in fields}
        if fields:
            assert {name: ast.unparse(ast.parse(kind)) for name, kind in found.__annotations__.items()} == shown
        seen.add(declared.name)
    assert seen == {name for name in dir(records) if name != "KINDS"}


def test_nothing_is_generated_that_an_interpreter_must_run() -> None:
    assert {path.suffix for path in STUBS.rglob("*.*") if "__pycache__" not in path.parts} == {".json", ".pyi"}


def test_help_and_completion_know_every_operation(session: Any) -> None:
    assert {group for group in CATALOG["kinds"]} - {"org"} | {"organisation", "ledger"} <= set(dir(session))
    verbs = {name.split(".")[1] for name in CATALOG["operations"] if name.startswith("lead.")}
    assert verbs | {"explain", "frame", "export"} <= set(dir(session.lead))
    assert isinstance(session.lead.qualify, types.MethodType)
    said = pydoc.render_doc(session.lead.qualify, renderer=pydoc.plaintext)
    assert "qualify(lead: 'Lead | Ref', *, bant: 'BantDict | None | Unset' = UNSET) -> 'Lead'" in said
    assert "Marks a contacted lead as qualified." in said and "`lead`: The lead." in said and "lead.bant_incomplete" in said
    whole = pydoc.render_doc(type(session.lead), renderer=pydoc.plaintext)
    assert "Somebody who may buy." in whole and "Marks a contacted lead as qualified." in whole
    assert type(session).lead.__doc__ == "The operations of `lead`: Somebody who may buy."
    with pytest.raises(AttributeError):
        session.lead.fly
    with pytest.raises(AttributeError):
        session.leed
