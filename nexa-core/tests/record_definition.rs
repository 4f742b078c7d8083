//! What `#[derive(Record)]` makes of a struct.

use nexa_core::{
    Column, ExternalKey, Id, Kind, Record, Timestamp,
    kernel::{
        definition::problems,
        error::Result,
        record::{ColumnDef, ColumnType, Derived, Field, Row, corrupt, plain_column},
        value::Value,
    },
};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::json;
use uuid::Uuid;

#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
enum Size {
    Small,
    Large,
}

impl Size {
    const NAMES: &'static [&'static str] = &["small", "large"];
}

impl Field for Size {
    fn columns(name: &str, out: &mut Vec<ColumnDef>) {
        out.push(plain_column(name, ColumnType::Enum(Self::NAMES)));
    }
    fn write(&self, out: &mut Vec<Value>) {
        out.push(Value::Text(Self::NAMES[*self as usize].to_owned()));
    }
    fn read(values: &mut dyn Iterator<Item = Value>) -> Result<Self> {
        match values.next() {
            Some(Value::Text(text)) if text == "small" => Ok(Self::Small),
            Some(Value::Text(text)) if text == "large" => Ok(Self::Large),
            other => Err(corrupt("size", format!("{other:?}"))),
        }
    }
}

/// Two references of which at least one is set.
#[derive(Field, Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
struct Keeper {
    first: Option<Id<Toy>>,
    second: Option<Id<Toy>>,
}

/// A thing to play with.
///
/// It has every feature.
#[derive(Record, Clone, Debug, PartialEq, Serialize, Deserialize)]
#[record(
    kind = "toy",
    table = "toys", access = work,
    search(label = 4, "label.folded" = 1),
    unique("label.folded", code = "toy.label_taken"),
    unique("owner", "label", code = "toy.owned_twice"),
    index("size.rank", "keeper.queue", "created_at"),
    index("keeper.first", "keeper.second", "size", "label", "owner", "updated_at")
)]
#[record(bookkeeping)]
struct Toy {
    /// What names it.
    id: Id<Toy>,
    version: i64,
    created_at: Timestamp,
    updated_at: Timestamp,
    deleted_at: Option<Timestamp>,
    merged_into: Option<Id<Toy>>,
    /// What stands on it.
    ///
    /// In any script.
    #[record(editable, personal, folded)]
    label: Option<String>,
    #[record(ranked)]
    size: Size,
    #[record(assignee)]
    keeper: Option<Keeper>,
    #[record(editable)]
    owner: Id<Toy>,
    r#type: u8,
    external_keys: Vec<ExternalKey>,
}

fn toy() -> Toy {
    Toy {
        id: Id::new(Uuid::from_u128(1)),
        version: 7,
        created_at: Timestamp::from_micros(10),
        updated_at: Timestamp::from_micros(20),
        deleted_at: None,
        merged_into: None,
        label: Some("Rüdiger BÄR".to_owned()),
        size: Size::Small,
        keeper: Some(Keeper { first: None, second: Some(Id::new(Uuid::from_u128(2))) }),
        owner: Id::new(Uuid::from_u128(3)),
        r#type: 9,
        external_keys: vec![ExternalKey { system: "shop".to_owned(), key: "a\"b".to_owned() }],
    }
}

fn value<'a>(row: &'a Row, path: &str) -> &'a Value {
    row.get(Toy::def().column(path).unwrap())
}

#[test]
fn a_record_survives_its_row() {
    let full = toy();
    assert_eq!(Toy::from_row(full.to_row()).unwrap(), full);
    let bare = Toy { label: None, keeper: None, external_keys: Vec::new(), ..toy() };
    assert_eq!(Toy::from_row(bare.to_row()).unwrap(), bare);
    let first = Toy { keeper: Some(Keeper { first: Some(full.id), second: None }), ..toy() };
    assert_eq!(Toy::from_row(first.to_row()).unwrap(), first);
    assert_eq!(full.id(), full.id);
    assert_eq!(full.to_row().values().len(), Toy::def().columns.len());
}

#[test]
fn derived_columns_are_filled() {
    let row = toy().to_row();
    assert_eq!(*value(&row, "label.folded"), Value::Text("rudiger bar\trüdiger bär".to_owned()));
    assert_eq!(*value(&row, "size.rank"), Value::Int(1));
    assert_eq!(*value(&row, "keeper.queue"), Value::Uuid(Uuid::from_u128(2)));
    assert_eq!(*value(&row, "external_keys"), Value::Json(r#"[{"key":"a\"b","system":"shop"}]"#.to_owned()));
    let bare = Toy { label: None, keeper: None, size: Size::Large, external_keys: Vec::new(), ..toy() }.to_row();
    assert_eq!(*value(&bare, "label.folded"), Value::Null);
    assert_eq!(*value(&bare, "size.rank"), Value::Int(0));
    assert_eq!(*value(&bare, "keeper.queue"), Value::Uuid(Uuid::nil()));
    assert_eq!(*value(&bare, "external_keys"), Value::Null);
}

#[test]
fn columns_stand_in_the_order_of_the_struct() {
    let def = Toy::def();
    let names: Vec<(&str, &str)> = def.columns.iter().map(|c| (c.name.as_str(), c.path.as_str())).collect();
    assert_eq!(
        names,
        [
            ("id", "id"),
            ("version", "version"),
            ("created_at", "created_at"),
            ("updated_at", "updated_at"),
            ("deleted_at", "deleted_at"),
            ("merged_into_id", "merged_into"),
            ("label", "label"),
            ("label_folded", "label.folded"),
            ("size", "size"),
            ("size_rank", "size.rank"),
            ("keeper_first_id", "keeper.first"),
            ("keeper_second_id", "keeper.second"),
            ("keeper_queue", "keeper.queue"),
            ("owner_id", "owner"),
            ("type", "type"),
            ("external_keys", "external_keys"),
        ]
    );
    assert_eq!(def.columns[7].derived, Some(Derived::Folded(6)));
    assert_eq!(def.columns[9].derived, Some(Derived::Rank(8)));
    assert_eq!(def.columns[12].derived, Some(Derived::Queue(10)));
    assert!(def.columns[7].nullable && !def.columns[9].nullable && !def.columns[12].nullable);
    let personal: Vec<usize> = (0..def.columns.len()).filter(|at| def.columns[*at].personal).collect();
    assert_eq!(personal, [6, 7]);
}

#[test]
fn the_definition_says_what_the_struct_says() {
    let def = Toy::def();
    assert_eq!((def.kind, def.table, Toy::KIND), ("toy", "toys", "toy"));
    assert_eq!(def.doc, "A thing to play with.\n\nIt has every feature.");
    assert!(problems(def).is_empty(), "{:?}", problems(def));
    assert!(!def.ledger);
    assert_eq!((def.id, def.version, def.created_at, def.updated_at), (0, 1, 2, 3));
    assert_eq!((def.deleted_at, def.merged_into, def.external_keys, def.tags), (Some(4), Some(5), Some(15), None));
    assert_eq!(def.search, [(6, 4), (7, 1)]);
    let label = def.field("label").unwrap();
    assert_eq!(label.doc, "What stands on it.\n\nIn any script.");
    assert!(label.editable && label.optional);
    assert_eq!((label.first, label.count), (6, 1));
    let keeper = def.field("keeper").unwrap();
    assert!(!keeper.editable && keeper.optional);
    assert_eq!((keeper.first, keeper.count), (10, 2));
    let relations: Vec<(&str, usize, &str)> =
        def.relations.iter().map(|r| (r.name.as_str(), r.column, r.kind)).collect();
    assert_eq!(
        relations,
        [("merged_into", 5, "toy"), ("keeper.first", 10, "toy"), ("keeper.second", 11, "toy"), ("owner", 13, "toy")]
    );
}

#[test]
fn constraints_have_stable_names_that_fit() {
    let def = Toy::def();
    assert_eq!(def.uniques[0].name, "toys_label_folded_key");
    assert_eq!((def.uniques[0].field, def.uniques[0].code), ("label", "toy.label_taken"));
    assert_eq!((def.uniques[1].name.as_str(), &def.uniques[1].columns), ("toys_owner_id_label_key", &vec![13, 6]));
    assert_eq!(def.indexes[0].name, "toys_size_rank_keeper_queue_created_at_idx");
    let long = &def.indexes[1].name;
    assert!(long.len() <= 63, "{long}");
    assert!(long.starts_with("toys_keeper_first_id_keeper_second_id_size_label_o"), "{long}");
    assert!(long.ends_with("_idx"), "{long}");
}

#[test]
fn fields_are_read_from_json() {
    let parse = |name: &str, json| (Toy::def().field(name).unwrap().parse)(&json);
    assert_eq!(parse("label", json!("x")).unwrap(), [Value::Text("x".to_owned())]);
    assert_eq!(parse("label", json!(null)).unwrap(), [Value::Null]);
    assert_eq!(parse("keeper", json!(null)).unwrap(), [Value::Null, Value::Null]);
    assert_eq!(parse("external_keys", json!(null)).unwrap(), [Value::Null]);
    assert!(parse("size", json!("huge")).is_err());
    assert!(parse("version", json!(null)).is_err());
}

#[test]
fn constants_are_typed_without_the_option() {
    let label: Column<Toy, String> = Toy::LABEL;
    let kind: Column<Toy, u8> = Toy::TYPE;
    assert_eq!((label.name(), kind.name(), Toy::KEEPER.name()), ("label", "type", "keeper"));
}

#[derive(Record, Clone, Debug, Serialize, Deserialize)]
#[record(kind = "broken", table = "brokens", access = work, index("size.width"), unique("size", "id.x", code = "broken.taken"), search(size.y = 1))]
#[record(index("size"), index("size"))]
struct Broken {
    id: Id<Broken>,
    version: i64,
    created_at: Timestamp,
    updated_at: Timestamp,
    #[record(folded)]
    size: i64,
    pair: Pair,
}

/// It forgets to say that it is two columns wide.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
struct Pair(i64, i64);

impl Field for Pair {
    fn columns(name: &str, out: &mut Vec<ColumnDef>) {
        out.push(plain_column(&format!("{name}.left"), ColumnType::Int));
        out.push(plain_column(&format!("{name}.right"), ColumnType::Int));
    }
    fn write(&self, out: &mut Vec<Value>) {
        self.0.write(out);
        self.1.write(out);
    }
    fn read(values: &mut dyn Iterator<Item = Value>) -> Result<Self> {
        Ok(Self(Field::read(values)?, Field::read(values)?))
    }
}

#[test]
fn what_does_not_resolve_is_reported() {
    let found = problems(Broken::def());
    assert_eq!(
        found,
        [
            "broken: `size` cannot have the derived column `size.folded`: its columns do not fit",
            "broken: `pair` declares 2 columns but its width is 1",
            "broken: search: there is no column `size.y`",
            "broken: unique: there is no column `id.x`",
            "broken: index: there is no column `size.width`",
            "broken: the name `brokens_size_idx` is used twice",
        ]
    );
    assert!(Broken::def().uniques.is_empty());
}

/// A record whose fields cannot have been what they say.
#[derive(Record, Clone, Debug, Serialize, Deserialize)]
#[record(kind = "later", table = "laters", access = work, open("size", "1"))]
struct Later {
    id: Id<Later>,
    version: i64,
    created_at: Timestamp,
    updated_at: Timestamp,
    #[record(backfill = "many")]
    size: i64,
    #[record(backfill = 1)]
    maybe: Option<i64>,
    #[record(while_open, backfill = 1)]
    open: i64,
    #[record(backfill = 7)]
    fits: i64,
}

#[test]
fn a_backfill_fits_its_field() {
    let def = Later::def();
    assert_eq!(
        problems(def),
        [
            "later: `size` cannot hold its backfill",
            "later: `maybe` may be empty, and needs no backfill",
            "later: `open` is needed while a record is open, and can have no backfill",
        ]
    );
    let fits = def.column("fits").unwrap();
    assert_eq!(def.backfills.iter().find(|(column, _)| *column == fits), Some(&(fits, Value::Int(7))));
}

/// A record whose references cannot become what they say.
#[derive(Record, Clone, Debug, Serialize, Deserialize)]
#[record(kind = "seat", table = "seats", access = work)]
struct Seat {
    id: Id<Seat>,
    version: i64,
    created_at: Timestamp,
    updated_at: Timestamp,
    #[record(becomes = toy)]
    always: Id<Toy>,
    #[record(becomes = version)]
    no_reference: Option<Id<Toy>>,
    #[record(becomes = itself)]
    itself: Option<Id<Toy>>,
    #[record(becomes = toy)]
    size: Option<i64>,
    #[record(becomes = toy)]
    maybe: Option<Id<Seat>>,
    toy: Option<Id<Toy>>,
}

#[test]
fn a_reference_becomes_another_one() {
    let def = Seat::def();
    let problem = |name: &str, successor: &str| {
        format!(
            "seat: `{name}` cannot become `{successor}`: the one has to be an optional reference, the other another reference"
        )
    };
    let expected = [("always", "toy"), ("no_reference", "version"), ("itself", "itself"), ("size", "toy")];
    assert_eq!(problems(def), expected.map(|(name, successor)| problem(name, successor)));
    assert_eq!(def.relation("maybe").unwrap().becomes, def.column("toy"));
    assert_eq!(def.relation("toy").unwrap().becomes, None);
}
