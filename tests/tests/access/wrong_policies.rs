//! A policy with a wrong name lets nothing through: it is refused when the Crm is built, or closes the kind when it is asked.

use std::sync::{
    Arc,
    atomic::{AtomicU8, Ordering},
};

use nexa_crm::{
    Access, Action, Actor, Children, Crm, Envelope, Error, ErrorKind, Filter, Find, HiddenField, Op, Policy, Relative,
    export::{ExportFormat, export},
    kernel::{operation::Mode, record::RecordDef},
    sales::{Account, Contact, Lead},
    service::{DefaultPolicy, Narrow},
    testing::Office,
};
use nexa_tests::{backends, samples::Samples};
use pollster::block_on;
use serde_json::json;

/// The default policy, and this for agents who read accounts.
struct ForAgents(fn() -> Access);

impl Policy for ForAgents {
    fn access(&self, actor: &Actor, kind: &'static RecordDef, action: Action) -> Access {
        if actor.has_role("agent") && kind.kind == "account" && action == Action::Read {
            return (self.0)();
        }
        DefaultPolicy::new().access(actor, kind, action)
    }
    fn roles(&self) -> Vec<String> {
        DefaultPolicy::new().roles()
    }
}

fn built(policy: impl Policy + 'static) -> Result<Crm, Error> {
    nexa_crm::builder().store(backends::memory().store).policy(policy).build()
}

#[track_caller]
fn is_unbuildable(policy: impl Policy + 'static, because: &[&str]) {
    let Err(error) = built(policy) else { panic!("a policy with a mistake was built") };
    assert_eq!(error.code(), "crm.unbuildable");
    for part in because {
        assert!(error.message().contains(part), "{part} is not in: {}", error.message());
    }
}

#[test]
fn a_hidden_field_that_does_not_exist_is_unbuildable() {
    let hiding = |name: &'static str| match name {
        "anual_revenue" => ForAgents(|| Access::full().hiding(["anual_revenue"])),
        "billing_address.city" => ForAgents(|| Access::full().hiding(["billing_address.city"])),
        "custom.salary" => ForAgents(|| Access::full().hiding(["custom.salary"])),
        "name" => ForAgents(|| Access::full().hiding(["name"])),
        _ => ForAgents(|| Access::full().hiding([""])),
    };
    is_unbuildable(hiding("anual_revenue"), &["account", "anual_revenue, which is no field", "agent"]);
    is_unbuildable(hiding("billing_address.city"), &["hide billing_address as a whole"]);
    is_unbuildable(hiding("custom.salary"), &["hide custom as a whole"]);
    is_unbuildable(hiding("name"), &["name, which every account must have"]);
    is_unbuildable(hiding(""), &["no field"]);
}

#[test]
fn a_typed_field_of_another_kind_is_unbuildable() {
    // Both kinds have the field; who wrote it meant the other.
    assert_eq!(Lead::EMAIL.name(), Contact::EMAIL.name());
    is_unbuildable(ForAgents(|| Access::full().hiding([Lead::DESCRIPTION])), &["description as a field of a lead"]);
    assert!(built(ForAgents(|| Access::full().hiding([Account::ANNUAL_REVENUE]))).is_ok());
    let several = || Access::full().hiding([HiddenField::from("industry"), Account::ANNUAL_REVENUE.into()]);
    assert!(built(ForAgents(several)).is_ok());
}

#[test]
fn a_row_filter_that_cannot_be_used_is_unbuildable() {
    is_unbuildable(
        ForAgents(|| Access::rows(Filter::compare("ownr", Op::Eq, uuid::Uuid::nil()))),
        &["account", "ownr", "agent"],
    );
    is_unbuildable(ForAgents(|| Access::rows(Filter::compare("created_at", Op::Ge, "yesterday"))), &["created_at"]);
    is_unbuildable(ForAgents(|| Access::rows(Filter::compare("type", Op::Contains, "x"))), &["type"]);
    is_unbuildable(
        ForAgents(|| Access::rows(Filter::Through("parnt".to_owned(), Box::new(Filter::everything())))),
        &["parnt"],
    );
    is_unbuildable(ForAgents(|| Access::rows(!Filter::compare("parent.nme", Op::Eq, "x"))), &["nme"]);
    // Who sees a record does not change with what points at it.
    is_unbuildable(ForAgents(|| Access::rows(!Children::of::<Contact>().any())), &["account", "has_none"]);
    // Nor with the time, of which no event says.
    let recent = || Access::rows(Account::CREATED_AT.compare(Op::Ge, Relative::now("-P30D")));
    is_unbuildable(ForAgents(recent), &["account", "the moment"]);
    is_unbuildable(ForAgents(|| Access::rows(Account::CREATED_AT.compare(Op::Ge, "2025-11-17"))), &["time zone"]);
}

#[test]
fn a_kind_that_does_not_exist_is_unbuildable() {
    is_unbuildable(DefaultPolicy::new().narrow("dael", Narrow::Admins), &["dael"]);
    assert!(built(DefaultPolicy::new().narrow("deal", Narrow::Admins)).is_ok());
}

/// The default policy until it breaks.
#[derive(Clone, Default)]
struct Breaking(Arc<AtomicU8>);

const BREAKS: [fn(Access) -> Access; 3] = [
    |access| access.hiding(["anual_revenue"]),
    |access| access.hiding([Lead::DESCRIPTION]).hiding(["nothing_like_it"]),
    |access| Access { rows: access.rows.and(!Filter::compare("ownr", Op::Eq, 1)), ..access },
];

impl Policy for Breaking {
    fn access(&self, actor: &Actor, kind: &'static RecordDef, action: Action) -> Access {
        let access = DefaultPolicy::new().access(actor, kind, action);
        match usize::from(self.0.load(Ordering::SeqCst)).checked_sub(1) {
            Some(broken) if !actor.is_system() => BREAKS[broken](access),
            _ => access,
        }
    }
}

#[track_caller]
fn blames_the_policy<T>(name: &str, answer: Result<T, Error>) {
    let Err(error) = answer else { panic!("{name} answers under a broken policy") };
    assert_eq!((error.code(), error.kind()), ("policy.invalid", ErrorKind::Unavailable), "{name}: {error:?}");
    assert!(!error.retryable(), "{name}");
}

#[test]
fn a_policy_that_turns_out_wrong_later_closes_every_path() {
    for backend in backends::all() {
        let policy = Breaking::default();
        let office = Office::found_with(backend.store, nexa_core::builder().policy(policy.clone()));
        let head = office.head();
        let account = office.id("account");
        for broken in 1..=3 {
            policy.0.store(broken, Ordering::SeqCst);
            for caller in ["agent", "admin"] {
                let session = office.session(caller);
                for operation in office.crm.catalog().operations() {
                    // There is a failure only where a consumer or a timer has failed, and an erasure where somebody was erased.
                    if ["failure", "workflow_step_run"].contains(&operation.kind)
                        || operation.name.starts_with("erasure.")
                    {
                        continue;
                    }
                    let sample = office.sample(operation).unwrap();
                    let name = format!("{broken} {caller} {}", operation.name);
                    let envelope = if operation.mode == Mode::Command { Envelope::dry() } else { Envelope::default() };
                    let answer = block_on(session.execute(operation.name, sample, envelope));
                    blames_the_policy(&name, answer);
                }
                blames_the_policy("feed", block_on(session.feed(nexa_crm::Position::START, 100)));
                blames_the_policy("explain", block_on(session.explain::<Account>(nexa_crm::Id::new(account))));
                let export = export(&session, Find::<Account>::new(), ExportFormat::Csv, Vec::new(), |_| ());
                blames_the_policy("export", block_on(export));
                blames_the_policy("find", block_on(session.find(Find::<Account>::new().with("parent"))));
                let request = nexa_crm::Request { run: "account.get".to_owned(), with: json!({"account": account}) };
                blames_the_policy("batch", block_on(session.batch(vec![request], Envelope::default())));
            }
            // The host itself still works, and nothing happened.
            assert_eq!(office.head(), head);
        }
        policy.0.store(0, Ordering::SeqCst);
        assert!(office.run_as("agent", "account.get", json!({"account": account})).is_ok());
    }
}
