//! Importing leads by hand: a thousand rows in a transaction, one UNNEST per table, under row-level security.

use std::{collections::HashSet, io::Read};

use chrono::DateTime;
use nexa_crm::{SystemIds, Timestamp, kernel::ports::Ids};
use sqlx::{AssertSqlSafe, Connection, PgConnection, query, query_as, query_scalar, raw_sql};
use uuid::Uuid;

use super::now;
use crate::{
    Outcome,
    ledger::{Call, Content, Ledger, Sealed},
    postgres::building::Building,
    registrant::{Prepared, Registrant},
    tenant::Tenant,
};

/// Imports for one tenant, into the tables that ours writes as well.
pub(crate) struct Importer {
    db: PgConnection,
    org: Uuid,
    agent: Uuid,
    ids: SystemIds,
}

/// A lead and its event.
struct Row {
    id: Uuid,
    lead: Prepared,
    event: Sealed,
}

impl Importer {
    pub(crate) async fn open(building: &Building, tenant: &Tenant) -> Outcome<Self> {
        let db = building.as_application().await?;
        Ok(Self { db, org: tenant.org, agent: tenant.agent_id.uuid(), ids: SystemIds::default() })
    }

    /// Imports a file in transactions of so many rows.
    pub(crate) async fn import(&mut self, file: impl Read, chunk: usize) -> Outcome<()> {
        let mut reader = csv::Reader::from_reader(file);
        let mut rows = reader.deserialize::<Registrant>().peekable();
        while rows.peek().is_some() {
            let leads = rows.by_ref().take(chunk).map(|row| row?.prepare()).collect::<Outcome<Vec<_>>>()?;
            self.chunk(leads).await?;
        }
        Ok(())
    }

    async fn chunk(&mut self, leads: Vec<Prepared>) -> Outcome<()> {
        let (org, agent) = (self.org, self.agent);
        let mut tx = self.db.begin().await?;
        raw_sql(AssertSqlSafe(format!("SET LOCAL nexa.org = '{org}'"))).execute(&mut *tx).await?;
        let (seq, at, head): (i64, i64, Vec<u8>) =
            query_as("SELECT seq, at, head FROM nexa.ledger WHERE org = $1 FOR UPDATE")
                .bind(org)
                .fetch_one(&mut *tx)
                .await?;
        let hash = head.try_into().map_err(|_| "the head has another length")?;
        let mut ledger = Ledger { seq, at: Timestamp::from_micros(at), hash };
        let active: bool = query_scalar("SELECT active FROM nexa.users WHERE org = $1 AND id = $2 AND role = 'agent'")
            .bind(org)
            .bind(agent)
            .fetch_one(&mut *tx)
            .await?;
        if !active {
            return Err("the user may not".into());
        }
        let mails: Vec<&str> = leads.iter().map(|lead| lead.email.as_str()).collect();
        let known: Vec<String> =
            query_scalar("SELECT email FROM nexa.leads WHERE org = $1 AND email = ANY($2) AND deleted_at IS NULL")
                .bind(org)
                .bind(&mails)
                .fetch_all(&mut *tx)
                .await?;
        let known: HashSet<String> = known.into_iter().collect();
        let at = Timestamp::from_micros(now().timestamp_micros()).max(ledger.at);
        let call = Call {
            unit: self.ids.id(at),
            at,
            actor: format!("user:{agent}"),
            cause: Some("import"),
            command: "lead.import_csv",
        };
        let mut rows = Vec::with_capacity(leads.len());
        for lead in leads.into_iter().filter(|lead| !known.contains(&lead.email)) {
            let id = self.ids.id(at);
            let created = lead.created();
            let content = Content { verb: "created", kind: "lead", record: id, payload: &created };
            let event = ledger.seal(&call, self.ids.salt(), &content)?;
            rows.push(Row { id, lead, event });
        }
        leads_of(&mut tx, org, at, &rows).await?;
        terms_of(&mut tx, org, &rows).await?;
        addresses_of(&mut tx, org, &rows).await?;
        events_of(&mut tx, org, &call, &rows).await?;
        query("UPDATE nexa.ledger SET seq = $2, at = $3, head = $4 WHERE org = $1")
            .bind(org)
            .bind(ledger.seq)
            .bind(ledger.at.micros())
            .bind(ledger.hash.as_slice())
            .execute(&mut *tx)
            .await?;
        Ok(tx.commit().await?)
    }
}

async fn leads_of(db: &mut PgConnection, org: Uuid, at: Timestamp, rows: &[Row]) -> Outcome<()> {
    let texts = |text: fn(&Prepared) -> &String| rows.iter().map(|row| text(&row.lead).as_str()).collect::<Vec<&str>>();
    let reasons = rows.iter().map(|row| row.lead.reasons()).collect::<Outcome<Vec<_>>>()?;
    query(
        "INSERT INTO nexa.leads (org, id, version, created_at, updated_at, first_name, last_name, email, phone, company, \
         company_folded, title, title_folded, industry, source, source_folded, status, score, score_reasons, assignee_queue) \
         SELECT $1, u.id, 1, $2, $2, u.first_name, u.last_name, u.email, u.phone, u.company, u.company_folded, u.title, \
         u.title_folded, u.industry, u.source, u.source_folded, 'new', u.score, u.reasons::json, $3 \
         FROM unnest($4::uuid[], $5::text[], $6::text[], $7::text[], $8::text[], $9::text[], $10::text[], $11::text[], \
         $12::text[], $13::text[], $14::text[], $15::text[], $16::bigint[], $17::text[]) AS u (id, first_name, last_name, email, \
         phone, company, company_folded, title, title_folded, industry, source, source_folded, score, reasons)",
    )
    .bind(org)
    .bind(DateTime::from_timestamp_micros(at.micros()))
    .bind(Uuid::nil())
    .bind(rows.iter().map(|row| row.id).collect::<Vec<_>>())
    .bind(texts(|lead| &lead.first_name))
    .bind(texts(|lead| &lead.last_name))
    .bind(texts(|lead| &lead.email))
    .bind(texts(|lead| &lead.phone))
    .bind(texts(|lead| &lead.company))
    .bind(texts(|lead| &lead.company_folded))
    .bind(texts(|lead| &lead.title))
    .bind(texts(|lead| &lead.title_folded))
    .bind(texts(|lead| &lead.industry))
    .bind(texts(|lead| &lead.source))
    .bind(texts(|lead| &lead.source_folded))
    .bind(rows.iter().map(|row| row.lead.score).collect::<Vec<_>>())
    .bind(reasons)
    .execute(db)
    .await?;
    Ok(())
}

async fn addresses_of(db: &mut PgConnection, org: Uuid, rows: &[Row]) -> Outcome<()> {
    let ids: Vec<Uuid> = rows.iter().map(|row| row.id).collect();
    query(
        "INSERT INTO nexa.external_keys (org, kind, system, key, record) SELECT $1, 'lead', '@email', u.key, u.record \
         FROM unnest($2::text[], $3::uuid[]) AS u (key, record)",
    )
    .bind(org)
    .bind(rows.iter().map(|row| row.lead.email.as_str()).collect::<Vec<_>>())
    .bind(&ids)
    .execute(&mut *db)
    .await?;
    query(
        "INSERT INTO nexa.indexed_values (org, kind, field, value, record) SELECT $1, 'lead', '@phone', u.value, u.record \
         FROM unnest($2::text[], $3::uuid[]) AS u (value, record)",
    )
    .bind(org)
    .bind(rows.iter().map(|row| row.lead.phone.as_str()).collect::<Vec<_>>())
    .bind(&ids)
    .execute(db)
    .await?;
    Ok(())
}

async fn terms_of(db: &mut PgConnection, org: Uuid, rows: &[Row]) -> Outcome<()> {
    let mut entries: Vec<(String, Uuid, i64)> = Vec::with_capacity(8 * rows.len());
    for row in rows {
        entries.extend(row.lead.terms().entries().into_iter().map(|(term, weight)| (term, row.id, weight)));
    }
    // In the order of the index, so that neighbours are written together.
    entries.sort_unstable();
    query(
        "INSERT INTO nexa.terms (org, kind, term, record, weight) SELECT $1, 'lead', u.term, u.record, u.weight \
         FROM unnest($2::text[], $3::uuid[], $4::bigint[]) AS u (term, record, weight)",
    )
    .bind(org)
    .bind(entries.iter().map(|(term, ..)| term.as_str()).collect::<Vec<_>>())
    .bind(entries.iter().map(|(_, record, _)| *record).collect::<Vec<_>>())
    .bind(entries.iter().map(|(.., weight)| *weight).collect::<Vec<_>>())
    .execute(db)
    .await?;
    Ok(())
}

async fn events_of(db: &mut PgConnection, org: Uuid, call: &Call, rows: &[Row]) -> Outcome<()> {
    query(
        "INSERT INTO nexa.events (org, seq, unit, at, actor, cause, command, verb, kind, record, format, digest, salt, payload, hash) \
         SELECT $1, u.seq, $2, $3, $4, $5, $6, 'created', 'lead', u.record, 1, u.digest, u.salt, u.payload, u.hash \
         FROM unnest($7::bigint[], $8::uuid[], $9::bytea[], $10::bytea[], $11::text[], $12::bytea[]) \
         AS u (seq, record, digest, salt, payload, hash)",
    )
    .bind(org)
    .bind(call.unit)
    .bind(call.at.micros())
    .bind(&call.actor)
    .bind(call.cause)
    .bind(call.command)
    .bind(rows.iter().map(|row| row.event.seq).collect::<Vec<_>>())
    .bind(rows.iter().map(|row| row.id).collect::<Vec<_>>())
    .bind(rows.iter().map(|row| row.event.digest.as_slice()).collect::<Vec<_>>())
    .bind(rows.iter().map(|row| row.event.salt.as_slice()).collect::<Vec<_>>())
    .bind(rows.iter().map(|row| row.event.payload.as_str()).collect::<Vec<_>>())
    .bind(rows.iter().map(|row| row.event.hash.as_slice()).collect::<Vec<_>>())
    .execute(db)
    .await?;
    Ok(())
}
