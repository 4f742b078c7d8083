//! What the schema of an operation allows is not refused as malformed.

use nexa_crm::{Envelope, testing::Office};
use nexa_tests::{backends, samples::Samples};
use pollster::block_on;
use proptest::{
    strategy::{Strategy, ValueTree},
    string::string_regex,
    test_runner::TestRunner,
};
use serde_json::{Value as Json, json};

/// Makes values that a schema allows.
struct Maker<'a> {
    document: &'a Json,
    runner: TestRunner,
}

/// How deep a schema that contains itself is followed.
const DEEPEST: usize = 4;

impl Maker<'_> {
    /// Every example, every form of a value, and its bounds.
    fn values(&mut self, schema: &Json, depth: usize) -> Vec<Json> {
        if depth > DEEPEST {
            return Vec::new();
        }
        if let Some(reference) = schema["$ref"].as_str() {
            let name = reference.rsplit('/').next().unwrap();
            let document = self.document;
            return self.values(&document["$defs"][name], depth + 1);
        }
        let mut values: Vec<Json> = schema["examples"].as_array().cloned().unwrap_or_default();
        values.extend(schema.get("default").cloned());
        if let Some(value) = schema.get("const") {
            values.push(value.clone());
            return values;
        }
        if let Some(listed) = schema["enum"].as_array() {
            values.extend(listed.clone());
            return values;
        }
        for forms in ["anyOf", "oneOf", "allOf"] {
            for form in schema[forms].as_array().into_iter().flatten() {
                values.extend(self.values(form, depth + 1));
            }
        }
        let types: Vec<&str> = match &schema["type"] {
            Json::String(one) => vec![one.as_str()],
            Json::Array(many) => many.iter().filter_map(Json::as_str).collect(),
            _ => Vec::new(),
        };
        for of in types {
            values.extend(match of {
                "null" => vec![json!(null)],
                "boolean" => vec![json!(true), json!(false)],
                "integer" => self.numbers(schema, &[json!(1), json!(2)]),
                "number" => self.numbers(schema, &[json!(1), json!(1.1), json!(0.25)]),
                "string" => self.texts(schema),
                "array" => self.lists(schema, depth),
                "object" => self.objects(schema, depth),
                other => panic!("a schema has the type {other}"),
            });
        }
        values
    }

    fn numbers(&self, schema: &Json, numbers: &[Json]) -> Vec<Json> {
        let bound = |name: &str| schema[name].as_f64();
        let (least, most) = (bound("minimum"), bound("maximum"));
        let within = |number: &&Json| {
            let number = number.as_f64().unwrap();
            least.is_none_or(|least| least <= number)
                && most.is_none_or(|most| number <= most)
                && bound("exclusiveMinimum").is_none_or(|least| least < number)
        };
        let bounds = [schema.get("minimum"), schema.get("maximum")].into_iter().flatten().cloned();
        numbers.iter().filter(within).cloned().chain(bounds).collect()
    }

    fn texts(&mut self, schema: &Json) -> Vec<Json> {
        let known = match schema["format"].as_str() {
            Some("uuid") => vec![json!("0195f3a2-7c1e-7b04-9d5e-2f6a1c3b8e47")],
            Some("date-time") => vec![json!("2025-11-17T09:15:00Z"), json!("2025-11-17T09:15:00.000001+01:00")],
            Some("date") => vec![json!("2025-11-17")],
            Some("email") => vec![json!("ada@acme.example")],
            Some("uri") => vec![json!("https://acme.example/")],
            Some("phone") => vec![json!("+442079460018"), json!("(312) 555-0122")],
            Some("currency") => vec![json!("USD"), json!("eur"), json!("JPY"), json!("KWD")],
            Some("time-zone") => vec![json!("Europe/Berlin"), json!("UTC")],
            Some("language") => vec![json!("de"), json!("pt_br")],
            Some("date-format") => vec![json!("DD/MM/YY")],
            Some(other) => panic!("a schema has the format {other}"),
            None => Vec::new(),
        };
        if !known.is_empty() {
            return known;
        }
        if schema["contentEncoding"] == "base64" {
            return vec![json!("RW1haWwKYUB4LmV4YW1wbGUK")];
        }
        let most = usize::try_from(schema["maxLength"].as_u64().unwrap_or(20)).unwrap();
        if let Some(pattern) = schema["pattern"].as_str() {
            let strategy = string_regex(pattern.trim_start_matches('^').trim_end_matches('$')).unwrap();
            let mut made: Vec<String> =
                (0..8).map(|_| strategy.new_tree(&mut self.runner).unwrap().current()).collect();
            made.retain(|text| text.chars().count() <= most);
            return made.into_iter().map(Json::from).collect();
        }
        let least = usize::try_from(schema["minLength"].as_u64().unwrap_or(1)).unwrap();
        vec![json!("a".repeat(least.max(1))), json!("b".repeat(most.min(20_000)))]
    }

    fn lists(&mut self, schema: &Json, depth: usize) -> Vec<Json> {
        let items = self.values(&schema["items"], depth + 1);
        let least = schema["minItems"].as_u64().unwrap_or(0);
        let mut lists: Vec<Json> = items.iter().map(|item| json!([item])).collect();
        if least == 0 {
            lists.push(json!([]));
        }
        lists
    }

    /// With what is required, and each other property by itself.
    fn objects(&mut self, schema: &Json, depth: usize) -> Vec<Json> {
        let required: Vec<&str> =
            schema["required"].as_array().into_iter().flatten().filter_map(Json::as_str).collect();
        let mut least = json!({});
        for name in &required {
            match self.values(&schema["properties"][name], depth + 1).into_iter().next() {
                Some(value) => least[name] = value,
                None => return Vec::new(),
            }
        }
        let mut objects = vec![least.clone()];
        for (name, property) in schema["properties"].as_object().into_iter().flatten() {
            for value in self.values(property, depth + 1) {
                let mut object = least.clone();
                object[name] = value;
                objects.push(object);
            }
        }
        objects
    }
}

/// Refusals that say that the form of an input is wrong.
const MALFORMED: [&str; 2] = ["command.malformed", "field.invalid"];

#[test]
fn what_a_schema_allows_is_not_malformed() {
    let office = Office::found(backends::memory().store);
    let session = office.session("admin");
    let catalog = office.crm.catalog();
    let document = catalog.document(office.crm.kinds());
    let samples: Vec<(String, Json)> =
        office.commands(catalog).map(|(operation, sample)| (operation.name.to_owned(), sample)).collect();
    let mut maker = Maker { document: &document, runner: TestRunner::deterministic() };
    let (mut tried, mut wrong) = (0, Vec::new());
    for (name, operation) in document["operations"].as_object().unwrap() {
        let sample = samples.iter().find(|(of, _)| of == name).map_or_else(|| json!({}), |(_, sample)| sample.clone());
        for (argument, schema) in operation["input"]["properties"].as_object().into_iter().flatten() {
            for value in maker.values(schema, 0) {
                let mut arguments = sample.clone();
                arguments[argument] = value.clone();
                tried += 1;
                let envelope = Envelope { dry_run: operation["mode"] != "query", ..Envelope::default() };
                if let Err(error) = block_on(session.execute(name, arguments, envelope))
                    && MALFORMED.contains(&error.code())
                {
                    let place = error.params().get("path").or_else(|| error.params().get("field"));
                    // A schema cannot say what depends on another argument or part: the places of a currency, that a moment goes
                    // with a status, and that a budget is not below zero.
                    // The names of encodings are too many to be listed, and kinds are those that the host has.
                    let depends = [
                        "decimal places",
                        "with the status",
                        "zero or more",
                        "No encoding is named",
                        "or a cause",
                        "either the deal or the quote",
                        "where the scope is",
                        "give a kind of record",
                        "by one of email",
                    ];
                    if depends.iter().any(|problem| error.message().contains(problem)) {
                        continue;
                    }
                    if place.and_then(Json::as_str).is_some_and(|place| place.starts_with(argument.as_str())) {
                        let mut shown = value.to_string();
                        shown.truncate(shown.floor_char_boundary(120));
                        wrong.push(format!("{name}, {argument} = {shown}: {}", error.message()));
                    }
                }
            }
        }
    }
    assert!(tried > 3_000, "only {tried} values were tried");
    assert!(wrong.is_empty(), "{} of {tried}:\n{}", wrong.len(), wrong.join("\n"));
}
