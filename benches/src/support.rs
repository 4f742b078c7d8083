//! Records by the million: tickets, spread over the queues of a support team.

use nexa_crm::{
    Assignee, Create, Id, Record, Ref, Subject, Timestamp,
    kernel::{
        ports::uuid_v7,
        record::{RecordDef, Row},
        value::Value,
    },
    people::{Group, Role, User, group::AddMember},
    service::{
        Ticket,
        ticket::{TicketChannel, TicketPriority, TicketStatus},
    },
};
use nexa_sql::Dialect;
use rusqlite::{Connection, types::Value as Stored};
use uuid::Uuid;

use crate::{Outcome, office::Office, tenant::Tenant};

/// Who works on the tickets.
pub(crate) struct Agents {
    /// In two groups that have a fifth of the tickets each.
    pub(crate) busy: Uuid,
    /// In no group; sees one open ticket in a thousand, and in a small tenant still more than a page.
    pub(crate) narrow: Uuid,
    groups: Vec<Uuid>,
    others: Vec<Uuid>,
}

impl Agents {
    pub(crate) fn hire(tenant: &Tenant) -> Outcome<Self> {
        let hire = |name: &str| -> Outcome<Uuid> {
            let user = Create::<User>::new().set(User::NAME, name).set(User::EMAIL, format!("{name}@acme.example"));
            Ok(tenant.admin.run(user.set(User::ROLE, Role::Agent.as_str()))?.id.uuid())
        };
        let (busy, narrow) = (hire("busy")?, hire("narrow")?);
        let others = (0..20).map(|number| hire(&format!("agent{number}"))).collect::<Outcome<Vec<_>>>()?;
        let mut groups = Vec::new();
        for number in 0..5 {
            let group = tenant.admin.run(Create::<Group>::new().set(Group::NAME, format!("Team {number}")))?.id;
            if number < 2 {
                tenant.admin.run(AddMember { group: group.into(), user: Ref::Id(Id::new(busy)) })?;
            }
            groups.push(group.uuid());
        }
        Ok(Self { busy, narrow, groups, others })
    }

    /// Whose a ticket is: a hundredth the busy agent's, a fifth each of the five groups but a little, the rest the others'.
    fn assignee(&self, number: usize, size: usize) -> Option<Assignee> {
        // Of the open half a thousandth is for the narrow agent to see, at least 80.
        let visible = (size / 2 / 1_000).max(80);
        // Every so many, an even number: these are open ones.
        let every = 2 * (size / 2 / visible).max(1);
        let pick = |list: &[Uuid], number: usize| list.get(number % list.len().max(1)).copied().unwrap_or_default();
        if number.is_multiple_of(every) {
            // A quarter of them is nobody's.
            return (!(number / every).is_multiple_of(4)).then_some(Assignee::User(self.narrow));
        }
        match mixed(number) % 100 {
            0 => Some(Assignee::User(self.busy)),
            1..=10 => Some(Assignee::User(pick(&self.others, mixed(number + 7)))),
            _ => Some(Assignee::Group(pick(&self.groups, mixed(number + 3)))),
        }
    }
}

/// Spreads numbers evenly, the same in every run.
const fn mixed(number: usize) -> usize {
    let mut mixed = (number as u64).wrapping_add(0x9e37_79b9_7f4a_7c15);
    mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    ((mixed ^ (mixed >> 31)) >> 1) as usize
}

/// When the first ticket came in: 2024-01-01T00:00:00Z.
const FIRST: i64 = 1_704_067_200_000_000;

/// One of the tickets of a tenant of that size; every other one is open.
pub(crate) fn ticket(agents: &Agents, number: usize, size: usize) -> Outcome<Ticket> {
    let at = Timestamp::from_micros(FIRST + i64::try_from(mixed(number) % 60_000_000_000_000)?);
    let open = number.is_multiple_of(2);
    let mut ticket = Ticket {
        number: format!("T-{:06}", number + 1),
        subject: Subject::parse(&format!("Cannot open dashboard {number} since the update"))?,
        description: Some(nexa_crm::Body::parse("The page stays blank in every browser that we tried.")?),
        status: if open { TicketStatus::Open } else { TicketStatus::Closed },
        priority: match mixed(number + 11) % 10 {
            0 => TicketPriority::Critical,
            1..=3 => TicketPriority::High,
            4..=7 => TicketPriority::Medium,
            _ => TicketPriority::Low,
        },
        channel: Some(TicketChannel::Email),
        assignee: agents.assignee(number, size),
        closed_at: (!open).then_some(at),
        ..Ticket::default()
    };
    ticket.stamp(Id::new(uuid_v7(at, (mixed(number + 5) as u64).to_be_bytes())), 1, at, at);
    Ok(ticket)
}

/// Adds tickets past the door.
pub(crate) fn fill(office: &Office, agents: &Agents, size: usize) -> Outcome<()> {
    fill_rows(office, Ticket::def(), size, |number| Ok(ticket(agents, number, size)?.to_row()))
}

/// Adds records past the door: rows of our own type, without ledger and terms, in large transactions.
pub(crate) fn fill_rows(
    office: &Office,
    def: &'static RecordDef,
    size: usize,
    row: impl Fn(usize) -> Outcome<Row>,
) -> Outcome<()> {
    let db = Connection::open(office.path())?;
    db.pragma_update(None, "synchronous", "OFF")?;
    db.pragma_update(None, "foreign_keys", false)?;
    db.pragma_update(None, "cache_size", -400_000)?;
    let sql = nexa_sql::insert(Dialect::Sqlite, def);
    for from in (0..size).step_by(100_000) {
        db.execute_batch("BEGIN")?;
        let mut statement = db.prepare_cached(&sql)?;
        for number in from..size.min(from + 100_000) {
            statement.raw_bind_parameter(1, office.tenant.org.as_bytes())?;
            for (position, value) in row(number)?.into_values().into_iter().enumerate() {
                statement.raw_bind_parameter(position + 2, stored(value))?;
            }
            statement.raw_execute()?;
        }
        drop(statement);
        db.execute_batch("COMMIT")?;
    }
    db.pragma_update_and_check(None, "wal_checkpoint", "TRUNCATE", |_| Ok(()))?;
    Ok(())
}

fn stored(value: Value) -> Stored {
    match value {
        Value::Null => Stored::Null,
        Value::Bool(value) => Stored::Integer(i64::from(value)),
        Value::Int(value) => Stored::Integer(value),
        Value::Amount(value) => Stored::Integer(value.ten_thousandths()),
        Value::Time(value) => Stored::Integer(value.micros()),
        Value::Uuid(id) => Stored::Blob(id.as_bytes().to_vec()),
        Value::Date(date) => Stored::Text(date.to_string()),
        Value::Text(text) | Value::Json(text) => Stored::Text(text),
    }
}
