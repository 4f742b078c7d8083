"""What a storage differs in from what this version needs."""

from __future__ import annotations

import json
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class SchemaDifference:
    """Something that a table lacks, or has otherwise than its kind needs."""

    table: str
    """The table, as the database calls it."""
    column: str | None
    """The column, where the difference is one column's."""
    problem: str
    """What differs, as the end of a sentence that begins with the table or the column."""
    migrates: bool
    """Whether `Crm.migrate` helps; otherwise change the table yourself."""


def differences(text: str) -> list[SchemaDifference]:
    """Reads differences."""
    return [SchemaDifference(one["table"], one["column"], one["problem"], one["migrates"]) for one in json.loads(text)]
