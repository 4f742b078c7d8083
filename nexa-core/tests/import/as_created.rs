//! Import has what create has: for every kind and every field the same record comes of both.

use nexa_core::{
    Envelope,
    kernel::record::{FieldDef, RecordDef},
    testing::block_on,
};
use serde_json::{Map, Value as Json, json};

use super::importer::Importer;

fn call(office: &Importer, operation: &str, arguments: Json) -> nexa_core::Result<Json> {
    block_on(office.session.execute(operation, arguments, Envelope::default()))
}

fn run(office: &Importer, operation: &str, arguments: Json) -> Json {
    call(office, operation, arguments).unwrap_or_else(|error| panic!("{operation}: {error}"))
}

/// A tenant with one record of each kind that others point at, the same each time.
fn office() -> (Importer, Map<String, Json>) {
    let office = Importer::new();
    let mut ids = Map::new();
    let group = run(&office, "group.create", json!({"name": "Desk"}))["id"].clone();
    let user = run(&office, "user.create", json!({"name": "Maria", "email": "maria@desk.example"}))["id"].clone();
    run(&office, "group.add_member", json!({"group": group, "user": user}));
    let account = run(&office, "account.create", json!({"name": "Acme"}))["id"].clone();
    let contact = run(&office, "contact.create", json!({"email": "c@acme.example", "account": account}))["id"].clone();
    let campaign = run(&office, "campaign.create", json!({"name": "Fair", "type": "event"}))["id"].clone();
    let pipeline = run(&office, "pipeline.find", json!({}))["items"][0]["id"].clone();
    ids.insert("stages".to_owned(), run(&office, "pipeline.find", json!({}))["items"][0]["stages"].clone());
    ids.insert("rules".to_owned(), run(&office, "scorecard.find", json!({}))["items"][0]["rules"].clone());
    let card = run(&office, "health_card.create", json!({"name": "Before"}));
    ids.insert("factors".to_owned(), card["factors"].clone());
    let weekly = json!({"monday": [{"from": "09:00", "to": "17:00"}]});
    let calendar = run(&office, "calendar.create", json!({"name": "Office", "weekly": weekly}))["id"].clone();
    ids.insert("weekly".to_owned(), weekly);
    ids.insert("goals".to_owned(), json!([{"first_response": 60}]));
    let ticket = run(&office, "ticket.create", json!({"subject": "Before"}))["id"].clone();
    let list = run(&office, "contact_list.create", json!({"name": "Nurture"}))["id"].clone();
    let lead = run(&office, "lead.create", json!({"company": "Before"}))["id"].clone();
    let deal = run(&office, "deal.create", json!({"name": "Before"}))["id"].clone();
    let product = run(&office, "product.create", json!({"name": "Before"}))["id"].clone();
    let book = run(&office, "price_book.create", json!({"name": "Before", "currency": "EUR"}))["id"].clone();
    let tiers = json!([{"from_quantity": "1.00", "unit_price": {"amount": "12.50", "currency": "EUR"}}]);
    ids.insert("tiers".to_owned(), tiers.clone());
    run(&office, "price.create", json!({"price_book": book, "product": product, "tiers": tiers}));
    let unpriced = run(&office, "product.create", json!({"name": "Without"}))["id"].clone();
    let text = json!([{"locale": "en", "subject": "Hi", "text": "Hello"}]);
    let template = run(&office, "template.create", json!({"name": "Before", "texts": text}))["id"].clone();
    let version = run(&office, "template.publish", json!({"template": template}))["id"].clone();
    let topic = run(&office, "topic.find", json!({}))["items"][0]["id"].clone();
    let sender = json!({"name": "Before", "address": "before@z.example"});
    let sender = run(&office, "sender.create", sender)["id"].clone();
    let task = run(&office, "task.create", json!({"title": "Before"}))["id"].clone();
    let category = run(&office, "category.create", json!({"name": "Before"}))["id"].clone();
    let release = run(&office, "release.create", json!({"name": "1.0.0"}))["id"].clone();
    let project = run(&office, "project.create", json!({"name": "Before"}))["id"].clone();
    for (kind, id) in [
        ("project", project),
        ("release", release),
        ("sender", sender),
        ("category", category),
        ("task", task),
        ("topic", topic),
        ("template_version", version),
        ("contact_list", list),
        ("lead", lead),
        ("deal", deal),
        ("group", group),
        ("user", user),
        ("account", account),
        ("contact", contact),
        ("campaign", campaign),
        ("pipeline", pipeline),
        ("ticket", ticket),
        ("calendar", calendar),
        ("product", product),
        ("unpriced", unpriced),
        ("price_book", book),
    ] {
        ids.insert(kind.to_owned(), id);
    }
    run(&office, "field.define", json!({"of_kind": "lead", "name": "seats", "holds": "number"}));
    (office, ids)
}

/// What every record of a kind needs.
fn base(kind: &str, ids: &Map<String, Json>) -> Option<Map<String, Json>> {
    let fields = match kind {
        "lead" | "contact" => json!({"last_name": "New"}),
        "account" | "contact_list" | "group" | "health_card" | "scorecard" | "template" => json!({"name": "New"}),
        "calendar" => json!({"name": "New", "weekly": ids["weekly"]}),
        "target" => json!({"name": "New", "goals": ids["goals"]}),
        "pipeline" => json!({"name": "New"}),
        "rate" => json!({"currency": "EUR", "valid_from": "2026-01-01", "value": "1.1"}),
        "campaign" => json!({"name": "New", "type": "event"}),
        "deal" => json!({"name": "New"}),
        "product" | "price_book" => json!({"name": "New"}),
        "price" => json!({"price_book": ids["price_book"], "product": ids["unpriced"], "tiers": ids["tiers"]}),
        "tax_rate" => {
            json!({"name": "New", "tax_class": "standard", "country": "DE", "rate": "19", "valid_from": "2026-01-01"})
        }
        "topic" => json!({"name": "New", "key": "new"}),
        "sender" | "inbox" => json!({"name": "New", "address": "new@z.example"}),
        "line" => {
            json!({"deal": ids["deal"], "name": "New", "unit_price": {"amount": "12.50", "currency": "EUR"}})
        }
        "call" => json!({"direction": "incoming", "recording_consent": true}),
        "note" => json!({"body": "New"}),
        "project" | "playbook" | "workflow" => json!({"name": "New"}),
        "meeting" => json!({"title": "New", "starts_at": "2026-03-31T09:15:00.000000Z"}),
        "task" => json!({"title": "New"}),
        "ticket" => json!({"subject": "New"}),
        "category" => json!({"name": "New"}),
        "article" => json!({}),
        "bug" | "feature_request" => json!({"title": "New"}),
        "release" => json!({"name": "2.1.6"}),
        "user" => json!({"name": "New", "email": "new@desk.example"}),
        "routing" => json!({"band": "high", "group": ids["group"]}),
        _ => return None,
    };
    fields.as_object().cloned()
}

/// Values of which one fits a field.
fn candidates(field: &FieldDef, ids: &Map<String, Json>, def: &RecordDef) -> Vec<Json> {
    use nexa_core::kernel::record::ColumnType;
    let column = &def.columns[field.first];
    match (field.name, column.kind) {
        ("type", _) if def.kind == "campaign" => return vec![json!("webinar")],
        ("custom", _) if def.kind != "lead" => return vec![json!({})],
        ("stage", _) if def.kind == "deal" => return vec![json!("proposal")],
        ("ends_at", _) => return vec![json!("2026-03-31T10:15:00.000000Z")],
        ("project", _) if def.kind == "playbook" => return vec![json!({"name": "Start"})],
        ("tasks", _) => return vec![json!([{"key": "call", "title": "Call"}])],
        ("meetings", _) => {
            return vec![json!([{"key": "kickoff", "title": "Kickoff", "due": {"after": "P3D", "at": "10:00"}}])];
        }
        ("notes", _) if def.kind == "playbook" => return vec![json!([{"key": "handoff", "body": "Text"}])],
        ("trigger", _) => return vec![json!({"manual": {"kind": "deal"}})],
        ("filter", _) if def.kind == "workflow" => {
            return vec![json!({"field": "status", "op": "eq", "value": "open"})];
        }
        ("settings", _) => return vec![json!({"days": 3})],
        ("steps", _) => return vec![json!([{"id": "end", "stop": "Nothing to do"}])],
        ("limits", _) => return vec![json!({"per_record": "once", "per_hour": 7, "allow_loop": false})],
        ("parent", _) if def.kind == "category" => return vec![ids["category"].clone()],
        ("parent", _) if def.kind == "task" => return vec![ids["task"].clone()],
        ("checklist", _) => return vec![json!([{"text": "Ask", "done": true}])],
        ("parent", _) | ("account", _) => return vec![ids["account"].clone()],
        ("started_at", _) => return vec![json!("2025-11-14T10:00:00.000000Z")],
        ("key", _) => return vec![json!("other")],
        ("filter", _) => return vec![json!({"field": "priority", "op": "eq", "value": "high"})],
        ("holidays", _) => return vec![json!(["2026-12-25"])],
        ("exceptions", _) => return vec![json!([{"day": "2026-12-24", "hours": ids["weekly"]["monday"]}])],
        ("stages" | "rules" | "weekly" | "factors" | "goals", _) => return vec![ids[field.name].clone()],
        ("calibration", _) => return vec![json!({"slope": 0.04, "at_fifty": -0.5, "horizon_days": 90})],
        ("about", _) => {
            let account = json!({"kind": "account", "id": ids["account"]});
            return vec![account.clone(), json!([account])];
        }
        ("product", _) if def.kind == "price" => return vec![ids["unpriced"].clone()],
        ("tiers", _) => return vec![ids["tiers"].clone()],
        ("about_kind", _) => return vec![json!("deal")],
        ("default_locale", _) => return vec![json!("pt-BR")],
        ("texts", _) if def.kind == "article" => {
            return vec![json!([{"locale": "en", "title": "New", "slug": "new", "body": "Text"}])];
        }
        ("texts", _) => return vec![json!([{"locale": "en", "text": "Hello"}])],
        ("variables", _) => return vec![json!([{"name": "link", "type": "text", "required": true}])],
        ("partials", _) => return vec![json!([{"name": "footer", "version": ids["template_version"]}])],
        ("discount", _) => return vec![json!({"rate": "10.00"})],
        ("unit_price", _) => return vec![json!({"amount": "7.25", "currency": "EUR"})],
        ("target_quarter", _) => return vec![json!("2026-Q1")],
        ("changes", _) => return vec![json!(["Faster"])],
        ("readers", _) => return vec![json!([{"user": ids["user"]}])],
        (_, ColumnType::Reference(kind)) if field.count == 1 => return ids.get(kind).cloned().into_iter().collect(),
        (_, ColumnType::Enum(names)) if field.count == 1 => return vec![json!(names[names.len() - 1])],
        _ => {}
    }
    vec![
        json!({"amount": "12.50", "currency": "EUR"}),
        json!({"user": ids["user"]}),
        json!({"city": "Bonn", "postal_code": "01234"}),
        json!({"seats": 5}),
        json!([{"system": "erp", "key": "007"}]),
        json!(["a@z.example"]),
        json!(["5550100"]),
        json!(["one", "two"]),
        json!("2026-03-31"),
        json!("2026-03-31T09:15:00.000000Z"),
        json!("a@z.example"),
        json!("https://z.example/x"),
        json!("5550100"),
        json!("Some text"),
        json!("EUR"),
        json!("pt-BR"),
        json!("Europe/Berlin"),
        json!(7),
        json!(true),
    ]
}

/// The record without what no two records have in common.
fn comparable(mut record: Json) -> Json {
    let fields = record.as_object_mut().unwrap();
    for own in ["id", "version", "created_at", "updated_at", "external_keys_added", "rank"] {
        fields.remove(own);
    }
    // A row that has nothing of its own keeps the hash of its text.
    if let Some(Json::Array(keys)) = fields.get_mut("external_keys") {
        keys.retain(|key| key["system"] != "import");
    }
    record
}

fn newest(office: &Importer, kind: &str, before: &[Json]) -> Json {
    let found = run(office, &format!("{kind}.find"), json!({"limit": 100}))["items"].as_array().unwrap().clone();
    let new: Vec<Json> = found.into_iter().filter(|item| !before.contains(&item["id"])).collect();
    assert_eq!(new.len(), 1, "{kind}");
    new[0].clone()
}

fn ids_of(office: &Importer, kind: &str) -> Vec<Json> {
    let found = run(office, &format!("{kind}.find"), json!({"limit": 100}))["items"].as_array().unwrap().clone();
    found.iter().map(|item| item["id"].clone()).collect()
}

/// Lists that a cell holds as JSON.
const LISTS: [&str; 6] = ["changes", "holidays", "aliases", "relays", "blocked", "trusted_servers"];

/// A row of a file for these fields, as an export writes them.
fn cells(fields: &Map<String, Json>) -> Option<(Vec<String>, Vec<String>)> {
    let (mut header, mut row) = (Vec::new(), Vec::new());
    for (name, value) in fields {
        match value {
            Json::Object(parts)
                if ![
                    "custom",
                    "weekly",
                    "discount",
                    "per_domain",
                    "calibration",
                    "project",
                    "trigger",
                    "filter",
                    "settings",
                    "limits",
                ]
                .contains(&name.as_str()) =>
            {
                for (part, value) in parts {
                    header.push(format!("{name}.{part}"));
                    row.push(value.as_str().map_or_else(|| value.to_string(), str::to_owned));
                }
            }
            Json::Array(list) if !LISTS.contains(&name.as_str()) && list.iter().all(Json::is_string) => {
                header.push(name.clone());
                row.push(list.iter().filter_map(Json::as_str).collect::<Vec<_>>().join("; "));
            }
            value => {
                header.push(name.clone());
                row.push(value.as_str().map_or_else(|| value.to_string(), str::to_owned));
            }
        }
    }
    let quoted = |texts: Vec<String>| texts.iter().map(|text| format!("\"{}\"", text.replace('"', "\"\""))).collect();
    Some((quoted(header), quoted(row)))
}

/// Fields that no new record can have: the primary contact is one of an account's own contacts.
const ONLY_LATER: &[(&str, &str)] = &[("account", "primary_contact")];

#[test]
fn every_field_that_create_takes_import_takes_with_the_same_result() {
    let (probe, _) = office();
    let kinds: Vec<&'static RecordDef> = probe.crm.kinds().all().to_vec();
    let mut tried = 0;
    let mut wrong: Vec<String> = Vec::new();
    for def in kinds {
        let names = probe.crm.catalog();
        if names.operation(&format!("{}.import_rows", def.kind)).is_err()
            || names.operation(&format!("{}.create", def.kind)).is_err()
        {
            continue;
        }
        for field in def.fields.iter().filter(|field| field.editable) {
            let (by_create, ids) = office();
            let base = base(def.kind, &ids).unwrap_or_else(|| panic!("say what a {} needs", def.kind));
            let before = ids_of(&by_create, def.kind);
            let mut created = None;
            for value in candidates(field, &ids, def) {
                let mut fields = base.clone();
                fields.insert(field.name.to_owned(), value);
                if def.kind == "meeting" && ["start_date", "end_date"].contains(&field.name) {
                    // Days instead of moments.
                    fields.remove("starts_at");
                    fields.insert("start_date".to_owned(), json!("2026-03-31"));
                }
                if field.name == "contact_list" {
                    // A band goes to a group or to a list.
                    fields.remove("group");
                }
                if call(&by_create, &format!("{}.create", def.kind), Json::Object(fields.clone())).is_ok() {
                    created = Some(fields);
                    break;
                }
            }
            let Some(fields) = created else {
                if !ONLY_LATER.contains(&(def.kind, field.name)) {
                    wrong.push(format!("give a value for {}.{}", def.kind, field.name));
                }
                continue;
            };
            let created = comparable(newest(&by_create, def.kind, &before));
            let (header, row) = cells(&fields).unwrap();
            let imports = [
                ("import_rows", json!({"rows": [fields]})),
                ("import_csv", json!({"csv": format!("{}\n{}\n", header.join(","), row.join(","))})),
            ];
            for (import, arguments) in imports {
                let (by_import, _) = office();
                let before = ids_of(&by_import, def.kind);
                let place = format!("{}.{} by {import}: {arguments}", def.kind, field.name);
                let report = run(&by_import, &format!("{}.{import}", def.kind), arguments);
                if report["created"] != 1 {
                    wrong.push(format!("{place}: {}", report["problems"]));
                    continue;
                }
                let imported = comparable(newest(&by_import, def.kind, &before));
                for (name, value) in created.as_object().unwrap() {
                    if imported[name] != *value {
                        wrong.push(format!("{place}: {name} is {}, not {value}", imported[name]));
                    }
                }
            }
            tried += 1;
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    assert!(tried > 90, "{tried}");
}
