use nexa_core::{
    Assignee, Choice, Create, Restore, Trash, Update,
    kernel::ledger::Verb,
    people::{OnOpenWork, assignment::Assign, user::Deactivate},
    sales::{
        Contact, Deal, LifecycleStage,
        contact::{SetStage, overview::Overview},
        deal::lifecycle::{Lose, Win},
    },
    testing::block_on,
};

use super::world::{World, eur, usd};

#[test]
fn something_says_who_a_contact_is() {
    let world = World::new();
    assert_eq!(world.refused(Create::<Contact>::new().set(Contact::TITLE, "CEO")), "contact.nothing_known");
    let sarah = world.run(Create::<Contact>::new().set(Contact::EMAIL, "Sarah@Acme.example"));
    assert_eq!(sarah.full_name(), "sarah@acme.example");
    assert_eq!(world.refused(Update::of(&sarah).clear(Contact::EMAIL)), "contact.nothing_known");
}

#[test]
fn trashed_unique_values_are_freed_and_checked_again_on_restore() {
    let world = World::new();
    let sarah = || Create::<Contact>::new().set(Contact::EMAIL, "sarah@acme.example");
    let first = world.run(sarah());
    assert_eq!(world.refused(sarah()), "contact.email_taken");
    world.run(Trash::of(&first));
    let second = world.run(sarah());
    assert_eq!(world.refused(Restore::of(&first)), "contact.email_taken");
    world.run(Trash::of(&second));
    assert!(world.run(Restore::of(&first)).deleted_at.is_none());
}

#[test]
fn nobody_reports_to_themselves_through_others() {
    let world = World::new();
    let acme = world.account("Acme");
    let (ann, bob, cid) = (world.contact("Ann", &acme), world.contact("Bob", &acme), world.contact("Cid", &acme));
    let below = |one: &Contact, above: &Contact| Update::of(one).set(Contact::REPORTS_TO, above);
    world.run(below(&bob, &ann));
    world.run(below(&cid, &bob));
    assert_eq!(world.refused(below(&ann, &cid)), "contact.reporting_cycle");
    assert_eq!(world.refused(below(&ann, &ann)), "contact.reporting_cycle");
    // Neither through somebody who may come out of the trash.
    world.run(Trash::of(&bob));
    assert_eq!(world.refused(below(&ann, &cid)), "contact.reporting_cycle");
    assert_eq!(world.get(ann.id).version, ann.version);
}

#[test]
fn the_lifecycle_stage_moves_back_by_hand_only() {
    let world = World::new();
    let acme = world.account("Acme");
    let sarah = world.contact("Sarah", &acme);
    let to = |stage| Update::of(&sarah).set(Contact::LIFECYCLE_STAGE, stage);
    assert_eq!(world.run(to(LifecycleStage::Customer)).lifecycle_stage, LifecycleStage::Customer);
    assert_eq!(world.refused(to(LifecycleStage::Lead)), "contact.stage_back");
    let back = SetStage { contact: (&sarah).into(), stage: LifecycleStage::Lead };
    assert_eq!(world.run(back).lifecycle_stage, LifecycleStage::Lead);
}

#[test]
fn a_contact_is_assigned_to_somebody_who_can_work() {
    let world = World::new();
    let acme = world.account("Acme");
    let (sarah, john) = (world.contact("Sarah", &acme), world.user("john", "agent"));
    let assign = |assignee| Assign::to(&sarah, assignee);
    let group = Assignee::group(world.group("Senior reps", &john).id);
    assert_eq!(world.run(assign(group)).owner, Some(group));
    world.run(Deactivate::of(&john).on_open_work(OnOpenWork::Release));
    assert_eq!(world.refused(assign(Assignee::user(john.id))), "assignee.inactive");
    assert_eq!(world.refused(assign(group)), "assignee.inactive");
    assert_eq!(world.run(Assign::to_nobody(&sarah)).owner, None);
}

#[test]
fn a_contact_with_deals_is_not_trashed_alone() {
    let world = World::new();
    let acme = world.account("Acme");
    let sarah = world.contact("Sarah", &acme);
    world.run(Update::of(&world.deal("Plan", usd("1"))).set(Deal::PRIMARY_CONTACT, &sarah));
    let error = world.attempt(Trash::of(&sarah)).unwrap_err();
    assert_eq!((error.code(), &error.params()["used_by"]), ("record.in_use", &serde_json::json!(["1 deal"])));
}

#[test]
fn a_contact_that_leaves_is_no_primary_contact_any_more() {
    let world = World::new();
    let (acme, other) = (world.account("Acme"), world.account("Other"));
    let sarah = world.contact("Sarah", &acme);
    world.run(Update::of(&acme).set(nexa_core::sales::Account::PRIMARY_CONTACT, &sarah));
    world.run(Update::of(&sarah).set(Contact::ACCOUNT, &other));
    assert_eq!(world.get(acme.id).primary_contact, None);
}

#[test]
fn the_overview_shows_everything_at_a_glance() {
    let world = World::new();
    let acme = world.account("Acme");
    let sarah = world.contact("Sarah", &acme);
    let deals: Vec<Deal> = [usd("100"), usd("50"), eur("70"), usd("30"), usd("999")]
        .into_iter()
        .map(|amount| {
            let deal = world.deal("Plan", amount);
            world.run(Update::of(&deal).set(Deal::ACCOUNT, &acme).set(Deal::PRIMARY_CONTACT, &sarah))
        })
        .collect();
    world.run(Win::of(&deals[3]));
    world.run(Lose::of(&deals[4], Choice::parse("Too dear").unwrap()));

    let overview = world.ask(Overview::of(&sarah));
    assert_eq!(overview.profile.lifecycle_stage, LifecycleStage::Customer);
    assert_eq!(overview.account.map(|account| account.id), Some(acme.id));
    assert_eq!((overview.deals.open, overview.deals.won), (3, 1));
    assert_eq!(overview.deals.total_open, [eur("70"), usd("150")]);
    assert_eq!(overview.deals.total_won, [usd("30")]);
    // Five deals made, changed and two of them decided, the contact made and changed.
    assert_eq!(overview.timeline.len(), 14);
    assert_eq!(overview.timeline[0].command, "deal.lose");
    assert!(overview.timeline.is_sorted_by_key(|change| std::cmp::Reverse(change.seq)));
    assert_eq!((overview.timeline[13].kind.as_str(), overview.timeline[13].verb), ("contact", Verb::Created));
}

#[test]
fn the_overview_hides_what_the_policy_hides() {
    let world = World::new();
    let acme = world.account("Acme");
    let sarah = world.contact("Sarah", &acme);
    world.run(Update::of(&sarah).set(Contact::PHONE, "+1 555 0100"));
    world.run(Update::of(&world.deal("Plan", usd("100"))).set(Deal::PRIMARY_CONTACT, &sarah));
    world.hide("contact", "phone");
    world.hide("deal", "amount");
    let (_, viewer) = world.viewer();
    let overview = block_on(viewer.ask(Overview::of(&sarah))).unwrap();
    assert_eq!((overview.profile.phone.is_none(), overview.deals.open), (true, 1));
    assert!(overview.deals.total_open.is_empty());
    let timeline = serde_json::to_string(&overview.timeline).unwrap();
    assert!(!timeline.contains("0100") && !timeline.contains("amount"), "{timeline}");
    assert_eq!(overview.timeline.len(), 3, "{timeline}");
}
