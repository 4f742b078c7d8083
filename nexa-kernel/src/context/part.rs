//! A part of a call that is done by its name and by somebody else: with their access, for a cause, and as a unit of its own.

use std::borrow::Cow;

use serde_json::Value as Json;
use uuid::Uuid;

use super::{Context, permission::Permitted};
#[cfg(feature = "operations")]
use crate::maybe_send::BoxFuture;
use crate::{
    access::{Action, Actor, Principal},
    error::Result,
    maybe_send::{MaybeSend, MaybeSync},
};

/// What a rule has to know of an operation before it runs it by its name.
#[derive(Clone, Copy, Debug)]
#[non_exhaustive]
pub struct NamedOperation {
    /// Its name.
    pub name: &'static str,
    /// The kind that it works on.
    pub kind: &'static str,
    /// Whether it changes something.
    pub changes: bool,
    /// What its actor must be allowed to do.
    pub action: Action,
}

impl NamedOperation {
    pub(crate) const fn new(name: &'static str, kind: &'static str, changes: bool, action: Action) -> Self {
        Self { name, kind, changes, action }
    }
}

/// The operations by name, for what runs them inside of a call.
pub(crate) trait Operations: MaybeSend + MaybeSync {
    /// What there is to know of one. Error: `operation.unknown`.
    fn named(&self, name: &str) -> Result<NamedOperation>;
    /// Checks arguments by themselves. Errors: `operation.unknown`, `command.malformed`.
    fn check(&self, name: &str, arguments: &Json) -> Result<()>;
    /// Runs one; it answers what its actor may see.
    #[cfg(feature = "operations")]
    fn perform<'a>(
        &'a self,
        cx: &'a mut Context<'_>,
        name: &'a str,
        arguments: &'a Json,
    ) -> BoxFuture<'a, Result<Json>>;
}

/// Who did the call before a part of it began.
pub struct Whole {
    actor: Actor,
    acting: String,
    cause: Option<String>,
    unit: Uuid,
    operation: Cow<'static, str>,
    permitted: Vec<(&'static str, Action, std::sync::Arc<Permitted>)>,
    again: bool,
}

impl Context<'_> {
    /// What there is to know of an operation. Error: `operation.unknown`.
    pub fn operation_named(&self, name: &str) -> Result<NamedOperation> {
        self.environment.operations.named(name)
    }

    /// Checks the arguments of an operation by themselves. Errors: `operation.unknown`, `command.malformed`, and what the operation
    /// says of its arguments.
    pub fn check_operation(&self, name: &str, arguments: &Json) -> Result<()> {
        self.environment.operations.check(name, arguments)
    }

    /// Begins a part of the call that somebody else does: with their access, for this cause, as a unit of its own in the ledger. What
    /// was changed until now is written as it was done. Error: `actor.inactive`.
    pub async fn begin_part(&mut self, principal: &Principal, cause: String) -> Result<Whole> {
        self.flush().await?;
        let actor = self.environment.directory.actor(self.tx, principal).await?;
        let acting = actor.principal.to_string();
        let unit = self.environment.ids.id(self.now);
        Ok(Whole {
            actor: std::mem::replace(&mut self.actor, actor),
            acting: std::mem::replace(&mut self.acting, acting),
            cause: self.cause.replace(cause),
            unit: std::mem::replace(&mut self.unit, unit),
            operation: self.operation.clone(),
            permitted: self.permitted.take(),
            again: self.again,
        })
    }

    /// Ends a part: what it changed is written, and who did the call before goes on. Errors: what the storage and the host's rules
    /// refuse.
    pub async fn end_part(&mut self, whole: Whole) -> Result<()> {
        let written = self.flush().await;
        self.actor = whole.actor;
        self.acting = whole.acting;
        self.cause = whole.cause;
        self.unit = whole.unit;
        self.operation = whole.operation;
        self.permitted.replace(whole.permitted);
        self.again = whole.again;
        written
    }

    /// Writes what was changed until now, so that what the storage and the host's rules refuse is refused here.
    pub async fn written(&mut self) -> Result<()> {
        self.flush().await
    }

    /// The unit under which changes are written now.
    pub const fn unit(&self) -> Uuid {
        self.unit
    }

    /// Runs an operation by its name as a part of this call: its actor is admitted as at the door. Errors: as the operation.
    #[cfg(feature = "operations")]
    pub async fn perform_named(&mut self, name: &str, arguments: &Json) -> Result<Json> {
        let environment = self.environment;
        let known = environment.operations.named(name)?;
        if known.changes && self.operation != known.name {
            self.flush().await?;
            self.operation = Cow::Borrowed(known.name);
        }
        environment.operations.perform(self, name, arguments).await
    }

    /// Without operations there is nothing to run. Error: `operation.unknown`.
    #[cfg(not(feature = "operations"))]
    pub async fn perform_named(&mut self, name: &str, _: &Json) -> Result<Json> {
        std::future::ready(Err(crate::error::codes::UNKNOWN_OPERATION.with("operation", name))).await
    }
}
