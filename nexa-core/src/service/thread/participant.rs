//! Who is in a thread beside the team.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::Thread;
use crate::{Document, Email, Name, closed_enum, mail::Mailbox};

closed_enum! {
    /// What somebody is in a thread.
    pub enum ParticipantRole {
        /// The customer.
        Customer = "customer",
        /// Somebody in copy.
        Copied = "copied",
    }
}

closed_enum! {
    /// Whether answers go to somebody.
    pub enum ParticipantState {
        /// They do, and theirs belong to the thread.
        Active = "active",
        /// They do once somebody of the team has accepted them.
        Proposed = "proposed",
        /// They do not.
        Removed = "removed",
    }
}

/// Somebody in a thread.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Participant {
    /// The address.
    pub address: Email,
    /// The name that stands beside it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<Name>,
    /// What they are in it.
    pub role: ParticipantRole,
    /// Whether answers go to them.
    pub state: ParticipantState,
}

impl Thread {
    /// Who is in it beside the team.
    pub(in crate::service) fn people(&self) -> &[Participant] {
        self.participants.as_ref().map_or(&[], |participants| &participants.0)
    }
    fn people_mut(&mut self) -> &mut Vec<Participant> {
        &mut self.participants.get_or_insert_with(|| Document(Vec::new())).0
    }
    /// The participant of an address.
    pub(in crate::service) fn participant(&self, address: &Email) -> Option<&Participant> {
        self.people().iter().find(|participant| participant.address == *address)
    }
    /// Whether answers go to an address.
    pub(in crate::service) fn is_active(&self, address: &Email) -> bool {
        self.participant(address).is_some_and(|participant| participant.state == ParticipantState::Active)
    }
    /// Adds somebody who is not in it yet; who was removed stays so.
    pub(in crate::service) fn join(&mut self, who: Mailbox, role: ParticipantRole, state: ParticipantState) {
        if self.participant(&who.address).is_none() && self.people().len() < MOST {
            self.people_mut().push(Participant { address: who.address, name: who.name, role, state });
        }
    }
    /// Lets answers go to somebody, or not any more; answers whether they are in it.
    pub(in crate::service) fn set_state(&mut self, address: &Email, state: ParticipantState) -> bool {
        let found = self.people_mut().iter_mut().find(|participant| participant.address == *address);
        found.map(|participant| participant.state = state).is_some()
    }
}

/// So many people a thread knows at most.
const MOST: usize = 200;
