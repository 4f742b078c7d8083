//! Importing leads by hand: a thousand rows in a transaction, each looked up by its mail address, scored and recorded.

use nexa_crm::kernel::ports::Ids;
use rusqlite::params;
use uuid::Uuid;

use super::ByHand;
use crate::{
    Outcome,
    ledger::{Call, Ledger},
    registrant::Registrant,
};

impl ByHand {
    /// Begins the operation that a chunk of rows is.
    pub(crate) fn importing(&self, ledger: &Ledger, caller: Uuid) -> Outcome<Call> {
        self.authenticate(caller)?;
        let at = self.now(ledger);
        let actor = format!("user:{caller}");
        Ok(Call { unit: self.ids.id(at), at, actor, cause: Some("import"), command: "lead.import_csv" })
    }

    /// Adds a lead, unless there is one with its mail address.
    pub(crate) fn import(&self, ledger: &mut Ledger, call: &Call, row: &Registrant) -> Outcome<()> {
        let lead = row.prepare()?;
        let known = self
            .db
            .prepare_cached("SELECT 1 FROM nexa_leads WHERE org = ?1 AND email = ?2 AND deleted_at IS NULL")?
            .exists(params![self.org.as_bytes(), lead.email])?;
        if known {
            return Ok(());
        }
        let id = self.ids.id(call.at);
        self.db
            .prepare_cached(
                "INSERT INTO nexa_leads (org, id, version, created_at, updated_at, first_name, last_name, email, phone, company, \
                 company_folded, title, title_folded, industry, source, source_folded, status, score, score_reasons, \
                 assignee_queue) VALUES (?1, ?2, 1, ?3, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, 'new', ?15, ?16, \
                 ?17)",
            )?
            .execute(params![
                self.org.as_bytes(),
                id.as_bytes(),
                call.at.micros(),
                lead.first_name,
                lead.last_name,
                lead.email,
                lead.phone,
                lead.company,
                lead.company_folded,
                lead.title,
                lead.title_folded,
                lead.industry,
                lead.source,
                lead.source_folded,
                lead.score,
                lead.reasons()?,
                Uuid::nil().as_bytes(),
            ])?;
        self.index(lead.terms(), "lead", id)?;
        self.address("lead", id, &lead.email, &lead.phone)?;
        ledger.append(self, call, "created", "lead", id, &lead.created())
    }
}
