//! Who acts, and what they may see and do: one answer for every path.
//!
//! # What a command does beside its target
//!
//! 1. What a caller names is loaded as they see it. What they do not see is not found, by an id as by a key of the host's.
//! 2. A rule may look further: whether a mail address is taken, whether a hierarchy has a circle, who has the fewest open leads.
//!    What it finds there is neither answered nor counted. A refusal names what the caller gave, or what they see; of anything
//!    else it says that it is there, and not what, which or how many (`record.dependents_hidden`).
//! 3. What a caller asks for beside the target (dependents that go along or point elsewhere, with `on_dependents`; what comes
//!    back with a restored record) is done only where they see each record and may change it. Otherwise the whole is refused.
//! 4. What must follow so that the data stays whole is done whatever the caller sees, and none of it is answered: a merge
//!    moves everything that pointed at the other; a purge takes the record's parts and what was folded into it; memberships end
//!    or go over with the people that they join; a primary contact who leaves an account is its primary contact no more; a won
//!    deal makes a customer; a pipeline's deals follow its stages; open tasks go over to the contact that a lead becomes.
//!
//! So commands load with [`Context::load`](super::context::Context::load) what they answer, and with `known`, `matching`, `all`,
//! `pointing` and the like only what rule 2 or 4 needs.

mod granted;

use std::{fmt, str::FromStr};

use async_trait::async_trait;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::{
    error::{Result, codes},
    ledger::Event,
    maybe_send::{MaybeSend, MaybeSync},
    record::RecordDef,
    store::{Prefetch, Transaction},
};

pub use super::record::AccessClass;
pub use granted::{Access, HiddenField};
pub(crate) use granted::{Granted, invalid_policy};

/// The principal of a call. The host authenticates; Nexa authorizes.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum Principal {
    /// A user of the tenant.
    User(Uuid),
    /// A customer, for a portal; denied everything until a policy says otherwise.
    Contact(Uuid),
    /// A named service of the host.
    Service(String),
    /// The host itself, with the cause of its doing.
    System(String),
}

impl fmt::Display for Principal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::User(id) => write!(f, "user:{id}"),
            Self::Contact(id) => write!(f, "contact:{id}"),
            Self::Service(name) => write!(f, "service:{name}"),
            Self::System(cause) => write!(f, "system:{cause}"),
        }
    }
}

impl FromStr for Principal {
    type Err = &'static str;
    fn from_str(text: &str) -> Result<Self, Self::Err> {
        const SHAPE: &str = "an actor is user:ID, contact:ID, service:NAME or system:CAUSE";
        let (sort, rest) = text.split_once(':').ok_or(SHAPE)?;
        match sort {
            "user" => rest.parse().map(Self::User).map_err(|_| SHAPE),
            "contact" => rest.parse().map(Self::Contact).map_err(|_| SHAPE),
            "service" => Ok(Self::Service(rest.to_owned())),
            "system" => Ok(Self::System(rest.to_owned())),
            _ => Err(SHAPE),
        }
    }
}

/// A principal with what the tenant says of it, read inside the unit of work.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Actor {
    /// The principal that acts.
    pub principal: Principal,
    /// The role, a word that the policy understands; `None` for others than users.
    pub role: Option<String>,
    /// The groups the actor is in.
    pub groups: Vec<Uuid>,
}

impl Actor {
    /// The user's id, when the actor is a user.
    pub const fn user(&self) -> Option<Uuid> {
        match &self.principal {
            Principal::User(id) => Some(*id),
            _ => None,
        }
    }
    /// Whether the host itself acts.
    pub const fn is_system(&self) -> bool {
        matches!(self.principal, Principal::System(_))
    }
    /// Whether the actor has this role.
    pub fn has_role(&self, role: &str) -> bool {
        self.role.as_deref() == Some(role)
    }
}

/// What somebody wants to do with records of a kind.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum Action {
    /// See it, on any path.
    Read,
    /// Make a new one.
    Create,
    /// Change it.
    Update,
    /// Put it in the trash or take it out.
    Trash,
    /// Fold it into another.
    Merge,
    /// Remove it for good.
    Purge,
    /// Check the ledger.
    Verify,
    /// Find, export and erase what is known of a person, whatever else the actor may see.
    Privacy,
    /// Do what the host's own programs do, such as claiming mail that is to leave.
    Operate,
}

impl Action {
    /// All of them.
    pub const ALL: [Self; 9] = [
        Self::Read,
        Self::Create,
        Self::Update,
        Self::Trash,
        Self::Merge,
        Self::Purge,
        Self::Verify,
        Self::Privacy,
        Self::Operate,
    ];

    /// The word in sentences and JSON.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Read => "read",
            Self::Create => "create",
            Self::Update => "update",
            Self::Trash => "trash",
            Self::Merge => "merge",
            Self::Purge => "purge",
            Self::Verify => "verify",
            Self::Privacy => "privacy",
            Self::Operate => "operate",
        }
    }
}

/// Decides who may do what. One answer serves single records, lists, counts, searches, reports, exports and feeds, and holds for a
/// whole call.
///
/// A policy is tried when the Crm is built: for each kind and action, for each role that it names, for users without a role, and for
/// contacts, services and the host itself. A name that does not exist is `crm.unbuildable`. An answer that turns out to be wrong only
/// later, because it depends on more than that, closes the kind for the call: `policy.invalid`.
pub trait Policy: MaybeSend + MaybeSync {
    /// What this actor may do with records of this kind. Any actor may be asked about, also one that no tenant knows.
    fn access(&self, actor: &Actor, kind: &'static RecordDef, action: Action) -> Access;
    /// The roles that the policy knows. Users have one of these, and no other; with none named, users may have any role.
    fn roles(&self) -> Vec<String> {
        Vec::new()
    }
    /// The kinds that the policy treats by their names. One that the Crm does not have is `crm.unbuildable`.
    fn kinds(&self) -> Vec<String> {
        Vec::new()
    }
}

/// Answers what the tenant knows of a principal: role and groups.
#[cfg_attr(not(target_arch = "wasm32"), async_trait)]
#[cfg_attr(target_arch = "wasm32", async_trait(?Send))]
pub trait Directory: MaybeSend + MaybeSync {
    /// Reads the actor. Error: `actor.inactive`.
    async fn actor(&self, tx: &mut dyn Transaction, principal: &Principal) -> Result<Actor>;
    /// Whether an event changes what [`Directory::actor`] returns for a principal, such as their role or groups. A reader of the
    /// feed is then asked to read everything anew.
    fn concerns(&self, principal: &Principal, event: &Event) -> bool {
        let _ = (principal, event);
        false
    }
    /// Whether the tenant has this user, active or not. Commands are done on behalf of no other.
    async fn knows(&self, tx: &mut dyn Transaction, user: Uuid) -> Result<bool> {
        match self.actor(tx, &Principal::User(user)).await {
            Ok(_) => Ok(true),
            Err(error) if error.is(&codes::ACTOR_INACTIVE) => Ok(false),
            Err(error) => Err(error),
        }
    }
    /// The kind and the field that have the tenant's time zone, in the record whose id is the tenant's; UTC where there is none.
    fn time_zone(&self) -> Option<(&'static RecordDef, &'static str)> {
        None
    }
    /// What [`Directory::actor`] will load.
    fn prefetch(&self, principal: &Principal) -> Vec<Prefetch> {
        let _ = principal;
        Vec::new()
    }
}
