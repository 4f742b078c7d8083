"""The same, awaited."""

from __future__ import annotations

import asyncio
import time
from pathlib import Path

import pytest

import nexa_crm as nexa


def test_calls_are_awaited(url: str) -> None:
    async def story() -> None:
        async with await nexa.aio.open(url, migrate=True) as crm:
            admin = await crm.create_org("Acme", admin={"name": "Lisa", "email": "lisa@acme.example"})
            alex = await admin.user.create(name="Alex", email="alex@acme.example", role="agent")
            s = crm.session(org=admin.org, user=alex.id)
            t = await s.ticket.create(subject="One", priority="high")
            t = await s.ticket.claim(t)
            assert t.assignee == nexa.Assignee(user=alex.id)
            assert [one.id async for one in s.ticket.find(status="open")] == [t.id]
            assert await s.ticket.find().list() == [t]
            assert await s.ticket.find().first() == t
            assert (await s.ticket.find().page()).items == [t]
            assert await s.ticket.count(priority="high") == 1
            assert "ticket.resolve" in (await s.explain(t)).allowed
            assert "ticket.resolve" in (await s.ticket.explain(t.id)).allowed
            with pytest.raises(nexa.RuleViolation):
                await s.ticket.close(t)
            assert (await s.envelope(reason="Called").ticket.prioritize(t, priority="low")).priority == "low"
            assert [change.reason async for change in s.ticket.history(t)][-1] == "Called"
            report = await s.lead.import_rows([{"last_name": "A", "email": "a@example.com"}])
            assert report.created == 1
            assert len(await s.lead.frame()) == 1
            answers = await s.batch([("lead.create", {"last_name": "B"})])
            assert answers[0]["last_name"] == "B"
            assert await crm.has_org(admin.org)
        assert crm.closed
        with pytest.raises(nexa.Unavailable) as refused:
            await s.ticket.count()
        assert refused.value.code == "crm.closed"

    asyncio.run(story())


def test_an_awaited_call_does_not_block_the_loop(tmp_path: Path) -> None:
    async def story() -> None:
        async with await nexa.aio.open(f"sqlite:{tmp_path / 'crm.db'}") as crm:
            admin = await crm.create_org("Acme", admin={"name": "Lisa", "email": "lisa@acme.example"})
            rows = [{"last_name": f"L{number}", "email": f"l{number}@example.com"} for number in range(1000)]
            longest, done = 0.0, False

            async def tick() -> int:
                nonlocal longest
                ticks, last = 0, time.perf_counter()
                while not done:
                    await asyncio.sleep(0.001)
                    now = time.perf_counter()
                    longest, last = max(longest, now - last), now
                    ticks += 1
                return ticks

            ticker = asyncio.create_task(tick())
            before = time.perf_counter()
            await admin.execute("lead.import_rows", {"rows": rows})
            took = time.perf_counter() - before
            done = True
            assert await ticker > 3
            assert longest < max(took / 2, 0.05), (longest, took)

    asyncio.run(story())


def test_many_calls_are_under_way_together() -> None:
    async def story() -> None:
        async with await nexa.aio.open("memory:") as crm:
            admin = await crm.create_org("Acme", admin={"name": "Lisa", "email": "lisa@acme.example"})
            tickets = await asyncio.gather(*(admin.ticket.create(subject=f"T{number}") for number in range(100)))
            assert len({ticket.number for ticket in tickets}) == 100

    asyncio.run(story())


def test_the_feed_is_followed() -> None:
    async def story() -> None:
        async with await nexa.aio.open("memory:") as crm:
            admin = await crm.create_org("Acme", admin={"name": "Lisa", "email": "lisa@acme.example"})
            seen = [event async for event in admin.feed()]
            feed = admin.feed(after=seen[-1].position, follow=True)

            async def wait_for(count: int) -> list[object]:
                found: list[object] = []
                async for event in feed:
                    found.append(event)
                    if len(found) == count:
                        break
                return found

            waiting = asyncio.create_task(wait_for(2))
            await asyncio.sleep(0.02)
            await admin.lead.create(last_name="A")
            await admin.lead.create(last_name="B")
            assert len(await asyncio.wait_for(waiting, 5)) == 2
            assert feed.position.startswith(f"{seen[-1].seq + 2}-")
            assert len([event async for event in crm.feed(admin.org)]) == len(seen) + 2

    asyncio.run(story())


def test_an_await_is_cancelled() -> None:
    async def story() -> None:
        async with await nexa.aio.open("memory:") as crm:
            admin = await crm.create_org("Acme", admin={"name": "Lisa", "email": "lisa@acme.example"})

            async def follow() -> None:
                async for _ in admin.feed(follow=True):
                    pass

            task = asyncio.create_task(follow())
            await asyncio.sleep(0.05)
            task.cancel()
            with pytest.raises(asyncio.CancelledError):
                await task
            assert await admin.lead.count() == 0

    asyncio.run(story())


def test_an_export_is_awaited(tmp_path: Path) -> None:
    async def main() -> None:
        async with await nexa.aio.open("memory:") as crm:
            admin = await crm.create_org("Acme", admin={"name": "Lisa", "email": "lisa@acme.example"})
            await admin.lead.create(last_name="=Doe", email="doe@example.com")
            path = tmp_path / "leads.csv"
            assert await admin.lead.export(path, format="spreadsheet", columns=["last_name"]) == 1
            assert path.read_text("utf-8-sig") == "last_name\n'=Doe\n"

    asyncio.run(main())
