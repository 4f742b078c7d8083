//! What every call of a Crm has in common.

use std::{collections::BTreeMap, sync::Arc, time::Duration};

use super::{Behaviour, Operations};
use crate::{
    access::{Directory, Policy},
    blobs::Blobs,
    compile::Kinds,
    error::{Result, codes},
    memo::Memo,
    personal::{Personal, Retention},
    ports::{Clock, Ids},
    record::OnTrash,
    references::{Pointers, References},
    rule::Rule,
};

/// Everything that a call of the door needs.
pub(crate) struct Environment {
    pub(crate) kinds: Kinds,
    pub(crate) policy: Arc<dyn Policy>,
    pub(crate) directory: Arc<dyn Directory>,
    pub(crate) clock: Arc<dyn Clock>,
    pub(crate) largest_jump: Duration,
    pub(crate) ids: Arc<dyn Ids>,
    /// Where the bytes of files are.
    pub(crate) blobs: Option<Arc<dyn Blobs>>,
    pub(crate) rules: Vec<Arc<dyn Rule>>,
    pub(crate) memo: Memo,
    pub(crate) references: References,
    /// Whose the personal data of the kinds are.
    pub(crate) personal: Personal,
    /// What an erasure keeps for now.
    pub(crate) retention: Arc<dyn Retention>,
    /// Why what these operations did cannot be undone.
    pub(crate) finals: BTreeMap<&'static str, &'static str>,
    /// The operations by name.
    pub(crate) operations: Arc<dyn Operations>,
    /// What the kinds do that callers read or edit.
    pub(crate) behaviours: BTreeMap<&'static str, &'static Behaviour>,
}

impl Environment {
    /// The kinds and fields that keep records of a kind from being trashed.
    pub(crate) fn needed_by(&self, kind: &str) -> Pointers {
        self.references.to(kind, OnTrash::Refuse)
    }
    /// What a kind does. Error: `kind.unknown`.
    pub(crate) fn behaviour(&self, kind: &str) -> Result<&'static Behaviour> {
        self.behaviours.get(kind).copied().ok_or_else(|| codes::KIND_UNKNOWN.with("kind", kind))
    }
}
