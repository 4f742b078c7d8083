//! Mail leaves once, also when those who hand it over are killed.

use std::path::Path;

use nexa_tests::{
    faults::place::Place,
    mailing::{Plan, play},
};

#[test]
fn a_mail_leaves_once_or_is_marked_whoever_is_killed() {
    let program = Path::new(env!("CARGO_BIN_EXE_mailing"));
    let folder = tempfile::tempdir().unwrap();
    let plan = Plan { mails: 300, kills: 12, seed: 1 };
    for place in [Place::file(folder.path(), "crm.db"), Place::database()] {
        let outcome = play(program, &place, plan).unwrap_or_else(|problem| panic!("{place:?}: {problem}"));
        assert_eq!(outcome.handed_over + outcome.uncertain, plan.mails, "{outcome:?}");
        assert!(outcome.killed > 0, "{outcome:?}");
    }
}
