# %% [markdown]
# # A support desk in one script
#
# Runs from a terminal (`python support_desk.py`), or cell by cell in an editor that knows `# %%`. It needs the package and
# nothing else; with polars it also prints a table.

# %% A desk with three agents, in memory
from __future__ import annotations

import nexa_crm as nexa

crm = nexa.open("memory:")  # "sqlite:desk.db" keeps it
lisa = crm.create_org("Acme Support", admin={"name": "Lisa", "email": "lisa@acme.example"})
team = {
    name: lisa.user.create(name=name, email=f"{name.lower()}@acme.example", role="agent")
    for name in ("Alex", "Maria", "Nina")
}
second_level = lisa.group.create(name="Second level")
lisa.group.add_member(second_level, user=team["Nina"])
desk = {name: crm.session(org=lisa.org, user=user) for name, user in team.items()}

# %% What came in overnight
inbox = [
    {"subject": "Cannot access dashboard", "from": "Sarah Jones", "company": "Globex", "priority": "high"},
    {"subject": "Invoice has the wrong address", "from": "Tom Miller", "company": "Initech", "priority": "low"},
    {"subject": "Export is empty", "from": "Sarah Jones", "company": "Globex", "priority": "medium"},
    {"subject": "All logins fail", "from": "Ines Weber", "company": "Umbrella", "priority": "critical"},
]
for mail in inbox:
    first = mail["from"].split()[0].lower()
    lisa.ticket.create(
        subject=mail["subject"],
        priority=nexa.records.TicketPriority(mail["priority"]),
        channel="email",
        customer={
            "name": mail["from"],
            "email": f"{first}@{mail['company'].lower()}.example",
            "company": mail["company"],
        },
    )
print(f"{lisa.ticket.count()} tickets of {lisa.contact.count()} customers at {lisa.account.count()} companies")

# %% Alex takes the most urgent one; Maria comes too late
queue = desk["Alex"].ticket.find(status="open", order_by=["-priority", "created_at"])
for ticket in queue:
    print(f"  {ticket.number} {ticket.priority:<8} {ticket.subject}")
urgent = queue.first()
assert urgent is not None
urgent = desk["Alex"].ticket.claim(urgent)
try:
    desk["Maria"].ticket.claim(urgent)
except nexa.Conflict as refused:
    print(f"Maria: {refused.message}")

# %% What may Alex do now, and why not the rest?
explained = desk["Alex"].explain(urgent)
print("Alex may:", ", ".join(explained.allowed))
print("But not close it:", explained.refused["ticket.close"].message)

# %% It is too hard for the first level
alex = desk["Alex"].envelope(reason="Identity provider is down")
alex.ticket.escalate(urgent, to=second_level, reason="All customers are locked out", severity="p1")
urgent = alex.ticket.assign(urgent, assignee=second_level)
urgent = desk["Nina"].ticket.claim(urgent)
desk["Nina"].ticket.comment(urgent, body="The certificate had expired; a new one is in place.")
urgent = desk["Nina"].ticket.resolve(urgent, resolution="Renewed the certificate")
urgent = desk["Nina"].ticket.close(urgent)
print(f"{urgent.number} is {urgent.status}, resolved {urgent.resolved_at:%Y-%m-%d}")

# %% What happened to it, from the ledger
for entry in lisa.ticket.history(urgent):
    print(f"  {entry.seq:>3} {entry.command:<16} {entry.reason or ''}")

# %% The open ones by company
for row in lisa.ticket.aggregate(group_by=["account"], status__ne="closed"):
    print(f"  {lisa.account.get(row.group[0]).name}: {row.measures[0]}")

# %% The same as a table
frame = lisa.ticket.frame(columns=["number", "status", "priority", "subject"], order_by="number")
try:
    import polars
except ImportError:
    print(frame)
else:
    print(polars.DataFrame(frame))

# %% Nobody has changed the books behind our back
verified = lisa.ledger.verify()
print(f"Ledger: {verified.events} events, head {verified.head[:16]}…")
crm.close()
