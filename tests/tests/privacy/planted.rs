//! Values that say whose they are, planted in every personal field of a kind.

use nexa_crm::kernel::record::{FieldDef, RecordDef};
use serde_json::{Map, Value as Json, json};

/// Words that were planted, and are looked for.
#[derive(Default)]
pub(super) struct Planted(pub(super) Vec<String>, usize);

impl Planted {
    /// A new word that stands nowhere else: letters and digits for most fields, digits for a phone number.
    fn word(&mut self) -> (String, String) {
        self.1 += 1;
        let number = 48_271 + 7_919 * self.1;
        let (word, digits) = (format!("zq{number:x}vx"), format!("79{:07}", number * 13 % 10_000_000));
        self.0.extend([word.clone(), digits.clone()]);
        (word, digits)
    }

    /// A new word for a text.
    pub(super) fn text(&mut self) -> String {
        self.word().0
    }

    /// A value that a field takes, with a new word in it.
    fn value(&mut self, field: &FieldDef) -> Json {
        let (word, digits) = self.word();
        let candidates = [
            json!(format!("https://{word}.example/{word}")),
            json!(format!("{word}@{word}.example")),
            json!(format!("+41{digits}")),
            json!([format!("{word}@{word}.example")]),
            json!([format!("+41{digits}")]),
            json!([{"system": "crm", "key": word}]),
            json!({"street": word, "city": word, "region": word, "postal_code": word, "country": "CH"}),
        ];
        let fits = |json: &&Json| (field.parse)(json).is_ok();
        let first = candidates.iter().find(fits);
        first.unwrap_or_else(|| panic!("nobody knows what to plant in {}", field.name)).clone()
    }

    /// A value for each personal field of a kind, and for its personal custom field where it has one.
    pub(super) fn fields(&mut self, def: &RecordDef) -> Map<String, Json> {
        let mut fields = Map::new();
        for field in def.fields.iter().filter(|field| def.columns[field.first].personal) {
            assert!(field.editable, "{}.{} is set by rules: plant it here", def.kind, field.name);
            fields.insert(field.name.to_owned(), self.value(field));
        }
        if def.custom.is_some() {
            let (word, _) = self.word();
            fields.insert("custom".to_owned(), json!({"passport": word, "color": "blue"}));
        }
        fields
    }

    /// Takes a value out that was not planted.
    pub(super) fn leave_out(&mut self, value: &Json) {
        let text = value.to_string();
        let place = self.0.iter().position(|word| text.contains(word.as_str())).unwrap();
        self.0.drain(place & !1..(place & !1) + 2);
    }

    /// The words that stand in a text.
    pub(super) fn in_text(&self, text: &str) -> Vec<&str> {
        self.0.iter().map(String::as_str).filter(|word| text.contains(word)).collect()
    }
}
