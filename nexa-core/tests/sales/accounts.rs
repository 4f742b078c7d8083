use std::thread;

use nexa_core::{
    Create, Date, Dependents, Draft, Restore, Trash, Update,
    kernel::{entity::TrashOptions, targeted::Targeted},
    people::{Org, org::Configure},
    sales::{
        Account, AccountType, Contact, Deal,
        account::{SetPrimaryContact, rollup::Rollup},
        deal::lifecycle::Win,
    },
    testing::block_on,
};
use serde_json::json;

use super::world::{World, eur, gbp, usd};

fn trash(account: &Account, on_dependents: Dependents) -> Trash<Account> {
    Trash(Targeted::new(account, TrashOptions { on_dependents }))
}

#[test]
fn names_are_unique_whatever_the_case_and_numbers_are_counted() {
    let world = World::new();
    let (acme, other) = (world.account("Acme Corp"), world.account("Other"));
    assert_eq!((acme.account_number.as_str(), other.account_number.as_str()), ("A-000001", "A-000002"));
    assert_eq!(acme.r#type, AccountType::Prospect);
    assert_eq!(world.refused(Create::<Account>::new().set(Account::NAME, "ACME corp")), "account.name_taken");
    // A refused account takes no number.
    assert_eq!(world.account("Third").account_number, "A-000003");
    let numbered = serde_json::from_value::<Create<Account>>(json!({"name": "X", "account_number": "7"})).unwrap();
    assert_eq!(world.refused(numbered), "field.read_only");
}

#[test]
fn a_trashed_account_frees_its_name() {
    let world = World::new();
    let acme = world.account("Acme");
    world.run(Trash::of(&acme));
    world.account("Acme");
    assert_eq!(world.refused(Restore::of(&acme)), "account.name_taken");
}

#[test]
fn an_account_with_contacts_names_them_and_stays() {
    let world = World::new();
    let acme = world.account("Acme");
    world.contact("Ann", &acme);
    world.contact("Bob", &acme);
    world.run(Update::of(&world.deal("Plan", usd("1"))).set(Deal::ACCOUNT, &acme));
    let error = world.attempt(Trash::of(&acme)).unwrap_err();
    assert_eq!(error.code(), "record.in_use");
    assert_eq!(error.params()["used_by"], json!(["2 contacts", "1 deal"]));
    assert!(world.get(acme.id).deleted_at.is_none());
}

#[test]
fn dependents_are_reassigned_or_go_as_well() {
    let world = World::new();
    let (acme, other) = (world.account("Acme"), world.account("Other"));
    let ann = world.contact("Ann", &acme);
    let child = world.run(Create::<Account>::new().set(Account::NAME, "Acme UK").set(Account::PARENT, &acme));
    let deal = world.run(Update::of(&world.deal("Plan", usd("1"))).set(Deal::ACCOUNT, &acme));
    world.run(trash(&acme, Dependents::Reassign(other.id.uuid())));
    assert_eq!(world.get(ann.id).account, Some(other.id));
    assert_eq!(world.get(deal.id).account, Some(other.id));
    assert_eq!(world.get(child.id).parent, Some(other.id));

    let bob = world.contact("Bob", &child);
    let trashed = world.run(trash(&other, Dependents::Cascade));
    assert!(trashed.deleted_at.is_some());
    for contact in [ann.id, bob.id] {
        assert_eq!(world.refused(Update::of(contact).set(Contact::TITLE, "CEO")), "record.trashed");
    }
    assert_eq!(world.refused(Update::of(deal.id).set(Deal::NAME, "x")), "record.trashed");
    assert_eq!(world.refused(Update::of(child.id).set(Account::NAME, "x")), "record.trashed");
}

#[test]
fn a_hierarchy_has_no_circle() {
    let world = World::new();
    let (top, middle, low) = (world.account("Top"), world.account("Middle"), world.account("Low"));
    let under = |one: &Account, parent: &Account| Update::of(one).set(Account::PARENT, parent);
    world.run(under(&middle, &top));
    world.run(under(&low, &middle));
    assert_eq!(world.refused(under(&top, &low)), "account.hierarchy_cycle");
    assert_eq!(world.refused(under(&top, &top)), "account.hierarchy_cycle");
    // Nor does reassigning make one: the children of what goes may be above what takes them.
    assert_eq!(world.refused(trash(&top, Dependents::Reassign(low.id.uuid()))), "account.hierarchy_cycle");
    assert_eq!(world.get(middle.id).parent, Some(top.id));
}

#[test]
fn two_writers_at_once_make_no_circle() {
    let world = World::new();
    let (a, b) = (world.account("A"), world.account("B"));
    let done = thread::scope(|scope| {
        let put = |child: Account, parent: Account| {
            let session = world.admin.clone();
            scope.spawn(move || block_on(session.run(Update::of(&child).set(Account::PARENT, &parent))).is_ok())
        };
        let both = [put(a.clone(), b.clone()), put(b.clone(), a.clone())];
        both.into_iter().map(|thread| thread.join().unwrap()).filter(|put| *put).count()
    });
    assert_eq!(done, 1);
    assert_ne!(world.get(a.id).parent.is_some(), world.get(b.id).parent.is_some());
}

#[test]
fn the_primary_contact_is_one_of_its_own() {
    let world = World::new();
    let (acme, other) = (world.account("Acme"), world.account("Other"));
    let (ann, foreign) = (world.contact("Ann", &acme), world.contact("Bob", &other));
    let set = |contact: &Contact| SetPrimaryContact { account: (&acme).into(), contact: Some(contact.into()) };
    assert_eq!(world.refused(set(&foreign)), "account.primary_contact_foreign");
    assert_eq!(
        world.refused(Update::of(&acme).set(Account::PRIMARY_CONTACT, &foreign)),
        "account.primary_contact_foreign"
    );
    assert_eq!(world.run(set(&ann)).primary_contact, Some(ann.id));
    let nobody = SetPrimaryContact { account: (&acme).into(), contact: None };
    assert_eq!(world.run(nobody).primary_contact, None);
}

/// Story 4: Acme with USA, UK and APAC; consolidated revenue.
#[test]
fn an_account_rolls_up_its_subsidiaries_and_never_mixes_currencies() {
    let world = World::new();
    let rates = Draft::<Org>::from(json!({"rates": {"GBP": "1.25"}}).as_object().unwrap().clone());
    world.run(Configure(rates));
    let acme = world.account("Acme Corporation");
    world.run(Update::of(&acme).set(Account::ANNUAL_REVENUE, usd("4000000")));
    let child = |name: &str, revenue| {
        let create = Create::<Account>::new().set(Account::NAME, name).set(Account::PARENT, &acme);
        world.run(create.set(Account::ANNUAL_REVENUE, revenue))
    };
    let (usa, uk, apac) =
        (child("Acme USA", usd("3000000")), child("Acme UK", gbp("1600000")), child("Acme APAC", usd("1000000")));
    let japan = world.run(Create::<Account>::new().set(Account::NAME, "Acme Japan").set(Account::PARENT, &apac));
    let deal =
        |account: &Account, amount| world.run(Update::of(&world.deal("Plan", amount)).set(Deal::ACCOUNT, account));
    deal(&acme, usd("50000"));
    deal(&usa, usd("20000"));
    let won = deal(&uk, gbp("10000"));
    world.run(Win::of(&won));
    deal(&japan, eur("7000"));
    world.contact("Sarah", &acme);
    world.contact("Tom", &japan);

    let rollup = world.ask(Rollup { account: (&acme).into() });
    assert_eq!((rollup.own.accounts, rollup.own.contacts, rollup.own.open_deals), (1, 1, 1));
    assert_eq!(rollup.own.total_deal_value.per_currency, [usd("50000")]);
    assert_eq!(rollup.own.annual_revenue.converted, usd("4000000"));
    let all = rollup.with_subsidiaries;
    assert_eq!((all.accounts, all.contacts, all.open_deals, all.won_deals), (5, 2, 3, 1));
    assert_eq!(all.annual_revenue.per_currency, [gbp("1600000"), usd("8000000")]);
    assert_eq!(all.annual_revenue.converted, usd("10000000"));
    assert_eq!(all.total_deal_value.per_currency, [eur("7000"), gbp("10000"), usd("70000")]);
    assert_eq!(all.total_deal_value.converted, usd("82500"));
    assert_eq!((all.unpriced, all.total_deal_value.unpriced[0].total), (1, eur("7000")));
    assert_eq!(all.closed_won.converted, usd("12500"));
    assert_eq!(all.lifetime_value, all.closed_won);
    assert_eq!(world.get(uk.id).customer_since, Date::from_ymd_opt(2025, 11, 17));
}
