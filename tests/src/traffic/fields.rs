//! Values for the fields of records, by the type of their columns.

use nexa_crm::kernel::record::{ColumnType, FieldDef, RecordDef};
use serde_json::{Value as Json, json};

use super::Traffic;

const WORDS: &[&str] = &[
    "Globex",
    "Initech",
    "Hooli",
    "Umbrella",
    "Stark",
    "Wayne",
    "Wonka",
    "Tyrell",
    "Müller",
    "Ångström",
    "GLOBEX",
    "hooli",
    "IT Director",
    "webinar",
    "referral",
    "enterprise",
];

impl Traffic {
    /// Sets up to four editable fields; seldom one that is not, or is not there.
    pub(super) fn set_fields(&self, kind: &str, arguments: &mut Json) {
        let Some(def) = self.definition(kind) else { return };
        let editable: Vec<&FieldDef> = def.fields.iter().filter(|field| field.editable).collect();
        for _ in 0..self.random.below(5) {
            if self.random.once_in(60) {
                arguments["no_such_field"] = json!(1);
                continue;
            }
            let pool: Vec<&FieldDef> =
                if self.random.once_in(40) { def.fields.iter().collect() } else { editable.clone() };
            let Some(field) = self.random.pick(&pool) else { continue };
            if field.name == "id" {
                continue;
            }
            let value = if field.optional && self.random.once_in(6) { Json::Null } else { self.field(def, field) };
            arguments[field.name] = value;
        }
    }

    /// Mostly gives the fields that must be unique another value than the sample's.
    pub(super) fn make_unique(&self, kind: &str, arguments: &mut Json) {
        let Some(def) = self.definition(kind) else { return };
        for field in &def.fields {
            if ["email", "name", "external_keys"].contains(&field.name)
                && arguments.get(field.name).is_some()
                && !self.random.once_in(8)
            {
                arguments[field.name] = self.field(def, field);
            }
        }
    }

    fn definition(&self, kind: &str) -> Option<&'static RecordDef> {
        self.definitions.iter().copied().find(|def| def.kind == kind)
    }

    /// A value for a field, nearly always a valid one.
    pub(super) fn field(&self, def: &RecordDef, field: &FieldDef) -> Json {
        if self.random.once_in(80) {
            return [json!(7), json!(""), json!("x\u{0}y"), json!([]), json!({"a": 1})][self.random.below(5)].clone();
        }
        let random = &self.random;
        if def.external_keys == Some(field.first) {
            return json!([{"system": "erp", "key": random.below(20).to_string()}]);
        }
        if def.custom == Some(field.first) {
            let color = ["red", "green", "blue"][random.below(3)];
            return match random.below(8) {
                0 => json!({}),
                1 => json!({"color": null}),
                2 => json!({"size": random.below(50)}),
                3 => json!({"size": random.below(50), "color": color}),
                _ => json!({"color": color}),
            };
        }
        let column = &def.columns[field.first];
        match (field.count, column.kind) {
            (1, ColumnType::Text) => self.text(def.kind, field.name),
            (1, ColumnType::Enum(names)) => json!(random.pick(names)),
            (1, ColumnType::Reference(kind)) => self.reference(kind),
            (1, ColumnType::Int) => json!(random.below(101)),
            (1, ColumnType::Bool) => json!(random.once_in(2)),
            (1, ColumnType::Time) => json!(format!("2025-12-{:02}T10:00:00Z", 1 + random.below(28))),
            (1, ColumnType::Date) => json!(format!("2026-{:02}-{:02}", 1 + random.below(12), 1 + random.below(28))),
            (1, ColumnType::List) if field.name == "about" => {
                json!((0..random.below(3)).map(|_| self.about()).collect::<Vec<_>>())
            }
            (1, ColumnType::List) if field.name == "readers" => {
                // Most notes are for all.
                let reader = |_| match random.below(3) {
                    0 => json!({"group": self.any_id("group")}),
                    _ => json!({"user": self.any_id("user")}),
                };
                let most = if random.once_in(3) { 3 } else { 1 };
                json!((0..random.below(most)).map(reader).collect::<Vec<_>>())
            }
            (1, ColumnType::List) => json!(["vip", "new", "old"][..random.below(4)]),
            (1, ColumnType::Json) => self.document(field.name),
            (2, ColumnType::Reference("user")) if random.once_in(3) => json!({"group": self.any_id("group")}),
            (2, ColumnType::Reference("user")) => json!({"user": self.any_id("user")}),
            (2, ColumnType::Amount) => {
                let currency = ["USD", "EUR", "JPY"][random.below(3)];
                let places = if currency == "JPY" { ".00" } else { ".50" };
                json!({"amount": format!("{}{places}", random.below(90_000)), "currency": currency})
            }
            _ if field.name == "about" => self.about(),
            _ if field.name.contains("address") => json!({"city": "Berlin", "country": "DE"}),
            _ => Json::Null,
        }
    }

    fn about(&self) -> Json {
        let kind = ["lead", "contact", "ticket", "deal"][self.random.below(4)];
        json!({"kind": kind, "id": self.any_id(kind)})
    }

    /// A text that fits the field's name. Mail addresses and phone numbers of customers, and descriptions, can be recognised wherever
    /// they turn up.
    fn text(&self, kind: &str, name: &str) -> Json {
        let random = &self.random;
        let number = random.below(40);
        json!(match name {
            "email" if kind == "user" => format!("p{number}@acme.example"),
            "email" => format!("p{number}@private.example"),
            "phone" | "mobile" => format!("+4930555{number:04}"),
            "description" => format!("confidential {number}"),
            "website" | "linkedin_url" => format!("https://www{number}.example/"),
            "role" => ["admin", "agent", "agent", "viewer", " Viewer", "auditor"][random.below(6)].to_owned(),
            "base_currency" => ["USD", "EUR"][random.below(2)].to_owned(),
            "time_zone" => ["UTC", "Europe/Berlin", "America/New_York"][random.below(3)].to_owned(),
            "stage" => ["prospecting", "proposal", "negotiation", "closed_won"][random.below(4)].to_owned(),
            "source" => ["referral", "webinar", "Webinar Q4", "mail"][random.below(4)].to_owned(),
            _ => {
                let word = random.pick(WORDS).copied().unwrap_or_default();
                if random.once_in(2) { word.to_owned() } else { format!("{word} {number}") }
            }
        })
    }

    fn document(&self, name: &str) -> Json {
        let short = || {
            json!([
                {"name": "proposal", "probability": 40},
                {"name": "won", "probability": 100, "kind": "won"},
                {"name": "lost", "probability": 0, "kind": "lost"},
            ])
        };
        let referral = json!({"field": "source", "op": "eq", "value": "referral"});
        match name {
            "stages" => short(),
            "rules" => json!([{"filter": referral, "points": 40, "reason": "came by referral"}]),
            "rates" => json!({"EUR": "1.1", "JPY": "0.0067"}),
            "choices" => json!({"lead.source": ["referral", "webinar", "Webinar Q4"]}),
            _ => json!([]),
        }
    }
}
