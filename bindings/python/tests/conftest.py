"""What the tests share: a session on each storage."""

from __future__ import annotations

import os
from collections.abc import Iterator
from itertools import count
from pathlib import Path

import pytest

import nexa_crm as nexa
from nexa_crm import testing

ROOT = Path(__file__).parents[3]
POSTGRES = os.environ.get("NEXA_TEST_POSTGRES_URL")
BACKENDS = ["memory", "sqlite", *(["postgres"] if POSTGRES else [])]

_databases = count()


def _postgres() -> Iterator[str]:
    """A database of its own, owned by a role that row-level security binds."""
    import psycopg

    assert POSTGRES is not None
    name, role = f"nexa_python_{os.getpid()}_{next(_databases)}", "nexa_python"
    with psycopg.connect(POSTGRES, autocommit=True) as server:
        if server.execute("SELECT 1 FROM pg_roles WHERE rolname = %s", (role,)).fetchone() is None:
            server.execute(f"CREATE ROLE {role} LOGIN PASSWORD 'nexa'")
        server.execute(f"CREATE DATABASE {name} OWNER {role}")
        info = server.info
        try:
            yield f"postgres://{role}:nexa@{info.host}:{info.port}/{name}"
        finally:
            server.execute(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)")


@pytest.fixture(params=BACKENDS)
def url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """Each storage, empty."""
    if request.param == "memory":
        yield "memory:"
    elif request.param == "sqlite":
        yield f"sqlite:{tmp_path / 'crm.db'}"
    else:
        yield from _postgres()


@pytest.fixture
def opened(url: str) -> Iterator[tuple[nexa.Crm, testing.Clock]]:
    """A Crm on each storage, with its clock."""
    crm, clock = testing.open(url)
    yield crm, clock
    crm.close()


@pytest.fixture
def crm() -> Iterator[nexa.Crm]:
    with nexa.open("memory:") as crm:
        yield crm


@pytest.fixture
def admin(crm: nexa.Crm) -> nexa.Session:
    return crm.create_org("Acme Support", admin={"name": "Lisa", "email": "lisa@acme.example"})


@pytest.fixture
def make(admin: nexa.Session) -> testing.Factory:
    return testing.Factory(admin)
