use nexa_core::{
    Create, Dependents, Find, Percent, Trash, Update,
    kernel::{entity::TrashOptions, targeted::Targeted},
    sales::{
        Deal, Pipeline,
        deal::{lifecycle::Win, stage::Move},
    },
    testing::block_on,
};
use serde_json::{Value as Json, json};

use super::world::{World, usd};

fn pipeline(fields: Json) -> Create<Pipeline> {
    serde_json::from_value(fields).unwrap()
}

fn stages(probability: u8) -> Json {
    json!([
        {"name": "talk", "probability": probability},
        {"name": "won", "probability": 100, "kind": "won"},
        {"name": "lost", "probability": 0, "kind": "lost"},
    ])
}

#[test]
fn a_new_tenant_has_the_standard_pipeline() {
    let world = World::new();
    let found = block_on(world.admin.find::<Pipeline>(Find::new())).unwrap().items;
    assert_eq!((found.len(), found[0].is_default), (1, true));
    let stages: Vec<(&str, u8)> =
        found[0].stages.iter().map(|stage| (stage.name.as_str(), stage.probability.get())).collect();
    assert_eq!(
        stages,
        [
            ("prospecting", 10),
            ("qualification", 25),
            ("proposal", 50),
            ("negotiation", 75),
            ("closed_won", 100),
            ("closed_lost", 0)
        ]
    );
}

#[test]
fn what_makes_no_pipeline_is_refused() {
    let world = World::new();
    let won = json!({"name": "won", "probability": 100, "kind": "won"});
    let lost = json!({"name": "lost", "probability": 0, "kind": "lost"});
    let open = json!({"name": "talk", "probability": 30});
    for bad in [
        json!([won, lost]),
        json!([open, won]),
        json!([open, lost]),
        json!([open, won, lost, {"name": "again", "probability": 100, "kind": "won"}]),
        json!([open, {"name": "TALK", "probability": 40}, won, lost]),
        json!([open, {"name": "won", "probability": 90, "kind": "won"}, lost]),
        json!([open, won, {"name": "lost", "probability": 1, "kind": "lost"}]),
    ] {
        let create = pipeline(json!({"name": "Renewals", "stages": bad}));
        assert_eq!(world.refused(create), "pipeline.invalid", "{bad}");
    }
}

#[test]
fn one_pipeline_is_the_default() {
    let world = World::new();
    let first = block_on(world.admin.find::<Pipeline>(Find::new())).unwrap().items.remove(0);
    let second = world.run(pipeline(json!({"name": "Renewals", "is_default": true, "stages": stages(30)})));
    assert!(!world.get(first.id).is_default);
    assert_eq!(world.refused(Update::of(&second).set(Pipeline::IS_DEFAULT, false)), "pipeline.default_needed");
    let deal = world.deal("Renewal", usd("100"));
    assert_eq!((deal.pipeline, deal.stage.as_str(), deal.probability.get()), (second.id, "talk", 30));
}

#[test]
fn open_deals_follow_a_stage_whose_probability_changes() {
    let world = World::new();
    let renewals = world.run(pipeline(json!({"name": "Renewals", "is_default": true, "stages": stages(30)})));
    let (follows, by_hand) = (world.deal("One", usd("100")), world.deal("Two", usd("100")));
    world.run(Update::of(&by_hand).set(Deal::PROBABILITY, 90));
    let edit = |stages| serde_json::from_value(json!({"pipeline": renewals.id, "stages": stages}));
    world.run::<Update<Pipeline>>(edit(stages(40)).unwrap());
    assert_eq!(world.get(follows.id).probability, Percent::new(40).unwrap());
    assert_eq!(world.get(by_hand.id).probability, Percent::new(90).unwrap());
    let renamed = json!([
        {"name": "call", "probability": 40},
        {"name": "won", "probability": 100, "kind": "won"},
        {"name": "lost", "probability": 0, "kind": "lost"},
    ]);
    assert_eq!(world.refused::<Update<Pipeline>>(edit(renamed.clone()).unwrap()), "pipeline.stage_in_use");
    let won = world.deal("Three", usd("100"));
    world.run(Win::of(&won));
    let decided = json!([
        {"name": "talk", "probability": 40},
        {"name": "signed", "probability": 100, "kind": "won"},
        {"name": "lost", "probability": 0, "kind": "lost"},
    ]);
    world.run::<Update<Pipeline>>(edit(decided).unwrap());
    assert_eq!(world.get(won.id).stage, "signed");
    // A deal in the trash may come back.
    world.run(Trash::of(&by_hand));
    world.run(Trash::of(&follows));
    assert_eq!(world.refused::<Update<Pipeline>>(edit(renamed).unwrap()), "pipeline.stage_in_use");
}

#[test]
fn a_pipeline_with_deals_goes_with_them_or_hands_them_over() {
    let world = World::new();
    let standard = block_on(world.admin.find::<Pipeline>(Find::new())).unwrap().items.remove(0);
    let copy = world.run(pipeline(json!({"name": "Copy"})));
    let renewals = world.run(pipeline(json!({"name": "Renewals", "stages": stages(30)})));
    let deal = world.deal("Plan", usd("100"));
    assert_eq!(world.refused(Trash::of(&standard)), "record.in_use");
    let hand_over = |to: &Pipeline| {
        let on_dependents = Dependents::Reassign(to.id.uuid());
        Trash(Targeted::new(&standard, TrashOptions { on_dependents }))
    };
    // Another pipeline takes only deals for which it has the stages.
    assert_eq!(world.refused(hand_over(&renewals)), "pipeline.stage_in_use");
    world.run(hand_over(&copy));
    assert_eq!(world.get(deal.id).pipeline, copy.id);
    let moved = Move { deal: (&deal).into(), stage: "proposal".try_into().unwrap() };
    assert_eq!(world.run(moved).probability.get(), 50);
}
