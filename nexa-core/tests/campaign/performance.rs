//! What a campaign brought, on the seeds' webinar, and what becomes of memberships when a lead is converted.

use super::*;

/// A lead of the webinar with 40 points: low. 50 after it attended: medium. 75 after it opened a mail and asked for a demo: high.
fn registrant(session: &Session, campaign: &Campaign, number: usize) -> String {
    let made = execute(
        session,
        "lead.create",
        json!({
            "first_name": "Ann", "last_name": format!("Number {number}"),
            "email": format!("ann{number}@company{number}.example"), "company": format!("Company {number}"),
            "company_size": "enterprise", "title": "IT Director", "source": "Webinar Q4", "campaign": campaign.id,
        }),
    )
    .unwrap();
    assert_eq!(made["score"], 40);
    made["id"].as_str().unwrap().to_owned()
}

fn signals(session: &Session, lead: &str, names: &[&str]) {
    for name in names {
        execute(session, "lead.record_engagement", json!({"lead": lead, "signal": name})).unwrap();
    }
}

fn convert(session: &Session, lead: &str) -> Json {
    let met = json!({"met": true});
    let bant = json!({"budget": met, "authority": met, "need": met, "timeline": met});
    execute(session, "lead.contact", json!({"lead": lead})).unwrap();
    execute(session, "lead.qualify", json!({"lead": lead, "bant": bant})).unwrap();
    let deal = json!({"amount": {"amount": 50_000, "currency": "USD"}});
    execute(session, "lead.convert", json!({"lead": lead, "deal": deal})).unwrap()
}

fn performance(session: &Session, campaign: &Campaign) -> Json {
    execute(session, "campaign.performance", json!({"campaign": campaign.id})).unwrap()
}

fn priced(session: &Session, cost: Json) -> Campaign {
    let create = json!({"name": "Q4 Product Webinar", "type": "webinar", "budget": cost});
    serde_json::from_value(execute(session, "campaign.create", create).unwrap()).unwrap()
}

fn usd(amount: &str) -> Json {
    json!({"amount": amount, "currency": "USD"})
}

#[test]
fn the_webinar_of_the_seeds() {
    let lisa = lisa();
    let campaign = priced(&lisa, usd("5000"));
    let before = performance(&lisa, &campaign);
    assert_eq!(before["leads"], json!({"generated": 0, "converted": 0, "conversion_rate": null}));
    assert_eq!((&before["roi_pipeline"], &before["pipeline"]["in_base"]), (&json!("-1"), &usd("0.00")));

    let mut deals = Vec::new();
    for number in 0..500 {
        let lead = registrant(&lisa, &campaign, number);
        if number < 50 {
            signals(&lisa, &lead, &["mail_opened", "demo_requested"]);
        } else if number < 250 {
            signals(&lisa, &lead, &["attended"]);
        }
        if number < 30 || (50..90).contains(&number) {
            deals.push(convert(&lisa, &lead)["deal"]["id"].clone());
        }
    }
    // Somebody whom the campaign did not bring does not count.
    lead(&lisa, "Elsewhere");
    for deal in deals.iter().take(2) {
        execute(&lisa, "deal.win", json!({"deal": deal})).unwrap();
    }

    let brought = performance(&lisa, &campaign);
    assert_eq!(brought["leads"], json!({"generated": 500, "converted": 70, "conversion_rate": "0.14"}));
    assert_eq!(brought["by_status"], json!({"new": 430, "converted": 70}));
    assert_eq!(
        brought["bands"],
        json!({
            "high": {"generated": 50, "converted": 30, "conversion_rate": "0.6"},
            "medium": {"generated": 200, "converted": 40, "conversion_rate": "0.2"},
            "low": {"generated": 250, "converted": 0, "conversion_rate": "0"},
        })
    );
    let pipeline = json!({
        "deals": 70, "amounts": [usd("3500000.00")], "in_base": usd("3500000.00"), "unpriced": 0
    });
    assert_eq!(brought["pipeline"], pipeline);
    assert_eq!(brought["won"]["in_base"], usd("100000.00"));
    assert_eq!((&brought["roi_pipeline"], &brought["roi_won"]), (&json!("699"), &json!("19")));

    // Once the actual cost is known, it counts.
    execute(&lisa, "campaign.update", json!({"campaign": campaign.id, "actual_cost": usd("7000")})).unwrap();
    let known = performance(&lisa, &campaign);
    assert_eq!((&known["cost"], &known["roi_pipeline"]), (&usd("7000.00"), &json!("499")));
}

#[test]
fn currencies_are_kept_apart_and_what_has_no_price_is_counted() {
    let lisa = lisa();
    execute(&lisa, "org.configure", json!({"rates": {"EUR": "1.1"}})).unwrap();
    let campaign = priced(&lisa, json!({"amount": 1000, "currency": "EUR"}));
    let deal = |number: usize, amount: Json| {
        let fields = json!({"name": format!("Deal {number}"), "campaign": campaign.id, "amount": amount});
        execute(&lisa, "deal.create", fields).unwrap()["id"].clone()
    };
    let amounts = [usd("100"), usd("200"), json!({"amount": 300, "currency": "EUR"})];
    let [won, ..] = [0, 1, 2].map(|number| deal(number, amounts[number].clone()));
    deal(3, json!({"amount": 400, "currency": "GBP"}));
    deal(4, json!(null));
    let lost = deal(5, usd("10000"));
    execute(&lisa, "deal.win", json!({"deal": won})).unwrap();
    execute(&lisa, "deal.lose", json!({"deal": lost, "reason": "Too dear"})).unwrap();

    let brought = performance(&lisa, &campaign);
    assert_eq!(brought["pipeline"]["deals"], 5);
    let mut apart = brought["pipeline"]["amounts"].as_array().unwrap().clone();
    apart.sort_by_key(|money| money["currency"].to_string());
    let money = |amount: &str, currency: &str| json!({"amount": amount, "currency": currency});
    assert_eq!(apart, [money("300.00", "EUR"), money("400.00", "GBP"), money("300.00", "USD")]);
    assert_eq!((&brought["pipeline"]["in_base"], &brought["pipeline"]["unpriced"]), (&usd("630.00"), &json!(2)));
    assert_eq!((&brought["won"]["in_base"], &brought["won"]["deals"]), (&usd("100.00"), &json!(1)));
    // The cost is 1,100 USD: (630 − 1,100) / 1,100.
    assert_eq!(brought["roi_pipeline"], "-0.4273");

    for cost in [json!({"amount": 1000, "currency": "GBP"}), usd("0"), json!(null)] {
        execute(&lisa, "campaign.update", json!({"campaign": campaign.id, "budget": cost})).unwrap();
        assert_eq!(performance(&lisa, &campaign)["roi_pipeline"], json!(null), "{cost}");
    }
}

#[test]
fn figures_count_what_the_actor_sees() {
    let (office, lisa) = office();
    let campaign = webinar(&lisa);
    for name in ["Ann", "Secret", "Gone"] {
        let made = lead(&lisa, name);
        block_on(lisa.run(Update::<Lead>::of(&made).set(Lead::CAMPAIGN, &campaign))).unwrap();
        if name == "Gone" {
            block_on(lisa.run(Trash::<Lead>::of(&made))).unwrap();
        }
    }
    let vera = json!({"name": "Vera", "email": "vera@acme.example", "role": "viewer"});
    let vera = execute(&lisa, "user.create", vera).unwrap();
    let vera = office.crm.user(lisa.org(), vera["id"].as_str().unwrap().parse::<Id<User>>().unwrap());
    assert_eq!(performance(&lisa, &campaign)["leads"]["generated"], 2);
    assert_eq!(performance(&vera, &campaign)["leads"]["generated"], 1);
}

#[test]
fn a_conversion_takes_memberships_to_the_contact() {
    let lisa = lisa();
    let (campaign, other, list) = (webinar(&lisa), second(&lisa), nurture(&lisa));
    let converted = registrant(&lisa, &campaign, 1);
    let lead: Ref<Lead> = converted.parse::<Id<Lead>>().unwrap().into();
    // Somebody whom we know already registers as a lead: the conversion finds them by their mail address.
    let known = json!({"last_name": "Number 1", "email": "ann1@company1.example"});
    let known: Contact = serde_json::from_value(execute(&lisa, "contact.create", known).unwrap()).unwrap();
    join(&lisa, &campaign, Some(lead.clone()), None).unwrap();
    join(&lisa, &campaign, None, Some((&known).into())).unwrap();
    join(&lisa, &other, Some(lead.clone()), None).unwrap();
    let add = contact_list::Add { contact_list: (&list).into(), leads: vec![lead], contacts: vec![] };
    block_on(lisa.run(add)).unwrap();

    assert_eq!(convert(&lisa, &converted)["contact"]["id"], json!(known.id));
    let members: Vec<CampaignMember> = all(&lisa);
    assert_eq!(members.len(), 2);
    assert!(members.iter().all(|member| member.contact == Some(known.id) && member.lead.is_none()));
    let listed: Vec<ContactListMember> = all(&lisa);
    assert_eq!(listed.iter().map(|member| (member.lead, member.contact)).collect::<Vec<_>>(), [(None, Some(known.id))]);
}

#[test]
fn a_lead_of_the_low_band_is_routed_to_a_list_once() {
    let lisa = lisa();
    let (campaign, list) = (webinar(&lisa), nurture(&lisa));
    execute(&lisa, "routing.create", json!({"band": "low", "contact_list": list.id})).unwrap();
    let lead = registrant(&lisa, &campaign, 1);
    for _ in 0..2 {
        execute(&lisa, "lead.route", json!({"lead": lead})).unwrap();
    }
    let page = block_on(lisa.ask(Members::<ContactListMember>::of(&list))).unwrap();
    assert_eq!((page.leads, page.items.len()), (1, 1));
}
