//! Every refusal has a stable code, names what it is about, and says what to do.

use std::{borrow::Cow, collections::BTreeMap, fmt, sync::Arc};

use schemars::JsonSchema;
use serde::{Deserialize, Serialize, Serializer, ser::SerializeStruct};
use serde_json::Value as Json;

use super::label;

/// What every call of Nexa answers.
pub type Result<T, E = Error> = std::result::Result<T, E>;

/// The class of an error; a host maps it to a status, a binding to an exception.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum ErrorKind {
    /// The input is malformed or out of range (HTTP 422).
    Invalid,
    /// There is no such record, or the actor may not see it (HTTP 404).
    NotFound,
    /// The actor may not do this (HTTP 403).
    Forbidden,
    /// A rule of the domain refuses (HTTP 409).
    Rule,
    /// Somebody else was first (HTTP 409).
    Conflict,
    /// The storage or the world outside does not answer (HTTP 503).
    Unavailable,
}

/// A stable code with its sentence. Codes are constants beside the rule that refuses.
///
/// ```
/// use nexa_kernel::Code;
///
/// const NOT_QUALIFIED: Code =
///     Code::rule("lead.not_qualified", "The lead is {status}; qualify it first with lead.qualify.");
/// let error = NOT_QUALIFIED.with("status", "new");
/// assert_eq!(error.message(), "The lead is new; qualify it first with lead.qualify.");
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Code {
    /// The code, such as `lead.not_qualified`.
    pub code: &'static str,
    /// Its class.
    pub kind: ErrorKind,
    /// The sentence, with `{name}` where a parameter goes.
    pub message: &'static str,
    /// Whether the same call may succeed later without a change.
    pub retryable: bool,
}

impl Code {
    const fn new(code: &'static str, kind: ErrorKind, message: &'static str, retryable: bool) -> Self {
        Self { code, kind, message, retryable }
    }
    /// A code for malformed input.
    pub const fn invalid(code: &'static str, message: &'static str) -> Self {
        Self::new(code, ErrorKind::Invalid, message, false)
    }
    /// A code for a record that is not there.
    pub const fn not_found(code: &'static str, message: &'static str) -> Self {
        Self::new(code, ErrorKind::NotFound, message, false)
    }
    /// A code for what the actor may not do.
    pub const fn forbidden(code: &'static str, message: &'static str) -> Self {
        Self::new(code, ErrorKind::Forbidden, message, false)
    }
    /// A code for a rule of the domain.
    pub const fn rule(code: &'static str, message: &'static str) -> Self {
        Self::new(code, ErrorKind::Rule, message, false)
    }
    /// A code for a lost race or a taken value.
    pub const fn conflict(code: &'static str, message: &'static str) -> Self {
        Self::new(code, ErrorKind::Conflict, message, false)
    }
    /// A code for storage that does not answer; retryable.
    pub const fn unavailable(code: &'static str, message: &'static str) -> Self {
        Self::new(code, ErrorKind::Unavailable, message, true)
    }
    /// The same code, marked as one that a repeated call does not cure.
    pub const fn permanent(mut self) -> Self {
        self.retryable = false;
        self
    }
    /// An error of this code without parameters.
    pub fn error(&self) -> Error {
        Error(Box::new(Inner {
            kind: self.kind,
            code: Cow::Borrowed(self.code),
            template: Cow::Borrowed(self.message),
            params: BTreeMap::new(),
            retryable: self.retryable,
            source: None,
        }))
    }
    /// An error of this code with its first parameter.
    pub fn with(&self, name: &'static str, value: impl Serialize) -> Error {
        self.error().with(name, value)
    }
}

/// A refusal: kind, code, sentence and typed parameters. On the wire
/// `{"kind", "code", "message", "params", "retryable"}`.
///
/// What a database or the operating system said stands in [`std::error::Error::source`], for the host's log: it is not on the wire, and
/// no part of the sentence that users read.
#[derive(Clone, PartialEq)]
pub struct Error(Box<Inner>);

#[derive(Clone)]
struct Inner {
    kind: ErrorKind,
    code: Cow<'static, str>,
    template: Cow<'static, str>,
    params: BTreeMap<String, Json>,
    retryable: bool,
    source: Option<Arc<Said>>,
}

/// What was said below is no part of a refusal.
impl PartialEq for Inner {
    fn eq(&self, other: &Self) -> bool {
        let said = |inner: &Self| (inner.kind, inner.retryable, inner.code.clone(), inner.template.clone());
        said(self) == said(other) && self.params == other.params
    }
}

/// What a database or the operating system said.
#[derive(Debug, thiserror::Error)]
#[error("{0}")]
struct Said(String);

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message())
    }
}

impl std::error::Error for Error {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        self.0.source.as_deref().map(|said| said as &(dyn std::error::Error + 'static))
    }
}

impl Error {
    /// The violation of a unique constraint, under its own code. Parameters: `kind`, `field`.
    pub fn taken(code: &'static str, kind: &str, field: &str) -> Self {
        Code { code, ..codes::TAKEN }.with("kind", kind).with("field", field)
    }
    /// The class of the error.
    pub fn kind(&self) -> ErrorKind {
        self.0.kind
    }
    /// The stable code, such as `lead.bant_incomplete`.
    pub fn code(&self) -> &str {
        &self.0.code
    }
    /// Whether the code is this one.
    pub fn is(&self, code: &Code) -> bool {
        self.0.code == code.code
    }
    /// Whether the same call may succeed later without a change.
    pub fn retryable(&self) -> bool {
        self.0.retryable
    }
    /// The typed parameters of the sentence.
    pub fn params(&self) -> &BTreeMap<String, Json> {
        &self.0.params
    }
    /// Adds what was said below, such as by a driver: for `source()` alone.
    #[must_use]
    pub fn caused_by(mut self, said: impl fmt::Display) -> Self {
        self.0.source = Some(Arc::new(Said(said.to_string())));
        self
    }
    /// Adds a parameter. Of a long text only its beginning and its end are kept: what was given may be of any size.
    #[must_use]
    pub fn with(mut self, name: &str, value: impl Serialize) -> Self {
        let mut value = serde_json::to_value(value).unwrap_or(Json::Null);
        shorten(&mut value);
        self.0.params.insert(name.to_owned(), value);
        self
    }
    /// The sentence, with its parameters filled in.
    pub fn message(&self) -> String {
        let mut out = String::with_capacity(self.0.template.len() + 32);
        let mut rest: &str = &self.0.template;
        while let Some((before, after)) = rest.split_once('{') {
            out.push_str(before);
            match after.split_once('}') {
                Some((name, tail)) if self.0.params.contains_key(name) => {
                    match self.0.params.get(name) {
                        Some(Json::String(kind)) if name == "kind" => write_kind(&mut out, kind),
                        Some(value) => write_plain(&mut out, value),
                        None => {}
                    }
                    rest = tail;
                }
                _ => {
                    out.push('{');
                    rest = after;
                }
            }
        }
        out.push_str(rest);
        out
    }
}

/// The longest text in a parameter that is kept whole, in bytes.
const LONGEST: usize = 600;
/// How much of a longer one is kept at each end.
const KEPT: usize = 250;

fn shorten(value: &mut Json) {
    match value {
        Json::String(text) if text.len() > LONGEST => {
            let head = text.get(..text.floor_char_boundary(KEPT)).unwrap_or_default();
            let tail = text.get(text.ceil_char_boundary(text.len() - KEPT)..).unwrap_or_default();
            *text = format!("{head} … {tail}");
        }
        Json::Array(items) => items.iter_mut().for_each(shorten),
        Json::Object(map) => map.values_mut().for_each(shorten),
        _ => {}
    }
}

/// The label of a kind, with the article before it in its right form; its own name where the sentence is about the name.
fn write_kind(out: &mut String, kind: &str) {
    if out.ends_with("kind ") {
        return out.push_str(kind);
    }
    let label = label::label(kind);
    if (out == "A " || [" a ", " A "].iter().any(|end| out.ends_with(end))) && label::begins_with_vowel(&label) {
        out.insert(out.len() - 1, 'n');
    }
    out.push_str(&label);
}

/// Text without quotes, lists with commas: the way a sentence shows a parameter.
fn write_plain(out: &mut String, value: &Json) {
    match value {
        Json::String(text) => out.push_str(text),
        Json::Array(items) => {
            for (position, item) in items.iter().enumerate() {
                if position > 0 {
                    out.push_str(", ");
                }
                write_plain(out, item);
            }
        }
        other => out.push_str(&other.to_string()),
    }
}

impl fmt::Debug for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} [{}]", self.message(), self.code())
    }
}

impl Serialize for Error {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut out = serializer.serialize_struct("Error", 5)?;
        out.serialize_field("kind", &self.0.kind)?;
        out.serialize_field("code", &self.0.code)?;
        out.serialize_field("message", &self.message())?;
        out.serialize_field("params", &self.0.params)?;
        out.serialize_field("retryable", &self.0.retryable)?;
        out.end()
    }
}

impl<'de> Deserialize<'de> for Error {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        #[derive(Deserialize)]
        struct Wire {
            kind: ErrorKind,
            code: String,
            message: String,
            #[serde(default)]
            params: BTreeMap<String, Json>,
            #[serde(default)]
            retryable: bool,
        }
        let wire = Wire::deserialize(deserializer)?;
        Ok(Self(Box::new(Inner {
            kind: wire.kind,
            code: Cow::Owned(wire.code),
            template: Cow::Owned(wire.message),
            params: wire.params,
            retryable: wire.retryable,
            source: None,
        })))
    }
}

/// The codes of the kernel itself; every operation may answer them.
pub mod codes {
    use super::Code;

    /// The arguments cannot be read.
    pub const MALFORMED: Code = Code::invalid(
        "command.malformed",
        "{operation} cannot read its arguments at {path}: {problem}; the catalog has their schema.",
    );
    /// No operation has this name.
    pub const UNKNOWN_OPERATION: Code =
        Code::invalid("operation.unknown", "There is no operation {operation}; the catalog lists them all.");
    /// A field is missing, malformed or out of range.
    pub const FIELD_INVALID: Code = Code::invalid("field.invalid", "{field}: {problem}.");
    /// The kind has no such field.
    pub const FIELD_UNKNOWN: Code =
        Code::invalid("field.unknown", "A {kind} has no field {field}; the catalog lists its fields.");
    /// The field is set by rules, not by callers.
    pub const FIELD_READ_ONLY: Code =
        Code::invalid("field.read_only", "{field} of a {kind} is set by its commands; leave it out.");
    /// The field must have a value.
    pub const FIELD_REQUIRED: Code = Code::invalid("field.required", "{field} is required; give it a value.");
    /// There is no such record, or the actor may not see it.
    pub const NOT_FOUND: Code =
        Code::not_found("record.not_found", "There is no {kind} {id} that you may see; check the id.");
    /// Another record has this value.
    pub const TAKEN: Code =
        Code::conflict("value.taken", "Another {kind} already has this {field}; use that record or another value.");
    /// The given id is in use.
    pub const ID_TAKEN: Code =
        Code::conflict("id.taken", "The id {id} names a record that is or was there; leave it out or give a new one.");
    /// Another record has this external key.
    pub const EXTERNAL_KEY_TAKEN: Code = Code::conflict(
        "external_key.taken",
        "Another {kind} already has the key {key} of {system}; use that record or another key.",
    );
    /// The record changed since the caller read it.
    pub const VERSION_CONFLICT: Code = Code::conflict(
        "version.conflict",
        "The {kind} is at version {actual}, not {expected}; read it again and decide anew.",
    );
    /// An expected version needs a record to hold it against.
    pub const VERSION_WITHOUT_TARGET: Code = Code::invalid(
        "version.without_target",
        "{operation} works on no single record; leave the expected version out.",
    );
    /// The policy does not allow it.
    pub const DENIED: Code =
        Code::forbidden("access.denied", "You may not {action} a {kind}; ask an admin of your organisation.");
    /// The policy names a field that does not exist, or a filter that cannot be used.
    pub const POLICY_INVALID: Code = Code::unavailable(
        "policy.invalid",
        "The access policy cannot be used to {action} a {kind}: {problem}. Nothing was shown or changed; correct the policy.",
    )
    .permanent();
    /// The actor is unknown or was deactivated.
    pub const ACTOR_INACTIVE: Code = Code::forbidden(
        "actor.inactive",
        "The actor {actor} is unknown or deactivated in this organisation; ask an admin to activate them.",
    );
    /// No organisation with this id.
    pub const ORG_UNKNOWN: Code =
        Code::not_found("org.unknown", "There is no organisation {org}; create it with create_org.");
    /// The idempotency key was used for another command.
    pub const IDEMPOTENCY_MISMATCH: Code = Code::conflict(
        "idempotency.mismatch",
        "The idempotency key was used for another command; give each command its own key.",
    );
    /// What the command answered was erased.
    pub const ANSWER_ERASED: Code = Code::conflict(
        "answer.erased",
        "What this command answered was erased with the person whom it named; it is done, and not done again.",
    );
    /// The unit did something else already.
    pub const UNIT_TAKEN: Code =
        Code::conflict("unit.taken", "The unit {unit} did something else already; give each command its own unit.");
    /// The cause is one of the library's own.
    pub const CAUSE_RESERVED: Code = Code::invalid(
        "cause.reserved",
        "A cause that begins with {prefix} is given by the library alone; give another, or leave it out.",
    );
    /// A reference points at nothing.
    pub const REFERENCE_BROKEN: Code =
        Code::conflict("reference.broken", "{field} points at a {kind} that is not there; check the id.");
    /// Others still need the record.
    pub const IN_USE: Code = Code::rule(
        "record.in_use",
        "The {kind} is still used by {used_by}; move or trash those first, or pass on_dependents.",
    );
    /// The record is in the trash.
    pub const TRASHED: Code =
        Code::rule("record.trashed", "The {kind} {id} is in the trash; restore it first with {kind}.restore.");
    /// The record is not in the trash.
    pub const NOT_TRASHED: Code =
        Code::rule("record.not_trashed", "The {kind} is not in the trash; there is nothing to restore or purge.");
    /// The filter cannot be understood.
    pub const FILTER_INVALID: Code = Code::invalid("filter.invalid", "The filter on {field} is not usable: {problem}.");
    /// The filter asks for records of a kind that does not point at the one it is about.
    pub const HAS_UNKNOWN: Code = Code::invalid(
        "filter.has_unknown",
        "{path} is no kind whose records point at a {kind}; has and has_none take one of: {known}.",
    );
    /// The filter asks for records that point by several fields, and does not say by which.
    pub const HAS_AMBIGUOUS: Code = Code::invalid(
        "filter.has_ambiguous",
        "{path} is ambiguous, because a {child} points at a {kind} by several fields; say which with by: {fields}.",
    );
    /// The filter asks for more than one call may.
    pub const FILTER_TOO_LARGE: Code = Code::invalid(
        "filter.too_large",
        "The filter has {count} {what}, and {limit} are allowed; ask in several calls.",
    );
    /// A list in the arguments is longer than one call may give.
    pub const ARGUMENT_TOO_LONG: Code =
        Code::invalid("argument.too_long", "{field} has {count} {what}, and {limit} are allowed; make several calls.");
    /// A batch has more operations than one unit takes.
    pub const BATCH_TOO_LARGE: Code = Code::invalid(
        "batch.too_large",
        "The batch has {count} operations, and {limit} are allowed in one unit; make several batches.",
    );
    /// The cursor belongs to another filter or sort.
    pub const CURSOR_MISMATCH: Code =
        Code::invalid("page.cursor_mismatch", "The cursor belongs to another filter or sort; start again without it.");
    /// The page size is out of range.
    pub const PAGE_SIZE: Code = Code::invalid("page.size", "A page holds 1 to 1,000 records, not {size}.");
    /// An aggregate would answer too many groups.
    pub const TOO_MANY_GROUPS: Code =
        Code::invalid("aggregate.too_many_groups", "The aggregate has over {limit} groups; narrow the filter.");
    /// A sum is beyond what a column can hold.
    pub const OVERFLOW: Code =
        Code::invalid("aggregate.overflow", "The sum of {field} is too large to be written down; narrow the filter.");
    /// A command waited for the world outside.
    pub const AWAITED_OUTSIDE: Code = Code::unavailable(
        "work.awaited_outside",
        "A command waited for something outside its transaction; move that into an effect.",
    )
    .permanent();
    /// A command panicked.
    pub const PANICKED: Code =
        Code::unavailable("work.panicked", "The command failed inside and nothing was changed: {problem}.").permanent();
    /// A stored row cannot be read.
    pub const CORRUPT: Code = Code::unavailable(
        "store.corrupt",
        "A stored {kind} cannot be read ({problem}); restore a backup or run ledger.verify.",
    )
    .permanent();
    /// The storage failed.
    pub const STORE_FAILED: Code =
        Code::unavailable("store.failed", "The storage failed ({problem}); nothing was changed, try again.");
    /// The same where a repeated call fails again.
    pub const STORE_FAILED_FOR_GOOD: Code = Code::unavailable(
        STORE_FAILED.code,
        "The storage failed ({problem}); nothing was changed. A repeated call fails as well: look at the storage.",
    )
    .permanent();
    /// The backend does not offer this.
    pub const STORE_UNSUPPORTED: Code =
        Code::unavailable("store.unsupported", "This backend does not offer {what}; use one that does.").permanent();
    /// A change inside a read.
    pub const READ_ONLY: Code =
        Code::unavailable("store.read_only", "A read changes nothing; make the change in a write.").permanent();
    /// A kind that the Crm does not know.
    pub const KIND_UNKNOWN: Code =
        Code::invalid("kind.unknown", "There is no kind {kind}; the catalog lists them all.");
    /// The record was changed by nobody else but is not mergeable with itself.
    pub const MERGE_CYCLE: Code = Code::rule(
        "merge.cycle",
        "A {kind} cannot be merged into itself or into one that was merged away; name two living records.",
    );
    /// A custom field that nobody defined.
    pub const CUSTOM_UNDEFINED: Code =
        Code::invalid("custom.undefined", "A {kind} has no custom field {field}; define it first with field.define.");

    /// The ledger has no such place.
    pub const POSITION_UNKNOWN: Code = Code::conflict(
        "feed.position_unknown",
        "The ledger has no position {position}: it is another one than the feed was read from, such as a restored backup; read \
         everything anew from the start.",
    );
    /// The text is no position.
    pub const POSITION_MALFORMED: Code = Code::invalid(
        "feed.position_malformed",
        "{position} is no position of a feed; give the position that a feed answered, or leave it out to begin at the start.",
    );
    /// The clock jumped ahead.
    pub const CLOCK_AHEAD: Code = Code::unavailable(
        "clock.ahead",
        "The clock shows {clock}, which is far ahead of the last event ({last}) and of the storage's clock ({storage}); set \
         the clocks right, or build the Crm with a larger largest_jump.",
    )
    .permanent();

    /// All of them, for the catalog.
    pub const ALL: &[Code] = &[
        MALFORMED,
        UNKNOWN_OPERATION,
        FIELD_INVALID,
        FIELD_UNKNOWN,
        FIELD_READ_ONLY,
        FIELD_REQUIRED,
        NOT_FOUND,
        TAKEN,
        ID_TAKEN,
        EXTERNAL_KEY_TAKEN,
        VERSION_CONFLICT,
        VERSION_WITHOUT_TARGET,
        DENIED,
        POLICY_INVALID,
        ACTOR_INACTIVE,
        ORG_UNKNOWN,
        IDEMPOTENCY_MISMATCH,
        ANSWER_ERASED,
        UNIT_TAKEN,
        CAUSE_RESERVED,
        REFERENCE_BROKEN,
        IN_USE,
        TRASHED,
        NOT_TRASHED,
        FILTER_INVALID,
        HAS_UNKNOWN,
        HAS_AMBIGUOUS,
        FILTER_TOO_LARGE,
        ARGUMENT_TOO_LONG,
        BATCH_TOO_LARGE,
        CURSOR_MISMATCH,
        PAGE_SIZE,
        TOO_MANY_GROUPS,
        OVERFLOW,
        AWAITED_OUTSIDE,
        PANICKED,
        CORRUPT,
        STORE_FAILED,
        STORE_UNSUPPORTED,
        READ_ONLY,
        KIND_UNKNOWN,
        MERGE_CYCLE,
        CUSTOM_UNDEFINED,
        POSITION_MALFORMED,
        POSITION_UNKNOWN,
        CLOCK_AHEAD,
    ];
}
