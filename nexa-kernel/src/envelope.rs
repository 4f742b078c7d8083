//! What a caller says around a command, checked before it is taken in.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::{
    access::Principal,
    error::{Error, Result, codes},
    text,
};

/// What is common to all commands, so that none repeats it.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct Envelope {
    /// The same key with the same command answers the first result again, for 24 hours.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub idempotency_key: Option<String>,
    /// What the call is called in the ledger: a UUID of version 7 that the client makes, and uses once. The same unit with the same
    /// command answers the first result again, however much later; with another it is `unit.taken`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub unit: Option<Uuid>,
    /// The version of the target that the caller has seen; otherwise `version.conflict`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub expected_version: Option<i64>,
    /// Check and answer, but change nothing.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub dry_run: bool,
    /// Whether an answer as JSON says if the command was done before: `{"value": …, "replayed": …}`.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub mark_replays: bool,
    /// Why, in the caller's words; kept in the ledger.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
    /// The rule, import or workflow that runs this; kept in the ledger.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub cause: Option<String>,
    /// The user on whose behalf the actor acts; kept in the ledger.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub on_behalf_of: Option<Uuid>,
    /// The host's name for the request; kept in the ledger.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub request_id: Option<String>,
}

impl Envelope {
    /// An envelope that says why.
    pub fn because(reason: impl Into<String>) -> Self {
        Self { reason: Some(reason.into()), ..Self::default() }
    }
    /// An envelope with an idempotency key.
    pub fn once(key: impl Into<String>) -> Self {
        Self { idempotency_key: Some(key.into()), ..Self::default() }
    }
    /// An envelope with a unit that the client names.
    pub fn unit(unit: Uuid) -> Self {
        Self { unit: Some(unit), ..Self::default() }
    }
    /// An envelope that changes nothing.
    pub fn dry() -> Self {
        Self { dry_run: true, ..Self::default() }
    }
}

/// The longest reason, in bytes.
const LONGEST_REASON: usize = 2_000;
/// The longest other text, in bytes.
const LONGEST: usize = 200;

/// With what the causes begin that the library gives by itself.
const RESERVED: [&str; 5] = ["workflow:", "sequence:", "mass_email:", "import:", "undo:"];

/// Refuses a cause that only the library gives. Error: `cause.reserved`.
/// An import names itself.
pub(crate) fn from_outside(envelope: &Envelope, operation: &str) -> Result<()> {
    let imports = operation.split_once('.').is_some_and(|(_, verb)| verb.starts_with("import_"));
    let own = if imports { "import:" } else { "" };
    not_reserved(envelope.cause.as_deref().unwrap_or_default(), own)
}

/// Refuses a cause that another part of the library gives than the one whose causes begin so. Error: `cause.reserved`.
pub fn not_reserved(cause: &str, own: &str) -> Result<()> {
    let cause = cause.trim_start();
    match RESERVED.into_iter().find(|prefix| *prefix != own && cause.starts_with(prefix)) {
        Some(prefix) => Err(codes::CAUSE_RESERVED.with("prefix", prefix)),
        None => Ok(()),
    }
}

/// The envelope with its texts in their normal form. Error: `field.invalid`.
pub(crate) fn checked(envelope: Envelope) -> Result<Envelope> {
    if envelope.unit.is_some_and(|unit| unit.get_version_num() != 7) {
        return Err(codes::FIELD_INVALID.with("field", "unit").with("problem", "give a UUID of version 7"));
    }
    if let Some(key) = &envelope.idempotency_key {
        compared_as_given("idempotency_key", key)?;
    }
    Ok(Envelope {
        reason: given("reason", envelope.reason, LONGEST_REASON, |reason| text::lines(reason, LONGEST_REASON, ""))?,
        cause: given("cause", envelope.cause, LONGEST, |cause| text::line(cause, LONGEST, ""))?,
        request_id: given("request_id", envelope.request_id, LONGEST, |id| text::line(id, LONGEST, ""))?,
        ..envelope
    })
}

/// Refuses a service or a cause of the host whose name cannot be read. Error: `field.invalid`.
pub(crate) fn check_principal(principal: &Principal) -> Result<()> {
    match principal {
        Principal::Service(name) | Principal::System(name) => compared_as_given("actor", name),
        Principal::User(_) | Principal::Contact(_) => Ok(()),
    }
}

/// Two names that look the same are one; they are not brought into a form, for the host compares them as well.
fn compared_as_given(field: &'static str, name: &str) -> Result<()> {
    if name.len() > LONGEST || name.trim().is_empty() {
        return Err(out_of_bounds(field, LONGEST));
    }
    text::must_be_plain(name).map_err(|problem| codes::FIELD_INVALID.with("field", field).with("problem", problem))
}

fn given(
    field: &'static str,
    text: Option<String>,
    longest: usize,
    normal: impl Fn(&str) -> Result<String, &'static str>,
) -> Result<Option<String>> {
    let Some(text) = text else { return Ok(None) };
    if text.len() > longest {
        return Err(out_of_bounds(field, longest));
    }
    match normal(&text) {
        Ok(text) => Ok(Some(text)),
        Err(text::EMPTY) => Err(out_of_bounds(field, longest)),
        Err(problem) => Err(codes::FIELD_INVALID.with("field", field).with("problem", problem)),
    }
}

fn out_of_bounds(field: &'static str, longest: usize) -> Error {
    let problem = format!("give 1 to {longest} bytes, or leave it out");
    codes::FIELD_INVALID.with("field", field).with("problem", problem)
}
