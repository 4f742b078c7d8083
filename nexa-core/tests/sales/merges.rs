use std::thread;

use nexa_core::{
    Create, Email, Filter, Merge, Update,
    sales::{Account, AccountType, Contact, Deal, LifecycleStage},
    testing::block_on,
};

use super::world::{World, usd};

/// Two merges in opposite directions leave one survivor, and both ids find it.
#[test]
fn merging_back_and_forth_leaves_one_survivor() {
    let world = World::new();
    let (a, b) = (world.account("Acme"), world.account("ACME Corp."));
    let contact = world.contact("Sarah", &b);
    let deal = world.run(Update::of(&world.deal("Plan", usd("1"))).set(Deal::ACCOUNT, &b));
    world.run(Merge::into(&a, &b));
    assert_eq!(world.refused(Merge::into(&b, &a)), "merge.cycle");
    assert_eq!(world.get(a.id).id, a.id);
    assert_eq!(world.get(b.id).id, a.id);
    assert_eq!(world.get(contact.id).account, Some(a.id));
    assert_eq!(world.get(deal.id).account, Some(a.id));
}

#[test]
fn two_at_once_in_opposite_directions_leave_one_survivor() {
    let world = World::new();
    let (a, b) = (world.account("Acme"), world.account("ACME Corp."));
    let done = thread::scope(|scope| {
        let merge = |survivor: Account, other: Account| {
            let session = world.admin.clone();
            scope.spawn(move || block_on(session.run(Merge::into(&survivor, &other))).is_ok())
        };
        let both = [merge(a.clone(), b.clone()), merge(b.clone(), a.clone())];
        both.into_iter().map(|thread| thread.join().unwrap()).filter(|merged| *merged).count()
    });
    assert_eq!(done, 1);
    assert_eq!(world.get(a.id).id, world.get(b.id).id);
    assert_eq!(block_on(world.admin.count::<Account>(Filter::everything())).unwrap(), 1);
}

#[test]
fn a_contact_takes_what_it_lacks_and_comes_as_far_as_the_other() {
    let world = World::new();
    let acme = world.account("Acme");
    let kept = world.contact("Sarah", &acme);
    let other = Create::<Contact>::new()
        .set(Contact::FIRST_NAME, "S.")
        .set(Contact::EMAIL, "sarah@acme.example")
        .set(Contact::LIFECYCLE_STAGE, LifecycleStage::Customer);
    let other = world.run(other);
    let deal = world.run(Update::of(&world.deal("Plan", usd("1"))).set(Deal::PRIMARY_CONTACT, &other));
    let survivor = world.run(Merge::into(&kept, &other));
    assert_eq!(survivor.first_name.as_deref(), Some("Sarah"));
    assert_eq!(survivor.email, Email::parse("sarah@acme.example").ok());
    assert_eq!(survivor.lifecycle_stage, LifecycleStage::Customer);
    assert_eq!(world.get(deal.id).primary_contact, Some(kept.id));
}

#[test]
fn the_one_who_reported_to_the_other_takes_their_place() {
    let world = World::new();
    let acme = world.account("Acme");
    let (top, ann, bob) = (world.contact("Top", &acme), world.contact("Ann", &acme), world.contact("Bob", &acme));
    world.run(Update::of(&ann).set(Contact::REPORTS_TO, &top));
    world.run(Update::of(&bob).set(Contact::REPORTS_TO, &ann));
    assert_eq!(world.run(Merge::into(&bob, &ann)).reports_to, Some(top.id));
}

#[test]
fn a_merge_that_would_close_a_circle_is_refused() {
    let world = World::new();
    let below = |name: &str, parent: &Account| {
        world.run(Create::<Account>::new().set(Account::NAME, name).set(Account::PARENT, parent))
    };
    let top = world.account("Top");
    let middle = below("Middle", &top);
    let low = below("Low", &middle);
    assert_eq!(world.refused(Merge::into(&low, &top)), "account.hierarchy_cycle");
    assert_eq!(world.refused(Merge::into(&top, &low)), "account.hierarchy_cycle");
    // Neighbours become one.
    assert_eq!(world.run(Merge::into(&middle, &top)).parent, None);
    let survivor = world.run(Merge::into(&middle, &low));
    assert_eq!((survivor.parent, survivor.r#type), (None, AccountType::Prospect));
}

#[test]
fn a_primary_contact_that_is_merged_into_somebody_elsewhere_is_none() {
    let world = World::new();
    let (acme, other) = (world.account("Acme"), world.account("Other"));
    let (here, there) = (world.contact("Sarah", &acme), world.contact("Sara", &other));
    world.run(Update::of(&other).set(Account::PRIMARY_CONTACT, &there));
    world.run(Merge::into(&here, &there));
    assert_eq!(world.get(other.id).primary_contact, None);
}
