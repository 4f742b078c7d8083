"""A CRM that other products embed: one compiled rulebook, used as if it had been written for Python.

::

    import nexa_crm as nexa

    crm = nexa.open("sqlite:crm.db")                     # or "memory:", "postgres://…"
    admin = crm.create_org("Acme Support", admin={"name": "Lisa", "email": "lisa@acme.example"})
    alex = admin.user.create(name="Alex", email="alex@acme.example", role="agent")
    s = crm.session(org=admin.org, user=alex.id)
    t = s.ticket.create(subject="Cannot access dashboard", priority="high")
    t = s.ticket.claim(t.id)
    for t in s.ticket.find(status="open", order_by=["-priority", "created_at"]):
        print(t)
    s.explain(t)                                         # what may I do now, and why not
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from . import records
from ._errors import Conflict, Error, Forbidden, Invalid, NotFound, RuleViolation, Unavailable
from ._explain import Explanation, Permission
from ._feed import AccessChanged, Feed, Gone
from ._files import Download, Swept, Upload
from ._inbox import Received
from ._filter import Q, Relative, now, today
from ._frame import Frame
from ._imports import Progress
from ._json import jsonable
from ._later import Due, Ticked, Worker
from ._once import Once
from ._pages import Page, Results, Upserted
from ._record import Record, Struct
from ._schema import SchemaDifference
from ._session import Crm, Session, open, restore
from ._sql import Rows
from ._transaction import SqlRows, Transaction
from ._values import UNSET, About, Assignee, Id, Money

if TYPE_CHECKING:
    from . import aio as aio

__all__ = [
    "UNSET",
    "About",
    "AccessChanged",
    "Assignee",
    "Conflict",
    "Crm",
    "Download",
    "Due",
    "Error",
    "Explanation",
    "Feed",
    "Forbidden",
    "Frame",
    "Gone",
    "Id",
    "Invalid",
    "Money",
    "NotFound",
    "Once",
    "Page",
    "Permission",
    "Progress",
    "Q",
    "Received",
    "Record",
    "Relative",
    "Results",
    "Rows",
    "RuleViolation",
    "SchemaDifference",
    "Session",
    "SqlRows",
    "Struct",
    "Swept",
    "Ticked",
    "Transaction",
    "Unavailable",
    "Upload",
    "Upserted",
    "Worker",
    "aio",
    "catalog",
    "jsonable",
    "now",
    "open",
    "records",
    "restore",
    "today",
]


def catalog() -> dict[str, Any]:
    """Every operation with its schema, its errors and its documentation, as data."""
    import json

    from . import _native

    found: dict[str, Any] = json.loads(_native.catalog())
    return found


def __getattr__(name: str) -> Any:
    # asyncio takes half of the time that the import of all else takes, and most programs do without.
    if name == "aio":
        from importlib import import_module

        return import_module(".aio", __name__)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
