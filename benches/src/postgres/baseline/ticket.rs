//! Reporting an issue by hand.

use sqlx::{PgConnection, query, query_scalar};
use uuid::Uuid;

use super::{Baseline, index, now};
use crate::{
    Outcome,
    postgres::job::{DESCRIPTION, Job},
    terms::Terms,
};

impl Baseline {
    /// An open ticket of a contact, assigned to nobody.
    pub(super) async fn ticket(&self, db: &mut PgConnection, job: &Job) -> Outcome<()> {
        let account: Option<Uuid> =
            query_scalar("SELECT account_id FROM baseline.contacts WHERE org = $1 AND id = $2 AND deleted_at IS NULL")
                .bind(job.org)
                .bind(job.target)
                .fetch_one(&mut *db)
                .await?;
        let (at, subject) = (now(), job.subject());
        let id = self.id(at);
        let number = format!("T-{:06}", self.next_number(db, job.org, "ticket", at).await?);
        query(
            "INSERT INTO baseline.tickets (org, id, version, created_at, updated_at, number, subject, subject_folded, description, \
             status, priority, priority_rank, type, channel, contact_id, account_id, assignee_queue, reopened) \
             VALUES ($1, $2, 1, $3, $3, $4, $5, $6, $7, 'open', 'high', 1, 'problem', 'email', $8, $9, $10, 0)",
        )
        .bind(job.org)
        .bind(id)
        .bind(at)
        .bind(&number)
        .bind(&subject)
        .bind(subject.to_ascii_lowercase())
        .bind(DESCRIPTION)
        .bind(job.target)
        .bind(account)
        .bind(Uuid::nil())
        .execute(&mut *db)
        .await?;
        index(db, job.org, "ticket", id, Terms::default().of(&number, 2).of(&subject, 1)).await
    }
}
