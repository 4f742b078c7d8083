//! Workflows that come with the library, for a tenant to take and to change.

use std::collections::BTreeMap;

use serde::Deserialize;
use serde_json::{Map, Value as Json};

use super::{Workflow, WorkflowLimits, WorkflowStep, WorkflowTrigger};
use crate::{
    Body, Code, CollectionCommand, Context, Document, Filter, Id, Key, Name, Record, Ref, Result, command,
    kernel::{label::with_article, record::corrupt},
    people::User,
};

/// There is no such workflow.
pub const UNKNOWN: Code =
    Code::invalid("workflow.unknown", "No workflow {key} comes with the library; use one of {keys}, or make your own.");
/// The tenant has it already.
pub const TAKEN: Code = Code::conflict(
    "workflow.taken",
    "There is a workflow with this {field} already; change that one, or give it another {field} first.",
);
/// A value is missing that it needs.
pub const SETTING_MISSING: Code =
    Code::invalid("workflow.setting_missing", "The workflow needs {missing}; give it in settings.");
/// It has no such setting.
pub const SETTING_UNKNOWN: Code =
    Code::invalid("workflow.setting_unknown", "The workflow does not need {setting}; leave it out of settings.");

/// The workflows, by their keys.
const SHIPPED: &[(&str, &str)] = &[
    ("webinar_routing", include_str!("webinar_routing.json")),
    ("deal_won", include_str!("deal_won.json")),
    ("bug_routing", include_str!("bug_routing.json")),
];

/// A workflow as it is shipped.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Shipped {
    name: Name,
    description: Body,
    /// The settings that whoever takes it gives: ids of records of these kinds.
    needs: BTreeMap<String, String>,
    trigger: WorkflowTrigger,
    #[serde(default = "Filter::everything")]
    filter: Filter,
    steps: Vec<WorkflowStep>,
    #[serde(default)]
    limits: WorkflowLimits,
}

/// Takes a workflow that comes with the library. From then on it is the tenant's own, to be changed, published and enabled:
/// `webinar_routing` gives scored leads of webinars to groups and to a list, `deal_won` starts the onboarding of who was won, `bug_routing`
/// gives urgent tickets about bugs to those who investigate. Errors: `workflow.unknown`, `workflow.taken`, `workflow.setting_missing`,
/// `workflow.setting_unknown`.
#[command("take", collection = Workflow, action = Create, errors(UNKNOWN, TAKEN, SETTING_MISSING, SETTING_UNKNOWN, super::STEP_INVALID, super::STEP_TWICE, super::TRIGGER_INVALID))]
pub struct Take {
    /// Its key, such as `webinar_routing`.
    pub key: Key,
    /// The values that it needs, such as the id of the group that gets something.
    #[serde(default, skip_serializing_if = "Map::is_empty")]
    pub settings: Map<String, Json>,
    /// The user with whose access its steps run; whoever publishes it unless said.
    pub runs_as: Option<Ref<User>>,
}

impl CollectionCommand for Take {
    type Output = Workflow;
    async fn run(&self, cx: &mut Context<'_>) -> Result<Workflow> {
        let shipped = SHIPPED.iter().find(|(key, _)| self.key == *key).ok_or_else(|| {
            let keys: Vec<&str> = SHIPPED.iter().map(|(key, _)| *key).collect();
            UNKNOWN.with("key", &self.key).with("keys", keys).with("field", "key")
        })?;
        let Shipped { name, description, needs, trigger, filter, steps, limits } =
            serde_json::from_str(shipped.1).map_err(|problem| corrupt(Workflow::def().kind, problem))?;
        let mut settings = Map::new();
        for (need, kind) in &needs {
            let Some(record) = self.settings.get(need).and_then(|setting| Ref::<()>::deserialize(setting).ok()) else {
                let missing = format!("{need}, the id of {}", with_article(kind));
                return Err(SETTING_MISSING.with("missing", missing).with("field", "settings"));
            };
            let row = cx.visible_row(cx.kind(kind)?, &record, false).await?;
            settings.insert(need.clone(), Json::from(row.id(cx.kind(kind)?).to_string()));
        }
        if let Some(unknown) = self.settings.keys().find(|name| !needs.contains_key(*name)) {
            return Err(SETTING_UNKNOWN.with("setting", unknown).with("field", "settings"));
        }
        let of_key: Vec<Workflow> = cx.unrestricted().matching(Workflow::KEY, &self.key).await?;
        if !of_key.is_empty() {
            return Err(TAKEN.with("field", "key"));
        }
        let of_name: Vec<Workflow> = cx.unrestricted().matching_folded(Workflow::NAME, &name).await?;
        if !of_name.is_empty() {
            return Err(TAKEN.with("field", "name"));
        }
        let runs_as: Option<Id<User>> = match &self.runs_as {
            Some(user) => Some(cx.load(user).await?.id),
            None => None,
        };
        let workflow = Workflow {
            name,
            key: Some(self.key.clone()),
            description: Some(description),
            runs_as,
            trigger: Document(trigger),
            filter: Document(filter),
            settings: Document(settings),
            steps: Document(steps),
            limits: Document(limits),
            ..Workflow::default()
        };
        cx.add(workflow).await
    }
}
