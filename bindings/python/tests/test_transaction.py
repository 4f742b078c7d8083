"""The host's own rows and Nexa's records in one transaction."""

from __future__ import annotations

import asyncio
import contextvars
import gc
import os
import subprocess
import sys
import textwrap
import threading
import time
from collections.abc import Iterator
from datetime import date, datetime, timedelta, timezone
from decimal import Decimal
from pathlib import Path
from uuid import UUID

import pytest

import nexa_crm as nexa
from conftest import BACKENDS, _postgres

STORAGES = [backend for backend in BACKENDS if backend != "memory"]


class Shop:
    """A tenant on a storage, and a table of the host beside it."""

    def __init__(self, url: str) -> None:
        self.url = url
        self.sqlite = url.startswith("sqlite:")
        self.crm = nexa.open(url, migrate=True)
        self.admin = self.crm.create_org("Acme", admin={"name": "Lisa", "email": "lisa@acme.example"})
        with self.admin.transaction() as tx:
            identifier = "blob" if self.sqlite else "uuid"
            tx.sql(f"CREATE TABLE orders (number integer PRIMARY KEY, lead {identifier})")

    def qualified(self) -> nexa.records.Lead:
        lead = self.admin.lead.create(first_name="Ada", last_name="Byron", email="ada@example.com", company="Engines")
        self.admin.lead.contact(lead)
        met = {"met": True}
        self.admin.lead.record_bant(lead, bant={part: met for part in ("budget", "authority", "need", "timeline")})
        return self.admin.lead.qualify(lead)

    def orders(self) -> list[int]:
        with self.admin.transaction() as tx:
            return [row["number"] for row in tx.sql("SELECT number FROM orders ORDER BY number")]


@pytest.fixture(params=STORAGES)
def shop(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Shop]:
    made = iter([f"sqlite:{tmp_path / 'crm.db'}"]) if request.param == "sqlite" else _postgres()
    for url in made:
        shop = Shop(url)
        yield shop
        shop.crm.close()


def order(tx: nexa.Transaction, number: int, lead: str | None = None) -> None:
    tx.sql("INSERT INTO orders (number, lead) VALUES ($1, $2)", [number, None if lead is None else UUID(lead)])


def test_the_end_of_the_block_keeps_both(shop: Shop) -> None:
    lead = shop.qualified()
    with shop.admin.transaction() as tx:
        order(tx, 7, lead.id)
        tx.lead.convert(lead)
        # It sees what it wrote, and nobody else does before the end.
        assert tx.lead.get(lead).status == "converted"
        assert tx.sql("SELECT number, lead FROM orders") == [{"number": 7, "lead": lead.id}]
        assert shop.admin.lead.get(lead).status == "qualified"
    assert shop.admin.lead.get(lead).status == "converted" and shop.orders() == [7]


def test_an_exception_keeps_neither_and_is_raised(shop: Shop) -> None:
    lead = shop.qualified()
    with pytest.raises(ZeroDivisionError), shop.admin.transaction() as tx:
        order(tx, 7, lead.id)
        tx.lead.convert(lead)
        raise ZeroDivisionError
    assert shop.admin.lead.get(lead).status == "qualified" and shop.orders() == []


def test_rollback_keeps_neither_and_the_block_goes_on(shop: Shop) -> None:
    lead = shop.qualified()
    with shop.admin.transaction() as tx:
        order(tx, 7)
        tx.lead.convert(lead)
        tx.rollback()
        with pytest.raises(nexa.Unavailable) as ended:
            tx.lead.get(lead)
        assert ended.value.code == "transaction.ended"
    assert shop.admin.lead.get(lead).status == "qualified" and shop.orders() == []


def test_a_refusal_inside_leaves_the_transaction_usable(shop: Shop) -> None:
    lead = shop.admin.lead.create(last_name="Jones", email="jones@example.com")
    with shop.admin.transaction() as tx:
        order(tx, 1)
        with pytest.raises(nexa.RuleViolation) as refused:
            tx.lead.convert(lead)
        assert refused.value.code == "lead.not_qualified"
        with pytest.raises(nexa.Conflict) as taken:
            tx.lead.create(id=lead.id, last_name="Another", email="another@example.com")
        assert taken.value.code == "id.taken"
        with pytest.raises(nexa.Conflict) as constraint:
            order(tx, 1)
        assert constraint.value.code == "transaction.constraint"
        for broken in ("SELECT nothing FROM orders", "SELEKT 1"):
            with pytest.raises(nexa.Invalid) as failed:
                tx.sql(broken)
            assert failed.value.code in ("transaction.sql_failed", "transaction.sql_prohibited")
        dry = tx.envelope(dry_run=True).lead.update(lead, company="Dry")
        assert dry.company == "Dry" and tx.lead.get(lead).company is None
        order(tx, 2)
        tx.lead.update(lead, company="Kept")
    assert shop.admin.lead.get(lead).company == "Kept" and shop.orders() == [1, 2]


def test_a_statement_that_fails_half_way_leaves_nothing(shop: Shop) -> None:
    with shop.admin.transaction() as tx:
        order(tx, 3)
        begin = "INSERT OR FAIL" if shop.sqlite else "INSERT"
        with pytest.raises(nexa.Conflict):
            tx.sql(f"{begin} INTO orders (number) VALUES (1), (2), (3), (4)")
    assert shop.orders() == [3]


@pytest.mark.parametrize(
    "statement",
    ["COMMIT", "rollback", "END", "BEGIN", "SAVEPOINT mine", "/* it is */ -- hidden\n COMMIT", "SELECT 1; COMMIT", "RELEASE nexa_sql"],
)
def test_sql_does_not_end_the_transaction(shop: Shop, statement: str) -> None:
    with pytest.raises(ZeroDivisionError), shop.admin.transaction() as tx:
        order(tx, 1)
        with pytest.raises(nexa.Invalid) as refused:
            tx.sql(statement)
        assert refused.value.code in ("transaction.sql_prohibited", "transaction.sql_failed")
        order(tx, 2)
        raise ZeroDivisionError
    assert shop.orders() == []


def test_sql_that_makes_sqlite_give_up_ends_the_transaction(shop: Shop) -> None:
    if not shop.sqlite:
        pytest.skip("a conflict clause of SQLite")
    lead = shop.qualified()
    with pytest.raises(nexa.Unavailable) as ended, shop.admin.transaction() as tx:
        order(tx, 1)
        tx.lead.convert(lead)
        with pytest.raises(nexa.Conflict):
            tx.sql("INSERT OR ROLLBACK INTO orders (number) VALUES (1)")
        with pytest.raises(nexa.Unavailable) as refused:
            tx.lead.get(lead)
        assert refused.value.code == "transaction.ended"
    assert ended.value.code == "transaction.ended"
    assert shop.admin.lead.get(lead).status == "qualified" and shop.orders() == []


def test_sql_does_not_go_around_the_rules(shop: Shop) -> None:
    lead = shop.qualified()
    table = "nexa_leads" if shop.sqlite else "nexa.leads"
    statements = [f"UPDATE {table} SET company = 'Mine'", f"DELETE FROM {table}"]
    if shop.sqlite:
        statements += [
            "INSERT INTO Nexa_Ledger (org) VALUES (NULL)",
            "DROP TABLE nexa_events",
            "CREATE TABLE nexa_mine (id integer)",
            "CREATE TRIGGER mine AFTER INSERT ON nexa_leads BEGIN DELETE FROM orders; END",
            "PRAGMA foreign_keys = off",
            "ATTACH ':memory:' AS other",
            "CREATE TEMP TABLE nexa_leads (id integer)",
        ]
    with shop.admin.transaction() as tx:
        for statement in statements:
            try:
                changed = tx.sql(statement).changed
            except nexa.Invalid as refused:
                assert refused.code == "transaction.sql_prohibited", statement
            else:
                # Row-level security shows the statement no row.
                assert not shop.sqlite and changed == 0, statement
        if shop.sqlite:
            tx.sql("CREATE TRIGGER own AFTER INSERT ON orders WHEN new.number = 9 BEGIN DELETE FROM orders; END")
            tx.sql("CREATE TRIGGER ours AFTER INSERT ON orders BEGIN DELETE FROM nexa_leads; END")
            with pytest.raises(nexa.Invalid) as prohibited:
                order(tx, 1)
            assert prohibited.value.code == "transaction.sql_prohibited"
            tx.sql("DROP TRIGGER ours")
            assert tx.sql("SELECT company FROM nexa_leads") == [{"company": "Engines"}]
    assert shop.admin.lead.get(lead).company == "Engines"
    assert shop.admin.ledger.verify()


def test_a_transaction_in_a_transaction_is_refused(shop: Shop) -> None:
    with shop.admin.transaction() as tx:
        for session in (tx, shop.admin):
            began = time.monotonic()
            with pytest.raises(nexa.Invalid) as nested, session.transaction():
                pass
            assert nested.value.code == "transaction.nested" and time.monotonic() - began < 1
        order(tx, 1)
    assert shop.orders() == [1]


def test_two_at_once_wait_a_bounded_time(shop: Shop) -> None:
    lead = shop.admin.lead.create(last_name="Jones")
    refused: list[nexa.Error] = []

    def other() -> None:
        try:
            with shop.admin.transaction() as second:
                second.lead.update(lead, company="Second")
        except nexa.Error as error:
            refused.append(error)

    with shop.admin.transaction() as tx:
        tx.lead.update(lead, company="First")
        began = time.monotonic()
        thread = threading.Thread(target=other)
        thread.start()
        thread.join(30)
        assert 1 < time.monotonic() - began < 20
        [error] = refused
        assert error.code in ("store.locked", "org.busy") and error.retryable
        # The plain session does not hang either, and reads on.
        with pytest.raises(nexa.Unavailable) as busy:
            shop.admin.lead.update(lead, company="Plain")
        assert busy.value.code in ("store.locked", "org.busy")
        assert shop.admin.lead.get(lead).company is None
    assert shop.admin.lead.get(lead).company == "First"
    other()
    assert shop.admin.lead.get(lead).company == "Second"


def test_others_go_on_as_soon_as_it_ends(shop: Shop) -> None:
    leads = [shop.admin.lead.create(last_name=str(number)) for number in range(8)]

    def work(number: int) -> None:
        for again in range(3):
            with shop.admin.transaction() as tx:
                order(tx, 10 * number + again)
                tx.lead.update(leads[number], company=f"{again}")

    threads = [threading.Thread(target=work, args=(number,)) for number in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert shop.orders() == sorted(10 * number + again for number in range(8) for again in range(3))
    assert {shop.admin.lead.get(lead).company for lead in leads} == {"2"}
    assert shop.admin.ledger.verify()


def test_the_feed_has_it_whole_and_in_order(shop: Shop) -> None:
    lead = shop.qualified()
    feed = shop.crm.feed(shop.admin.org)
    list(feed)
    position = feed.position
    with pytest.raises(ZeroDivisionError), shop.admin.transaction() as tx:
        tx.lead.update(lead, company="Gone")
        assert [event.command for event in tx.feed(position)] == ["lead.update"]
        raise ZeroDivisionError
    assert list(shop.crm.feed(shop.admin.org, position)) == []
    with shop.admin.transaction() as tx:
        tx.lead.update(lead, company="Kept")
        tx.note.create(about=[{"kind": "lead", "id": lead.id}], body="Called")
        assert list(shop.crm.feed(shop.admin.org, position)) == []
    shop.admin.lead.update(lead, company="Later")
    events = list(shop.crm.feed(shop.admin.org, position))
    seqs = [event.seq for event in events]
    assert seqs == list(range(seqs[0], seqs[0] + len(seqs)))
    commands = [event.command for event in events]
    assert commands[0] == "lead.update" and commands[-1] == "lead.update" and "note.create" in commands


def test_what_it_did_can_be_undone(shop: Shop) -> None:
    lead = shop.admin.lead.create(last_name="Jones", company="Before")
    with shop.admin.transaction() as tx:
        order(tx, 1)
        tx.lead.update(lead, company="After")
    unit = shop.admin.lead.history(lead).list()[-1].unit
    shop.admin.ledger.undo(unit=unit)
    assert shop.admin.lead.get(lead).company == "Before" and shop.orders() == [1]


def test_an_idempotency_key_counts_when_the_transaction_is_kept(shop: Shop) -> None:
    lead = shop.qualified()

    def sell(keep: bool) -> None:
        with shop.admin.transaction() as tx:
            if not tx.once("convert-1").lead.convert(lead).replayed:
                order(tx, len(tx.sql("SELECT number FROM orders")) + 1)
            if not keep:
                tx.rollback()

    sell(keep=False)
    assert shop.orders() == []
    sell(keep=True)
    sell(keep=True)
    assert shop.orders() == [1]


def test_what_is_due_later_comes_with_the_commit(shop: Shop) -> None:
    due = datetime.now(timezone.utc) + timedelta(days=2)
    with pytest.raises(ZeroDivisionError), shop.admin.transaction() as tx:
        tx.task.create(title="Call", due_at=due)
        raise ZeroDivisionError
    far = due + timedelta(days=30)
    before = shop.crm.due(far)
    with shop.admin.transaction() as tx:
        tx.task.create(title="Call", due_at=due)
    assert len(shop.crm.due(far)) >= len(before)
    assert shop.admin.task.count() == 1


def test_batches_explanations_and_imports_work_in_it(shop: Shop) -> None:
    lead = shop.qualified()
    with shop.admin.transaction() as tx:
        tx.batch([("lead.update", {"lead": lead.id, "company": "Batch"})])
        assert "lead.convert" in tx.explain(tx.lead.get(lead)).allowed
        assert tx.lead.import_rows([{"Email": "new@example.com", "Last Name": "New"}]).created == 1
        assert [one.email for one in tx.lead.find(last_name="New")] == ["new@example.com"]
        assert len(tx.lead.frame(columns=["email"])) == 2
        tx.rollback()
    assert shop.admin.lead.count() == 1


def test_values_come_back_as_what_they_are(shop: Shop) -> None:
    moment = datetime(2026, 3, 2, 9, 0, 0, 123456, tzinfo=timezone.utc)
    values = {
        "whole": 2**40,
        "amount": Decimal("1234567.8900"),
        "real": 1.5,
        "name": "Grüße, $1 and ?",
        "yes": True,
        "at": moment,
        "wall": datetime(2026, 3, 2, 9, 0),
        "day": date(2026, 3, 2),
        "bytes": b"\x00\x01",
        "document": {"a": [1, None]},
        "absent": None,
    }
    types = {
        "whole": "bigint", "amount": "numeric(20, 4)", "real": "double precision", "name": "text", "yes": "boolean",
        "at": "timestamp with time zone", "wall": "timestamp", "day": "date", "bytes": "blob" if shop.sqlite else "bytea",
        "document": "json", "absent": "text",
    }
    with shop.admin.transaction() as tx:
        tx.sql(f"CREATE TABLE things ({', '.join(f'{name} {types[name]}' for name in values)})")
        places = ", ".join(f"${place + 1}" for place in range(len(values)))
        made = tx.sql(f"INSERT INTO things VALUES ({places})", values.values())
        assert made == [] and made.changed == 1
        found = tx.sql("SELECT * FROM things")
        assert found.columns == list(values)
        assert found == [values]
        assert isinstance(found[0]["amount"], Decimal) and isinstance(found[0]["whole"], int)
        assert found[0]["at"].tzinfo is not None and found[0]["wall"].tzinfo is None
        assert tx.sql("SELECT whole FROM things WHERE amount = $1 AND day = $2 AND at = $3", [
            values["amount"], values["day"], moment.astimezone(timezone(timedelta(hours=5)))]) == [{"whole": 2**40}]
        assert tx.sql("UPDATE things SET name = $2 WHERE name = $1 RETURNING name", [values["name"], "new"]) == [{"name": "new"}]
        with pytest.raises(nexa.Invalid):
            tx.sql("SELECT $1", [])
        with pytest.raises(TypeError):
            tx.sql("SELECT $1", [object()])


def test_answers_are_bounded(shop: Shop) -> None:
    with shop.admin.transaction() as tx:
        for number in range(3):
            order(tx, number)
        with pytest.raises(nexa.Invalid) as large:
            tx.sql("SELECT * FROM orders", limit=2)
        assert large.value.code == "sql.too_large"
        with pytest.raises(nexa.Invalid) as long:
            tx.sql("WITH RECURSIVE n (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM n) SELECT count(*) FROM n", timeout=0.2)
        assert long.value.code == "sql.too_long"
    assert shop.orders() == [0, 1, 2]


def test_a_transaction_that_is_forgotten_is_rolled_back(shop: Shop) -> None:
    block = shop.admin.transaction()
    tx = block.__enter__()
    order(tx, 1)
    del tx, block
    gc.collect()
    assert shop.orders() == []


def test_a_block_may_end_in_another_context_than_it_began_in(shop: Shop) -> None:
    block = shop.admin.transaction()
    order(contextvars.copy_context().run(block.__enter__), 1)
    contextvars.copy_context().run(block.__exit__, None, None, None)
    assert shop.orders() == [1]


def test_a_closed_crm_keeps_nothing(shop: Shop) -> None:
    with pytest.raises(nexa.Unavailable) as closed, shop.admin.transaction() as tx:
        order(tx, 1)
        shop.crm.close()
        with pytest.raises(nexa.Unavailable):
            tx.lead.count()
    assert closed.value.code == "crm.closed"
    shop.crm = nexa.open(shop.url)
    shop.admin = shop.crm.session(org=shop.admin.org, user=shop.admin.user_id)
    assert shop.orders() == []


def test_a_process_that_dies_keeps_nothing(shop: Shop) -> None:
    script = f"""
        import os
        import nexa_crm as nexa
        crm = nexa.open({shop.url!r})
        session = crm.session(org={str(shop.admin.org)!r}, user={str(shop.admin.user_id)!r})
        with session.transaction() as tx:
            tx.sql("INSERT INTO orders (number) VALUES (1)")
            tx.lead.create(last_name="Gone")
            os._exit(7)
    """
    ended = subprocess.run([sys.executable, "-c", textwrap.dedent(script)], timeout=60)
    assert ended.returncode == 7
    assert shop.orders() == [] and shop.admin.lead.count() == 0


@pytest.mark.skipif(not hasattr(os, "fork"), reason="this system has no fork")
def test_a_child_leaves_the_parent_s_transaction_alone(shop: Shop) -> None:
    with shop.admin.transaction() as tx:
        order(tx, 1)
        child = os.fork()
        if child == 0:
            try:
                tx.lead.count()
                code = 1
            except nexa.Error as error:
                code = 0 if error.code in ("crm.forked", "store.forked") else 2
            del tx
            gc.collect()
            os._exit(code)
        assert os.waitpid(child, 0)[1] == 0
        order(tx, 2)
    assert shop.orders() == [1, 2]


def test_memory_has_no_tables() -> None:
    with nexa.open("memory:") as crm:
        admin = crm.create_org("Acme", admin={"name": "Lisa", "email": "lisa@acme.example"})
        with pytest.raises(nexa.Unavailable) as refused, admin.transaction():
            pass
        assert refused.value.code == "store.unsupported"


def test_asyncio_keeps_both_or_neither(shop: Shop) -> None:
    async def work() -> None:
        async with await nexa.aio.open(shop.url) as crm:
            admin = crm.session(org=shop.admin.org, user=shop.admin.user_id)
            lead = await admin.lead.create(last_name="Jones")
            async with admin.transaction() as tx:
                await tx.sql("INSERT INTO orders (number) VALUES ($1)", [1])
                # They wait for one another.
                await asyncio.gather(*(tx.note.create(about=[{"kind": "lead", "id": lead.id}], body=f"{n}") for n in range(5)))
                found = [one async for one in tx.lead.find(last_name="Jones")]
                assert [one.id for one in found] == [lead.id]
                with pytest.raises(nexa.Invalid) as nested:
                    async with admin.transaction():
                        pass
                assert nested.value.code == "transaction.nested"
            with pytest.raises(nexa.Unavailable) as ended:
                await tx.lead.get(lead)
            assert ended.value.code == "transaction.ended"
            with pytest.raises(ZeroDivisionError):
                async with admin.transaction() as tx:
                    await tx.sql("INSERT INTO orders (number) VALUES ($1)", [2])
                    await tx.lead.update(lead, company="Gone")
                    raise ZeroDivisionError
            assert (await admin.lead.get(lead)).company is None

    asyncio.run(work())
    assert shop.orders() == [1]


def test_a_cancelled_task_rolls_back(shop: Shop) -> None:
    async def work() -> None:
        async with await nexa.aio.open(shop.url) as crm:
            admin = crm.session(org=shop.admin.org, user=shop.admin.user_id)
            inside = asyncio.Event()

            async def slow() -> None:
                async with admin.transaction() as tx:
                    await tx.sql("INSERT INTO orders (number) VALUES (1)")
                    await tx.lead.create(last_name="Gone")
                    inside.set()
                    await asyncio.sleep(60)

            task = asyncio.create_task(slow())
            await inside.wait()
            task.cancel()
            with pytest.raises(asyncio.CancelledError):
                await task
            # Nothing is left open: the next one need not wait.
            async with admin.transaction() as tx:
                assert await tx.sql("SELECT number FROM orders") == []
            assert await admin.lead.count() == 0

    asyncio.run(asyncio.wait_for(work(), 30))


def test_many_tasks_do_not_starve_one_another(shop: Shop) -> None:
    async def work() -> None:
        async with await nexa.aio.open(shop.url, threads=2) as crm:
            admin = crm.session(org=shop.admin.org, user=shop.admin.user_id)

            async def one(number: int) -> None:
                async with admin.transaction() as tx:
                    await tx.sql("INSERT INTO orders (number) VALUES ($1)", [number])
                    await tx.lead.create(last_name=f"{number}")

            plain = [admin.lead.create(last_name="plain") for _ in range(8)]
            await asyncio.gather(*(one(number) for number in range(8)), *plain)

    asyncio.run(asyncio.wait_for(work(), 60))
    assert shop.orders() == list(range(8)) and shop.admin.lead.count() == 16
