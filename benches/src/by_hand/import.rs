//! Importing leads by hand: a thousand rows in a transaction, each looked up by its mail address, scored and told.

use nexa_crm::kernel::ports::Ids;
use rusqlite::params;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::{ByHand, Call, Ledger, terms::Terms};
use crate::Outcome;

/// A row of the file.
#[derive(Deserialize)]
pub(crate) struct Registrant {
    #[serde(rename = "First Name")]
    first_name: String,
    #[serde(rename = "Last Name")]
    last_name: String,
    #[serde(rename = "Email")]
    email: String,
    #[serde(rename = "Phone")]
    phone: String,
    #[serde(rename = "Company")]
    company: String,
    #[serde(rename = "Title")]
    title: String,
    #[serde(rename = "Industry")]
    industry: String,
    #[serde(rename = "Lead Source")]
    source: String,
}

#[derive(Serialize)]
struct Reason {
    points: i64,
    reason: &'static str,
}

#[derive(Serialize)]
struct Created<'a> {
    first_name: &'a str,
    last_name: &'a str,
    email: &'a str,
    phone: &'a str,
    company: &'a str,
    title: &'a str,
    industry: &'a str,
    source: &'a str,
    status: &'a str,
    score: i64,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    score_reasons: &'a Vec<Reason>,
}

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
        let email = row.email.trim().to_lowercase();
        if !email.contains('@') {
            return Err("the mail address is none".into());
        }
        let known = self
            .db
            .prepare_cached("SELECT 1 FROM nexa_leads WHERE org = ?1 AND email = ?2 AND deleted_at IS NULL")?
            .exists(params![self.org.as_bytes(), email])?;
        if known {
            return Ok(());
        }
        let [first_name, last_name, phone, company, title, industry, source] =
            [&row.first_name, &row.last_name, &row.phone, &row.company, &row.title, &row.industry, &row.source]
                .map(|text| text.trim());
        let [folded_company, folded_title, folded_source] = [company, title, source].map(str::to_lowercase);
        let (score, reasons) = scored(&folded_title, &folded_source, source);
        let reasons_json = if reasons.is_empty() { None } else { Some(serde_json::to_string(&reasons)?) };
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
                first_name,
                last_name,
                email,
                phone,
                company,
                folded_company,
                title,
                folded_title,
                industry,
                source,
                folded_source,
                score,
                reasons_json,
                Uuid::nil().as_bytes(),
            ])?;
        Terms::default().of(&email, 4).of(last_name, 3).of(first_name, 3).of(company, 2).write(self, "lead", id)?;
        let created = Created {
            first_name,
            last_name,
            email: &email,
            phone,
            company,
            title,
            industry,
            source,
            status: "new",
            score,
            score_reasons: &reasons,
        };
        ledger.tell(self, call, "created", "lead", id, &created)
    }
}

/// The scorecard of the file's columns.
fn scored(title: &str, folded_source: &str, source: &str) -> (i64, Vec<Reason>) {
    let mut reasons = Vec::new();
    if ["director", "chief", "vp", "head of", "cto", "cio"].iter().any(|word| title.contains(word)) {
        reasons.push(Reason { points: 15, reason: "decides on IT" });
    }
    if folded_source.starts_with("webinar") {
        reasons.push(Reason { points: 15, reason: "came from a webinar" });
    }
    if source == "referral" {
        reasons.push(Reason { points: 30, reason: "came by referral" });
    }
    (reasons.iter().map(|reason| reason.points).sum(), reasons)
}
