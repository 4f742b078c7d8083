"""The schema of a storage: who brings it up to date, and how one sees what is lacking."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest

import nexa_crm as nexa
from conftest import POSTGRES, _postgres


def test_a_file_is_brought_up_to_date_when_it_is_opened(tmp_path: Path) -> None:
    url = f"sqlite:{tmp_path / 'crm.db'}"
    with nexa.open(url, migrate=False) as crm:
        lacking = crm.check()
        assert lacking and all(one.migrates and one.problem for one in lacking)
        assert any(one.table == "nexa_leads" and one.column is None for one in lacking)
        assert any(statement.startswith("CREATE TABLE nexa_leads") for statement in crm.migration())
    with nexa.open(url) as crm:
        assert crm.check() == [] and crm.migration() == []
        assert any("nexa_leads" in statement for statement in crm.schema())


def test_a_server_s_schema_is_changed_by_nobody_who_does_not_say_so() -> None:
    if POSTGRES is None:
        pytest.skip("no server")
    for url in _postgres():
        with pytest.raises(nexa.Unavailable) as refused:
            nexa.open(url)
        assert refused.value.code == "schema.outdated" and not refused.value.retryable
        assert "it is empty" in refused.value.message and "call migrate" in refused.value.message
        with nexa.open(url, migrate=False) as crm:
            assert crm.check() and crm.migration()
            with pytest.raises(nexa.Unavailable, match="schema.outdated"):
                crm.create_org("Acme", admin={"name": "Lisa", "email": "lisa@acme.example"})
            crm.migrate()
            assert crm.check() == [] and crm.migration() == []
        with nexa.open(url) as crm:
            admin = crm.create_org("Acme", admin={"name": "Lisa", "email": "lisa@acme.example"})
            assert admin.lead.create(last_name="Jones").last_name == "Jones"


def test_the_same_for_asyncio(tmp_path: Path) -> None:
    async def look() -> None:
        async with await nexa.aio.open(f"sqlite:{tmp_path / 'crm.db'}", migrate=False) as crm:
            assert isinstance((await crm.check())[0], nexa.SchemaDifference)
            assert len(await crm.migration()) > 0 and len(await crm.schema()) > 0
            await crm.migrate()
            assert await crm.check() == []

    asyncio.run(look())


def test_memory_has_no_tables() -> None:
    with nexa.open("memory:") as crm:
        assert crm.check() == [] and crm.migration() == [] and crm.schema() == []
