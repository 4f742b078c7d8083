//! Reads who an actor is: the user with role and groups.

use async_trait::async_trait;
use serde_json::{Map, Value as Json};
use uuid::Uuid;

use super::{group::Membership, org::Org, user::User};
use crate::{
    Actor, Principal, Record, Result,
    kernel::{
        access::Directory,
        error::codes,
        ledger::{Event, Verb},
        record::RecordDef,
        store::{Key, Prefetch, Transaction},
        value::Value,
    },
};

/// The tenant's own users and groups.
#[derive(Clone, Copy, Debug, Default)]
pub struct TenantDirectory;

#[cfg_attr(not(target_arch = "wasm32"), async_trait)]
#[cfg_attr(target_arch = "wasm32", async_trait(?Send))]
impl Directory for TenantDirectory {
    async fn actor(&self, tx: &mut dyn Transaction, principal: &Principal) -> Result<Actor> {
        let Principal::User(id) = principal else {
            return Ok(Actor { principal: principal.clone(), role: None, groups: Vec::new() });
        };
        let inactive = || codes::ACTOR_INACTIVE.with("actor", principal.to_string());
        let users = tx.load(User::def(), Key::Column(User::def().id), &[Value::Uuid(*id)]).await?;
        let user = User::from_row(users.into_iter().next().ok_or_else(inactive)?)?;
        if !user.active {
            return Err(inactive());
        }
        let def = Membership::def();
        let column = def.column(Membership::USER.name()).unwrap_or_default();
        let memberships = tx.load(def, Key::Column(column), &[Value::Uuid(*id)]).await?;
        let group = def.column(Membership::GROUP.name()).unwrap_or_default();
        let groups = memberships.iter().filter_map(|row| row.get(group).as_uuid()).collect();
        Ok(Actor { principal: principal.clone(), role: Some(user.role), groups })
    }

    fn concerns(&self, principal: &Principal, event: &Event) -> bool {
        let Principal::User(id) = principal else { return false };
        let said: Option<Map<String, Json>> =
            event.payload.as_deref().and_then(|payload| serde_json::from_str(payload).ok());
        // What was erased may have said it.
        let says = |name: &str| said.as_ref().is_none_or(|said| said.contains_key(name));
        if event.kind == User::def().kind {
            let own = event.record == *id && event.verb == Verb::Updated;
            return own && (says(User::ROLE.name()) || says(User::ACTIVE.name()));
        }
        if event.kind != Membership::def().kind || event.verb == Verb::Erased {
            return false;
        }
        let is = |value: &Json| value.as_str().is_some_and(|text| text.parse() == Ok(*id));
        said.as_ref().is_none_or(|said| match said.get(Membership::USER.name()) {
            Some(Json::Array(both)) => both.iter().any(is),
            Some(one) => is(one),
            // Only an update leaves it out: into another group.
            None => event.verb == Verb::Updated,
        })
    }

    async fn knows(&self, tx: &mut dyn Transaction, user: Uuid) -> Result<bool> {
        let def = User::def();
        Ok(!tx.load(def, Key::Column(def.id), &[Value::Uuid(user)]).await?.is_empty())
    }

    fn time_zone(&self) -> Option<(&'static RecordDef, &'static str)> {
        Some((Org::def(), Org::TIME_ZONE.name()))
    }

    fn prefetch(&self, principal: &Principal) -> Vec<Prefetch> {
        let Principal::User(id) = principal else { return Vec::new() };
        let user = Prefetch::id(User::def(), *id);
        let memberships = Prefetch::by(Membership::def(), Membership::USER.name(), Value::Uuid(*id));
        std::iter::once(user).chain(memberships).collect()
    }
}
