"""Memory does not grow with the number of calls."""

from __future__ import annotations

import gc
import os
from pathlib import Path

import pytest

import nexa_crm as nexa

CALLS = int(os.environ.get("NEXA_CALLS", "6000"))
"""The long run has 100,000."""


def resident() -> int:
    """Bytes of this process in memory."""
    pages = int(Path("/proc/self/statm").read_text().split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE")


@pytest.mark.skipif(not Path("/proc/self/statm").exists(), reason="this system does not say")
def test_memory_does_not_grow_with_calls(tmp_path: Path) -> None:
    with nexa.open(f"sqlite:{tmp_path / 'crm.db'}") as crm:
        admin = crm.create_org("A", admin={"name": "Ada", "email": "ada@example.com"})
        for number in range(50):
            admin.ticket.create(subject=f"T{number}")

        def work(calls: int) -> None:
            for _ in range(calls // 6):
                page = admin.ticket.find(status="open", limit=10).page()
                assert len(page) == 10 and page[0].created_at
                admin.ticket.get(page[0])
                admin.explain(page[1])
                admin.ticket.count(priority="low")
                admin.envelope(dry_run=True).ticket.update(page[2], subject="Other")
                with pytest.raises(nexa.Error):
                    admin.ticket.close(page[3])

        work(CALLS // 4)
        gc.collect()
        before = resident()
        work(CALLS)
        gc.collect()
        assert resident() - before < 4 * 1024 * 1024
