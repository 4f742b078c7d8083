//! Pages by hand: whole records in structs of their own.

use std::path::Path;

use rusqlite::{Connection, OpenFlags, Row, params};
use uuid::Uuid;

use super::configure;
use crate::Outcome;

/// A connection of the hand-written program that only reads, opened as the store opens its readers.
pub(crate) struct Viewer {
    db: Connection,
    org: Uuid,
}

/// A ticket as a program needs it.
#[expect(dead_code, reason = "it is read to be shown")]
pub(crate) struct TicketRow {
    pub(crate) id: Uuid,
    version: i64,
    created_at: i64,
    updated_at: i64,
    deleted_at: Option<i64>,
    merged_into: Option<Uuid>,
    number: String,
    subject: String,
    description: Option<String>,
    status: String,
    priority: String,
    r#type: Option<String>,
    severity: Option<String>,
    channel: Option<String>,
    customer_impact: Option<String>,
    contact: Option<Uuid>,
    account: Option<Uuid>,
    assignee_user: Option<Uuid>,
    assignee_group: Option<Uuid>,
    via_group: Option<Uuid>,
    escalation_to: Option<Uuid>,
    escalation_at: Option<i64>,
    escalation_severity: Option<String>,
    escalation_reason: Option<String>,
    pending_until: Option<i64>,
    resolution: Option<String>,
    resolved_at: Option<i64>,
    closed_at: Option<i64>,
    first_response_at: Option<i64>,
    reopened: i64,
    follow_up_of: Option<Uuid>,
    tags: Option<String>,
    custom: Option<String>,
    external_keys: Option<String>,
}

/// A contact as a program needs it.
#[expect(dead_code, reason = "it is read to be shown")]
pub(crate) struct ContactRow {
    pub(crate) id: Uuid,
    version: i64,
    created_at: i64,
    updated_at: i64,
    deleted_at: Option<i64>,
    merged_into: Option<Uuid>,
    first_name: Option<String>,
    last_name: Option<String>,
    email: Option<String>,
    phone: Option<String>,
    mobile: Option<String>,
    title: Option<String>,
    department: Option<String>,
    linkedin_url: Option<String>,
    account: Option<Uuid>,
    reports_to: Option<Uuid>,
    lifecycle_stage: String,
    status: String,
    source: Option<String>,
    owner_user: Option<Uuid>,
    owner_group: Option<Uuid>,
    last_activity: Option<i64>,
    description: Option<String>,
    tags: Option<String>,
    custom: Option<String>,
    external_keys: Option<String>,
}

fn id(row: &Row<'_>, column: usize) -> rusqlite::Result<Uuid> {
    Ok(Uuid::from_bytes(row.get(column)?))
}

fn reference(row: &Row<'_>, column: usize) -> rusqlite::Result<Option<Uuid>> {
    Ok(row.get::<_, Option<[u8; 16]>>(column)?.map(Uuid::from_bytes))
}

const TICKET: &str = "t.id, t.version, t.created_at, t.updated_at, t.deleted_at, t.merged_into_id, t.number, t.subject, \
    t.description, t.status, t.priority, t.type, t.severity, t.channel, t.customer_impact, t.contact_id, t.account_id, \
    t.assignee_user_id, t.assignee_group_id, t.via_group_id, t.escalation_to_id, t.escalation_at, t.escalation_severity, \
    t.escalation_reason, t.pending_until, t.resolution, t.resolved_at, t.closed_at, t.first_response_at, t.reopened, \
    t.follow_up_of_id, t.tags, t.custom, t.external_keys";

fn ticket(row: &Row<'_>) -> rusqlite::Result<TicketRow> {
    Ok(TicketRow {
        id: id(row, 0)?,
        version: row.get(1)?,
        created_at: row.get(2)?,
        updated_at: row.get(3)?,
        deleted_at: row.get(4)?,
        merged_into: reference(row, 5)?,
        number: row.get(6)?,
        subject: row.get(7)?,
        description: row.get(8)?,
        status: row.get(9)?,
        priority: row.get(10)?,
        r#type: row.get(11)?,
        severity: row.get(12)?,
        channel: row.get(13)?,
        customer_impact: row.get(14)?,
        contact: reference(row, 15)?,
        account: reference(row, 16)?,
        assignee_user: reference(row, 17)?,
        assignee_group: reference(row, 18)?,
        via_group: reference(row, 19)?,
        escalation_to: reference(row, 20)?,
        escalation_at: row.get(21)?,
        escalation_severity: row.get(22)?,
        escalation_reason: row.get(23)?,
        pending_until: row.get(24)?,
        resolution: row.get(25)?,
        resolved_at: row.get(26)?,
        closed_at: row.get(27)?,
        first_response_at: row.get(28)?,
        reopened: row.get(29)?,
        follow_up_of: reference(row, 30)?,
        tags: row.get(31)?,
        custom: row.get(32)?,
        external_keys: row.get(33)?,
    })
}

fn contact(row: &Row<'_>) -> rusqlite::Result<ContactRow> {
    Ok(ContactRow {
        id: id(row, 0)?,
        version: row.get(1)?,
        created_at: row.get(2)?,
        updated_at: row.get(3)?,
        deleted_at: row.get(4)?,
        merged_into: reference(row, 5)?,
        first_name: row.get(6)?,
        last_name: row.get(7)?,
        email: row.get(8)?,
        phone: row.get(9)?,
        mobile: row.get(10)?,
        title: row.get(11)?,
        department: row.get(12)?,
        linkedin_url: row.get(13)?,
        account: reference(row, 14)?,
        reports_to: reference(row, 15)?,
        lifecycle_stage: row.get(16)?,
        status: row.get(17)?,
        source: row.get(18)?,
        owner_user: reference(row, 19)?,
        owner_group: reference(row, 20)?,
        last_activity: row.get(21)?,
        description: row.get(22)?,
        tags: row.get(23)?,
        custom: row.get(24)?,
        external_keys: row.get(25)?,
    })
}

impl Viewer {
    pub(crate) fn open(path: &Path, org: Uuid) -> Outcome<Self> {
        let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX;
        let db = Connection::open_with_flags(path, flags)?;
        configure(&db)?;
        db.pragma_update(None, "cache_size", -8_192)?;
        db.pragma_update(None, "query_only", true)?;
        Ok(Self { db, org })
    }

    /// Reads on a snapshot, as a user who may.
    fn reading<T>(&self, user: Uuid, read: impl FnOnce(&Self) -> Outcome<T>) -> Outcome<T> {
        self.db.prepare_cached("BEGIN")?.execute([])?;
        let active: bool = self
            .db
            .prepare_cached("SELECT active FROM nexa_users WHERE org = ?1 AND id = ?2")?
            .query_row(params![self.org.as_bytes(), user.as_bytes()], |row| row.get(0))?;
        if !active {
            return Err("the user may not".into());
        }
        let answer = read(self)?;
        self.db.prepare_cached("COMMIT")?.execute([])?;
        Ok(answer)
    }

    /// The first 50 open tickets that wait for a user, their groups or nobody: most urgent first, then oldest.
    pub(crate) fn queue(&self, user: Uuid) -> Outcome<Vec<TicketRow>> {
        self.reading(user, |viewer| {
            let mut groups = viewer.db.prepare_cached("SELECT group_id FROM nexa_memberships WHERE org = ?1 AND user_id = ?2")?;
            let mut queues = vec![*user.as_bytes(), *Uuid::nil().as_bytes()];
            for group in groups.query_map(params![viewer.org.as_bytes(), user.as_bytes()], |row| row.get(0))? {
                queues.push(group?);
            }
            // Nobody has so many groups that the text would grow; it is prepared once per number of them.
            let branches: Vec<String> = (0..queues.len())
                .map(|queue| {
                    format!(
                        "SELECT priority_rank AS rank, created_at AS at, id FROM nexa_tickets WHERE org = ?1 AND status = 'open' \
                         AND assignee_queue = ?{} AND deleted_at IS NULL",
                        queue + 2
                    )
                })
                .collect();
            let sql = format!(
                "SELECT {TICKET} FROM ({} ORDER BY rank, at, id LIMIT 50) AS page CROSS JOIN nexa_tickets AS t \
                 WHERE t.org = ?1 AND t.id = page.id ORDER BY page.rank, page.at, page.id",
                branches.join(" UNION ALL ")
            );
            let mut page = viewer.db.prepare_cached(&sql)?;
            page.raw_bind_parameter(1, viewer.org.as_bytes())?;
            for (position, queue) in queues.iter().enumerate() {
                page.raw_bind_parameter(position + 2, queue)?;
            }
            let mut rows = page.raw_query();
            let mut found = Vec::with_capacity(50);
            while let Some(row) = rows.next()? {
                found.push(ticket(row)?);
            }
            Ok(found)
        })
    }

    /// The first 50 contacts.
    pub(crate) fn contacts(&self, user: Uuid) -> Outcome<Vec<ContactRow>> {
        self.reading(user, |viewer| {
            let mut page = viewer.db.prepare_cached(
                "SELECT id, version, created_at, updated_at, deleted_at, merged_into_id, first_name, last_name, email, phone, \
                 mobile, title, department, linkedin_url, account_id, reports_to_id, lifecycle_stage, status, source, \
                 owner_user_id, owner_group_id, last_activity, description, tags, custom, external_keys FROM nexa_contacts \
                 WHERE org = ?1 AND deleted_at IS NULL ORDER BY id LIMIT 50",
            )?;
            let found = page.query_map([viewer.org.as_bytes()], contact)?.collect::<Result<_, _>>()?;
            Ok(found)
        })
    }
}
