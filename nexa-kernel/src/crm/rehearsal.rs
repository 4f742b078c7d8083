//! Tries a policy before anybody is let in by it.

use uuid::Uuid;

use crate::{
    access::{Action, Actor, Policy, Principal},
    compile::{self, CustomFields, Kinds, Scope},
};

/// Somebody whom no tenant knows.
const SOMEBODY: Uuid = Uuid::from_u128(0x0000_0000_0000_7000_8000_0000_0000_0001);

/// What is wrong with a policy, as far as the actors show it that every tenant has.
pub(crate) fn rehearse(policy: &dyn Policy, kinds: &Kinds) -> Result<(), String> {
    if let Some(kind) = policy.kinds().iter().find(|kind| kinds.get(kind).is_none()) {
        return Err(format!("the policy speaks of the kind {kind}, which was not added"));
    }
    for actor in actors(policy.roles()) {
        for def in kinds.all().iter().copied() {
            for action in Action::ALL {
                let scope = Scope::Actor(&actor, policy);
                let checked = scope
                    .access(kinds, def, action)
                    .map(drop)
                    .and_then(|()| compile::rows(kinds, def, scope, action, CustomFields::kept(&[])).map(drop));
                checked.map_err(|error| format!("{} ({})", error.message(), named(&actor)))?;
            }
        }
    }
    Ok(())
}

/// A user of each role and one without, alone and in a group, and everybody who is no user.
fn actors(roles: Vec<String>) -> Vec<Actor> {
    let users = roles.into_iter().map(Some).chain([None]);
    let users = users.flat_map(|role| {
        let user = move |groups| Actor { principal: Principal::User(SOMEBODY), role: role.clone(), groups };
        [user(Vec::new()), user(vec![SOMEBODY])]
    });
    let others = [
        Principal::Contact(SOMEBODY),
        Principal::Service("rehearsal".to_owned()),
        Principal::System("rehearsal".to_owned()),
    ];
    users.chain(others.map(|principal| Actor { principal, role: None, groups: Vec::new() })).collect()
}

fn named(actor: &Actor) -> String {
    match (&actor.principal, &actor.role) {
        (Principal::User(_), Some(role)) => format!("for the role {role}"),
        (Principal::User(_), None) => "for a user without a role".to_owned(),
        (Principal::Contact(_), _) => "for a contact".to_owned(),
        (Principal::Service(_), _) => "for a service".to_owned(),
        (Principal::System(_), _) => "for the host itself".to_owned(),
    }
}
