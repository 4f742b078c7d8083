//! A thousand malformed commands at the door for JSON: a typed refusal each, and nothing changes.
//!
//! `NEXA_CASES` says how many are tried, `NEXA_SEED` where chance starts.

use std::collections::BTreeMap;

use nexa_crm::{
    Envelope, Error, Principal,
    kernel::{
        catalog::Entry,
        error::codes,
        record::{ColumnType, FieldDef, RecordDef},
    },
    testing::{Office, Random},
};
use nexa_tests::{
    backends::{self, Backend},
    samples::Samples,
};
use pollster::block_on;
use serde_json::{Value as Json, json};
use uuid::Uuid;

/// A malformed call, and what is wrong with it.
struct Call {
    wrong: &'static str,
    operation: String,
    arguments: Json,
    envelope: Envelope,
}

/// Spoils well-formed calls.
struct Spoiler<'a> {
    office: &'a Office,
    random: Random,
    samples: Vec<(&'a Entry, Json)>,
    catalog: Json,
}

impl<'a> Spoiler<'a> {
    fn new(office: &'a Office, seed: u64) -> Self {
        let catalog = office.crm.catalog();
        Self {
            office,
            random: Random::new(seed),
            samples: office.commands(catalog).collect(),
            catalog: catalog.document(office.crm.kinds()),
        }
    }

    /// The next malformed call; `None` when the sample has nothing to spoil in this way.
    fn call(&self) -> Option<Call> {
        let (operation, sample) = self.random.pick(&self.samples)?;
        let mut arguments = sample.clone();
        let mut envelope = Envelope::default();
        let mut name = operation.name.to_owned();
        let wrong = match self.random.below(14) {
            0 => self.wrong_type(&mut arguments)?,
            1 => self.missing(operation, &mut arguments)?,
            2 => {
                arguments["no_such_field"] = json!(1);
                "unknown field"
            }
            3 => self.replace(&mut arguments, &|_| true, &|_| json!("x".repeat(2 << 20)), "huge text")?,
            4 => {
                let marks = ["a\u{0}b", "\u{1b}[2J", "line\u{7f}"];
                let mark = marks[self.random.below(marks.len())];
                self.replace(&mut arguments, &|_| true, &|_| json!(mark), "control characters")?
            }
            5 => self.replace(&mut arguments, &|_| true, &|_| nested(120), "deep nesting")?,
            6 => self.bad_field(operation, &mut arguments, is_number, &|_| self.number(), "no number of the field")?,
            7 => {
                let bad = ["not-a-uuid", "", "019a9118-9a20-7000-9deb", "{}"][self.random.below(4)];
                self.replace(&mut arguments, &is_id, &|_| json!(bad), "no id")?
            }
            8 => self.replace(&mut arguments, &is_id, &|_| json!(Uuid::from_u128(7)), "an id of nothing")?,
            9 => self.replace(&mut arguments, &is_id, &|id| self.of_another_kind(id), "an id of another kind")?,
            10 => {
                arguments =
                    [json!(null), json!([]), json!("text"), json!(5), json!([1, 2])][self.random.below(5)].clone();
                "no object"
            }
            11 => {
                self.bad_field(operation, &mut arguments, is_enum, &|_| json!("no_such_value"), "no value of the list")?
            }
            12 => self.bad_field(operation, &mut arguments, is_date, &|_| self.date(), "no date")?,
            _ => match self.random.below(4) {
                0 => {
                    envelope.idempotency_key = Some([String::new(), "k".repeat(201)][self.random.below(2)].clone());
                    "a key out of bounds"
                }
                1 => {
                    envelope.reason = Some("r".repeat(2_001));
                    "a reason out of bounds"
                }
                2 => {
                    envelope.expected_version = Some([-1, 0, 999, i64::MAX][self.random.below(4)]);
                    "a version that never was"
                }
                _ => {
                    name = format!("{}s", operation.name);
                    "an unknown operation"
                }
            },
        };
        Some(Call { wrong, operation: name, arguments, envelope })
    }

    /// Replaces one of the texts of the arguments. What stands in the rows of an import is refused row by row, not here.
    fn replace(
        &self,
        arguments: &mut Json,
        fits: &dyn Fn(&str) -> bool,
        with: &dyn Fn(&str) -> Json,
        wrong: &'static str,
    ) -> Option<&'static str> {
        let mut places = Vec::new();
        find_texts(arguments, String::new(), &mut places);
        // A certificate may name records that are not in the backup which was restored.
        let taken_as_it_is = ["/rows", "/csv", "/certificates"];
        places.retain(|(path, text)| !taken_as_it_is.iter().any(|start| path.starts_with(start)) && fits(text));
        let (path, text) = self.random.pick(&places)?;
        *arguments.pointer_mut(path).unwrap() = with(text);
        Some(wrong)
    }

    fn wrong_type(&self, arguments: &mut Json) -> Option<&'static str> {
        if arguments.get("rows").is_some() || arguments.get("csv").is_some() {
            let payload = if arguments.get("rows").is_some() { "rows" } else { "csv" };
            arguments[payload] = [json!(true), json!(3.7), json!({"a": 1})][self.random.below(3)].clone();
            return Some("wrong type");
        }
        let values = [json!(true), json!(3.7), json!([1]), json!({"nonsense": []}), json!(-9e99)];
        // A number in a text may be given as a number.
        let no_number = |text: &str| text.parse::<f64>().is_err();
        self.replace(arguments, &no_number, &|_| values[self.random.below(values.len())].clone(), "wrong type")
    }

    fn missing(&self, operation: &Entry, arguments: &mut Json) -> Option<&'static str> {
        let required = self.catalog["operations"][operation.name]["input"]["required"].as_array()?;
        let name = self.random.pick(required)?.as_str()?;
        arguments.as_object_mut()?.remove(name)?;
        Some("missing field")
    }

    /// Gives a field of a record that is created or changed what it cannot hold.
    fn bad_field(
        &self,
        operation: &Entry,
        arguments: &mut Json,
        fits: fn(&RecordDef, &FieldDef) -> bool,
        with: &dyn Fn(&FieldDef) -> Json,
        wrong: &'static str,
    ) -> Option<&'static str> {
        let (_, ending) = operation.name.split_once('.')?;
        if !["create", "update", "upsert"].contains(&ending) {
            return None;
        }
        let def = self.office.crm.kinds().get(operation.kind)?;
        let fields: Vec<&FieldDef> = def.fields.iter().filter(|field| field.editable && fits(def, field)).collect();
        let field = self.random.pick(&fields)?;
        let value = with(field);
        arguments[field.name] = if field.count == 2 { json!({"amount": value, "currency": "USD"}) } else { value };
        Some(wrong)
    }

    fn number(&self) -> Json {
        let bad = [
            json!("NaN"),
            json!("Infinity"),
            json!("-Infinity"),
            json!("1e999"),
            json!("0x10"),
            json!(""),
            json!(9.9e300),
            json!(f64::MIN_POSITIVE),
            json!(u64::MAX),
            json!(i64::MIN),
            json!([1]),
        ];
        bad[self.random.below(bad.len())].clone()
    }

    fn date(&self) -> Json {
        let bad = [
            "2025-02-30",
            "yesterday",
            "2025-13-01T00:00:00Z",
            "",
            "17.11.2025",
            "+999999-01-01",
            "2025-11-17T25:00:00Z",
        ];
        json!(bad[self.random.below(bad.len())])
    }

    fn of_another_kind(&self, id: &str) -> Json {
        let others = ["lead", "contact", "account", "deal", "task", "ticket", "user", "group", "campaign", "pipeline"];
        let others: Vec<Uuid> = others.iter().map(|kind| self.office.id(kind)).collect();
        // A user where a group can be is distinguished by its field, not by its id.
        let users =
            ["admin", "agent", "colleague", "viewer", "deactivated"].map(|user| self.office.id(user).to_string());
        let known =
            if users.iter().any(|user| user == id) { self.office.id("user").to_string() } else { id.to_owned() };
        let kind_of = |id: &str| others.iter().position(|other| other.to_string() == id);
        let pool: Vec<&Uuid> =
            others.iter().enumerate().filter(|(at, _)| Some(*at) != kind_of(&known)).map(|(_, id)| id).collect();
        json!(pool[self.random.below(pool.len())])
    }
}

fn is_id(text: &str) -> bool {
    text.parse::<Uuid>().is_ok()
}

fn column(def: &RecordDef, field: &FieldDef) -> ColumnType {
    def.columns[field.first].kind
}

fn is_number(def: &RecordDef, field: &FieldDef) -> bool {
    matches!(column(def, field), ColumnType::Int | ColumnType::Amount)
}

fn is_enum(def: &RecordDef, field: &FieldDef) -> bool {
    matches!(column(def, field), ColumnType::Enum(_))
}

fn is_date(def: &RecordDef, field: &FieldDef) -> bool {
    matches!(column(def, field), ColumnType::Date | ColumnType::Time)
}

fn nested(depth: usize) -> Json {
    (0..depth).fold(json!(1), |inner, level| if level % 2 == 0 { json!([inner]) } else { json!({"a": inner}) })
}

fn find_texts(json: &Json, path: String, found: &mut Vec<(String, String)>) {
    match json {
        Json::Object(map) => map.iter().for_each(|(name, value)| find_texts(value, format!("{path}/{name}"), found)),
        Json::Array(items) => {
            items.iter().enumerate().for_each(|(at, value)| find_texts(value, format!("{path}/{at}"), found))
        }
        Json::String(text) => found.push((path, text.clone())),
        _ => {}
    }
}

/// The code is one that the catalog names, the sentence is whole and of a size to read.
fn must_be_typed(office: &Office, operation: &str, error: &Error, label: &str) {
    let known = office.crm.catalog().operation(operation).is_ok_and(|operation| {
        operation.errors.iter().any(|code| code.code == error.code() && code.kind == error.kind())
    });
    let kernels = codes::ALL.iter().any(|code| code.code == error.code() && code.kind == error.kind());
    assert!(known || kernels, "{label}: {} is not in the catalog: {error:?}", error.code());
    let broken = ["work.panicked", "work.awaited_outside", "store.corrupt", "store.failed", "crm.unbuildable"];
    assert!(!broken.contains(&error.code()), "{label}: {error:?}");
    let message = error.message();
    assert!(!message.is_empty() && message.len() < 4_000, "{label}: a sentence of {} bytes", message.len());
    for name in message.split('{').skip(1).filter_map(|rest| rest.split_once('}')).map(|(name, _)| name) {
        let word = !name.is_empty() && name.bytes().all(|byte| byte.is_ascii_lowercase() || byte == b'_');
        assert!(!word || error.params().contains_key(name), "{label}: {{{name}}} is not filled in: {message}");
    }
}

fn try_all(backend: Backend) {
    let office = Office::found(backend.store);
    let before = office.events();
    let spoiler = Spoiler::new(&office, backends::seed(3));
    let (mut tried, mut by_kind) = (0, BTreeMap::<&str, usize>::new());
    while tried < backends::cases(1_000) {
        let Some(call) = spoiler.call() else { continue };
        tried += 1;
        *by_kind.entry(call.wrong).or_default() += 1;
        let mut shown = call.arguments.to_string();
        shown.truncate(shown.floor_char_boundary(500));
        let label = format!("{}, {}, {}: {} {shown}", backend.name, tried, call.wrong, call.operation);
        let session = office.session("admin");
        let answer = block_on(session.execute(&call.operation, call.arguments, call.envelope));
        let error = answer.expect_err(&label);
        must_be_typed(&office, &call.operation, &error, &label);
    }
    assert_eq!(office.events().len(), before.len(), "{}: something was changed", backend.name);
    office.run("ledger.verify", json!({}));
    assert!(by_kind.len() >= 12, "not every way to be wrong was tried: {by_kind:?}");
}

#[test]
fn malformed_commands_are_refused_in_memory() {
    try_all(backends::memory());
}

#[test]
fn malformed_commands_are_refused_on_sqlite() {
    try_all(backends::sqlite());
}

#[test]
fn malformed_commands_are_refused_on_postgres() {
    try_all(backends::postgres());
}

/// What PostgreSQL keeps in no text, and what SQLite does not keep in order, is refused by every backend.
#[test]
fn what_a_storage_cannot_keep_is_refused_everywhere() {
    for backend in backends::all() {
        let office = Office::found(backend.store.clone());
        let call = |caller: &str, operation: &str, arguments: Json, envelope: Envelope| {
            let label = format!("{}: {operation} {arguments}", backend.name);
            let error = block_on(office.session(caller).execute(operation, arguments, envelope)).expect_err(&label);
            must_be_typed(&office, operation, &error, &label);
            error.code().to_owned()
        };
        let create = json!({"email": "nul@acme.example"});
        let nul = || "a\u{0}b".to_owned();
        for envelope in [
            Envelope { reason: Some(nul()), ..Envelope::default() },
            Envelope { cause: Some(nul()), ..Envelope::default() },
            Envelope { request_id: Some(nul()), ..Envelope::default() },
            Envelope { idempotency_key: Some(nul()), ..Envelope::default() },
        ] {
            assert_eq!(call("admin", "lead.create", create.clone(), envelope), "field.invalid", "{}", backend.name);
        }
        let service = office.crm.session(office.org, Principal::Service(nul()));
        let refused = block_on(service.execute("lead.create", create, Envelope::default())).unwrap_err();
        assert_eq!(refused.code(), "field.invalid", "{}", backend.name);
        let filter = |field: &str, op: &str, value: Json| json!({"filter": {"field": field, "op": op, "value": value}});
        for (field, op, value) in [
            ("company", "eq", json!("a\u{0}b")),
            ("company", "gt", json!("a\u{0}b")),
            ("company", "contains", json!("\u{0}")),
            ("company", "in", json!(["x", "\u{0}"])),
            ("email", "eq", json!("a\u{0}@acme.example")),
            ("tags", "has", json!("a\u{0}b")),
            ("custom.color", "eq", json!("a\u{0}b")),
            ("created_at", "lt", json!("-9999-01-01T00:00:00Z")),
        ] {
            let label = format!("{}: {field} {op} {value}", backend.name);
            let code = call("admin", "lead.find", filter(field, op, value), Envelope::default());
            assert_eq!(code, "filter.invalid", "{label}");
        }
        let unknown = filter("custom.a\u{0}b", "eq", json!("x"));
        assert_eq!(call("admin", "lead.find", unknown, Envelope::default()), "field.unknown", "{}", backend.name);
        for date in ["-9999-01-01", "+12345-01-01"] {
            let expected = filter("close_date", "lt", json!(date));
            assert_eq!(call("admin", "deal.find", expected, Envelope::default()), "filter.invalid", "{}", backend.name);
            let update = json!({"deal": office.id("deal"), "close_date": date});
            assert_eq!(call("admin", "deal.update", update, Envelope::default()), "field.invalid", "{}", backend.name);
        }
        // A search is for words; NUL is in none.
        let hits = office.run("lead.search", json!({"text": "converted\u{0}nobody"}));
        assert_eq!(hits["items"], json!([]), "{}", backend.name);
        let report =
            office.run("lead.import_rows", json!({"rows": [{"email": "row@acme.example", "company": "a\u{0}b"}]}));
        assert_eq!(report["refused"], 1, "{}: {report}", backend.name);
        let called =
            json!({"rows": [{"title": "Call", "assignee": "a\u{0}b"}, {"title": "Write", "assignee": "a\u{0}@b"}]});
        let report = office.run("task.import_rows", called);
        assert_eq!(report["refused"], 2, "{}: {report}", backend.name);
        assert_eq!(report["problems"][0]["code"], "import.reference_unknown", "{}: {report}", backend.name);
    }
}

#[test]
fn what_stands_deeper_is_checked_as_well() {
    let office = Office::found(backends::memory().store);
    let refused = |operation: &str, arguments: Json| {
        let error = office.run_as("admin", operation, arguments).expect_err(operation);
        must_be_typed(&office, operation, &error, operation);
        error.code().to_owned()
    };
    let rule =
        |reason: &str| json!([{"filter": {"field": "score", "op": "ge", "value": 1}, "points": 5, "reason": reason}]);
    let scorecard = office.id("scorecard");
    assert_eq!(refused("scorecard.update", json!({"scorecard": scorecard, "rules": rule("a\u{0}b")})), "field.invalid");
    let many: Vec<Json> = (0..20_000).flat_map(|_| rule("long").as_array().cloned().unwrap()).collect();
    assert_eq!(refused("scorecard.update", json!({"scorecard": scorecard, "rules": many})), "field.invalid");
    assert_eq!(refused("org.configure", json!({"choices": {"lead.source": ["a\nb"]}})), "field.invalid");
    assert_eq!(refused("user.update", json!({"user": office.id("user"), "role": "a\u{7}"})), "field.invalid");
    for key in [json!({"system": "", "key": "1"}), json!({"system": "erp", "key": "k".repeat(201)})] {
        assert_eq!(refused("lead.update", json!({"lead": office.id("lead"), "external_keys": [key]})), "field.invalid");
        assert_eq!(refused("lead.get", json!({"lead": key})), "command.malformed");
    }
    // Of what was given a refusal repeats as much as one can read.
    let error = office.run_as("admin", "lead.update", json!({"lead": "x".repeat(1 << 20)})).unwrap_err();
    assert!(error.message().len() < 1_000);
}
