"""Asks an application over ASGI, without a server."""

from __future__ import annotations

import asyncio
from typing import Any

import httpx


def ask(application: Any, method: str, url: str, **said: Any) -> httpx.Response:
    """The response to one request."""

    async def once() -> httpx.Response:
        transport = httpx.ASGITransport(app=application)
        async with httpx.AsyncClient(transport=transport, base_url="http://crm.example") as client:
            return await client.request(method, url, **said)

    return asyncio.run(once())
