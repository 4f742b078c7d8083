//! What the calls of [`Native`](crate::Native) do, from text to text.

use nexa_core::{
    CreateOrg, Crm, Envelope, Find, Position, Principal, Ref, Request, Session, Timestamp,
    export::{self, ExportOptions},
    kernel::feed::FeedOnly,
};
use serde::Deserialize;
use serde_json::json;
use uuid::Uuid;
use wasm_bindgen::JsValue;

use crate::errors::{Answer, document, malformed, parsed, text};

/// A tenant's identifier. Error: `command.malformed`.
pub(crate) fn org_id(text: &str) -> Answer<Uuid> {
    text.parse().map_err(|_| malformed("session", "org", "give an id"))
}

/// A session of `user:ID`, `contact:ID`, `service:NAME` or `system:CAUSE`. Error: `command.malformed`.
pub(crate) fn session(crm: &Crm, org: &str, principal: &str) -> Answer<Session> {
    let principal: Principal = principal.parse().map_err(|problem: &str| malformed("session", "principal", problem))?;
    Ok(crm.session(org_id(org)?, principal))
}

pub(crate) async fn create_org(crm: Crm, founding: String) -> Answer {
    let session = crm.create_org(parsed::<CreateOrg>("create_org", &founding)?).await?;
    text("create_org", &json!({"org": session.org(), "principal": session.principal().to_string()}))
}

pub(crate) async fn has_org(crm: Crm, org: String) -> Answer {
    Ok(JsValue::from_bool(crm.has_org(org_id(&org)?).await?))
}

pub(crate) async fn drop_org(crm: Crm, org: String) -> Answer {
    crm.drop_org(org_id(&org)?).await?;
    Ok(JsValue::UNDEFINED)
}

/// The tenants in which something is due by a moment, now without one.
pub(crate) async fn due(crm: Crm, now: Option<String>, limit: f64) -> Answer {
    let now = match now {
        Some(text) => Timestamp::parse(&text)
            .ok_or_else(|| malformed("due", "now", "give a moment in UTC, such as 2026-03-02T09:00:00Z"))?,
        None => crm.now(),
    };
    let limit = usize::try_from(whole("limit", limit)?).unwrap_or(usize::MAX);
    text("due", &crm.due(now, limit).await?)
}

pub(crate) async fn tick(crm: Crm, org: String, limit: f64) -> Answer {
    let limit = usize::try_from(whole("limit", limit)?).unwrap_or(usize::MAX);
    text("tick", &crm.tick(org_id(&org)?, limit).await?)
}

pub(crate) async fn execute(session: Session, operation: String, input: String, envelope: Option<String>) -> Answer {
    let input = document(&operation, &input)?;
    let envelope = read_envelope(&operation, envelope)?;
    session.execute_to_text(&operation, input, envelope).await.map(JsValue::from)
}

pub(crate) async fn batch(session: Session, requests: String, envelope: Option<String>) -> Answer {
    let requests: Vec<Request> = parsed("batch", &requests)?;
    let envelope = read_envelope("batch", envelope)?;
    session.batch_to_text(requests, envelope).await.map(JsValue::from)
}

pub(crate) async fn explain(session: Session, kind: String, record: String) -> Answer {
    let record: Ref<()> = parsed("explain", &record)?;
    text("explain", &session.explain_kind(&kind, record).await?)
}

/// Events after a position, or of these `{"kind", "filter"}` alone; without a principal the host's.
pub(crate) async fn feed(
    crm: Crm,
    org: String,
    principal: Option<String>,
    after: String,
    limit: f64,
    only: Option<String>,
) -> Answer {
    let (after, limit) = (after.parse::<Position>()?, whole("limit", limit)?);
    let limit = usize::try_from(limit).unwrap_or(usize::MAX);
    let session = match principal {
        Some(principal) => session(&crm, &org, &principal)?,
        None => crm.system(org_id(&org)?, "feed"),
    };
    let only = only.map(|only| parsed("feed", &only)).transpose()?;
    text("feed", &FeedOnly::feed(only, &session, after, limit).await?)
}

/// What is asked of one page of an export.
#[derive(Deserialize)]
struct ExportInput {
    kind: String,
    find: Find<()>,
    #[serde(default)]
    options: ExportOptions,
    #[serde(default)]
    first: bool,
}

pub(crate) async fn export_page(session: Session, input: String) -> Answer {
    let ExportInput { kind, find, options, first } = parsed("export", &input)?;
    text("export", &export::export_page(&session, &kind, find, &options, first).await?)
}

fn read_envelope(operation: &str, envelope: Option<String>) -> Answer<Envelope> {
    envelope.map_or_else(|| Ok(Envelope::default()), |text| parsed(operation, &text))
}

/// A number of JavaScript that counts something.
#[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "checked to be whole and within 2^53")]
fn whole(path: &str, number: f64) -> Answer<u64> {
    const LARGEST: f64 = 9_007_199_254_740_991.0;
    if number.fract() == 0.0 && (0.0..=LARGEST).contains(&number) {
        Ok(number as u64)
    } else {
        Err(malformed("feed", path, "give a whole number from 0"))
    }
}
