"""What the application answers fits the document that it gives of itself, whatever is asked."""

from __future__ import annotations

import json
import os
from typing import Any

import schemathesis
from hypothesis import HealthCheck, Phase, settings
from schemathesis import checks

import nexa_crm as nexa
from nexa_crm import http

# Some of each sort; all of them where there is time.
SOME = ["lead.find", "lead.create", "ticket.update", "deal.trash", "ticket.timeline", "deal.forecast", "events", "upload", "batch"]
SOME += ["download", "lead.history", "note.export", "group.remove_member", "session", "contact.get", "ticket.explain", "ledger.verify"]
EXAMPLES = int(os.environ.get("NEXA_EXAMPLES", "0"))
CHECKS = [
    checks.not_a_server_error,
    checks.status_code_conformance,
    checks.content_type_conformance,
    checks.response_headers_conformance,
    checks.response_schema_conformance,
    checks.unsupported_method,
]

CRM = nexa.open("memory:", files="memory:")
LISA = CRM.create_org("Acme", admin={"name": "Lisa", "email": "lisa@acme.example"})
APPLICATION = http.application(CRM, lambda request: LISA)


def needed(value: Any, schemas: dict[str, Any], found: dict[str, Any]) -> dict[str, Any]:
    """The schemas that a value refers to."""
    if isinstance(value, dict):
        name = str(value.get("$ref", "")).removeprefix("#/components/schemas/")
        if name in schemas and name not in found:
            found[name] = schemas[name]
            needed(schemas[name], schemas, found)
    for one in value.values() if isinstance(value, dict) else value if isinstance(value, list) else ():
        needed(one, schemas, found)
    return found


def document() -> dict[str, Any]:
    """The document, or some of it: whoever validates an answer reads all of it each time."""
    whole = http.openapi()
    if EXAMPLES:
        return whole
    paths = {
        path: {method: one for method, one in methods.items() if one["operationId"] in SOME}
        for path, methods in whole["paths"].items()
    }
    whole["paths"] = {path: methods for path, methods in paths.items() if methods}
    whole["components"]["schemas"] = needed(whole["paths"], whole["components"]["schemas"], {})
    return whole


TEXT = json.dumps(document()).encode()


async def application(scope: Any, receive: Any, send: Any) -> None:
    """The application, with this document."""
    if scope["type"] == "http" and scope["path"] == "/openapi.json":
        await send({"type": "http.response.start", "status": 200, "headers": [(b"content-type", b"application/json")]})
        await send({"type": "http.response.body", "body": TEXT})
    else:
        await APPLICATION(scope, receive, send)


@schemathesis.openapi.from_asgi("/openapi.json", application).parametrize()
@settings(
    max_examples=20 if EXAMPLES else 5,
    deadline=None,
    phases=[Phase.explicit, Phase.generate],
    derandomize=not EXAMPLES,
    database=None,
    suppress_health_check=list(HealthCheck),
)
def test_an_answer_fits_the_document(case: schemathesis.Case) -> None:
    allowed = [one for one in CHECKS if one is not checks.unsupported_method or EXAMPLES]
    case.call_and_validate(checks=allowed)
