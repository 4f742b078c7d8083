//! Converting a lead by hand: account, contact and deal, and the lead marked.

use chrono::{DateTime, Days, SecondsFormat};
use nexa_crm::{Timestamp, kernel::ports::Ids};
use rusqlite::{OptionalExtension, params};
use serde::Serialize;
use serde_json::{Value as Json, json};
use sha2::{Digest, Sha256};
use uuid::Uuid;

use super::ByHand;
use crate::{
    Outcome,
    ledger::{Call, Ledger},
    terms::Terms,
};

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
    last_contacted: i64,
}

#[derive(Serialize)]
struct AccountCreated<'a> {
    name: &'a str,
    account_number: &'a str,
    industry: &'a str,
    r#type: &'a str,
    primary_contact: Uuid,
    #[serde(rename = "owner.user")]
    owner: Uuid,
    source: &'a str,
}

#[derive(Serialize)]
struct ContactCreated<'a> {
    first_name: &'a str,
    last_name: &'a str,
    email: &'a str,
    phone: &'a str,
    title: &'a str,
    account: Uuid,
    lifecycle_stage: &'a str,
    status: &'a str,
    source: &'a str,
    #[serde(rename = "owner.user")]
    owner: Uuid,
    last_activity: String,
}

#[derive(Serialize)]
struct DealCreated<'a> {
    name: &'a str,
    #[serde(rename = "amount.amount")]
    amount: &'a str,
    #[serde(rename = "amount.currency")]
    currency: &'a str,
    probability: i64,
    probability_by_hand: bool,
    close_date: &'a str,
    stage: &'a str,
    pipeline: Uuid,
    status: &'a str,
    stage_since: &'a str,
    r#type: &'a str,
    source: &'a str,
    account: Uuid,
    primary_contact: Uuid,
    owner: Uuid,
}

#[derive(Serialize)]
struct LeadConverted<'a> {
    status: [&'a str; 2],
    converted_at: [Option<&'a str>; 2],
    converted_contact: [Option<Uuid>; 2],
    converted_account: [Option<Uuid>; 2],
    converted_deal: [Option<Uuid>; 2],
    converted_as: [Option<&'a str>; 2],
}

fn time(at: Timestamp) -> String {
    DateTime::from_timestamp_micros(at.micros()).unwrap_or_default().to_rfc3339_opts(SecondsFormat::Micros, true)
}

fn hexadecimal(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

impl ByHand {
    /// Turns a qualified lead, whose contact and account are not there yet, into contact, account and a deal of 50,000 USD.
    pub(crate) fn convert(&self, ledger: &mut Ledger, caller: Uuid, id: Uuid) -> Outcome<()> {
        self.authenticate(caller)?;
        let at = self.now(ledger);
        let call =
            Call { unit: self.ids.id(at), at, actor: format!("user:{caller}"), cause: None, command: "lead.convert" };
        let lead = self.qualified(id)?;
        self.must_be_new(&lead)?;
        let pipeline = self.pipeline()?;
        let [account, contact, deal] = [self.ids.id(at), self.ids.id(at), self.ids.id(at)];
        self.account(ledger, &call, &lead, account, contact)?;
        self.contact(ledger, &call, &lead, contact, account)?;
        self.deal(ledger, &call, &lead, deal, pipeline, contact, account)?;
        self.close(ledger, &call, &lead, id, [contact, account, deal])?;
        self.hand_over(id)
    }

    fn qualified(&self, id: Uuid) -> Outcome<Lead> {
        let mut statement = self.db.prepare_cached(
            "SELECT version, first_name, last_name, email, phone, company, title, industry, source, assignee_user_id, \
             last_contacted FROM nexa_leads WHERE org = ?1 AND id = ?2 AND deleted_at IS NULL AND status = 'qualified'",
        )?;
        Ok(statement.query_row([self.org.as_bytes(), id.as_bytes()], |row| {
            Ok(Lead {
                version: row.get(0)?,
                first_name: row.get(1)?,
                last_name: row.get(2)?,
                email: row.get(3)?,
                phone: row.get(4)?,
                company: row.get(5)?,
                title: row.get(6)?,
                industry: row.get(7)?,
                source: row.get(8)?,
                assignee: Uuid::from_bytes(row.get(9)?),
                last_contacted: row.get(10)?,
            })
        })?)
    }

    /// The contact of this mail address and the account of this name are not there yet.
    fn must_be_new(&self, lead: &Lead) -> Outcome<()> {
        let contact = self
            .db
            .prepare_cached("SELECT id FROM nexa_contacts WHERE org = ?1 AND email = ?2 AND deleted_at IS NULL")?
            .query_row(params![self.org.as_bytes(), lead.email], |row| row.get::<_, [u8; 16]>(0))
            .optional()?;
        let account = self
            .db
            .prepare_cached("SELECT id FROM nexa_accounts WHERE org = ?1 AND name_folded = ?2 AND deleted_at IS NULL")?
            .query_row(params![self.org.as_bytes(), lead.company.to_ascii_lowercase()], |row| row.get::<_, [u8; 16]>(0))
            .optional()?;
        if contact.is_some() || account.is_some() { Err("the contact or the account is there".into()) } else { Ok(()) }
    }

    fn pipeline(&self) -> Outcome<Uuid> {
        let mut statement = self
            .db
            .prepare_cached("SELECT id FROM nexa_pipelines WHERE org = ?1 AND is_default = 1 AND deleted_at IS NULL")?;
        Ok(Uuid::from_bytes(statement.query_row([self.org.as_bytes()], |row| row.get(0))?))
    }

    fn account(&self, ledger: &mut Ledger, call: &Call, lead: &Lead, id: Uuid, contact: Uuid) -> Outcome<()> {
        let number = format!("A-{:06}", self.next_number("account", call.at)?);
        self.db
            .prepare_cached(
                "INSERT INTO nexa_accounts (org, id, version, created_at, updated_at, name, name_folded, account_number, \
                 industry, type, primary_contact_id, owner_user_id, owner_queue, source) \
                 VALUES (?1, ?2, 1, ?3, ?3, ?4, ?5, ?6, ?7, 'prospect', ?8, ?9, ?9, ?10)",
            )?
            .execute(params![
                self.org.as_bytes(),
                id.as_bytes(),
                call.at.micros(),
                lead.company,
                lead.company.to_ascii_lowercase(),
                number,
                lead.industry,
                contact.as_bytes(),
                lead.assignee.as_bytes(),
                lead.source,
            ])?;
        self.index(Terms::default().of(&lead.company, 4).of(&number, 3), "account", id)?;
        let created = AccountCreated {
            name: &lead.company,
            account_number: &number,
            industry: &lead.industry,
            r#type: "prospect",
            primary_contact: contact,
            owner: lead.assignee,
            source: &lead.source,
        };
        ledger.append(self, call, "created", "account", id, &created)
    }

    fn contact(&self, ledger: &mut Ledger, call: &Call, lead: &Lead, id: Uuid, account: Uuid) -> Outcome<()> {
        self.db
            .prepare_cached(
                "INSERT INTO nexa_contacts (org, id, version, created_at, updated_at, first_name, first_name_folded, \
                 last_name, last_name_folded, email, phone, title, account_id, lifecycle_stage, lifecycle_stage_rank, status, \
                 source, owner_user_id, owner_queue, last_activity) \
                 VALUES (?1, ?2, 1, ?3, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, 'opportunity', 2, 'active', ?12, ?13, ?13, ?14)",
            )?
            .execute(params![
                self.org.as_bytes(),
                id.as_bytes(),
                call.at.micros(),
                lead.first_name,
                lead.first_name.to_ascii_lowercase(),
                lead.last_name,
                lead.last_name.to_ascii_lowercase(),
                lead.email,
                lead.phone,
                lead.title,
                account.as_bytes(),
                lead.source,
                lead.assignee.as_bytes(),
                lead.last_contacted,
            ])?;
        let terms = Terms::default()
            .email(&lead.email, 4)
            .of(&lead.last_name, 3)
            .of(&lead.first_name, 2)
            .phone(&lead.phone, 2)
            .of(&lead.title, 1);
        self.index(terms, "contact", id)?;
        self.address("contact", id, &lead.email, &lead.phone)?;
        let created = ContactCreated {
            first_name: &lead.first_name,
            last_name: &lead.last_name,
            email: &lead.email,
            phone: &lead.phone,
            title: &lead.title,
            account,
            lifecycle_stage: "opportunity",
            status: "active",
            source: &lead.source,
            owner: lead.assignee,
            last_activity: time(Timestamp::from_micros(lead.last_contacted)),
        };
        ledger.append(self, call, "created", "contact", id, &created)
    }

    #[allow(clippy::too_many_arguments)]
    fn deal(
        &self,
        ledger: &mut Ledger,
        call: &Call,
        lead: &Lead,
        id: Uuid,
        pipeline: Uuid,
        contact: Uuid,
        account: Uuid,
    ) -> Outcome<()> {
        let name = format!("{} - {}", lead.company, lead.source);
        let today = DateTime::from_timestamp_micros(call.at.micros()).unwrap_or_default().date_naive();
        let close_date = today.checked_add_days(Days::new(90)).unwrap_or(today).to_string();
        self.db
            .prepare_cached(
                "INSERT INTO nexa_deals (org, id, version, created_at, updated_at, name, name_folded, amount_amount, \
                 amount_currency, probability, probability_by_hand, close_date, stage, pipeline_id, status, stage_since, type, \
                 source, account_id, primary_contact_id, owner_id) \
                 VALUES (?1, ?2, 1, ?3, ?3, ?4, ?5, 500000000, 'USD', 25, 0, ?6, 'qualification', ?7, 'open', ?3, \
                 'new_business', ?8, ?9, ?10, ?11)",
            )?
            .execute(params![
                self.org.as_bytes(),
                id.as_bytes(),
                call.at.micros(),
                name,
                name.to_ascii_lowercase(),
                close_date,
                pipeline.as_bytes(),
                lead.source,
                account.as_bytes(),
                contact.as_bytes(),
                lead.assignee.as_bytes(),
            ])?;
        self.index(Terms::default().of(&name, 1), "deal", id)?;
        let created = DealCreated {
            name: &name,
            amount: "50000.00",
            currency: "USD",
            probability: 25,
            probability_by_hand: false,
            close_date: &close_date,
            stage: "qualification",
            pipeline,
            status: "open",
            stage_since: &time(call.at),
            r#type: "new_business",
            source: &lead.source,
            account,
            primary_contact: contact,
            owner: lead.assignee,
        };
        ledger.append(self, call, "created", "deal", id, &created)
    }

    fn close(
        &self,
        ledger: &mut Ledger,
        call: &Call,
        lead: &Lead,
        id: Uuid,
        [contact, account, deal]: [Uuid; 3],
    ) -> Outcome<()> {
        let asked: Json = json!({"deal": {"amount": {"amount": "50000.00", "currency": "USD"}}});
        let asked = hexadecimal(&Sha256::digest(asked.to_string()));
        let changed = self
            .db
            .prepare_cached(
                "UPDATE nexa_leads SET version = ?3 + 1, updated_at = ?4, status = 'converted', converted_at = ?4, \
                 converted_contact_id = ?5, converted_account_id = ?6, converted_deal_id = ?7, converted_as = ?8 \
                 WHERE org = ?1 AND id = ?2 AND version = ?3",
            )?
            .execute(params![
                self.org.as_bytes(),
                id.as_bytes(),
                lead.version,
                call.at.micros(),
                contact.as_bytes(),
                account.as_bytes(),
                deal.as_bytes(),
                asked,
            ])?;
        if changed != 1 {
            return Err("somebody else changed the lead".into());
        }
        // Its mail address is free again.
        self.db
            .prepare_cached(
                "DELETE FROM nexa_external_keys WHERE org = ?1 AND kind = 'lead' AND system = '@email' AND key = ?2",
            )?
            .execute(params![self.org.as_bytes(), lead.email])?;
        let converted = LeadConverted {
            status: ["qualified", "converted"],
            converted_at: [None, Some(&time(call.at))],
            converted_contact: [None, Some(contact)],
            converted_account: [None, Some(account)],
            converted_deal: [None, Some(deal)],
            converted_as: [None, Some(&asked)],
        };
        ledger.append(self, call, "updated", "lead", id, &converted)
    }

    /// Nothing hangs on the leads of the measures, but a program has to look.
    fn hand_over(&self, id: Uuid) -> Outcome<()> {
        for sql in [
            "SELECT id FROM nexa_tasks WHERE org = ?1 AND about_id = ?2 AND status IN ('todo', 'in_progress')",
            "SELECT id FROM nexa_campaign_members WHERE org = ?1 AND lead_id = ?2",
            "SELECT id FROM nexa_contact_list_members WHERE org = ?1 AND lead_id = ?2",
        ] {
            let mut statement = self.db.prepare_cached(sql)?;
            if statement.exists([self.org.as_bytes(), id.as_bytes()])? {
                return Err("something hangs on the lead".into());
            }
        }
        Ok(())
    }
}
