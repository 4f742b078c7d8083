"""Work of many threads goes on together."""

from __future__ import annotations

import sys
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import nexa_crm as nexa
from nexa_crm import testing


def test_32_threads_make_progress_together(url: str) -> None:
    with nexa.open(url, migrate=True) as crm:
        admin = crm.create_org("A", admin={"name": "Ada", "email": "ada@example.com"})
        start = threading.Barrier(32)

        def work(number: int) -> int:
            start.wait()
            session = crm.session(admin.org, user=admin.user_id)
            for turn in range(5):
                ticket = session.ticket.create(subject=f"{number}-{turn}")
                assert session.ticket.claim(ticket).assignee is not None
            return number

        with ThreadPoolExecutor(32) as pool:
            assert sorted(pool.map(work, range(32))) == list(range(32))
        assert admin.ticket.count() == 160
        numbers = {ticket.number for ticket in admin.ticket.find()}
        assert len(numbers) == 160
        assert admin.ledger.verify().events == [event.seq for event in crm.feed(admin.org)][-1]


def test_of_many_that_claim_exactly_one_succeeds(url: str) -> None:
    with nexa.open(url, migrate=True) as crm:
        admin = crm.create_org("A", admin={"name": "Ada", "email": "ada@example.com"})
        agents = [
            admin.user.create(name=f"U{number}", email=f"u{number}@example.com", role="agent") for number in range(8)
        ]
        ticket = admin.ticket.create(subject="One")

        def claim(agent: nexa.records.User) -> bool:
            try:
                crm.session(admin.org, user=agent).ticket.claim(ticket)
            except nexa.Conflict as refused:
                assert refused.code == "assignee.taken"
                return False
            return True

        with ThreadPoolExecutor(8) as pool:
            assert sum(pool.map(claim, agents)) == 1


def test_the_lock_is_given_back_while_a_call_works(tmp_path: Path) -> None:
    """One long call, and a thread of plain Python beside it that must not stand still."""
    with nexa.open(f"sqlite:{tmp_path / 'crm.db'}") as crm:
        admin = crm.create_org("A", admin={"name": "Ada", "email": "ada@example.com"})
        rows = [{"last_name": f"L{number}", "email": f"l{number}@example.com"} for number in range(1000)]
        ticks, done = 0, threading.Event()
        longest = 0.0

        def tick() -> None:
            nonlocal ticks, longest
            last = time.perf_counter()
            while not done.is_set():
                time.sleep(0.001)
                now = time.perf_counter()
                longest, last = max(longest, now - last), now
                ticks += 1

        ticker = threading.Thread(target=tick)
        ticker.start()
        before = time.perf_counter()
        admin.execute("lead.import_rows", {"rows": rows})
        took = time.perf_counter() - before
        done.set()
        ticker.join()
        assert ticks > 3
        assert longest < max(took / 2, 4 * sys.getswitchinterval()), (longest, took)


def test_sessions_are_shared_by_threads(admin: nexa.Session, make: testing.Factory) -> None:
    with ThreadPoolExecutor(4) as pool:
        list(pool.map(lambda number: admin.lead.create(last_name=f"L{number}"), range(20)))
    assert admin.lead.count() == 20
