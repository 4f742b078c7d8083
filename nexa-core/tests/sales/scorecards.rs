//! Scores follow the scorecard that counts at the moment.

use nexa_core::{
    Create, Envelope, Request, Session, Update,
    kernel::ports::Clock,
    people::CreateOrg,
    sales::{
        Lead,
        lead::{Rescore, Scorecard},
    },
    testing::block_on,
};
use serde_json::{Value as Json, json};

use super::world::World;

fn rules(points: i32) -> Json {
    json!([{"filter": {"field": "company", "op": "eq", "value": "Acme"}, "points": points, "reason": "it is Acme"}])
}

/// Makes a scorecard that counts more than the one that the tenant began with.
fn card(world: &World, session: &Session, points: i32) -> Scorecard {
    world.clock.set(world.clock.now().plus_days(1));
    let card = json!({"name": "Acme", "active": true, "rules": rules(points)});
    block_on(session.run(serde_json::from_value::<Create<Scorecard>>(card).unwrap())).unwrap()
}

fn change(session: &Session, card: &Scorecard, change: Json) {
    let mut with = change;
    with["scorecard"] = json!(card.id);
    block_on(session.run(serde_json::from_value::<Update<Scorecard>>(with).unwrap())).unwrap();
}

fn score(session: &Session) -> u8 {
    block_on(session.run(Create::<Lead>::new().set(Lead::COMPANY, "Acme"))).unwrap().score
}

#[test]
fn a_lead_is_scored_by_the_rules_as_they_are_and_not_as_they_were() {
    let world = World::new();
    let own = card(&world, &world.admin, 20);
    assert_eq!([score(&world.admin), score(&world.admin)], [20, 20]);
    change(&world.admin, &own, json!({"rules": rules(35)}));
    assert_eq!(score(&world.admin), 35);
    change(&world.admin, &own, json!({"rules": rules(20)}));
    assert_eq!(score(&world.admin), 20);
    change(&world.admin, &own, json!({"active": false}));
    assert_eq!(score(&world.admin), 0);
}

#[test]
fn tenants_have_scorecards_of_their_own() {
    let world = World::new();
    let other = CreateOrg::new("Other", "Bo", "bo@other.example").unwrap();
    let other = block_on(world.crm.create_org(other)).unwrap();
    card(&world, &world.admin, 20);
    card(&world, &other, 30);
    for _ in 0..2 {
        assert_eq!([score(&world.admin), score(&other)], [20, 30]);
    }
}

#[test]
fn what_was_tried_and_given_up_does_not_count() {
    let world = World::new();
    let own = card(&world, &world.admin, 20);
    let tried = json!([
        {"run": "scorecard.update", "with": {"scorecard": own.id, "rules": rules(90)}},
        {"run": "lead.create", "with": {"company": "Acme"}},
        {"run": "lead.create", "with": {}},
    ]);
    let tried: Vec<Request> = serde_json::from_value(tried).unwrap();
    assert!(block_on(world.admin.batch(tried, Envelope::default())).is_err());
    assert_eq!(score(&world.admin), 20);
}

#[test]
fn each_lead_of_a_batch_is_scored_by_what_the_batch_has_made_of_the_scorecard() {
    let world = World::new();
    let own = card(&world, &world.admin, 20);
    let requests = json!([
        {"run": "lead.create", "with": {"company": "Acme"}},
        {"run": "scorecard.update", "with": {"scorecard": own.id, "rules": rules(35)}},
        {"run": "lead.create", "with": {"company": "Acme"}},
        {"run": "scorecard.trash", "with": {"scorecard": own.id}},
        {"run": "lead.create", "with": {"company": "Acme"}},
    ]);
    let requests: Vec<Request> = serde_json::from_value(requests).unwrap();
    let answers = block_on(world.admin.batch(requests, Envelope::default())).unwrap();
    let scores: Vec<&Json> = [0, 2, 4].map(|at: usize| &answers[at]["score"]).to_vec();
    assert_eq!(scores, [20, 35, 0]);
}

#[test]
fn a_rule_looks_at_the_lead_alone() {
    let world = World::new();
    let filters = [
        json!({"through": "campaign", "filter": {"field": "name", "value": "Webinar"}}),
        json!({"field": "campaign.name", "op": "eq", "value": "Webinar"}),
        json!({"and": [{"field": "company", "value": "Acme"}, {"not": {"field": "campaign.name", "value": "Webinar"}}]}),
        json!({"has": "task"}),
    ];
    for filter in filters {
        let rule = json!([{"filter": filter, "points": 5, "reason": "it came from a webinar"}]);
        let card = json!({"name": "Far", "active": true, "rules": rule});
        let refused = block_on(world.admin.run(serde_json::from_value::<Create<Scorecard>>(card).unwrap()));
        assert_eq!(refused.unwrap_err().code(), "filter.invalid", "{filter}");
    }
}

#[test]
fn a_rule_follows_the_clock_and_stays_as_it_was_given() {
    let world = World::new();
    let own = card(&world, &world.admin, 20);
    let filter = json!({"field": "created_at", "op": "ge", "value": {"now": "-P7D"}});
    change(&world.admin, &own, json!({"rules": [{"filter": filter, "points": 30, "reason": "it is new"}]}));
    let lead = block_on(world.admin.run(Create::<Lead>::new().set(Lead::COMPANY, "Acme"))).unwrap();
    assert_eq!(lead.score, 30);
    world.clock.set(world.clock.now().plus_days(8));
    assert_eq!(score(&world.admin), 30, "another one is new");
    let rescored = block_on(world.admin.run(Rescore { lead: lead.id.into() })).unwrap();
    assert_eq!(rescored.score, 0);
    let kept = block_on(world.admin.get::<Scorecard>(own.id)).unwrap();
    assert_eq!(serde_json::to_value(&kept.rules).unwrap()[0]["filter"], filter);
}
