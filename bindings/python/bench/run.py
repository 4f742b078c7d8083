"""Measures the package beside what a Python developer would use otherwise: `cargo xtask bench python`.

Everything runs in one process on one machine, one after the other. `--short` has little data, and shows that it runs.
"""

from __future__ import annotations

import gc
import sys
import tempfile
from pathlib import Path

import others
from nexa_bench import Desk, import_milliseconds, overhead, seconds


def line(what: str, own: str, other: str, ratio: float, wanted: float) -> bool:
    """Prints a result; says whether it is as good as it should be."""
    good = ratio >= wanted
    print(f"{what:<44} {own:>14} {other:>22} {ratio:>9.1f} {wanted:>7.0f}  {'' if good else 'too slow'}")
    return good


def main() -> int:
    short = "--short" in sys.argv
    creates, size, rounds = (50, 2_000, 3) if short else (2_000, 100_000, 7)
    print(f"{'':<44} {'nexa':>14} {'beside':>22} {'ratio':>9} {'wanted':>7}")
    good = []
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        desk = Desk(folder / "crm.db")
        others.helpdesk(folder / "helpdesk.db")
        others.helpdesk_urls()
        desk.creates_a_second(creates // 10)
        own = desk.creates_a_second(creates)
        other = others.helpdesk_creates_a_second(max(creates // 10, 20))
        good.append(line("ticket.create / django-helpdesk's form", f"{own:,.0f}/s", f"{other:,.0f}/s", own / other, 10))

        desk.fill_tickets(size)
        others.helpdesk_fill(size)
        assert len(desk.queue()) == len(others.helpdesk_queue()) == 50
        page, queryset = seconds(desk.queue, rounds * 5), seconds(others.helpdesk_queue, rounds)
        what = f"queue page of 50 at {size:,} / its queryset"
        good.append(line(what, f"{page * 1e3:.2f} ms", f"{queryset * 1e3:.2f} ms", queryset / page, 20))

        leads = Desk(folder / "leads.db")
        leads.fill_leads(size)
        path = folder / "leads.db"
        read = others.mapped(path)
        assert len(leads.admin.lead.frame(columns=others.COLUMNS)) == len(others.fetched(path)) == len(read()) == size
        gc.collect()
        frame = seconds(lambda: leads.admin.lead.frame(columns=others.COLUMNS), rounds)
        fetched = seconds(lambda: others.fetched(path), rounds)
        objects = seconds(read, 3)
        what = f"{size:,} leads into a frame"
        good.append(line(f"{what} / sqlite3", f"{frame * 1e3:.0f} ms", f"{fetched * 1e3:.0f} ms", fetched / frame, 2))
        good.append(line(f"{what} / SQLAlchemy", f"{frame * 1e3:.0f} ms", f"{objects * 1e3:.0f} ms", objects / frame, 15))
        desk.crm.close()
        leads.crm.close()

    trip, forms = overhead()
    took = trip + forms
    good.append(line("overhead of a call / 20 µs", f"{took:.1f} µs", f"{trip:.1f} + {forms:.1f} µs", 20 / took, 1))
    start = import_milliseconds()
    good.append(line("import of the package / 100 ms", f"{start:.0f} ms", "100 ms", 100 / start, 1))
    return 0 if short or all(good) else 1


if __name__ == "__main__":
    sys.exit(main())
