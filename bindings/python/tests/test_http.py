"""The application of ASGI: the examples that the package for JavaScript answers as well, and what is its own."""

from __future__ import annotations

import asyncio
import json
import threading
import time
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import httpx
import pytest

import nexa_crm as nexa
from nexa_crm import http

from stories import Kept, mismatch
from web import ask

ROOT = Path(__file__).parents[3]
SCENARIOS: list[dict[str, Any]] = json.loads((ROOT / "tests/http/examples.json").read_text())["scenarios"]


def tenant(crm: nexa.Crm) -> tuple[dict[str, nexa.Session], dict[str, Any]]:
    """A tenant with the callers of the examples."""
    lisa = crm.create_org("Acme Support", admin={"name": "Lisa", "email": "lisa@acme.example"})
    alex = lisa.user.create(name="Alex", email="alex@acme.example", role="agent")
    vera = lisa.user.create(name="Vera", email="vera@acme.example", role="viewer")
    sessions = {"lisa": lisa, "alex": crm.session(lisa.org, user=alex), "vera": crm.session(lisa.org, user=vera)}
    words = {name: {"id": str(session.user_id)} for name, session in sessions.items()}
    return sessions, {**words, "org": {"id": str(lisa.org)}}


def expanded(value: Any) -> Any:
    """A value in which `$repeat` says how often a text is repeated."""
    if isinstance(value, dict) and "$repeat" in value:
        text, times = value["$repeat"]
        return text * times
    return {name: expanded(one) for name, one in value.items()} if isinstance(value, dict) else value


@pytest.mark.parametrize("scenario", SCENARIOS, ids=lambda one: one["name"])
def test_an_example(scenario: dict[str, Any]) -> None:
    with nexa.open("memory:", files="memory:") as crm:
        sessions, words = tenant(crm)
        kept = Kept()
        kept.words = words
        app = http.application(crm, lambda request: sessions.get(request.bearer or ""), largest_body=100_000)
        for step in scenario["steps"]:
            run(app, step, kept)


def run(app: Any, step: dict[str, Any], kept: Kept) -> None:
    caller = step.get("as", "lisa")
    headers = {} if caller is None else {"Authorization": f"Bearer {caller}"}
    said: dict[str, Any] = {"headers": headers | step.get("send", {})}
    if "query" in step:
        given = kept.fill(step["query"])
        said["params"] = {name: one if isinstance(one, str) else json.dumps(one) for name, one in given.items()}
    if "json" in step:
        said["json"] = expanded(kept.fill(step["json"]))
    if "text" in step:
        said["content"] = step["text"].encode()
    label = f"{step['method']} {step['path']}"
    got = ask(app, step["method"], kept.fill(step["path"]), **said)
    assert got.status_code == step["status"], f"{label}: {got.text}"
    is_json = "json" in got.headers.get("content-type", "") and got.content
    body = got.json() if is_json else None
    kept.words["body"] = body
    for name, wanted in step.get("headers", {}).items():
        assert mismatch(got.headers.get(name), kept.fill(wanted), f"{label}: {name}") is None, got.headers
    if "body" in step:
        assert (problem := mismatch(body, kept.fill(step["body"]), label)) is None, problem
    if "answer" in step:
        assert got.text == step["answer"], label
    if "keep" in step:
        kept.words[step["keep"]] = body


@pytest.fixture
def app(crm: nexa.Crm, admin: nexa.Session) -> http.Application:
    return http.application(crm, lambda request: admin, feed_seconds=30)


def test_the_document_names_each_operation_once(app: http.Application) -> None:
    got = ask(app, "GET", "/openapi.json")
    assert got.status_code == 200
    document = got.json()
    named = [one["operationId"] for path in document["paths"].values() for one in path.values()]
    assert len(named) == len(set(named))
    assert set(nexa.catalog()["operations"]) <= set(named)
    assert "#/$defs/" not in got.text
    assert document == http.openapi()


def test_the_document_is_made_of_the_catalog_as_elsewhere() -> None:
    from nexa_crm.http._openapi import document

    catalog = json.loads((ROOT / "tests/http/catalog.json").read_text())
    made = document(catalog, title="A small one", server="/crm", security=None)
    assert made == json.loads((ROOT / "tests/http/openapi.json").read_text())


@pytest.mark.parametrize("path", ["/leads", "/operations/lead.create"])
def test_it_can_be_mounted(crm: nexa.Crm, admin: nexa.Session, path: str) -> None:
    from fastapi import FastAPI

    host = FastAPI()
    host.mount("/crm", http.application(crm, lambda request: admin))
    got = ask(host, "POST", f"/crm{path}", json={"last_name": "Byron"})
    assert got.status_code in (200, 201)
    location = f"/crm/leads/{got.json()['id']}"
    assert got.headers.get("location", location) == location
    assert ask(host, "GET", location).json() == got.json()
    assert ask(host, "GET", "/crm/openapi.json").json()["servers"] == [{"url": "/crm"}]


def test_authentication_may_be_awaited_and_may_refuse(crm: nexa.Crm, admin: nexa.Session) -> None:
    async def authenticate(request: http.Request) -> nexa.Session | None:
        await asyncio.sleep(0)
        if request.cookies.get("session") == "lisa":
            return admin
        raise http.Unauthenticated('Basic realm="crm"')

    app = http.application(crm, authenticate)
    assert ask(app, "GET", "/leads", headers={"Cookie": "a=b; session=lisa"}).status_code == 200
    refused = ask(app, "GET", "/leads")
    assert (refused.status_code, refused.headers["www-authenticate"]) == (401, 'Basic realm="crm"')


def test_a_session_of_the_host_is_never_given_to_a_caller(crm: nexa.Crm, admin: nexa.Session) -> None:
    app = http.application(crm, lambda request: crm.system(admin.org, "web"))
    with pytest.raises(TypeError, match="every access is open"):
        ask(app, "GET", "/leads")


def test_what_the_host_throws_shows_nothing_of_the_inside(crm: nexa.Crm) -> None:
    def broken(request: http.Request) -> None:
        raise ValueError("password=hunter2")

    app = http.application(crm, broken)

    async def once() -> httpx.Response:
        transport = httpx.ASGITransport(app=app, raise_app_exceptions=False)
        async with httpx.AsyncClient(transport=transport, base_url="http://crm.example") as client:
            return await client.get("/leads")

    got = asyncio.run(once())
    assert (got.status_code, got.json()["code"]) == (500, "http.failed")
    assert "hunter2" not in got.text


def test_a_slow_call_leaves_the_loop_and_the_other_callers_free(crm: nexa.Crm, admin: nexa.Session) -> None:
    entered, leave = threading.Event(), threading.Event()

    def authenticate(request: http.Request) -> nexa.Session:
        if request.headers.get("x-slow"):
            entered.set()
            assert leave.wait(10)
        return admin

    app = http.application(crm, authenticate)

    async def both() -> None:
        transport = httpx.ASGITransport(app=app)
        async with httpx.AsyncClient(transport=transport, base_url="http://crm.example") as client:
            slow = asyncio.ensure_future(client.get("/leads", headers={"X-Slow": "1"}))
            assert await asyncio.to_thread(entered.wait, 10)
            assert (await client.get("/leads")).status_code == 200
            assert not slow.done()
            leave.set()
            assert (await slow).status_code == 200

    asyncio.run(both())


def test_a_crm_for_asyncio_will_do() -> None:
    async def main() -> None:
        async with await nexa.aio.open("memory:") as crm:
            lisa = await crm.create_org("Acme", admin={"name": "Lisa", "email": "lisa@acme.example"})
            transport = httpx.ASGITransport(app=http.application(crm, lambda request: lisa))
            async with httpx.AsyncClient(transport=transport, base_url="http://crm.example") as client:
                made = await client.post("/leads", json={"last_name": "Byron"})
                assert (await lisa.lead.get(made.json()["id"])).last_name == "Byron"

    asyncio.run(main())


async def receive_body(pieces: AsyncIterator[bytes]) -> dict[str, Any]:
    """The next message of a body that is sent piece by piece."""
    try:
        return {"type": "http.request", "body": await anext(pieces), "more_body": True}
    except StopAsyncIteration:
        return {"type": "http.request", "body": b"", "more_body": False}


def test_a_large_file_passes_piece_by_piece() -> None:
    with nexa.open("memory:", files="memory:") as crm:
        lisa = crm.create_org("Acme", admin={"name": "Lisa", "email": "lisa@acme.example"})
        app = http.application(crm, lambda request: lisa, largest_body=1000)

        async def pieces() -> AsyncIterator[bytes]:
            for at in range(50):
                yield bytes([at]) * 100_000

        async def main() -> None:
            transport = httpx.ASGITransport(app=app)
            async with httpx.AsyncClient(transport=transport, base_url="http://crm.example") as client:
                sent = (await client.post("/uploads?name=big.bin", content=pieces())).json()
                assert sent["size"] == 5_000_000
                lead = lisa.lead.create(last_name="Byron")
                file = lisa.attachment.add(upload=sent["id"], to=lead)
                got = await client.get(f"/attachments/{file.id}/content")
                assert got.content == b"".join(bytes([at]) * 100_000 for at in range(50))

        asyncio.run(main())


def test_an_upload_whose_sender_goes_away_leaves_nothing() -> None:
    with nexa.open("memory:", files="memory:") as crm:
        lisa = crm.create_org("Acme", admin={"name": "Lisa", "email": "lisa@acme.example"})
        app = http.application(crm, lambda request: lisa)
        messages: list[dict[str, Any]] = [
            {"type": "http.request", "body": b"x" * 300_000, "more_body": True},
            {"type": "http.disconnect"},
        ]
        sent: list[Any] = []

        async def receive() -> dict[str, Any]:
            return messages.pop(0)

        async def send(message: Any) -> None:
            sent.append(message)

        scope = {"type": "http", "method": "POST", "path": "/uploads", "query_string": b"name=x.bin", "headers": []}
        asyncio.run(app(scope, receive, send))
        assert sent == [] and messages == []
        crm.tick(lisa.org)
        assert crm.system(lisa.org, "sweep").sweep_files().kept == 0


def test_a_long_export_is_sent_while_it_is_written_and_ends_with_who_asked() -> None:
    with nexa.open("memory:") as crm:
        lisa = crm.create_org("Acme", admin={"name": "Lisa", "email": "lisa@acme.example"})
        lisa.lead.import_rows([{"last_name": f"Lead {at}", "description": "x" * 1000} for at in range(3000)])
        app = http.application(crm, lambda request: lisa)
        whole = ask(app, "GET", "/leads/export?columns=last_name,description")
        assert whole.text.count("\n") == 3001
        pieces: list[bytes] = []
        gone = threading.Event()

        async def main() -> None:
            leave = asyncio.Event()
            asked = False

            async def receive() -> dict[str, Any]:
                nonlocal asked
                if not asked:
                    asked = True
                    return {"type": "http.request", "body": b"", "more_body": False}
                await leave.wait()
                return {"type": "http.disconnect"}

            async def send(message: Any) -> None:
                if message["type"] == "http.response.body":
                    pieces.append(message["body"])
                    leave.set()
                    await asyncio.sleep(0.01)

            scope = {"type": "http", "method": "GET", "path": "/leads/export", "query_string": b"", "headers": []}
            await app(scope, receive, send)
            gone.set()

        asyncio.run(main())
        assert gone.is_set() and 0 < sum(map(len, pieces)) < len(whole.content)


class Listener:
    """Somebody who listens to the feed over ASGI, as a browser's EventSource does."""

    def __init__(self, app: Any, path: str = "/feed", last: str | None = None) -> None:
        self.events: list[dict[str, str]] = []
        self._arrived = asyncio.Event()
        self._gone = asyncio.Event()
        headers = [(b"accept", b"text/event-stream")] + ([(b"last-event-id", last.encode())] if last else [])
        place, _, query = path.partition("?")
        scope = {"type": "http", "method": "GET", "path": place, "query_string": query.encode(), "headers": headers}
        self.status = 0
        self._asked = False
        self._task = asyncio.ensure_future(app(scope, self._receive, self._send))

    async def _receive(self) -> dict[str, Any]:
        if not self._asked:
            self._asked = True
            return {"type": "http.request", "body": b"", "more_body": False}
        await self._gone.wait()
        return {"type": "http.disconnect"}

    async def _send(self, message: Any) -> None:
        if message["type"] == "http.response.start":
            self.status = message["status"]
            return
        for block in message["body"].decode().split("\n\n"):
            lines = dict(line.split(": ", 1) for line in block.splitlines() if not line.startswith(":"))
            if "event" in lines:
                self.events.append(lines)
                self._arrived.set()

    async def until(self, count: int) -> None:
        async with asyncio.timeout(10):
            while len(self.events) < count:
                self._arrived.clear()
                await self._arrived.wait()

    async def leave(self) -> None:
        self._gone.set()
        async with asyncio.timeout(10):
            await self._task


def test_the_feed_is_sent_as_events_and_goes_on_where_it_was(app: http.Application, admin: nexa.Session) -> None:
    async def main() -> None:
        first = Listener(app, "/feed?kind=lead")
        admin.lead.create(last_name="Byron")
        await first.until(1)
        admin.lead.create(last_name="King")
        await first.until(2)
        await first.leave()
        seen = [json.loads(event["data"])["command"] for event in first.events]
        assert first.status == 200 and seen == ["lead.create", "lead.create"]
        again = Listener(app, "/feed?kind=lead", last=first.events[0]["id"])
        await again.until(1)
        await again.leave()
        assert again.events == first.events[1:]

    asyncio.run(main())


def test_a_feed_of_events_ends_so_that_who_listens_authenticates_again(crm: nexa.Crm, admin: nexa.Session) -> None:
    app = http.application(crm, lambda request: admin, feed_seconds=0.1)
    began = time.monotonic()
    got = ask(app, "GET", "/feed", headers={"Accept": "text/event-stream"})
    assert got.headers["content-type"] == "text/event-stream" and got.text.startswith("retry: 1000\n\n")
    assert "event: changed\n" in got.text and time.monotonic() - began < 5


def test_a_listener_who_may_no_longer_see_anything_is_refused(crm: nexa.Crm, admin: nexa.Session) -> None:
    alex = admin.user.create(name="Alex", email="alex@acme.example", role="agent")
    session = crm.session(admin.org, user=alex)
    app = http.application(crm, lambda request: session)

    async def main() -> None:
        listener = Listener(app, "/feed?kind=lead")
        admin.lead.create(last_name="Byron")
        await listener.until(1)
        admin.user.deactivate(alex)
        await listener.until(2)
        await listener.leave()
        assert listener.events[-1]["event"] in ("refused", "access_changed")

    asyncio.run(main())


def test_a_server_begins_and_ends(app: http.Application) -> None:
    messages = [{"type": "lifespan.startup"}, {"type": "lifespan.shutdown"}]
    sent: list[str] = []

    async def receive() -> dict[str, Any]:
        return messages.pop(0)

    async def send(message: Any) -> None:
        sent.append(message["type"])

    asyncio.run(app({"type": "lifespan"}, receive, send))
    assert sent == ["lifespan.startup.complete", "lifespan.shutdown.complete"]
    with pytest.raises(RuntimeError, match="speaks HTTP"):
        asyncio.run(app({"type": "websocket"}, receive, send))
