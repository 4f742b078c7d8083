//! What the macro refuses, what it says, and at which place of the source.

use syn::DeriveInput;

use super::Model;

/// The fields that every record has.
const FIELDS: &str = "id: Id<Toy>, version: i64, created_at: Timestamp, updated_at: Timestamp,";

/// The message of the refusal, and the source that it points at.
fn refusal(source: &str) -> (String, String) {
    let input: DeriveInput = syn::parse_str(source).unwrap();
    let error = Model::read(&input).err().unwrap_or_else(|| panic!("accepted: {source}"));
    let place = error.span().source_text().unwrap_or_default();
    (error.to_string(), place)
}

fn refused(attribute: &str, fields: &str, message: &str, place: &str) {
    let source = format!("#[record({attribute})] struct Toy {{ {fields} }}");
    assert_eq!(refusal(&source), (message.to_owned(), place.to_owned()), "{source}");
}

fn with(field: &str) -> String {
    format!("{FIELDS} {field}")
}

const TOYS: &str = r#"kind = "toy", table = "toys", access = work"#;

#[test]
fn a_record_lacks_a_field() {
    refused(TOYS, "version: i64, created_at: Timestamp,", "a record also needs `id`, `updated_at`", "Toy");
}

#[test]
fn a_record_has_no_table_or_none_with_a_name() {
    refused(r#"kind = "toy", access = work"#, FIELDS, "say #[record(table = \"…\")]", "Toy");
    refused(r#"kind = "toy", access = work, table = "My Toys""#, FIELDS, "give a name in snake_case", "\"My Toys\"");
}

#[test]
fn a_record_is_a_struct_with_named_fields() {
    let (message, place) = refusal(&format!("#[record({TOYS})] struct Toy(i64);"));
    assert_eq!((message.as_str(), place.as_str()), ("a record is a struct with named fields", "Toy"));
}

#[test]
fn a_field_keeps_its_name_in_json() {
    let message = "a record looks in JSON as its fields are called; give the field's type another form instead";
    let field = with("#[serde(rename = \"title\")] label: String,");
    refused(TOYS, &field, message, "#[serde(rename = \"title\")]");
}

#[test]
fn a_field_has_one_derived_column() {
    let field = with("#[record(folded, ranked)] label: String,");
    refused(TOYS, &field, "a field has one derived column: folded, ranked, assignee or while_open", "ranked");
}

#[test]
fn a_backfill_is_a_plain_value() {
    let field = with("#[record(backfill = 1.5)] label: String,");
    refused(TOYS, &field, "a backfill is a text, a whole number, true or false", "1.5");
}

#[test]
fn a_unique_constraint_has_a_code() {
    let message = "a unique constraint needs the code of its violation: code = \"lead.email_taken\"";
    refused(&format!("{TOYS}, unique(\"version\")"), FIELDS, message, "unique");
}

#[test]
fn an_attribute_is_known() {
    let message = "unknown attribute `colour`; a record takes kind, table, access, search, open, lapses, unique, index, person, no_person and bookkeeping";
    refused(&format!("{TOYS}, colour = \"red\""), FIELDS, message, "colour");
    let message = "unknown attribute `secret`; a field takes editable, personal, person, folded, ranked, while_open, assignee, follows, author, readers, mentions, on_trash, becomes and backfill";
    refused(TOYS, &with("#[record(editable, secret)] label: String,"), message, "secret");
}

#[test]
fn a_record_says_who_may_reach_it() {
    let message = "say who may reach it: #[record(access = …)] with settings, work, restricted, through(…) or system";
    refused(r#"kind = "toy", table = "toys""#, FIELDS, message, "Toy");
    let message = "unknown access `all`; it is settings, work, restricted, through(…) or system";
    refused(r#"kind = "toy", table = "toys", access = all"#, FIELDS, message, "all");
    let through = r#"kind = "toy", table = "toys", access = through(box_of)"#;
    refused(through, FIELDS, "there is no field `box_of`", "box_of");
    refused(&format!("{TOYS}, access = system"), FIELDS, "given twice", "access");
}

#[test]
fn a_reference_becomes_a_field_that_is_there() {
    let message = "there is no field `contact`";
    refused(TOYS, &with("#[record(becomes = contact)] lead: Option<Id<Toy>>,"), message, "contact");
}

#[test]
fn a_reference_says_what_the_trash_does_to_it() {
    let message = "unknown on_trash `vanish`; it is refuse, with_parent, keep or mention";
    refused(TOYS, &with("#[record(on_trash = vanish)] owner: Id<Owner>,"), message, "vanish");
    let twice = with("#[record(on_trash = keep, on_trash = refuse)] owner: Id<Owner>,");
    refused(TOYS, &twice, "given twice", "on_trash");
}

#[test]
fn an_index_names_fields() {
    refused(&format!("{TOYS}, index(\"version\", \"lable\")"), FIELDS, "there is no field `lable`", "\"lable\"");
}

#[test]
fn a_whole_record_is_accepted() {
    let source = format!("#[record({TOYS})] struct Toy {{ {FIELDS} }}");
    assert!(Model::read(&syn::parse_str(&source).unwrap()).is_ok());
}
