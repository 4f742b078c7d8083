"""What is generated from the catalog, as data: kinds, classes and operations.

A table is read when somebody first asks for what it has, so that the import takes the same time however many kinds there are.
"""

from __future__ import annotations

import json
import os
from functools import cache
from typing import Any

_FOLDER = os.path.join(os.path.dirname(__file__), "_generated")


def _read(name: str) -> dict[str, Any]:
    with open(os.path.join(_FOLDER, f"{name}.json"), encoding="utf-8") as file:
        found: dict[str, Any] = json.load(file)
    return found


@cache
def table(group: str) -> dict[str, Any]:
    """The classes and operations of a group, or the classes of ``common``."""
    return _read(os.path.join("kinds", group))


_index = _read("index")

GROUPS: dict[str, str] = _index["groups"]
"""The groups of operations by what a session calls them."""

RECORDS: dict[str, str] = _index["records"]
"""The name of the class of each kind's records."""

CLASSES: dict[str, str] = _index["classes"]
"""The table that has each class of answers."""
