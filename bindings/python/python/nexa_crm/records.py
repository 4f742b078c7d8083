"""Records, the parts of records, and the words of their enums: ``nexa_crm.records.Lead``.

The classes are made of the tables when they are first asked for.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from ._generated.records import *
else:
    from ._classes import KINDS, class_of, names

    def __getattr__(name: str) -> Any:
        if name not in names():
            raise AttributeError(f"module {__name__!r} has no attribute {name!r}", name=name)
        return globals().setdefault(name, class_of(name))

    def __dir__() -> list[str]:
        return ["KINDS", *sorted(names())]
