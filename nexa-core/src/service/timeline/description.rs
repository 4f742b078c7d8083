//! What a change was, in words that follow the name of whoever made it.

use serde_json::Value as Json;

use crate::kernel::{ledger::Verb, query::Change};

/// Fields that follow from others; they are not described on their own.
const CONSEQUENCES: &[&str] = &[
    "via_group",
    "pending_until",
    "resolved_at",
    "closed_at",
    "reopened",
    "escalation.at",
    "escalation.severity",
    "escalation.reason",
];

/// Such as `claimed it` or `changed status from open to in_progress`; `whom` is the name of who got it.
pub(super) fn describe(change: &Change, whom: Option<&str>) -> String {
    let changed = |field: &str| {
        let [from, to] = change.changes.as_ref()?.get(field)?.as_array()?.as_slice() else { return None };
        Some((word(from), word(to)))
    };
    let whom = whom.unwrap_or("somebody");
    match (change.kind.as_str(), change.verb, change.command.as_str()) {
        ("comment", Verb::Created, _) => "commented".to_owned(),
        ("comment", Verb::Updated, _) => "brought over a comment of a merged ticket".to_owned(),
        ("comment", Verb::Purged, _) => "removed a comment".to_owned(),
        (_, Verb::Created, "ticket.follow_up") => "opened it as a follow-up".to_owned(),
        (_, Verb::Created, _) => "opened it".to_owned(),
        (_, Verb::Purged, _) => "removed it".to_owned(),
        (_, Verb::Erased, _) => "erased personal data from its history".to_owned(),
        (_, Verb::Updated, "ticket.claim") => "claimed it".to_owned(),
        (_, Verb::Updated, "ticket.release") => "released it".to_owned(),
        (_, Verb::Updated, "ticket.merge") => "merged another ticket into it".to_owned(),
        (_, Verb::Updated, "ticket.escalate") if changed("escalation.to").is_some() => {
            format!("escalated it to {whom}")
        }
        (_, Verb::Updated, "ticket.escalate") => "escalated it again".to_owned(),
        (_, Verb::Updated, "release.deploy") if changed("status").is_some() => "resolved it by a release".to_owned(),
        (_, Verb::Updated, _) => {
            if changed("assignee.user").is_some() || changed("assignee.group").is_some() {
                return format!("assigned it to {whom}");
            }
            match changed("deleted_at") {
                Some((None, _)) => return "put it into the trash".to_owned(),
                Some(_) => return "took it out of the trash".to_owned(),
                None => {}
            }
            for field in ["status", "priority"] {
                if let Some((Some(from), Some(to))) = changed(field) {
                    return format!("changed {field} from {from} to {to}");
                }
            }
            let fields = change.changes.iter().flat_map(|changes| changes.keys());
            let described: Vec<&str> =
                fields.map(String::as_str).filter(|field| !CONSEQUENCES.contains(field)).collect();
            if described.is_empty() { "changed it".to_owned() } else { format!("changed {}", described.join(", ")) }
        }
    }
}

fn word(value: &Json) -> Option<&str> {
    value.as_str()
}
