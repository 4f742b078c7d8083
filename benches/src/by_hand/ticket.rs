//! Reporting an issue by hand.

use nexa_crm::kernel::ports::Ids;
use rusqlite::params;
use serde::Serialize;
use uuid::Uuid;

use super::ByHand;
use crate::{
    Outcome,
    ledger::{Call, Ledger},
    terms::Terms,
};

#[derive(Serialize)]
struct Created<'a> {
    number: &'a str,
    subject: &'a str,
    description: &'a str,
    status: &'a str,
    priority: &'a str,
    r#type: &'a str,
    channel: &'a str,
    contact: Uuid,
    #[serde(skip_serializing_if = "Option::is_none")]
    account: Option<Uuid>,
    reopened: i64,
}

impl ByHand {
    /// An open ticket of a contact, assigned to nobody.
    pub(crate) fn ticket(
        &self,
        ledger: &mut Ledger,
        caller: Uuid,
        contact: Uuid,
        subject: &str,
        description: &str,
    ) -> Outcome<Uuid> {
        self.authenticate(caller)?;
        let at = self.now(ledger);
        let call =
            Call { unit: self.ids.id(at), at, actor: format!("user:{caller}"), cause: None, command: "ticket.create" };
        let account: Option<[u8; 16]> = self
            .db
            .prepare_cached("SELECT account_id FROM nexa_contacts WHERE org = ?1 AND id = ?2 AND deleted_at IS NULL")?
            .query_row([self.org.as_bytes(), contact.as_bytes()], |row| row.get(0))?;
        let account = account.map(Uuid::from_bytes);
        let number = format!("T-{:06}", self.next_number("ticket", at)?);
        let id = self.ids.id(at);
        self.db
            .prepare_cached(
                "INSERT INTO nexa_tickets (org, id, version, created_at, updated_at, number, subject, subject_folded, description, \
                 status, priority, priority_rank, type, channel, contact_id, account_id, assignee_queue, reopened) \
                 VALUES (?1, ?2, 1, ?3, ?3, ?4, ?5, ?6, ?7, 'open', 'high', 1, 'problem', 'email', ?8, ?9, ?10, 0)",
            )?
            .execute(params![
                self.org.as_bytes(),
                id.as_bytes(),
                at.micros(),
                number,
                subject,
                subject.to_ascii_lowercase(),
                description,
                contact.as_bytes(),
                account.as_ref().map(Uuid::as_bytes),
                Uuid::nil().as_bytes(),
            ])?;
        self.index(Terms::default().of(&number, 2).of(subject, 1), "ticket", id)?;
        let created = Created {
            number: &number,
            subject,
            description,
            status: "open",
            priority: "high",
            r#type: "problem",
            channel: "email",
            contact,
            account,
            reopened: 0,
        };
        ledger.append(self, &call, "created", "ticket", id, &created)?;
        Ok(id)
    }
}
