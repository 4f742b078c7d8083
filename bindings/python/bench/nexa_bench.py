"""The side of Nexa."""

from __future__ import annotations

import json
import statistics
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import nexa_crm as nexa
from nexa_crm._values import to_text


def seconds(work: Callable[[], object], rounds: int) -> float:
    """The median of some rounds."""
    took = []
    for _ in range(rounds):
        start = time.perf_counter()
        work()
        took.append(time.perf_counter() - start)
    return statistics.median(took)


class Desk:
    """A tenant on SQLite, with an agent."""

    def __init__(self, path: Path) -> None:
        self.crm = nexa.open(f"sqlite:{path}")
        self.admin = self.crm.create_org("Bench", admin={"name": "Ada", "email": "ada@example.com"})
        agent = self.admin.user.create(name="Alex", email="alex@example.com", role="agent")
        self.agent = self.crm.session(self.admin.org, user=agent)

    def creates_a_second(self, count: int) -> float:
        """`ticket.create` with a customer, one after the other, each durable."""
        start = time.perf_counter()
        for number in range(count):
            self.agent.ticket.create(
                subject=f"Cannot access dashboard {number}",
                description="Unable to log in since this morning.",
                priority="high",
                customer={"name": "Sarah Jones", "email": f"sarah{number % 50}@example.com"},
            )
        return count / (time.perf_counter() - start)

    def fill_tickets(self, count: int) -> None:
        def rows() -> Iterator[dict[str, Any]]:
            for number in range(count):
                priority = ("low", "medium", "high", "critical")[number * 7919 % 4]
                yield {"subject": f"Issue {number}", "description": "Something does not work.", "priority": priority}

        report = self.admin.ticket.import_rows(rows(), match_on="none")
        assert report.created == count, report

    def queue(self) -> list[Any]:
        """The page that an agent looks at."""
        page = self.agent.ticket.find(status="open", order_by=["-priority", "created_at"], limit=50).page()
        # What a list shows of each.
        return [(t.number, t.subject, t.status, t.priority, t.created_at, t.assignee) for t in page]

    def fill_leads(self, count: int) -> None:
        def rows() -> Iterator[dict[str, Any]]:
            for number in range(count):
                yield {
                    "first_name": f"First{number % 997}",
                    "last_name": f"Last{number % 9973}",
                    "email": f"person{number}@company{number % 1009}.example",
                    "company": f"Company {number % 1009}",
                    "title": "Head of operations",
                    "industry": "retail",
                    "source": "webinar",
                }

        report = self.admin.lead.import_rows(rows())
        assert report.created == count, report


def overhead() -> tuple[float, float]:
    """Microseconds of a round trip that the door refuses at once, and of writing and reading JSON and a record."""
    with nexa.open("memory:") as crm:
        admin = crm.create_org("Bench", admin={"name": "Ada", "email": "ada@example.com"})
        ticket = admin.ticket.create(subject="Cannot access dashboard", description="Unable to log in")
        arguments = {"ticket": ticket.id}
        text = json.dumps(ticket.to_json())
        native = admin._native

        def trips() -> None:
            for _ in range(1000):
                try:
                    native.execute("no.operation", '{"ticket": "x"}', None)
                except nexa.Invalid:
                    pass

        def forms() -> None:
            for _ in range(1000):
                to_text("ticket.get", arguments)
                nexa.records.Ticket(json.loads(text))

        return seconds(trips, 9) * 1000, seconds(forms, 9) * 1000


def import_milliseconds() -> float:
    """What importing the package adds to the start of an interpreter."""
    code = "import time; a = time.perf_counter(); import nexa_crm; print(time.perf_counter() - a)"
    command = [sys.executable, "-I", "-c", code]
    took = [float(subprocess.run(command, capture_output=True, check=True).stdout) for _ in range(9)]
    return statistics.median(took) * 1000
