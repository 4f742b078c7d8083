"""What type checkers refuse, line by line."""

import nexa_crm as nexa


def use(s: nexa.Session) -> None:
    s.ticket.create(subject=1)  # wrong
    s.ticket.create(subject="A", priority="urgent")  # wrong
    s.ticket.create(subject="A", colour="red")  # wrong
    s.ticket.fly("…")  # wrong
    s.ticket.find(status="opne")  # wrong
    s.ticket.find(colour="red")  # wrong
    s.ticket.get("…").colour  # wrong
    s.ticket.create(subject="A", customer={"nmae": "Sarah"})  # wrong
