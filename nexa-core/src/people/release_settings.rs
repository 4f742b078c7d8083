//! What a release does to the tickets behind it.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::{Id, mail::Sender};

/// What a release does to the tickets behind it when it is deployed. What is left out has its default.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct ReleaseSettings {
    /// Whether it resolves them and tells their customers; not unless said.
    pub resolve_tickets: bool,
    /// The sender of the mails that tell customers; without one none leave.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub sender: Option<Id<Sender>>,
}
