//! Many at once: exactly one wins, and the others are refused.

use std::{collections::BTreeSet, sync::Barrier, thread};

use nexa_crm::{Envelope, Result, Session, testing::Office};
use nexa_tests::backends;
use pollster::block_on;
use serde_json::{Value as Json, json};
use uuid::Uuid;

/// Calls an operation from one thread for each of these, all at once.
fn all_at_once(calls: &[(Session, &str, Json)]) -> Vec<Result<Json>> {
    let start = Barrier::new(calls.len());
    thread::scope(|scope| {
        let threads: Vec<_> = calls
            .iter()
            .map(|(session, operation, arguments)| {
                let start = &start;
                scope.spawn(move || {
                    start.wait();
                    block_on(session.execute(operation, arguments.clone(), Envelope::default()))
                })
            })
            .collect();
        threads.into_iter().map(|thread| thread.join().unwrap()).collect()
    })
}

/// An office on every backend.
fn everywhere(test: impl Fn(&str, Office)) {
    for backend in backends::all() {
        test(backend.name, Office::found(backend.store));
    }
}

/// Agents of the office, all in one group.
fn agents(office: &Office, count: usize) -> Vec<Session> {
    let group = office.id("group");
    (0..count)
        .map(|number| {
            let fields = json!({"name": format!("Agent {number}"), "email": format!("agent{number}@acme.example")});
            let id: Uuid = office.run("user.create", fields)["id"].as_str().unwrap().parse().unwrap();
            office.run("group.add_member", json!({"group": group, "user": id}));
            office.crm.user(office.org, id)
        })
        .collect()
}

fn codes(answers: &[Result<Json>]) -> BTreeSet<&str> {
    answers.iter().filter_map(|answer| answer.as_ref().err()).map(nexa_crm::Error::code).collect()
}

/// The one answer that is no refusal.
fn winner<'a>(label: &str, answers: &'a [Result<Json>]) -> &'a Json {
    let won: Vec<&Json> = answers.iter().filter_map(|answer| answer.as_ref().ok()).collect();
    assert_eq!(won.len(), 1, "{label}: {} won, refused: {:?}", won.len(), codes(answers));
    won[0]
}

#[test]
fn fifty_agents_claim_one_ticket() {
    everywhere(|name, office| {
        let agents = agents(&office, 50);
        for (round, waits) in [json!(null), json!({"group": office.id("group")})].into_iter().enumerate() {
            let ticket = office.run("ticket.create", json!({"subject": format!("Round {round}")}))["id"].clone();
            if !waits.is_null() {
                office.run("ticket.assign", json!({"ticket": ticket, "assignee": waits}));
            }
            let calls: Vec<_> =
                agents.iter().map(|agent| (agent.clone(), "ticket.claim", json!({"ticket": ticket}))).collect();
            let answers = all_at_once(&calls);
            let won = winner(name, &answers);
            assert_eq!(codes(&answers), BTreeSet::from(["assignee.taken"]), "{name}");
            let kept = office.run("ticket.get", json!({"ticket": ticket}));
            assert_eq!(kept["assignee"], won["assignee"], "{name}");
            let claims = office.run("ticket.history", json!({"ticket": ticket}));
            let claims = claims["items"].as_array().unwrap().iter().filter(|item| item["command"] == "ticket.claim");
            assert_eq!(claims.count(), 1, "{name}: only one claim left an event");
            // Back to where it came from.
            let back = office.run("ticket.release", json!({"ticket": ticket}));
            assert_eq!(back["assignee"], waits, "{name}");
        }
    });
}

#[test]
fn several_callers_convert_one_lead() {
    everywhere(|name, office| {
        let lead = office.id("qualified");
        office.run("lead.update", json!({"lead": lead, "company": "Soylent"}));
        let before: Vec<Json> =
            ["contact", "account", "deal"].map(|kind| office.run(&format!("{kind}.count"), json!({}))).into();
        let calls: Vec<_> = (0..8).map(|_| (office.session("admin"), "lead.convert", json!({"lead": lead}))).collect();
        let answers = all_at_once(&calls);
        // Whoever comes second gets the first answer.
        let made: BTreeSet<String> = answers
            .iter()
            .map(|answer| {
                let answer = answer.as_ref().unwrap();
                json!([answer["contact"]["id"], answer["account"]["id"], answer["deal"]["id"]]).to_string()
            })
            .collect();
        assert_eq!(made.len(), 1, "{name}: {made:?}");
        for (kind, before) in ["contact", "account", "deal"].into_iter().zip(before) {
            let now = office.run(&format!("{kind}.count"), json!({}));
            assert_eq!(now.as_u64(), before.as_u64().map(|count| count + 1), "{name}: one {kind}");
        }
    });
}

#[test]
fn conversions_that_differ_leave_one() {
    everywhere(|name, office| {
        let lead = office.id("qualified");
        let calls: Vec<_> = (1..7)
            .map(|number| {
                let deal = json!({"amount": {"amount": format!("{number}000"), "currency": "USD"}});
                (office.session("admin"), "lead.convert", json!({"lead": lead, "deal": deal}))
            })
            .collect();
        let answers = all_at_once(&calls);
        let won = winner(name, &answers);
        assert_eq!(codes(&answers), BTreeSet::from(["lead.already_converted"]), "{name}");
        let kept = office.run("lead.get", json!({"lead": lead}));
        assert_eq!(kept["converted_deal"], won["deal"]["id"], "{name}");
    });
}

#[test]
fn two_leads_of_one_company_share_the_account() {
    everywhere(|name, office| {
        let leads: Vec<Json> = (0..4)
            .map(|number| {
                let fields = json!({"email": format!("l{number}@soylent.example"), "company": "Soylent"});
                let lead = office.run("lead.create", fields)["id"].clone();
                office.run("lead.contact", json!({"lead": lead}));
                let criteria = nexa_tests::samples::all_criteria();
                office.run("lead.qualify", json!({"lead": lead, "bant": criteria}));
                lead
            })
            .collect();
        let calls: Vec<_> =
            leads.iter().map(|lead| (office.session("admin"), "lead.convert", json!({"lead": lead}))).collect();
        let accounts: BTreeSet<String> =
            all_at_once(&calls).into_iter().map(|answer| answer.unwrap()["account"]["id"].to_string()).collect();
        assert_eq!(accounts.len(), 1, "{name}");
    });
}

#[test]
fn merges_in_opposite_directions_leave_one_survivor() {
    everywhere(|name, office| {
        for kind in ["lead", "contact", "account", "ticket"] {
            for round in 0..5 {
                let fields = |side: &str| match kind {
                    "account" => json!({"name": format!("{side} {round}")}),
                    "ticket" => json!({"subject": format!("{side} {round}")}),
                    _ => json!({"email": format!("{kind}.{side}{round}@example.com")}),
                };
                let [a, b] = ["a", "b"].map(|side| office.run(&format!("{kind}.create"), fields(side))["id"].clone());
                let admin = office.session("admin");
                let merge = format!("{kind}.merge");
                let calls = [
                    (admin.clone(), merge.as_str(), json!({kind: a, "other": b})),
                    (admin.clone(), merge.as_str(), json!({kind: b, "other": a})),
                ];
                let answers = all_at_once(&calls);
                let won = winner(&format!("{name}, {kind}"), &answers);
                assert_eq!(codes(&answers), BTreeSet::from(["merge.cycle"]), "{name}, {kind}");
                for id in [&a, &b] {
                    let found = office.run(&format!("{kind}.get"), json!({kind: id}));
                    assert_eq!(found["id"], won["id"], "{name}, {kind}: {id} finds the survivor");
                    assert_eq!(found["deleted_at"], Json::Null, "{name}, {kind}: the survivor lives");
                }
                let again = office.run_as("admin", &merge, json!({kind: b, "other": a})).unwrap_err();
                assert_eq!(again.code(), "merge.cycle", "{name}, {kind}: into itself");
            }
        }
    });
}

#[test]
fn a_chain_of_merges_finds_its_end() {
    everywhere(|name, office| {
        let contacts: Vec<Json> = (0..6)
            .map(|number| {
                office.run("contact.create", json!({"email": format!("c{number}@example.com")}))["id"].clone()
            })
            .collect();
        // Each into the next, all at once: whatever the order, one is left.
        let calls: Vec<_> = contacts
            .windows(2)
            .map(|pair| (office.session("admin"), "contact.merge", json!({"contact": pair[1], "other": pair[0]})))
            .collect();
        for answer in all_at_once(&calls) {
            answer.unwrap();
        }
        let found: BTreeSet<String> = contacts
            .iter()
            .map(|contact| office.run("contact.get", json!({"contact": contact}))["id"].to_string())
            .collect();
        assert_eq!(found.len(), 1, "{name}");
    });
}

#[test]
fn one_of_many_gets_a_unique_value() {
    everywhere(|name, office| {
        let calls: Vec<_> =
            (0..12).map(|_| (office.session("admin"), "lead.create", json!({"email": "one@example.com"}))).collect();
        let answers = all_at_once(&calls);
        winner(name, &answers);
        assert_eq!(codes(&answers), BTreeSet::from(["lead.email_taken"]), "{name}");
    });
}

#[test]
fn one_idempotency_key_runs_once() {
    everywhere(|name, office| {
        let before = office.run("task.count", json!({})).as_u64();
        let start = Barrier::new(10);
        let answers: BTreeSet<String> = thread::scope(|scope| {
            let threads: Vec<_> = (0..10)
                .map(|_| {
                    let (session, start) = (office.session("agent"), &start);
                    scope.spawn(move || {
                        start.wait();
                        block_on(session.execute("task.create", json!({"title": "Call"}), Envelope::once("call")))
                            .unwrap()
                    })
                })
                .collect();
            threads.into_iter().map(|thread| thread.join().unwrap().to_string()).collect()
        });
        assert_eq!(answers.len(), 1, "{name}");
        assert_eq!(office.run("task.count", json!({})).as_u64(), before.map(|count| count + 1), "{name}");
    });
}

#[test]
fn two_writers_close_no_circle_of_accounts() {
    everywhere(|name, office| {
        for _ in 0..10 {
            let (a, b) = (office.id("account"), office.id("other_account"));
            let admin = office.session("admin");
            let calls = [
                (admin.clone(), "account.update", json!({"account": a, "parent": b})),
                (admin.clone(), "account.update", json!({"account": b, "parent": a})),
            ];
            let answers = all_at_once(&calls);
            winner(name, &answers);
            assert_eq!(codes(&answers), BTreeSet::from(["account.hierarchy_cycle"]), "{name}");
            for account in [a, b] {
                office.run("account.update", json!({"account": account, "parent": null}));
            }
        }
    });
}

#[test]
fn one_admin_stays() {
    everywhere(|name, office| {
        let users: Vec<Uuid> = ["user", "agent", "colleague"].map(|word| office.id(word)).into();
        for user in &users {
            office.run("user.update", json!({"user": user, "role": "admin"}));
        }
        // Everybody throws everybody else out.
        let calls: Vec<_> = users
            .iter()
            .copied()
            .chain([office.id("admin")])
            .map(|user| (office.session("system"), "user.deactivate", json!({"user": user, "on_open_work": "release"})))
            .collect();
        let answers = all_at_once(&calls);
        assert_eq!(codes(&answers), BTreeSet::from(["user.last_admin"]), "{name}");
        let admins = json!({"and": [{"field": "role", "value": "admin"}, {"field": "active", "value": true}]});
        let left = office.run_as("system", "user.count", json!({"filter": admins})).unwrap();
        assert_eq!(left, 1, "{name}");
    });
}

#[test]
fn numbers_are_given_once_and_without_a_gap() {
    everywhere(|name, office| {
        let before = office.run("ticket.count", json!({})).as_u64().unwrap();
        let calls: Vec<_> = (0..24)
            .map(|number| (office.session("agent"), "ticket.create", json!({"subject": format!("{number}")})))
            .collect();
        let numbers: BTreeSet<String> = all_at_once(&calls)
            .into_iter()
            .map(|answer| answer.unwrap()["number"].as_str().unwrap().to_owned())
            .collect();
        let expected: BTreeSet<String> = (before + 1..=before + 24).map(|number| format!("T-{number:06}")).collect();
        assert_eq!(numbers, expected, "{name}");
        let events = office.events();
        let dense = events.iter().zip(1_u64..).all(|(item, at)| match item {
            nexa_crm::FeedItem::Changed(change) => change.seq == at,
            _ => false,
        });
        assert!(dense, "{name}: the ledger has a gap");
        office.run("ledger.verify", json!({}));
    });
}
