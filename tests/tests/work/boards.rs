//! The order of cards on boards.

use std::{collections::BTreeSet, sync::Barrier, thread};

use nexa_crm::{Envelope, FeedItem, testing::Office};
use pollster::block_on;
use serde_json::{Value as Json, json};

use super::{everywhere, refused, task};

/// The cards of a column by their order, each as its title or name.
fn column(office: &Office, kind: &str, field: &str, of: &str) -> Vec<String> {
    let filter = json!({"field": field, "op": "eq", "value": of});
    let find = json!({"filter": filter, "sort": ["rank"], "limit": 1_000});
    let found = office.run(&format!("{kind}.find"), find);
    let text = |card: &Json| card["title"].as_str().or(card["name"].as_str()).unwrap().to_owned();
    found["items"].as_array().unwrap().iter().map(text).collect()
}

fn todo(office: &Office) -> String {
    column(office, "task", "status", "todo").join(" ")
}

/// How many records the last call changed.
fn changed(office: &Office, head: u64) -> u64 {
    office.head() - head
}

/// Case 50: the column was changed and the drop position lost; column and order are one event here.
#[test]
fn a_card_goes_where_it_is_dropped_with_one_row_written() {
    everywhere(|name, office| {
        let all: Vec<Json> = ["A", "B", "C", "D"].map(|title| task(&office, title, json!({}))).into();
        assert_eq!(todo(&office), "A B C D", "{name}: new ones stand behind the others");
        for (with, order) in [
            (json!({"task": all[3], "first": true}), "D A B C"),
            (json!({"task": all[0], "after": all[1]}), "D B A C"),
            (json!({"task": all[2], "before": all[3]}), "C D B A"),
            (json!({"task": all[3], "last": true}), "C B A D"),
        ] {
            let head = office.head();
            let placed = office.run("task.place", with.clone());
            assert_eq!(todo(&office), order, "{name}: {with}");
            assert_eq!((changed(&office, head), &placed["neighbour_gone"]), (1, &json!(false)), "{name}: {with}");
        }
        task(&office, "E", json!({}));
        assert_eq!(todo(&office), "C B A D E", "{name}");
        let head = office.head();
        office.run("task.place", json!({"task": all[1], "status": "in_progress", "last": true}));
        assert_eq!(changed(&office, head), 1, "{name}: status and place are one event");
        // Its neighbour has gone to another column meanwhile.
        let placed = office.run("task.place", json!({"task": all[2], "before": all[1]}));
        assert_eq!((placed["neighbour_gone"].clone(), todo(&office)), (json!(true), "A D E C".to_owned()), "{name}");
        for (with, code) in [
            (json!({"task": all[0]}), "place.unsaid"),
            (json!({"task": all[0], "first": true, "last": true}), "place.unsaid"),
            (json!({"task": all[0], "after": all[0]}), "place.itself"),
        ] {
            assert_eq!(refused(&office, "task.place", with), code, "{name}");
        }
    });
}

#[test]
fn a_refused_move_changes_neither_column_nor_order() {
    everywhere(|name, office| {
        let [whole, other] = ["Whole", "Other"].map(|title| task(&office, title, json!({})));
        task(&office, "Part", json!({"parent": whole}));
        let done = json!({"task": whole, "status": "done", "first": true});
        assert_eq!(refused(&office, "task.place", done), "task.subtasks_open", "{name}");
        office.run("task.add_dependency", json!({"task": other, "depends_on": whole}));
        let done = json!({"task": other, "status": "done", "first": true});
        assert_eq!(refused(&office, "task.place", done), "task.blocked", "{name}");
        assert_eq!(todo(&office), "Whole Other Part", "{name}");
    });
}

/// Case 26, on a board: a deal was dropped on "Lost" without a reason.
#[test]
fn deals_are_placed_in_their_stages_by_the_same_rules() {
    everywhere(|name, office| {
        let deal = |deal: &str| {
            office.clock.advance(std::time::Duration::from_secs(1));
            office.run("deal.create", json!({"name": deal}))["id"].clone()
        };
        let [a, b, c] = ["A", "B", "C"].map(deal);
        let stage = |stage: &str| column(&office, "deal", "stage", stage).join(" ");
        office.run("deal.place", json!({"deal": c, "before": b}));
        assert_eq!(stage("prospecting"), "A C B", "{name}");
        let head = office.head();
        let placed = office.run("deal.place", json!({"deal": a, "stage": "proposal", "first": true}));
        let deal = &placed["deal"];
        assert_eq!((&deal["stage"], &deal["probability"]), (&json!("proposal"), &json!(50)), "{name}");
        let of_deal =
            |item: &FeedItem| item.seq() > head && matches!(item, FeedItem::Changed(change) if change.kind == "deal");
        assert_eq!(office.events().iter().filter(|item| of_deal(item)).count(), 1, "{name}");
        for decided in ["closed_lost", "closed_won"] {
            let with = json!({"deal": a, "stage": decided, "first": true});
            assert_eq!(refused(&office, "deal.place", with), "deal.use_win_or_lose", "{name}");
        }
        let unknown = json!({"deal": a, "stage": "nowhere", "last": true});
        assert_eq!(refused(&office, "deal.place", unknown), "deal.stage_unknown", "{name}");
        office.run("deal.lose", json!({"deal": a, "reason": "Too dear"}));
        let back = json!({"deal": a, "stage": "proposal", "last": true});
        assert_eq!(refused(&office, "deal.place", back), "deal.closed", "{name}");
        assert_eq!(stage("prospecting"), "C B", "{name}");
    });
}

/// Case 50: an order key was inserted while a column was respaced.
#[test]
fn a_full_column_is_respaced_in_the_same_unit_without_changing_its_order() {
    everywhere(|name, office| {
        let all: Vec<Json> = ["A", "B", "C", "D"].map(|title| task(&office, title, json!({}))).into();
        let (mut moving, mut respaced) = ([2, 3], 0);
        for round in 0..400 {
            let head = office.head();
            office.run("task.place", json!({"task": all[moving[0]], "after": all[0]}));
            respaced += u32::from(changed(&office, head) > 1);
            let order = if round % 2 == 0 { ["A", "C", "D", "B"] } else { ["A", "D", "C", "B"] };
            if round > 0 {
                assert_eq!(todo(&office), order.join(" "), "{name}: round {round}");
            }
            moving.reverse();
            if round == 0 {
                office.run("task.place", json!({"task": all[1], "last": true}));
            }
        }
        assert!((1..10).contains(&respaced), "{name}: respaced {respaced} times");
        let find = office.run("task.find", json!({"sort": ["rank"]}));
        let ranks = find["items"].as_array().unwrap().iter().map(|task| task["rank"].as_str().unwrap().len());
        assert!(ranks.clone().all(|length| length <= 64), "{name}: {:?}", ranks.collect::<Vec<_>>());
    });
}

/// A generator of numbers that is the same on every backend.
fn next(state: &mut u64) -> usize {
    *state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
    usize::try_from(*state >> 33).unwrap()
}

/// A random move of one of these cards.
fn random_move(cards: &[Json], state: &mut u64) -> Json {
    let mut pick = || &cards[next(state) % cards.len()];
    let (card, neighbour) = (pick().clone(), pick().clone());
    let status = ["todo", "in_progress"][next(state) % 2];
    let mut with = json!({"task": card, "status": status});
    match next(state) % 5 {
        0 => with["first"] = json!(true),
        1 => with["last"] = json!(true),
        2 | 3 if neighbour != card => with["after"] = neighbour,
        _ if neighbour != card => with["before"] = neighbour,
        _ => with["last"] = json!(true),
    }
    with
}

#[test]
fn random_moves_leave_the_same_order_on_all_backends() {
    let orders = std::cell::RefCell::new(BTreeSet::new());
    everywhere(|_, office| {
        let cards: Vec<Json> = (0..25).map(|card| task(&office, &format!("Card {card}"), json!({}))).collect();
        let mut state = 7;
        for _ in 0..300 {
            office.run("task.place", random_move(&cards, &mut state));
        }
        let order = ["todo", "in_progress"].map(|status| column(&office, "task", "status", status));
        assert_eq!(order.iter().map(Vec::len).sum::<usize>(), 25);
        orders.borrow_mut().insert(order);
    });
    assert_eq!(orders.into_inner().len(), 1);
}

/// Section 5, check 12, at a small size: sixteen callers move cards at random.
#[test]
fn sixteen_callers_at_once_lose_no_card_and_give_no_two_the_same_place() {
    everywhere(|name, office| {
        let cards: Vec<Json> = (0..40).map(|card| task(&office, &format!("Card {card}"), json!({}))).collect();
        let start = Barrier::new(16);
        thread::scope(|scope| {
            for caller in 0..16_u64 {
                let (session, cards, start) = (office.session("agent"), &cards, &start);
                scope.spawn(move || {
                    let mut state = caller + 1;
                    start.wait();
                    for _ in 0..25 {
                        let with = random_move(cards, &mut state);
                        block_on(session.execute("task.place", with, Envelope::default())).unwrap();
                    }
                });
            }
        });
        let mut seen = 0;
        for status in ["todo", "in_progress"] {
            let filter = json!({"field": "status", "op": "eq", "value": status});
            let found = office.run("task.find", json!({"filter": filter, "sort": ["rank"], "limit": 100}));
            let ranks: Vec<&str> =
                found["items"].as_array().unwrap().iter().map(|task| task["rank"].as_str().unwrap()).collect();
            assert!(ranks.is_sorted_by(|before, after| before < after), "{name}: {ranks:?}");
            seen += ranks.len();
        }
        assert_eq!(seen, 40, "{name}");
        office.run("ledger.verify", json!({"rows": true}));
    });
}
