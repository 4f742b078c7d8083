"""Mails that come in as bytes, and the answer that leaves."""

from __future__ import annotations

from pathlib import Path

import nexa_crm as nexa

MAIL = (
    b"From: Sarah Chen <sarah@private.example>\r\nTo: support@acme.example\r\nSubject: Cannot log in\r\n"
    b"Message-ID: <1@private.example>\r\n\r\nSince eight.\r\n"
)


def test_a_mail_comes_in_once_and_is_answered(url: str, tmp_path: Path) -> None:
    with nexa.open(url, migrate=True, files=tmp_path / "files") as crm:
        lisa = crm.create_org("Acme", admin={"name": "Lisa", "email": "lisa@acme.example"})
        sender = lisa.sender.create(name="Acme", address="support@acme.example")
        lisa.sender.verify(sender)
        inbox = lisa.inbox.create(name="Support", address="support@acme.example", sender=sender.id, makes="ticket")
        host = crm.system(lisa.org, "imap")
        received = host.receive(inbox, MAIL, envelope_from="sarah@private.example")
        assert received.state == "placed" and received.ticket is not None
        ticket = lisa.ticket.get(received.ticket)
        assert (ticket.subject, ticket.description) == ("Cannot log in", "Since eight.")
        again = host.receive(inbox, MAIL)
        assert (again.state, again.message) == ("duplicate", received.message)
        assert host.receive(inbox, b"no mail at all").state == "held"
        thread = lisa.thread.get(received.thread)
        reply = lisa.thread.reply(thread, seen=thread.last_message, body="Please try again.")
        sent = host.mail.claim(worker="desk").messages
        assert [message.message_id for message in sent] == [reply.message_id]
        answer = MAIL.replace(b"<1@", b"<2@").replace(b"To: support@acme.example", b"To: " + sent[0].reply_to.address.encode())
        assert host.receive(inbox, answer).thread == received.thread
