//! Commands change, queries read; both are plain structs with a name, and both go through the door.

use schemars::JsonSchema;
use serde::{Serialize, de::DeserializeOwned};
use uuid::Uuid;

use super::{
    access::{Action, Actor},
    context::Context,
    error::{Code, Result},
    record::{Record, RecordDef, Ref, Row},
    send::{MaybeSend, MaybeSync},
    store::Prefetch,
    value::Timestamp,
};
use crate::Input;

/// A change that somebody may ask for.
///
/// The door checks the command by itself, loads its target in the actor's scope, authorizes [`Command::ACTION`], runs the
/// guard and then [`Command::run`], and writes what it changed with its events as one unit.
pub trait Command: Serialize + DeserializeOwned + JsonSchema + MaybeSend + MaybeSync + 'static {
    /// The name of the operation, such as `lead.qualify`.
    const NAME: &'static str;
    /// What the actor must be allowed to do with the target, or with the kind when there is no target.
    const ACTION: Action = Action::Update;
    /// The codes that this command may answer beside the kernel's own.
    const ERRORS: &'static [Code] = &[];
    /// The kind it works on.
    type Target: Record;
    /// What it answers.
    type Output: Serialize + DeserializeOwned + JsonSchema + MaybeSend + MaybeSync + 'static;

    /// Checks the command by itself, without I/O.
    fn check(&self) -> Result<()> {
        Ok(())
    }
    /// The record it works on, when it works on one.
    fn target(&self) -> Option<&Ref<Self::Target>> {
        None
    }
    /// What it will load, as far as the command alone tells.
    fn prefetch(&self, org: Uuid) -> Vec<Prefetch> {
        let _ = org;
        self.target().and_then(Ref::prefetch).into_iter().collect()
    }
    /// Whether [`Command::run`] holds the expected version against a record by itself, with [`Context::expect_version`], as it names
    /// one that is no target.
    const EXPECTS_VERSION: bool = false;
    /// Whether the target may be in the trash.
    const TRASHED_TARGET: bool = false;
    /// What the state of the target and the actor allow, without arguments; `explain` asks this as well.
    fn guard(target: &Self::Target, actor: &Actor) -> Result<()> {
        let _ = (target, actor);
        Ok(())
    }
    /// Makes the change. It awaits nothing but the context.
    fn run(&self, cx: &mut Context<'_>) -> impl Future<Output = Result<Self::Output>> + MaybeSend;
}

/// A named question.
pub trait Query: Serialize + DeserializeOwned + JsonSchema + MaybeSend + MaybeSync + 'static {
    /// The name of the operation, such as `contact.overview`.
    const NAME: &'static str;
    /// The codes that this query may answer beside the kernel's own.
    const ERRORS: &'static [Code] = &[];
    /// The kind it is about.
    type Target: Record;
    /// What it answers.
    type Output: Serialize + DeserializeOwned + JsonSchema + MaybeSend + MaybeSync + 'static;

    /// Checks the question by itself, before anything is read.
    fn check(&self) -> Result<()> {
        Ok(())
    }
    /// What it will load, as far as the question alone tells.
    fn prefetch(&self) -> Vec<Prefetch> {
        Vec::new()
    }
    /// Reads, in the actor's scope.
    fn run(&self, cx: &mut Context<'_>) -> impl Future<Output = Result<Self::Output>> + MaybeSend;
}

/// What is common to all commands, so that none repeats it.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Input, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct Envelope {
    /// The same key with the same command answers the first result again, for 24 hours.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub idempotency_key: Option<String>,
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
    /// Which rule, import or workflow runs this; kept in the ledger.
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
    /// An envelope that changes nothing.
    pub fn dry() -> Self {
        Self { dry_run: true, ..Self::default() }
    }
}

/// A rule of the host, asked after ours and before anything is written. Codes start with `host.`.
pub trait Rule: MaybeSend + MaybeSync {
    /// Refuses or lets pass. `explain` asks as well, with `after` absent.
    fn guard(&self, case: &Case<'_>) -> Result<()>;
}

/// What a host's rule is asked about: one record that an operation wants to change.
#[derive(Clone, Copy, Debug)]
#[non_exhaustive]
pub struct Case<'a> {
    /// The operation, such as `deal.win`.
    pub operation: &'a str,
    /// Who.
    pub actor: &'a Actor,
    /// The kind of the record.
    pub of: &'static RecordDef,
    /// The row as it is; `None` when it is new.
    pub before: Option<&'a Row>,
    /// The row as it would become; `None` when it is removed or only asked about.
    pub after: Option<&'a Row>,
    /// Now.
    pub now: Timestamp,
}

impl Case<'_> {
    /// The record as it is, when it is of this kind.
    pub fn before<R: Record>(&self) -> Option<R> {
        Self::typed(self.of, self.before)
    }
    /// The record as it would become, when it is of this kind.
    pub fn after<R: Record>(&self) -> Option<R> {
        Self::typed(self.of, self.after)
    }
    fn typed<R: Record>(of: &'static RecordDef, row: Option<&Row>) -> Option<R> {
        (of.kind == R::def().kind).then(|| R::from_row(row?.clone()).ok()).flatten()
    }
}
