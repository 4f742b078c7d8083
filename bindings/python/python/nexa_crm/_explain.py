"""What an actor may do with a record now, and if not, why not."""

from __future__ import annotations

import html
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from ._errors import Error, of_wire


@dataclass(frozen=True, slots=True)
class Permission:
    """What would become of one operation now."""

    operation: str
    refusal: Error | None

    @property
    def allowed(self) -> bool:
        """Whether it is allowed, as far as no arguments are concerned."""
        return self.refusal is None


class Explanation:
    """The operations that target a record: allowed, or refused with a reason."""

    def __init__(self, permissions: list[Permission]) -> None:
        self.permissions = permissions

    @property
    def allowed(self) -> list[str]:
        """The operations that are allowed now."""
        return [permission.operation for permission in self.permissions if permission.refusal is None]

    @property
    def refused(self) -> dict[str, Error]:
        """The others, with the refusal that each would meet."""
        return {
            permission.operation: permission.refusal
            for permission in self.permissions
            if permission.refusal is not None
        }

    def __iter__(self) -> Iterator[Permission]:
        return iter(self.permissions)

    def to_json(self) -> list[dict[str, Any]]:
        """As it is on the wire."""
        refused = [(one.operation, None if one.refusal is None else one.refusal.to_json()) for one in self.permissions]
        return [{"operation": operation, "refusal": refusal} for operation, refusal in refused]

    def __len__(self) -> int:
        return len(self.permissions)

    def __getitem__(self, operation: str) -> Permission:
        for permission in self.permissions:
            if permission.operation == operation:
                return permission
        raise KeyError(operation)

    def __repr__(self) -> str:
        lines = [f"  {operation}" for operation in self.allowed]
        lines += [f"  {operation}: {refusal}" for operation, refusal in self.refused.items()]
        return "\n".join(["Explanation:", *lines])

    def _repr_html_(self) -> str:
        rows = "".join(
            f"<tr><td>{html.escape(permission.operation)}</td>"
            f"<td>{'allowed' if permission.refusal is None else html.escape(str(permission.refusal))}</td></tr>"
            for permission in self.permissions
        )
        return f"<table><tbody>{rows}</tbody></table>"


def explanation(raw: list[dict[str, Any]]) -> Explanation:
    """Reads an explanation."""
    return Explanation(
        [
            Permission(one["operation"], None if one.get("refusal") is None else of_wire(one["refusal"]))
            for one in raw
        ]
    )
