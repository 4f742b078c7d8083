"""The helpdesk of the examples, in this process and as two workers on one file."""

from __future__ import annotations

import importlib
import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import httpx
import pytest

import nexa_crm

from web import ask

DESK = Path(__file__).parents[3] / "examples/fastapi_desk"
ALEX = {"Authorization": "Bearer alex"}
QUESTION = {"name": "Sarah", "email": "sarah@example.com", "company": "Acme", "subject": "Cannot access dashboard"}


@pytest.fixture
def desk(monkeypatch: pytest.MonkeyPatch) -> Iterator[Any]:
    monkeypatch.setenv("DESK", "memory:")
    monkeypatch.setenv("DESK_FILES", "memory:")
    monkeypatch.syspath_prepend(str(DESK))
    monkeypatch.delitem(sys.modules, "desk", raising=False)
    module = importlib.import_module("desk")
    yield module.app
    module.crm.close()


def test_a_question_is_asked_once_and_answered(desk: Any) -> None:
    first = ask(desk, "POST", "/ask", json=QUESTION, headers={"Idempotency-Key": "form-1"})
    again = ask(desk, "POST", "/ask", json=QUESTION, headers={"Idempotency-Key": "form-1"})
    assert first.status_code == 201 and first.json() == again.json() == {"number": "T-000001"}
    (ticket,) = ask(desk, "GET", "/queue", headers=ALEX).json()["items"]
    path = f"/tickets/{ticket['id']}"
    shown = ask(desk, "GET", path, headers=ALEX).json()
    assert shown["ticket"] == ticket and "ticket.claim" in shown["allowed"] and "ticket.close" not in shown["allowed"]
    assert ask(desk, "POST", f"{path}/claim", headers=ALEX).json()["assignee"] is not None
    solved = ask(desk, "POST", f"{path}/resolve", headers=ALEX, json={"resolution": "Reset", "priority": "low"}).json()
    assert (solved["status"], solved["priority"], solved["resolution"]) == ("resolved", "low", "Reset")
    assert ask(desk, "GET", "/queue", headers=ALEX).json()["items"] == []
    assert ask(desk, "GET", "/crm/contacts", headers=ALEX).json()["items"][0]["email"] == "sarah@example.com"


def test_what_is_refused_has_the_status_that_says_the_same(desk: Any) -> None:
    assert ask(desk, "GET", "/queue", headers={"Authorization": "Bearer nobody"}).status_code == 401
    assert ask(desk, "GET", "/crm/tickets").status_code == 401
    assert ask(desk, "POST", "/ask", json={**QUESTION, "email": "no address"}).status_code == 422
    missing = ask(desk, "POST", "/tickets/00000000-0000-7000-8000-000000000000/claim", headers=ALEX)
    assert (missing.status_code, missing.json()["code"]) == (404, "record.not_found")
    assert missing.headers["content-type"] == "application/problem+json"


@pytest.fixture
def served(tmp_path: Path) -> Iterator[str]:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    package = str(Path(nexa_crm.__file__).parents[1])
    environment = {**os.environ, "DESK": f"sqlite:{tmp_path / 'desk.db'}", "DESK_FILES": str(tmp_path / "files")}
    if "site-packages" not in package:
        environment["PYTHONPATH"] = package
    command = [sys.executable, "-m", "uvicorn", "--app-dir", str(DESK), "desk:app", "--port", str(port), "--workers", "2"]
    with subprocess.Popen([*command, "--log-level", "warning"], env=environment, stderr=subprocess.PIPE, text=True) as server:
        url = f"http://127.0.0.1:{port}"
        for _ in range(300):
            try:
                httpx.get(f"{url}/crm/openapi.json")
                break
            except httpx.TransportError:
                assert server.poll() is None, server.stderr and server.stderr.read()
                time.sleep(0.1)
        try:
            yield url
        finally:
            server.terminate()
            server.wait(20)


def test_two_workers_on_one_file_do_everything_once(served: str) -> None:
    lisa = {"Authorization": "Bearer lisa", "Connection": "close"}

    def send(number: int) -> int:
        key = {"Idempotency-Key": f"form-{number}", "Connection": "close"}
        return httpx.post(f"{served}/ask", json=QUESTION, headers=key, timeout=30).status_code

    with ThreadPoolExecutor(8) as threads:
        assert set(threads.map(send, [*range(20), *range(20)])) == {201}
    counted = httpx.get(f"{served}/crm/tickets/count", headers=lisa)
    assert counted.json() == 20
    assert httpx.get(f"{served}/crm/contacts/count", headers=lisa).json() == 1
    assert httpx.get(f"{served}/crm/ledger/verify", headers=lisa).status_code == 200
    # What one worker does, a listener of the other hears as well.
    with httpx.stream("GET", f"{served}/crm/feed?kind=ticket", headers={**lisa, "Accept": "text/event-stream"}) as events:
        seen = 0
        for line in events.iter_lines():
            seen += line == "event: changed"
            if seen == 20 and line == "":
                send(20)
            if seen == 21:
                break
