"""What is measured beside: django-helpdesk, sqlite3 and SQLAlchemy."""

from __future__ import annotations

import sqlite3
import time
from pathlib import Path
from typing import Any


def helpdesk(path: Path) -> None:
    """django-helpdesk on a SQLite file that is as durable as Nexa's: WAL, and synchronous = FULL."""
    import django
    from django.conf import settings

    settings.configure(
        SECRET_KEY="bench",
        USE_TZ=True,
        SITE_ID=1,
        ROOT_URLCONF="others",
        EMAIL_BACKEND="django.core.mail.backends.dummy.EmailBackend",
        DEFAULT_AUTO_FIELD="django.db.models.AutoField",
        MIDDLEWARE=[
            "django.contrib.sessions.middleware.SessionMiddleware",
            "django.contrib.auth.middleware.AuthenticationMiddleware",
        ],
        TEMPLATES=[{"BACKEND": "django.template.backends.django.DjangoTemplates", "APP_DIRS": True}],
        STATIC_URL="/static/",
        MEDIA_ROOT=str(path.parent / "media"),
        HELPDESK_TEAMS_MODE_ENABLED=False,
        DATABASES={
            "default": {
                "ENGINE": "django.db.backends.sqlite3",
                "NAME": str(path),
                "OPTIONS": {"init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL;"},
            }
        },
        INSTALLED_APPS=[
            "django.contrib.auth",
            "django.contrib.contenttypes",
            "django.contrib.sessions",
            "django.contrib.sites",
            "django.contrib.humanize",
            "django.contrib.messages",
            "rest_framework",
            "helpdesk",
        ],
    )
    django.setup()
    from django.core.management import call_command

    call_command("migrate", verbosity=0)
    from helpdesk.models import Queue

    Queue.objects.create(title="Support", slug="support", allow_public_submission=True)


urlpatterns: list[Any] = []


def helpdesk_urls() -> None:
    """The addresses that its messages link to."""
    from django.urls import include, path

    urlpatterns.append(path("", include("helpdesk.urls", namespace="helpdesk")))


def helpdesk_creates_a_second(count: int) -> float:
    """Its own form, checked and saved, one after the other."""
    from django.contrib.auth.models import User
    from helpdesk.forms import TicketForm
    from helpdesk.models import Queue

    user = User.objects.create_user("alex", "alex@example.com", is_staff=True)
    queue = Queue.objects.get()
    start = time.perf_counter()
    for number in range(count):
        form = TicketForm(
            data={
                "queue": queue.pk,
                "title": f"Cannot access dashboard {number}",
                "body": "Unable to log in since this morning.",
                "priority": 2,
                "submitter_email": f"sarah{number % 50}@example.com",
            },
            queue_choices=[(queue.pk, queue.title)],
        )
        if not form.is_valid():
            raise RuntimeError(form.errors.as_text())
        form.save(user=user)
    return count / (time.perf_counter() - start)


def helpdesk_fill(count: int) -> None:
    from helpdesk.models import Queue, Ticket

    queue = Queue.objects.get()
    tickets = (
        Ticket(
            queue=queue,
            title=f"Issue {number}",
            description="Something does not work.",
            priority=number * 7919 % 5 + 1,
            status=Ticket.OPEN_STATUS,
        )
        for number in range(count)
    )
    Ticket.objects.bulk_create(tickets, batch_size=1000)


def helpdesk_queue() -> list[Any]:
    """The first 50 of its open tickets, as its list shows them."""
    from helpdesk.models import Ticket

    tickets = Ticket.objects.select_related("queue", "assigned_to").filter(status__in=Ticket.OPEN_STATUSES)
    return [
        (t.ticket_for_url, t.title, t.status, t.priority, t.created, t.assigned_to)
        for t in tickets.order_by("priority", "created", "id")[:50]
    ]


COLUMNS = ["id", "first_name", "last_name", "email", "company", "title", "industry", "source", "status", "score", "created_at"]


def fetched(path: Path) -> list[Any]:
    """The same columns by `sqlite3.fetchall()`."""
    with sqlite3.connect(path) as db:
        return db.execute(f"SELECT {', '.join(COLUMNS)} FROM nexa_leads WHERE deleted_at IS NULL").fetchall()


def mapped(path: Path) -> Any:
    """A function that reads the same rows as objects of SQLAlchemy."""
    from sqlalchemy import BigInteger, Integer, LargeBinary, Text, create_engine, select
    from sqlalchemy.orm import DeclarativeBase, Session, mapped_column

    class Base(DeclarativeBase):
        pass

    types = {"id": LargeBinary, "score": Integer, "created_at": BigInteger}
    columns = {name: mapped_column(types.get(name, Text), primary_key=name == "id") for name in COLUMNS}
    lead = type("Lead", (Base,), {"__tablename__": "nexa_leads", **columns})
    engine = create_engine(f"sqlite:///{path}")

    def read() -> list[Any]:
        with Session(engine) as session:
            return list(session.scalars(select(lead)).all())

    return read
