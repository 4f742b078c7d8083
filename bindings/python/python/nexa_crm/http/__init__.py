"""The whole CRM behind HTTP: an application of ASGI, without a framework.

::

    import nexa_crm as nexa
    from nexa_crm import http

    crm = nexa.open("sqlite:crm.db")

    def authenticate(request: http.Request) -> nexa.Session | None:
        user = user_of_token(request.bearer)             # the host finds out who calls
        return user and crm.session(user.org, user=user.id)

    app = http.application(crm, authenticate)            # uvicorn module:app; or app.mount("/crm", …)

``GET /leads?filter=…``, ``POST /leads``, ``PATCH /leads/{id}``, ``POST /leads/{id}/qualify``; ``GET /openapi.json`` describes all of it.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from ._application import LARGEST, Application
from ._problems import Unauthenticated
from ._request import Request

if TYPE_CHECKING:
    from .._session import Crm
    from ..aio import AsyncCrm
    from ._application import Authenticate

__all__ = ["Application", "Request", "Unauthenticated", "application", "openapi"]


def application(
    crm: Crm | AsyncCrm,
    authenticate: Authenticate,
    *,
    largest_body: int = LARGEST,
    title: str = "Nexa CRM",
    security: Mapping[str, Any] | None = None,
    threads: int = 32,
    feed_seconds: float = 900.0,
) -> Application:
    """An application of ASGI in which every operation of the catalog has a path.

    `authenticate` is given each `Request` but that for ``/openapi.json``, and answers the session of whoever sent it, a user's, a
    contact's or a service's; `None` is answered with 401. It may be a coroutine function; another one runs on a thread. Where it takes
    cookies, it also has to see that the request came from a page of its own.

    `largest_body` bounds the JSON of a request in bytes; files are as large as the tenant allows. `security` are the security schemes of
    the document, a bearer token unless said. Calls run on `threads` threads, those of the Crm when it is one for asyncio. A feed that is
    sent as events ends after `feed_seconds`, so that who listens authenticates again.
    """
    return Application(
        crm,
        authenticate,
        largest_body=largest_body,
        title=title,
        security=security,
        threads=threads,
        feed_seconds=feed_seconds,
    )


def openapi(
    *, title: str = "Nexa CRM", server: str = "/", security: Mapping[str, Any] | None = None
) -> dict[str, Any]:
    """The document of OpenAPI 3.1 that ``/openapi.json`` has, for a tool that makes a client of it."""
    from .. import catalog
    from ._openapi import document

    return document(catalog(), title=title, server=server, security=security)
