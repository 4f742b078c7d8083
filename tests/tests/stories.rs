//! Every story, on every backend.

use std::sync::Arc;

use nexa_crm::{kernel::memory::MemoryStore, sqlite::SqliteStore};
use nexa_tests::stories;

fn replayed(file: &str) {
    let story = stories::read(file).unwrap();
    stories::replay(&story, Arc::new(MemoryStore::new())).unwrap_or_else(|problem| panic!("memory: {problem}"));
    let folder = tempfile::tempdir().unwrap();
    let store = SqliteStore::open(folder.path().join("story.db")).unwrap();
    stories::replay(&story, Arc::new(store)).unwrap_or_else(|problem| panic!("sqlite: {problem}"));
}

macro_rules! stories {
    ($($name:ident: $file:literal),* $(,)?) => {
        $(
            #[test]
            fn $name() {
                replayed($file);
            }
        )*

        #[test]
        fn every_file_is_replayed() {
            let files: Vec<String> = stories::all().unwrap().into_keys().collect();
            assert_eq!(files, [$($file),*]);
        }
    };
}

stories! {
    ticket_flow: "1_ticket_flow.json",
    a_monday: "1_ticket_monday.json",
    lead_lifecycle: "2_lead_lifecycle.json",
    deal_lifecycle: "3_deal_lifecycle.json",
    pipeline: "3_pipeline.json",
    priced_deal: "3_priced_deal.json",
    account_hierarchy: "4_account_hierarchy.json",
    webinar_routed: "5_webinar_routed.json",
    webinar_score: "5_webinar_score.json",
    webinar_to_sales: "5_webinar_to_sales.json",
    deal_sold: "6_deal_sold.json",
    handoff_note: "6_handoff_note.json",
    onboarding: "6_onboarding.json",
    onboarding_by_workflow: "6_onboarding_by_workflow.json",
    account_health: "7_account_health.json",
    bug_to_release: "7_bug_to_release.json",
    product_bug: "7_product_bug.json",
}
