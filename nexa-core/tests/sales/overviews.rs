//! The 360° view of a contact beyond its deals.

use nexa_core::{
    About, Create, Envelope,
    productivity::{Task, task::Complete},
    sales::contact::overview::{ContactOverview, Overview},
    testing::block_on,
};
use serde_json::{Value as Json, json};

use super::world::{World, usd};

fn call(world: &World, operation: &str, with: Json) -> Json {
    block_on(world.admin.execute(operation, with, Envelope::default())).unwrap()
}

/// Sarah, who was a lead before, with a task that was done then.
fn sarah(world: &World) -> (Json, Json) {
    let lead = json!({"first_name": "Sarah", "email": "sarah@acme.example", "company": "Acme Corp"});
    let lead = call(world, "lead.create", lead)["id"].clone();
    let list = call(world, "contact_list.create", json!({"name": "VIP"}));
    call(world, "contact_list.add", json!({"contact_list": list["id"], "leads": [lead]}));
    let call_her = json!({"title": "Call her", "about": {"kind": "lead", "id": lead}});
    let task = call(world, "task.create", call_her)["id"].clone();
    call(world, "task.complete", json!({"task": task}));
    call(world, "lead.contact", json!({"lead": lead}));
    let met = json!({"met": true});
    let bant = json!({"budget": met, "authority": met, "need": met, "timeline": met});
    call(world, "lead.qualify", json!({"lead": lead, "bant": bant}));
    let converted = call(world, "lead.convert", json!({"lead": lead, "deal": {"amount": usd("50000")}}));
    (converted, task)
}

fn overview(world: &World, contact: &Json) -> ContactOverview {
    let contact: nexa_core::Ref<nexa_core::sales::Contact> = serde_json::from_value(contact.clone()).unwrap();
    world.ask(Overview::of(contact))
}

#[test]
fn tasks_lists_and_campaigns_of_a_contact_are_on_one_page() {
    let world = World::new();
    let (converted, _) = sarah(&world);
    let contact = &converted["contact"]["id"];
    let about = || About::record("contact", contact.as_str().unwrap().parse::<uuid::Uuid>().unwrap());
    let task = |title: &str| world.run(Create::<Task>::new().set(Task::TITLE, title).set(Task::ABOUT, about()));
    task("Send the offer");
    world.run(Complete::of(&task("Write to her")));
    for name in ["Q4 Promo", "Autumn Promo"] {
        let campaign = call(&world, "campaign.create", json!({"name": name, "type": "mail"}));
        call(&world, "campaign.add", json!({"campaign": campaign["id"], "contact": contact}));
    }
    let list = call(&world, "contact_list.create", json!({"name": "Enterprise"}));
    call(&world, "contact_list.add", json!({"contact_list": list["id"], "contacts": [contact]}));

    let page = overview(&world, contact);
    assert_eq!(page.open_tasks, 1);
    let lists: Vec<&str> = page.contact_lists.iter().map(|list| list.name.as_str()).collect();
    assert_eq!(lists, ["Enterprise", "VIP"]);
    let campaigns: Vec<&str> = page.campaigns.iter().map(|campaign| campaign.name.as_str()).collect();
    assert_eq!(campaigns, ["Autumn Promo", "Q4 Promo"]);
    let open = &page.deals.newest_open[0];
    assert_eq!((open.stage.as_str(), open.amount), ("qualification", Some(usd("50000"))));
    call(&world, "campaign.trash", json!({"campaign": page.campaigns[0].id}));
    assert_eq!(overview(&world, contact).campaigns.len(), 1);
}

#[test]
fn the_timeline_begins_with_the_lead() {
    let world = World::new();
    let (converted, task) = sarah(&world);
    let page = overview(&world, &converted["contact"]["id"]);
    let timeline: Vec<(&str, String)> =
        page.timeline.iter().map(|change| (change.command.as_str(), change.record.to_string())).collect();
    assert_eq!(timeline.last().unwrap(), &("lead.create", converted["lead"]["id"].as_str().unwrap().to_owned()));
    assert!(timeline.contains(&("task.complete", task.as_str().unwrap().to_owned())));
    assert!(timeline.contains(&("lead.convert", converted["deal"]["id"].as_str().unwrap().to_owned())));
}

#[test]
fn lists_have_the_newest_and_counts_have_all() {
    let world = World::new();
    let contact = call(&world, "contact.create", json!({"first_name": "Sarah"}))["id"].clone();
    for number in 0..25 {
        call(&world, "deal.create", json!({"name": format!("Deal {number}"), "primary_contact": contact}));
        call(&world, "ticket.create", json!({"subject": format!("Ticket {number}"), "contact": contact}));
        world.days_later(1);
    }
    let page = overview(&world, &contact);
    assert_eq!((page.deals.open, page.tickets.open, page.tickets.total), (25, 25, 25));
    assert_eq!((page.deals.newest_open.len(), page.tickets.newest_open.len(), page.timeline.len()), (20, 20, 20));
    assert_eq!(page.deals.newest_open[0].name.as_str(), "Deal 24");
    assert_eq!(page.tickets.newest_open[19].subject.as_str(), "Ticket 5");
    let resolve = |ticket| call(&world, "ticket.resolve", json!({"ticket": ticket, "resolution": "Done"}));
    resolve(page.tickets.newest_open[0].id);
    let page = overview(&world, &contact);
    assert_eq!((page.tickets.open, page.tickets.total), (24, 25));
    assert_eq!(page.tickets.newest_open[0].subject.as_str(), "Ticket 23");
}
