//! An agent's queue by hand, on a connection of its own that row-level security does not bind.

use chrono::{DateTime, Utc};
use sqlx::{Connection, PgConnection, Row, postgres::PgRow, query, query_scalar};
use uuid::Uuid;

use crate::{Outcome, postgres::building::Building};

/// Whoever looks at a queue.
pub(crate) struct Viewer {
    db: PgConnection,
    org: Uuid,
    queues: Vec<Uuid>,
}

/// A record with its columns in their order.
macro_rules! columns {
    ($name:ident { $($field:ident: $kind:ty,)* }) => {
        /// A ticket as the hand-written program holds it.
        #[allow(dead_code, reason = "a page is made for who reads it; the measure reads the ids alone")]
        pub(crate) struct $name { $(pub(crate) $field: $kind,)* }

        impl $name {
            fn read(row: &PgRow) -> Result<Self, sqlx::Error> {
                let mut column = 0..;
                $(let $field = row.try_get(column.next().unwrap_or_default())?;)*
                Ok(Self { $($field,)* })
            }
        }
    };
}

columns!(Ticket {
    id: Uuid,
    version: i64,
    created_at: DateTime<Utc>,
    updated_at: DateTime<Utc>,
    deleted_at: Option<DateTime<Utc>>,
    merged_into: Option<Uuid>,
    number: String,
    subject: String,
    description: Option<String>,
    status: String,
    priority: String,
    issue: Option<String>,
    severity: Option<String>,
    channel: Option<String>,
    customer_impact: Option<String>,
    contact: Option<Uuid>,
    account: Option<Uuid>,
    assignee_user: Option<Uuid>,
    assignee_group: Option<Uuid>,
    via_group: Option<Uuid>,
    escalation_to: Option<Uuid>,
    escalation_at: Option<DateTime<Utc>>,
    escalation_severity: Option<String>,
    escalation_reason: Option<String>,
    pending_until: Option<DateTime<Utc>>,
    resolution: Option<String>,
    resolved_at: Option<DateTime<Utc>>,
    closed_at: Option<DateTime<Utc>>,
    first_response_at: Option<DateTime<Utc>>,
    reopened: i64,
    follow_up_of: Option<Uuid>,
    tags: Option<String>,
    custom: Option<String>,
    external_keys: Option<String>,
});

impl Viewer {
    pub(crate) async fn open(building: &Building, org: Uuid, user: Uuid) -> Outcome<Self> {
        let mut db = building.as_owner().await?;
        let mut queues: Vec<Uuid> =
            query_scalar("SELECT group_id FROM nexa.memberships WHERE org = $1 AND user_id = $2")
                .bind(org)
                .bind(user)
                .fetch_all(&mut db)
                .await?;
        queues.extend([user, Uuid::nil()]);
        Ok(Self { db, org, queues })
    }

    /// The first 50 open tickets that wait for a user, their groups or nobody: most urgent first, then oldest.
    pub(crate) async fn queue(&mut self) -> Outcome<Vec<Ticket>> {
        let mut tx = self.db.begin().await?;
        let rows = query(
            "SELECT t.id, t.version, t.created_at, t.updated_at, t.deleted_at, t.merged_into_id, t.number, t.subject, \
             t.description, t.status, t.priority, t.type, t.severity, t.channel, t.customer_impact, t.contact_id, t.account_id, \
             t.assignee_user_id, t.assignee_group_id, t.via_group_id, t.escalation_to_id, t.escalation_at, \
             t.escalation_severity, t.escalation_reason, t.pending_until, t.resolution, t.resolved_at, t.closed_at, \
             t.first_response_at, t.reopened, t.follow_up_of_id, t.tags::text, t.custom::text, t.external_keys::text \
             FROM unnest($2::uuid[]) AS q (queue) CROSS JOIN LATERAL (SELECT * FROM nexa.tickets WHERE org = $1 \
             AND status = 'open' AND assignee_queue = q.queue AND deleted_at IS NULL \
             ORDER BY priority_rank, created_at, id LIMIT 50) AS t ORDER BY t.priority_rank, t.created_at, t.id LIMIT 50",
        )
        .bind(self.org)
        .bind(&self.queues)
        .fetch_all(&mut *tx)
        .await?;
        let tickets = rows.iter().map(Ticket::read).collect::<Result<_, _>>()?;
        tx.commit().await?;
        Ok(tickets)
    }
}
