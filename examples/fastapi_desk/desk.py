"""A small helpdesk: FastAPI for people who ask and who answer, Nexa for what becomes of their tickets.

    pip install nexa-crm fastapi uvicorn
    uvicorn desk:app --workers 2

It makes `desk.db` with a tenant of its own. Who calls is found out by a token, as any host finds it out by its own means.
"""

from __future__ import annotations

import os
import uuid
from typing import Annotated, Any

from fastapi import Depends, FastAPI, Header, HTTPException, Request
from fastapi.responses import JSONResponse
from fastapi.security import HTTPAuthorizationCredentials, HTTPBearer
from pydantic import BaseModel, EmailStr, Field

import nexa_crm as nexa
from nexa_crm import http
from nexa_crm.records import Comment, Ticket, TicketId, TicketPriority, TicketStatus

ORG = uuid.uuid5(uuid.NAMESPACE_DNS, "desk.example")
"""The tenant, by a name of the host: each worker comes to the same."""

# In earnest they are rows of the host, hashed.
TOKENS = {"lisa": "lisa@desk.example", "alex": "alex@desk.example"}

crm = nexa.open(os.environ.get("DESK", "sqlite:desk.db"), files=os.environ.get("DESK_FILES", "desk_files"))


def found() -> None:
    """Makes the tenant and its people, whichever worker comes first."""
    try:
        lisa = crm.create_org("Desk", admin={"name": "Lisa", "email": TOKENS["lisa"]}, id=ORG)
        lisa.user.create(name="Alex", email=TOKENS["alex"], role="agent")
    except nexa.Conflict as taken:
        if taken.code != "id.taken":
            raise


found()


def member(token: str | None) -> nexa.Session | None:
    """The session of whoever has a token."""
    email = TOKENS.get(token or "")
    if email is None:
        return None
    user = crm.system(ORG, "sign-in").user.find(email=email).first()
    return None if user is None else crm.session(ORG, user=user)


def session(
    bearer: Annotated[HTTPAuthorizationCredentials, Depends(HTTPBearer())],
    key: Annotated[str | None, Header(alias="Idempotency-Key")] = None,
) -> nexa.Session:
    """The session of whoever calls, whose commands are done once for a key."""
    caller = member(bearer.credentials)
    if caller is None:
        raise HTTPException(401, "this token is unknown", {"WWW-Authenticate": "Bearer"})
    return caller.envelope(idempotency_key=key)


Caller = Annotated[nexa.Session, Depends(session)]
app = FastAPI(title="Desk")
app.mount("/crm", http.application(crm, lambda request: member(request.bearer)))


@app.exception_handler(nexa.Error)
def refuse(request: Request, refused: nexa.Error) -> JSONResponse:
    """A refusal, with the status that says the same."""
    return JSONResponse(refused.to_json(), refused.http_status, media_type="application/problem+json")


class Question(BaseModel):
    """What somebody asks in the form on the web, who has no account here."""

    name: str
    email: EmailStr
    company: str | None = None
    subject: str = Field(min_length=1, max_length=500)
    text: str | None = None


class Asked(BaseModel):
    """What they are told."""

    number: str


@app.post("/ask", status_code=201)
def ask(question: Question, key: Annotated[str | None, Header(alias="Idempotency-Key")] = None) -> Asked:
    """Takes a question; the same form sent twice is one ticket."""
    form = crm.session(ORG, service="form").envelope(idempotency_key=key)
    customer = {"name": question.name, "email": question.email}
    if question.company:
        customer["company"] = question.company
    ticket = form.ticket.create(subject=question.subject, description=question.text, channel="web", customer=customer)  # type: ignore[arg-type]
    return Asked(number=ticket.number)


@app.get("/queue")
def queue(caller: Caller, status: TicketStatus = TicketStatus.OPEN, cursor: str | None = None) -> nexa.Page[Ticket]:
    """What is to be done, the most urgent first."""
    return caller.ticket.find(status=status, order_by=["-priority", "created_at"], limit=20).page(cursor)


@app.get("/tickets/{ticket}")
def show(ticket: TicketId, caller: Caller) -> dict[str, Any]:
    """A ticket, its comments, and which buttons there are for whoever asks."""
    found = caller.ticket.get(ticket)
    comments: list[Comment] = caller.comment.find(ticket=ticket, order_by="created_at").list()
    return {"ticket": found, "comments": comments, "allowed": caller.explain(found).allowed}


@app.post("/tickets/{ticket}/claim")
def claim(ticket: TicketId, caller: Caller) -> Ticket:
    """Takes a ticket, unless somebody else was first."""
    return caller.ticket.claim(ticket)


class Solution(BaseModel):
    """How it was solved."""

    resolution: str
    priority: TicketPriority | None = None


@app.post("/tickets/{ticket}/resolve")
def resolve(ticket: TicketId, solution: Solution, caller: Caller) -> Ticket:
    """Solves a ticket; all of it is done, or nothing."""
    requests: list[tuple[str, dict[str, Any]]] = []
    if solution.priority is not None:
        requests.append(("ticket.prioritize", {"ticket": ticket, "priority": solution.priority}))
    requests.append(("ticket.resolve", {"ticket": ticket, "resolution": solution.resolution}))
    caller.batch(requests)
    return caller.ticket.get(ticket)
