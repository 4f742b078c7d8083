//! The workflows that come with the library, as the seeds tell them.

use super::*;

fn take(office: &Office, key: &str, settings: Json) -> Json {
    let workflow = office.run("workflow.take", json!({"key": key, "settings": settings}))["id"].clone();
    office.run("workflow.publish", json!({"workflow": workflow}));
    office.run("workflow.enable", json!({"workflow": workflow}));
    workflow
}

#[test]
fn a_workflow_of_the_library_is_taken_once_with_what_it_needs() {
    everywhere(|name, office| {
        assert_eq!(refused(&office, "workflow.take", json!({"key": "nothing"})), "workflow.unknown", "{name}");
        assert_eq!(
            refused(&office, "workflow.take", json!({"key": "bug_routing"})),
            "workflow.setting_missing",
            "{name}"
        );
        let settings = json!({"senior_support": office.id("group"), "product": office.id("sales")});
        let taken = json!({"key": "bug_routing", "settings": settings});
        office.run("workflow.take", taken.clone());
        assert_eq!(refused(&office, "workflow.take", taken), "workflow.taken", "{name}");
    });
}

#[test]
fn a_bug_that_is_urgent_goes_to_the_senior_group_and_the_product_is_told() {
    everywhere(|name, office| {
        let settings = json!({"senior_support": office.id("group"), "product": office.id("sales")});
        let workflow = take(&office, "bug_routing", settings);
        let ticket = |subject: &str, priority: &str| {
            let fields = json!({"subject": subject, "type": "bug", "priority": priority});
            office.run("ticket.create", fields)["id"].clone()
        };
        let (urgent, other) = (ticket("Export function not working", "high"), ticket("A typo", "low"));
        tick(&office);
        let group = |ticket: &Json| office.run("ticket.get", json!({"ticket": ticket}))["assignee"].clone();
        assert_eq!(group(&urgent), json!({"group": office.id("group")}), "{name}");
        assert_eq!(group(&other), Json::Null, "{name}");
        assert_eq!(runs(&office, &workflow).len(), 1, "{name}");
        let inbox = office.run_as("agent", "notification.inbox", json!({})).unwrap();
        let text = inbox["items"].to_string();
        assert!(text.contains("Urgent bug ticket, investigate within 2 hours"), "{name}: {text}");
    });
}
