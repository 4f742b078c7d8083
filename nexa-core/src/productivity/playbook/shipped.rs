//! Playbooks that come with the library, for a tenant to take and to change.

use serde::Deserialize;

use super::{OnWeekend, PlannedMeeting, PlannedNote, PlannedProject, PlannedTask, Playbook, version::publish};
use crate::{
    Body, Code, CollectionCommand, Context, Document, Key, Name, Record, Result, command, kernel::record::corrupt,
};

/// There is no such playbook.
pub const UNKNOWN: Code =
    Code::invalid("playbook.unknown", "No playbook {key} comes with the library; use one of {keys}, or make your own.");
/// The tenant has it already.
pub const TAKEN: Code = Code::conflict(
    "playbook.taken",
    "There is a playbook with this {field} already; change that one, or give it another {field} first.",
);

/// The playbooks, by their keys.
const SHIPPED: &[(&str, &str)] = &[("customer_onboarding", include_str!("customer_onboarding.json"))];

/// A playbook as it is shipped.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Shipped {
    name: Name,
    description: Body,
    on_weekend: OnWeekend,
    project: PlannedProject,
    tasks: Vec<PlannedTask>,
    meetings: Vec<PlannedMeeting>,
    notes: Vec<PlannedNote>,
}

/// Takes a playbook that comes with the library, and publishes it: `customer_onboarding` has the twenty tasks, the kickoff and the handoff
/// note of a customer who begins. From then on it is the tenant's own, to be changed and published again. Errors: `playbook.unknown`,
/// `playbook.taken`.
#[command("take", collection = Playbook, action = Create, errors(UNKNOWN, TAKEN, super::CIRCLE, super::DUE, super::KEY_TWICE, super::STEP_UNKNOWN, super::TOO_DEEP, super::VALUE_UNKNOWN))]
pub struct Take {
    /// Its key, such as `customer_onboarding`.
    pub key: Key,
}

impl CollectionCommand for Take {
    type Output = Playbook;
    async fn run(&self, cx: &mut Context<'_>) -> Result<Playbook> {
        let shipped = SHIPPED.iter().find(|(key, _)| self.key == *key).ok_or_else(|| {
            let keys: Vec<&str> = SHIPPED.iter().map(|(key, _)| *key).collect();
            UNKNOWN.with("key", &self.key).with("keys", keys).with("field", "key")
        })?;
        let Shipped { name, description, on_weekend, project, tasks, meetings, notes } =
            serde_json::from_str(shipped.1).map_err(|problem| corrupt(Playbook::def().kind, problem))?;
        let of_key: Vec<Playbook> = cx.unrestricted().matching(Playbook::KEY, &self.key).await?;
        if !of_key.is_empty() {
            return Err(TAKEN.with("field", "key"));
        }
        let of_name: Vec<Playbook> = cx.unrestricted().matching_folded(Playbook::NAME, &name).await?;
        if !of_name.is_empty() {
            return Err(TAKEN.with("field", "name"));
        }
        let playbook = Playbook {
            name,
            key: Some(self.key.clone()),
            description: Some(description),
            on_weekend,
            project: Document(project),
            tasks: Document(tasks),
            meetings: Document(meetings),
            notes: Document(notes),
            ..Playbook::default()
        };
        let playbook = cx.add(playbook).await?;
        let id = playbook.id;
        publish(cx, playbook).await?;
        cx.unrestricted().load(id).await
    }
}
