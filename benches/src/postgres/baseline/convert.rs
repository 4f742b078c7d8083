//! Converting a lead by hand: contact, deal and account, and the lead marked.

use chrono::{DateTime, Days, Utc};
use sha2::{Digest, Sha256};
use sqlx::{PgConnection, query, query_as, query_scalar};
use uuid::Uuid;

use super::{Baseline, address, index, now};
use crate::{Outcome, postgres::job::Job, terms::Terms};

/// What a conversion needs of a lead.
struct Lead {
    version: i64,
    first_name: String,
    last_name: String,
    email: String,
    phone: String,
    company: String,
    title: String,
    industry: String,
    source: String,
    assignee: Uuid,
    last_contacted: DateTime<Utc>,
}

/// What comes of it.
#[derive(Clone, Copy)]
struct Made {
    contact: Uuid,
    account: Uuid,
    deal: Uuid,
    at: DateTime<Utc>,
}

impl Baseline {
    /// Turns a qualified lead, whose contact and account are not there yet, into contact, account and a deal of 50,000 USD.
    pub(super) async fn convert(&self, db: &mut PgConnection, job: &Job) -> Outcome<()> {
        let lead = qualified(db, job).await?;
        must_be_new(db, job, &lead).await?;
        let pipeline: Uuid =
            query_scalar("SELECT id FROM baseline.pipelines WHERE org = $1 AND is_default AND deleted_at IS NULL")
                .bind(job.org)
                .fetch_one(&mut *db)
                .await?;
        let at = now();
        let made = Made { contact: self.id(at), account: self.id(at), deal: self.id(at), at };
        hand_over(db, job).await?;
        contact(db, job, &lead, made).await?;
        deal(db, job, &lead, made, pipeline).await?;
        close(db, job, &lead, made).await?;
        let number = format!("A-{:06}", self.next_number(db, job.org, "account", at).await?);
        account(db, job, &lead, made, &number).await
    }
}

async fn qualified(db: &mut PgConnection, job: &Job) -> Outcome<Lead> {
    type Columns = (i64, String, String, String, String, String, String, String, String, Uuid, DateTime<Utc>);
    let found: Columns = query_as(
        "SELECT version, first_name, last_name, email, phone, company, title, industry, source, assignee_user_id, last_contacted \
         FROM baseline.leads WHERE org = $1 AND id = $2 AND deleted_at IS NULL AND status = 'qualified' FOR UPDATE",
    )
    .bind(job.org)
    .bind(job.target)
    .fetch_one(db)
    .await?;
    let (version, first_name, last_name, email, phone, company, title, industry, source, assignee, last_contacted) =
        found;
    Ok(Lead {
        version,
        first_name,
        last_name,
        email,
        phone,
        company,
        title,
        industry,
        source,
        assignee,
        last_contacted,
    })
}

/// The contact of this mail address and the account of this name are not there yet.
async fn must_be_new(db: &mut PgConnection, job: &Job, lead: &Lead) -> Outcome<()> {
    let contact: Option<Uuid> =
        query_scalar("SELECT id FROM baseline.contacts WHERE org = $1 AND email = $2 AND deleted_at IS NULL")
            .bind(job.org)
            .bind(&lead.email)
            .fetch_optional(&mut *db)
            .await?;
    let account: Option<Uuid> =
        query_scalar("SELECT id FROM baseline.accounts WHERE org = $1 AND name_folded = $2 AND deleted_at IS NULL")
            .bind(job.org)
            .bind(lead.company.to_ascii_lowercase())
            .fetch_optional(&mut *db)
            .await?;
    if contact.is_some() || account.is_some() { Err("the contact or the account is there".into()) } else { Ok(()) }
}

/// Nothing hangs on the leads of the measures, but a program has to look.
async fn hand_over(db: &mut PgConnection, job: &Job) -> Outcome<()> {
    for sql in [
        "SELECT id FROM baseline.tasks WHERE org = $1 AND about_id = $2 AND status IN ('todo', 'in_progress') LIMIT 1",
        "SELECT id FROM baseline.campaign_members WHERE org = $1 AND lead_id = $2 LIMIT 1",
        "SELECT id FROM baseline.contact_list_members WHERE org = $1 AND lead_id = $2 LIMIT 1",
    ] {
        let found: Option<Uuid> = query_scalar(sql).bind(job.org).bind(job.target).fetch_optional(&mut *db).await?;
        if found.is_some() {
            return Err("something hangs on the lead".into());
        }
    }
    Ok(())
}

async fn contact(db: &mut PgConnection, job: &Job, lead: &Lead, made: Made) -> Outcome<()> {
    query(
        "INSERT INTO baseline.contacts (org, id, version, created_at, updated_at, first_name, first_name_folded, last_name, \
         last_name_folded, email, phone, title, account_id, lifecycle_stage, lifecycle_stage_rank, status, source, \
         owner_user_id, owner_queue, last_activity) \
         VALUES ($1, $2, 1, $3, $3, $4, $5, $6, $7, $8, $9, $10, $11, 'opportunity', 2, 'active', $12, $13, $13, $14)",
    )
    .bind(job.org)
    .bind(made.contact)
    .bind(made.at)
    .bind(&lead.first_name)
    .bind(lead.first_name.to_ascii_lowercase())
    .bind(&lead.last_name)
    .bind(lead.last_name.to_ascii_lowercase())
    .bind(&lead.email)
    .bind(&lead.phone)
    .bind(&lead.title)
    .bind(made.account)
    .bind(&lead.source)
    .bind(lead.assignee)
    .bind(lead.last_contacted)
    .execute(&mut *db)
    .await?;
    let terms = Terms::default()
        .email(&lead.email, 4)
        .of(&lead.last_name, 3)
        .of(&lead.first_name, 2)
        .phone(&lead.phone, 2)
        .of(&lead.title, 1);
    index(db, job.org, "contact", made.contact, terms).await?;
    address(db, job.org, "contact", made.contact, &lead.email, &lead.phone).await
}

async fn deal(db: &mut PgConnection, job: &Job, lead: &Lead, made: Made, pipeline: Uuid) -> Outcome<()> {
    let name = format!("{} - {}", lead.company, lead.source);
    let today = made.at.date_naive();
    query(
        "INSERT INTO baseline.deals (org, id, version, created_at, updated_at, name, name_folded, amount_amount, amount_currency, \
         probability, probability_by_hand, close_date, stage, pipeline_id, status, stage_since, type, source, account_id, \
         primary_contact_id, owner_id) VALUES ($1, $2, 1, $3, $3, $4, $5, 50000, 'USD', 25, false, $6, 'qualification', $7, \
         'open', $3, 'new_business', $8, $9, $10, $11)",
    )
    .bind(job.org)
    .bind(made.deal)
    .bind(made.at)
    .bind(&name)
    .bind(name.to_ascii_lowercase())
    .bind(today.checked_add_days(Days::new(90)).unwrap_or(today))
    .bind(pipeline)
    .bind(&lead.source)
    .bind(made.account)
    .bind(made.contact)
    .bind(lead.assignee)
    .execute(&mut *db)
    .await?;
    index(db, job.org, "deal", made.deal, Terms::default().of(&name, 1)).await
}

async fn account(db: &mut PgConnection, job: &Job, lead: &Lead, made: Made, number: &str) -> Outcome<()> {
    query(
        "INSERT INTO baseline.accounts (org, id, version, created_at, updated_at, name, name_folded, account_number, industry, \
         type, primary_contact_id, owner_user_id, owner_queue, source) \
         VALUES ($1, $2, 1, $3, $3, $4, $5, $6, $7, 'prospect', $8, $9, $9, $10)",
    )
    .bind(job.org)
    .bind(made.account)
    .bind(made.at)
    .bind(&lead.company)
    .bind(lead.company.to_ascii_lowercase())
    .bind(number)
    .bind(&lead.industry)
    .bind(made.contact)
    .bind(lead.assignee)
    .bind(&lead.source)
    .execute(&mut *db)
    .await?;
    index(db, job.org, "account", made.account, Terms::default().of(&lead.company, 4).of(number, 3)).await
}

async fn close(db: &mut PgConnection, job: &Job, lead: &Lead, made: Made) -> Outcome<()> {
    let asked = Sha256::digest(r#"{"deal":{"amount":{"amount":"50000.00","currency":"USD"}}}"#);
    let asked: String = asked.iter().map(|byte| format!("{byte:02x}")).collect();
    let changed = query(
        "UPDATE baseline.leads SET version = $3 + 1, updated_at = $4, status = 'converted', converted_at = $4, \
         converted_contact_id = $5, converted_account_id = $6, converted_deal_id = $7, converted_as = $8 \
         WHERE org = $1 AND id = $2 AND version = $3",
    )
    .bind(job.org)
    .bind(job.target)
    .bind(lead.version)
    .bind(made.at)
    .bind(made.contact)
    .bind(made.account)
    .bind(made.deal)
    .bind(asked)
    .execute(&mut *db)
    .await?;
    if changed.rows_affected() != 1 {
        return Err("somebody else changed the lead".into());
    }
    // Its mail address is free again.
    query("DELETE FROM baseline.external_keys WHERE org = $1 AND kind = 'lead' AND system = '@email' AND key = $2")
        .bind(job.org)
        .bind(&lead.email)
        .execute(db)
        .await?;
    Ok(())
}
