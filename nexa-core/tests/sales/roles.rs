//! Who has a say in a deal.

use nexa_core::{
    Create, Find, Merge, Update,
    sales::{
        Contact, Deal, DealContact, DealRole,
        deal::people::{AddContact, RemoveContact, SetContactRole},
    },
    testing::block_on,
};

use super::world::{World, usd};

fn add(deal: &Deal, contact: &Contact, role: DealRole) -> AddContact {
    AddContact { deal: deal.into(), contact: contact.into(), role }
}

fn people(world: &World, deal: &Deal) -> Vec<DealContact> {
    let of_deal = Find::new().filter(DealContact::DEAL.eq(deal.id)).by(DealContact::CREATED_AT);
    block_on(world.admin.find::<DealContact>(of_deal)).unwrap().items
}

#[test]
fn the_people_of_an_account_have_roles_in_its_deals() {
    let world = World::new();
    let (acme, other) = (world.account("Acme"), world.account("Other"));
    let [ann, bob] = ["Ann", "Bob"].map(|name| world.contact(name, &acme));
    let carl = world.contact("Carl", &other);
    let deal = world.run(Update::of(&world.deal("Plan", usd("1"))).set(Deal::ACCOUNT, &acme));
    assert_eq!(world.refused(add(&deal, &carl, DealRole::Champion)), "deal.contact_foreign");
    // A partner helps from outside, and is nobody's primary contact.
    world.run(add(&deal, &carl, DealRole::Partner));
    assert_eq!(world.get(deal.id).primary_contact, None);
    world.run(add(&deal, &ann, DealRole::DecisionMaker));
    world.days_later(1);
    world.run(add(&deal, &bob, DealRole::Influencer));
    assert_eq!(world.get(deal.id).primary_contact, Some(ann.id), "the first of the account");
    assert_eq!(world.refused(add(&deal, &ann, DealRole::User)), "deal.contact_already");

    let as_champion = SetContactRole { deal: (&deal).into(), contact: (&bob).into(), role: DealRole::Champion };
    assert_eq!(world.run(as_champion).role, DealRole::Champion);
    let inside = SetContactRole { deal: (&deal).into(), contact: (&carl).into(), role: DealRole::User };
    assert_eq!(world.refused(inside), "deal.contact_foreign");

    let remove = |contact: &Contact| RemoveContact { deal: (&deal).into(), contact: contact.into() };
    world.run(remove(&ann));
    assert_eq!(world.get(deal.id).primary_contact, Some(bob.id), "exactly one is the primary one");
    assert_eq!(world.refused(remove(&ann)), "deal.contact_missing");
    world.run(remove(&bob));
    assert_eq!((world.get(deal.id).primary_contact, people(&world, &deal).len()), (None, 1));
}

/// espocrm/espocrm #3259: a merge lost the role of a link.
#[test]
fn a_role_moves_with_a_merged_contact_and_one_that_both_had_is_kept_once() {
    let world = World::new();
    let (kept, gone) = (
        world.run(Create::<Contact>::new().set(Contact::FIRST_NAME, "Ann")),
        world.run(Create::<Contact>::new().set(Contact::FIRST_NAME, "Anne")),
    );
    let (both, one) = (world.deal("Both", usd("1")), world.deal("One", usd("1")));
    world.run(add(&both, &kept, DealRole::DecisionMaker));
    world.run(add(&both, &gone, DealRole::Blocker));
    world.run(add(&one, &gone, DealRole::Champion));
    world.run(Merge::into(&kept, &gone));
    let roles = |deal: &Deal| -> Vec<_> {
        people(&world, deal).into_iter().map(|person| (person.contact, person.role)).collect()
    };
    assert_eq!(roles(&both), [(kept.id, DealRole::DecisionMaker)]);
    assert_eq!(roles(&one), [(kept.id, DealRole::Champion)]);
}
