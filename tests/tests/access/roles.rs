//! A user has one of the roles that the policy names.

use nexa_crm::{Access, Action, Actor, CreateOrg, ErrorKind, Policy, kernel::record::RecordDef, testing::Office};
use nexa_tests::backends;
use pollster::block_on;
use serde_json::json;

#[test]
fn a_role_with_another_case_or_blanks_is_the_one_that_is_named() {
    for backend in backends::all() {
        let office = Office::found(backend.store);
        for (given, kept) in [("Admin", "admin"), (" AGENT ", "agent"), ("viewer\u{200b}", "viewer")] {
            let email = format!("{kept}2@acme.example");
            let made = office.run("user.create", json!({"name": "Ida", "email": email, "role": given}));
            assert_eq!(made["role"], kept, "{}", backend.name);
            let changed = office.run("user.update", json!({"user": made["id"], "role": "Viewer"}));
            assert_eq!(changed["role"], "viewer", "{}", backend.name);
        }
    }
}

#[test]
fn a_role_that_nobody_named_is_refused_with_those_that_are() {
    let office = Office::found(backends::memory().store);
    let head = office.head();
    let user = office.id("user");
    for (operation, arguments) in [
        ("user.create", json!({"name": "Ida", "email": "ida@acme.example", "role": "Amdin"})),
        ("user.update", json!({"user": user, "role": "administrator"})),
        ("user.upsert", json!({"match_on": "email", "name": "Ida", "email": "ida@acme.example", "role": "boss"})),
    ] {
        let error = office.run_as("admin", operation, arguments).unwrap_err();
        assert_eq!((error.code(), error.kind()), ("user.role_unknown", ErrorKind::Invalid), "{operation}");
        assert_eq!(error.params()["roles"], json!(["viewer", "agent", "admin"]), "{operation}");
    }
    let imported = office.run(
        "user.import_csv",
        json!({"csv": "name,email,role\nIda,ida@acme.example,Amdin\nEve,eve@acme.example,Agent\n"}),
    );
    assert_eq!((&imported["created"], &imported["refused"]), (&json!(1), &json!(1)), "{imported}");
    assert!(imported.to_string().contains("user.role_unknown"), "{imported}");
    assert_eq!(office.head(), head + 1);
}

#[test]
fn a_user_whose_role_is_no_longer_named_can_be_renamed() {
    let office = Office::found(backends::memory().store);
    let renamed = office.run("user.update", json!({"user": office.id("auditor"), "name": "Otto"}));
    assert_eq!((&renamed["name"], &renamed["role"]), (&json!("Otto"), &json!("auditor")));
}

/// Bosses do everything.
struct Bosses(&'static [&'static str]);

impl Policy for Bosses {
    fn access(&self, actor: &Actor, _: &'static RecordDef, _: Action) -> Access {
        Access::when(actor.is_system() || actor.has_role("Boss"))
    }
    fn roles(&self) -> Vec<String> {
        self.0.iter().map(|role| (*role).to_owned()).collect()
    }
}

#[test]
fn a_policy_brings_its_own_roles_and_its_first_admin_has_one_of_them() {
    let founding = |role: Option<&str>| CreateOrg {
        admin_role: role.map(str::to_owned),
        ..CreateOrg::new("Acme", "Lisa", "lisa@acme.example").unwrap()
    };
    let crm = |roles| {
        let crm = nexa_crm::builder().store(backends::memory().store).policy(Bosses(roles)).build().unwrap();
        block_on(crm.migrate()).unwrap();
        crm
    };
    let named = crm(&["Boss", "Sales rep"]);
    assert_eq!(block_on(named.create_org(founding(None))).err().unwrap().code(), "user.role_unknown");
    let boss = block_on(named.create_org(founding(Some("boss")))).unwrap();
    let make = |role: &str| {
        let user = json!({"name": "Ida", "email": "ida@acme.example", "role": role});
        block_on(boss.execute("user.create", user, nexa_crm::Envelope::dry()))
    };
    assert_eq!(make("sales   REP").unwrap()["role"], "Sales rep");
    assert_eq!(make("agent").unwrap_err().code(), "user.role_unknown");
    // A policy that names none takes any.
    let any = crm(&[]);
    assert!(block_on(any.create_org(founding(Some("whatever")))).is_ok());
}
