//! Who may do what, unless a host says otherwise (ticket flow, "Who Can Do What?").
//!
//! Admins do everything. Agents work on the tickets that are assigned to them, to one of their groups, or to nobody, and read and
//! write the other kinds. Viewers read those and no tickets. Customers are contacts and may do nothing.
//!
//! The policy knows no kind by name: it reads the [`AccessClass`] that each declares.

use std::collections::BTreeMap;

use uuid::Uuid;

use crate::{
    Access, Action, Actor, Filter, Op, Policy, Principal,
    kernel::{access::AccessClass, record::RecordDef},
    people::Role,
};

/// How a tenant narrows a kind.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Narrow {
    /// To the owner, the members of the group that owns it, and while nobody owns it to all; a kind without owner and assignee is
    /// narrowed to admins.
    OwnerAndGroups,
    /// To admins.
    Admins,
}

/// The policy of the roles admin, agent and viewer.
///
/// ```
/// use nexa_core::service::{DefaultPolicy, Narrow};
///
/// let policy = DefaultPolicy::new().narrow("deal", Narrow::OwnerAndGroups).narrow("quote", Narrow::Admins);
/// # let _ = policy;
/// ```
#[derive(Clone, Debug, Default)]
pub struct DefaultPolicy {
    narrowed: BTreeMap<String, Narrow>,
}

/// The actors that the policy distinguishes.
enum Party {
    Admin,
    Agent,
    Viewer,
    Service,
    Stranger,
}

impl Party {
    fn of(actor: &Actor) -> Self {
        match (&actor.principal, actor.role.as_deref().map(Role::parse)) {
            (Principal::System(_), _) | (Principal::User(_), Some(Ok(Role::Admin))) => Self::Admin,
            (Principal::User(_), Some(Ok(Role::Agent))) => Self::Agent,
            (Principal::User(_), Some(Ok(Role::Viewer))) => Self::Viewer,
            (Principal::Service(_), _) => Self::Service,
            _ => Self::Stranger,
        }
    }
}

impl DefaultPolicy {
    /// Without narrowed kinds.
    pub fn new() -> Self {
        Self::default()
    }

    /// Lets fewer agents and viewers reach records of this kind. Services of the host reach them as before, unless they are for admins.
    #[must_use]
    pub fn narrow(mut self, kind: impl Into<String>, to: Narrow) -> Self {
        self.narrowed.insert(kind.into(), to);
        self
    }

    /// What somebody who is no admin may reach of a kind at all.
    fn reach(&self, actor: &Actor, party: &Party, kind: &'static RecordDef) -> Access {
        let own = match (party, self.narrowed.get(kind.kind)) {
            (_, Some(Narrow::Admins)) => return Access::none(),
            (Party::Agent | Party::Viewer, Some(Narrow::OwnerAndGroups)) => queue(actor, kind),
            _ => Access::full(),
        };
        match kind.access {
            AccessClass::System => Access::none(),
            AccessClass::Restricted => match party {
                Party::Agent => queue(actor, kind),
                Party::Service => Access::full(),
                _ => Access::none(),
            },
            // What hangs on nothing is seen like what waits for somebody.
            AccessClass::Through(field, _) if kind.stands_alone() && !own.is_none() => match party {
                Party::Agent => {
                    let hangs = Filter::Not(Box::new(Filter::compare(field, Op::IsNull, true)));
                    Access::rows(own.rows.and(hangs.or(queue(actor, kind).rows)))
                }
                Party::Service => own,
                _ => Access::none(),
            },
            AccessClass::Through(_, Some((field, value))) if !own.is_none() => {
                Access::rows(own.rows.and(Filter::compare(field, Op::Eq, value)))
            }
            _ => own,
        }
    }
}

impl Policy for DefaultPolicy {
    fn roles(&self) -> Vec<String> {
        Role::ALL.iter().map(|role| role.as_str().to_owned()).collect()
    }
    fn kinds(&self) -> Vec<String> {
        self.narrowed.keys().cloned().collect()
    }
    fn access(&self, actor: &Actor, kind: &'static RecordDef, action: Action) -> Access {
        let party = Party::of(actor);
        let writes = match party {
            Party::Admin => return Access::full(),
            Party::Stranger => return Access::none(),
            Party::Viewer => false,
            Party::Agent | Party::Service => kind.access != AccessClass::Settings,
        };
        let allowed = match action {
            Action::Read => true,
            Action::Create | Action::Update | Action::Trash => writes,
            // Merging, purging and verifying are for admins alone.
            _ => false,
        };
        if allowed { self.reach(actor, &party, kind) } else { Access::none() }
    }
}

/// What waits for the actor: in their own queue, in those of their groups, and in nobody's.
fn queue(actor: &Actor, kind: &'static RecordDef) -> Access {
    let Some(column) = kind.assignee.and_then(|column| kind.columns.get(column)) else { return Access::none() };
    let mine = actor.user().into_iter().chain(actor.groups.iter().copied());
    Access::rows(if column.derived.is_some() {
        // Nobody's queue is the nil one.
        Filter::compare(column.path.as_str(), Op::In, mine.chain([Uuid::nil()]).collect::<Vec<_>>())
    } else {
        let nobodys = Filter::compare(column.path.as_str(), Op::IsNull, true);
        Filter::compare(column.path.as_str(), Op::In, mine.collect::<Vec<_>>()).or(nobodys)
    })
}
