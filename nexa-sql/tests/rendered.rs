//! The text of the shapes that matter, as a reviewer would want to read it.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

use nexa_kernel::{
    Id, Record, Timestamp,
    definition::problems,
    error::Result,
    filter::{Comparison, Place, Pointing, Predicate},
    ledger::EventQuery,
    record::{ColumnDef, ColumnType, Field, corrupt, plain_column},
    store::{Aggregate, Group, Measure, Select, SortKey, Trash},
    value::Value,
};
use nexa_sql::{Bind, Changed, Dialect, Statement};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::json;
use uuid::Uuid;

#[derive(Record, Clone, Debug, Serialize, Deserialize)]
#[record(kind = "user", table = "users", access = work)]
struct User {
    id: Id<User>,
    version: i64,
    created_at: Timestamp,
    updated_at: Timestamp,
}

#[derive(Clone, Copy, Debug, Serialize, Deserialize, JsonSchema)]
struct Priority(u8);

impl Field for Priority {
    fn columns(name: &str, out: &mut Vec<ColumnDef>) {
        out.push(plain_column(name, ColumnType::Enum(&["low", "high"])));
    }
    fn write(&self, out: &mut Vec<Value>) {
        out.push(Value::Text(["low", "high"][usize::from(self.0)].to_owned()));
    }
    fn read(_: &mut dyn Iterator<Item = Value>) -> Result<Self> {
        Err(corrupt("priority", "not needed"))
    }
}

/// Whose it is: one of two, or nobody's.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
struct Assignee {
    user: Option<Id<User>>,
    lead: Option<Id<User>>,
}

impl Field for Assignee {
    const WIDTH: usize = 2;
    fn columns(name: &str, out: &mut Vec<ColumnDef>) {
        <Option<Id<User>>>::columns(&format!("{name}.user"), out);
        <Option<Id<User>>>::columns(&format!("{name}.lead"), out);
    }
    fn write(&self, out: &mut Vec<Value>) {
        self.user.write(out);
        self.lead.write(out);
    }
    fn read(values: &mut dyn Iterator<Item = Value>) -> Result<Self> {
        Ok(Self { user: Field::read(values)?, lead: Field::read(values)? })
    }
}

/// Labels, and other things in JSON.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
struct Labels(Vec<String>);

impl Field for Labels {
    fn columns(name: &str, out: &mut Vec<ColumnDef>) {
        let kind = if name == "tags" { ColumnType::List } else { ColumnType::Map };
        out.push(ColumnDef { nullable: true, ..plain_column(name, kind) });
    }
    fn write(&self, out: &mut Vec<Value>) {
        out.push(Value::Null);
    }
    fn read(_: &mut dyn Iterator<Item = Value>) -> Result<Self> {
        Err(corrupt("labels", "not needed"))
    }
}

#[derive(Record, Clone, Debug, Serialize, Deserialize)]
#[record(
    kind = "ticket",
    table = "tickets", access = work,
    unique("subject", code = "ticket.subject_taken"),
    index("status", "assignee.queue", "priority.rank", "created_at")
)]
struct Ticket {
    id: Id<Ticket>,
    version: i64,
    created_at: Timestamp,
    updated_at: Timestamp,
    deleted_at: Option<Timestamp>,
    #[record(folded)]
    subject: String,
    status: String,
    #[record(ranked)]
    priority: Priority,
    #[record(assignee)]
    assignee: Option<Assignee>,
    due: Option<Timestamp>,
    tags: Labels,
    custom: Labels,
}

const ORG: Uuid = Uuid::from_u128(1);
const SELECT: &str = "SELECT t0.\"id\", t0.\"version\", t0.\"created_at\", t0.\"updated_at\", t0.\"deleted_at\", \
     t0.\"subject\", t0.\"subject_folded\", t0.\"status\", t0.\"priority\", t0.\"priority_rank\", \
     t0.\"assignee_user_id\", t0.\"assignee_lead_id\", t0.\"assignee_queue\", t0.\"due\", t0.\"tags\", t0.\"custom\" FROM ";

fn at(path: &str) -> usize {
    Ticket::def().column(path).unwrap()
}

fn sorted(paths: &[(&str, bool)]) -> Vec<SortKey> {
    paths.iter().map(|(path, descending)| SortKey::of(at(path), *descending)).collect()
}

fn text(text: &str) -> Value {
    Value::Text(text.to_owned())
}

/// What follows the list of columns.
fn rendered(query: &Select) -> String {
    let Statement { sql, .. } = nexa_sql::select(Dialect::Sqlite, ORG, query);
    sql.strip_prefix(SELECT).unwrap().to_owned()
}

/// The condition of a filter.
fn condition(filter: Predicate) -> String {
    let query = Select { trash: Trash::Any, ..Select::all(Ticket::def(), 1).filtered(filter) };
    let sql = rendered(&query);
    let sql = sql.strip_prefix("nexa_tickets AS t0 WHERE t0.org = ?1 AND ").unwrap();
    sql.split_once(" ORDER BY").unwrap().0.to_owned()
}

#[test]
fn definitions_are_sound() {
    assert_eq!(problems(Ticket::def()), [] as [String; 0]);
}

#[test]
fn the_table_of_a_kind() {
    let tables = nexa_sql::tables(Dialect::Sqlite, &[User::def(), Ticket::def()]);
    let ticket = tables.iter().find(|table| table.name == "nexa_tickets").unwrap();
    assert_eq!(
        ticket.sql,
        r#"CREATE TABLE nexa_tickets (
  org BLOB NOT NULL,
  "id" BLOB NOT NULL,
  "version" INTEGER NOT NULL,
  "created_at" INTEGER NOT NULL,
  "updated_at" INTEGER NOT NULL,
  "deleted_at" INTEGER,
  "subject" TEXT NOT NULL,
  "subject_folded" TEXT NOT NULL,
  "status" TEXT NOT NULL,
  "priority" TEXT NOT NULL,
  "priority_rank" INTEGER NOT NULL,
  "assignee_user_id" BLOB,
  "assignee_lead_id" BLOB,
  "assignee_queue" BLOB NOT NULL DEFAULT x'00000000000000000000000000000000',
  "due" INTEGER,
  "tags" TEXT,
  "custom" TEXT,
  CONSTRAINT nexa_tickets_pk PRIMARY KEY (org, "id"),
  CONSTRAINT nexa_tickets_priority_check CHECK ("priority" IN ('low', 'high')),
  CONSTRAINT nexa_tickets_assignee_queue_either CHECK ("assignee_user_id" IS NULL OR "assignee_lead_id" IS NULL),
  CONSTRAINT nexa_tickets_assignee_user_id_fk FOREIGN KEY (org, "assignee_user_id") REFERENCES nexa_users (org, "id") DEFERRABLE INITIALLY DEFERRED,
  CONSTRAINT nexa_tickets_assignee_lead_id_fk FOREIGN KEY (org, "assignee_lead_id") REFERENCES nexa_users (org, "id") DEFERRABLE INITIALLY DEFERRED
) STRICT"#
    );
    let indexes: Vec<&str> = ticket.indexes.iter().map(|index| index.sql.as_str()).collect();
    assert_eq!(
        indexes,
        [
            r#"CREATE INDEX nexa_tickets_status_assignee_queue_priority_rank_created_at_idx ON nexa_tickets (org, "status", "assignee_queue", "priority_rank", "created_at", "id", "deleted_at")"#,
            r#"CREATE INDEX nexa_tickets_assignee_user_id_ref ON nexa_tickets (org, "assignee_user_id", "id") WHERE "assignee_user_id" IS NOT NULL"#,
            r#"CREATE INDEX nexa_tickets_assignee_lead_id_ref ON nexa_tickets (org, "assignee_lead_id", "id") WHERE "assignee_lead_id" IS NOT NULL"#,
            r#"CREATE INDEX nexa_tickets_subject_key_trash ON nexa_tickets (org, "subject") WHERE "deleted_at" IS NOT NULL"#,
            r#"CREATE UNIQUE INDEX nexa_tickets_subject_key ON nexa_tickets (org, "subject") WHERE "deleted_at" IS NULL"#,
        ]
    );
    // A kind that is not among the given ones cannot be pointed at.
    let alone = nexa_sql::tables(Dialect::Sqlite, &[Ticket::def()]);
    assert!(!alone.last().unwrap().sql.contains("FOREIGN KEY"));
}

#[test]
fn a_queue_is_merged_range_by_range() {
    let range = |status: u8, queue: u8| {
        format!(
            "SELECT t0.\"priority_rank\" AS k0, t0.\"created_at\" AS k1, t0.\"id\" AS k2 FROM nexa_tickets AS t0 \
             WHERE t0.org = ?1 AND t0.\"status\" = ?{status} AND t0.\"assignee_queue\" = ?{queue} \
             AND t0.\"deleted_at\" IS NULL \
             AND (t0.\"priority_rank\", t0.\"created_at\", t0.\"id\") > (?7, ?8, ?9)"
        )
    };
    let ranges = [range(3, 5), range(3, 6), range(4, 5), range(4, 6)].join(" UNION ALL ");
    let page = queue(&["open", "pending"]);
    assert_eq!(
        rendered(&page),
        format!(
            "({ranges} ORDER BY k0, k1, k2 LIMIT ?2) AS page CROSS JOIN nexa_tickets AS t0 \
             WHERE t0.org = ?1 AND t0.\"id\" = page.k2 ORDER BY page.k0, page.k1, page.k2"
        )
    );
    let statement = nexa_sql::select(Dialect::Sqlite, ORG, &page);
    assert_eq!(statement.binds[0], Bind::from(Value::Uuid(ORG)));
    assert_eq!(statement.binds[1], Bind::from(Value::Int(50)));
    assert_eq!(statement.binds[3], Bind::from(text("pending")));
    assert_eq!(statement.binds.len(), 9);
}

#[test]
fn what_no_index_serves_is_not_merged() {
    let merged = |query: &Select| rendered(query).contains("UNION ALL");
    let page = queue(&["open", "pending"]);
    assert!(merged(&page));
    // A value that is listed twice is one range.
    assert!(!merged(&Select { filter: only_queue(&[1]).and(status(&["open", "open"])), ..page.clone() }));
    // Alternatives about one column are a list of it.
    let either = Predicate::Or(vec![only_queue(&[1]), only_queue(&[2, 3])]);
    assert!(merged(&Select { filter: either.and(status(&["open"])), ..page.clone() }));
    let mixed = Predicate::Or(vec![only_queue(&[1]), status(&["open"])]);
    assert!(!merged(&Select { filter: mixed.and(status(&["open"])), ..page.clone() }));
    // A reference without an index of the definition has one of the schema.
    let of_users = Predicate::In(at("assignee.user"), [1, 2].map(|user| Value::Uuid(Uuid::from_u128(user))).to_vec());
    assert!(merged(&Select::all(Ticket::def(), 5).filtered(of_users)));
    // More ranges than it is worth.
    assert!(!merged(&Select {
        filter: only_queue(&(0..65).collect::<Vec<_>>()).and(status(&["open"])),
        ..page.clone()
    }));
    // The order does not follow the fixed columns in the index.
    assert!(!merged(&Select { sort: sorted(&[("created_at", false)]), after: None, ..page.clone() }));
    // Nothing fixes the first column of the index.
    assert!(!merged(&Select { filter: only_queue(&[1, 2]), ..page }));
}

#[test]
fn positions_of_every_kind() {
    let after = |sort: &[(&str, bool)], values: Vec<Value>| {
        let query = Select { sort: sorted(sort), after: Some(values), ..Select::all(Ticket::def(), 9) };
        let sql = rendered(&query);
        let sql = sql.strip_prefix("nexa_tickets AS t0 WHERE t0.org = ?1 AND t0.\"deleted_at\" IS NULL AND ").unwrap();
        sql.rsplit_once(" LIMIT").unwrap().0.replace("t0.", "").replace('"', "")
    };
    let (one, id) = (Value::Int(1), Value::Uuid(ORG));
    assert_eq!(after(&[], vec![id.clone()]), "id > ?2 ORDER BY id");
    assert_eq!(
        after(&[("created_at", false), ("version", false)], vec![one.clone(), one.clone(), id.clone()]),
        "(created_at, version, id) > (?2, ?3, ?4) ORDER BY created_at, version, id"
    );
    // What follows the id cannot matter.
    assert_eq!(
        after(&[("id", true), ("version", true)], vec![id.clone(), one.clone(), id.clone()]),
        "id < ?2 ORDER BY id DESC"
    );
    assert_eq!(
        after(&[("created_at", true), ("version", true)], vec![one.clone(), one.clone(), id.clone()]),
        "(created_at, version) <= (?2, ?3) AND (created_at < ?2 OR created_at = ?2 AND version < ?3 \
         OR created_at = ?2 AND version = ?3 AND id > ?4) ORDER BY created_at DESC, version DESC, id"
    );
    assert_eq!(
        after(&[("due", false), ("version", true)], vec![one.clone(), one.clone(), id.clone()]),
        "((due > ?2 OR due IS NULL) OR due = ?2 AND version < ?3 OR due = ?2 AND version = ?3 AND id > ?4) \
         ORDER BY due NULLS LAST, version DESC, id"
    );
    assert_eq!(
        after(&[("due", true)], vec![Value::Null, id]),
        "due IS NULL AND (due IS NULL AND id > ?2) ORDER BY due DESC NULLS LAST, id"
    );
}

#[test]
fn a_search() {
    let part = |from: u8| {
        format!(
            "SELECT record, max(weight) AS score FROM nexa_terms WHERE org = ?1 AND kind = ?2 \
             AND term >= ?{from} AND term < ?{} GROUP BY record",
            from + 1
        )
    };
    let rows = "JOIN nexa_tickets AS t0 ON t0.org = ?1 AND t0.\"id\" = found.record AND t0.\"deleted_at\" IS NULL";
    let order = "ORDER BY found.score DESC, found.record";
    let two = Select::all(Ticket::def(), 5).searched(vec!["a".into(), "b".into()]);
    let both = format!(
        "SELECT part.record AS record, sum(part.score) AS score FROM ({} UNION ALL {}) AS part \
         GROUP BY part.record HAVING count(*) = 2",
        part(3),
        part(5)
    );
    assert_eq!(
        rendered(&two),
        format!("(SELECT record, score FROM ({both}) AS found WHERE TRUE {order} LIMIT ?7) AS found {rows} {order}")
    );
    // A filter may drop hits, so their rows come first.
    let rank = Predicate::Compare(at("version"), Comparison::Eq, Value::Int(1));
    let one = Select::all(Ticket::def(), 5).searched(vec!["a".into()]).filtered(rank);
    assert_eq!(rendered(&one), format!("({}) AS found {rows} AND t0.\"version\" = ?5 {order} LIMIT ?6", part(3)));
    let sql = nexa_sql::select(Dialect::Postgres(nexa_sql::Namespace::default()), ORG, &two).sql;
    assert!(sql.ends_with("ORDER BY found.score DESC, found.record LIMIT $7") && sql.matches("ORDER BY").count() == 1);
}

#[test]
fn texts_match_by_bytes() {
    let matching = |place, sought: &str| condition(Predicate::Match(at("subject.folded"), place, sought.to_owned()));
    assert_eq!(matching(Place::Start, "ab"), "(t0.\"subject_folded\" >= ?2 AND t0.\"subject_folded\" < ?3)");
    assert_eq!(matching(Place::Start, "\u{10ffff}"), "(t0.\"subject_folded\" >= ?2)");
    assert_eq!(matching(Place::Anywhere, "ab"), "instr(t0.\"subject_folded\", ?2) > 0");
    assert_eq!(
        matching(Place::End, "äb"),
        "CASE WHEN t0.\"subject_folded\" IS NOT NULL \
         THEN coalesce(substr(CAST(t0.\"subject_folded\" AS BLOB), -3), x'') = CAST(?2 AS BLOB) END"
    );
}

#[test]
fn keys_compare_with_their_own_type() {
    let keyed = |key: &str, value| condition(Predicate::Key(at("custom"), key.to_owned(), Comparison::Eq, value));
    assert_eq!(
        keyed("x", json!("a")),
        "CASE WHEN json_type(t0.\"custom\", ?2) = 'text' THEN json_extract(t0.\"custom\", ?3) = ?4 END"
    );
    assert_eq!(
        keyed("x", json!(true)),
        "CASE json_type(t0.\"custom\", ?2) WHEN 'true' THEN 1 WHEN 'false' THEN 0 END = ?3"
    );
    assert_eq!(keyed("x", json!([])), "NULL");
    assert!(keyed("a \" quote", json!("a")).contains("FROM json_each(t0.\"custom\") WHERE key = ?"));
    assert_eq!(
        condition(Predicate::KeyIsNull(at("custom"), "x".to_owned())),
        "coalesce(json_type(t0.\"custom\", ?2), 'null') = 'null'"
    );
}

#[test]
fn tags_of_live_rows_are_indexed() {
    let has = Predicate::Has(at("tags"), vec!["vip".to_owned()]);
    assert_eq!(condition(has.clone()), "EXISTS (SELECT 1 FROM json_each(t0.\"tags\") AS entry WHERE entry.value = ?2)");
    assert_eq!(
        rendered(&Select::all(Ticket::def(), 1).filtered(has)),
        "nexa_tickets AS t0 WHERE t0.org = ?1 AND t0.\"deleted_at\" IS NULL AND EXISTS (SELECT 1 FROM nexa_indexed_values \
         AS entry WHERE entry.org = ?1 AND entry.kind = ?2 AND entry.field = ?3 AND entry.value = ?4 \
         AND entry.record = t0.\"id\") ORDER BY t0.\"id\" LIMIT ?5"
    );
}

#[test]
fn indexed_custom_fields_lead_to_their_rows() {
    let among = |texts: &[&str]| {
        let texts = texts.iter().map(|text| (*text).to_owned()).collect();
        Predicate::Indexed(at("custom"), "region".to_owned(), texts)
    };
    let live = |filter| rendered(&Select::all(Ticket::def(), 1).filtered(filter));
    let entry = "entry.org = ?1 AND entry.kind = ?2 AND entry.field = ?3";
    assert_eq!(
        live(among(&["EMEA"])),
        format!(
            "nexa_indexed_values AS entry CROSS JOIN nexa_tickets AS t0 WHERE {entry} AND entry.value = ?4 \
             AND entry.record = t0.\"id\" AND t0.org = ?1 AND t0.\"deleted_at\" IS NULL ORDER BY t0.\"id\" LIMIT ?5"
        )
    );
    // Under an OR it does not lead, and under a NOT it has to know of unknown.
    let live_rows = "nexa_tickets AS t0 WHERE t0.org = ?1 AND t0.\"deleted_at\" IS NULL AND";
    assert_eq!(
        live(Predicate::Or(vec![among(&["EMEA", "APAC"]), Predicate::IsNull(at("due"))])),
        format!(
            "{live_rows} (EXISTS (SELECT 1 FROM nexa_indexed_values AS entry WHERE {entry} AND entry.value IN (?4, ?5) \
             AND entry.record = t0.\"id\") OR t0.\"due\" IS NULL) ORDER BY t0.\"id\" LIMIT ?6"
        )
    );
    let document = "CASE WHEN json_type(t0.\"custom\", ?2) = 'text' THEN json_extract(t0.\"custom\", ?3) = ?4 END";
    assert_eq!(
        live(Predicate::Not(Box::new(among(&["EMEA"])))),
        format!("{live_rows} NOT ({document}) ORDER BY t0.\"id\" LIMIT ?5")
    );
    assert_eq!(condition(among(&["EMEA"])), document, "the index does not know the trash");
    assert_eq!(condition(among(&[])), "0");
}

#[test]
fn relations_lists_and_nulls() {
    let newer = Predicate::Compare(User::def().column("version").unwrap(), Comparison::Gt, Value::Int(2));
    assert_eq!(
        condition(Predicate::Through(at("assignee.user"), User::def(), Box::new(newer))),
        "EXISTS (SELECT 1 FROM nexa_users AS t1 WHERE t1.org = ?1 AND t1.\"id\" = t0.\"assignee_user_id\" \
         AND t1.\"version\" > ?2)"
    );
    let due = at("due");
    assert_eq!(condition(Predicate::Compare(due, Comparison::Ne, Value::Null)), "NULL");
    assert_eq!(condition(Predicate::In(due, vec![])), "0");
    assert_eq!(condition(Predicate::In(due, vec![Value::Null])), "(t0.\"due\" IS NULL AND NULL)");
    assert_eq!(condition(Predicate::In(due, vec![Value::Null, Value::Int(1)])), "t0.\"due\" IN (?2)");
    assert_eq!(condition(Predicate::In(due, (0..17).map(Value::Int).collect())), "t0.\"due\" IN rarray(?2)");
    let any = Predicate::Or(vec![Predicate::IsNull(due), Predicate::never()]);
    assert_eq!(condition(Predicate::Not(Box::new(any))), "NOT ((t0.\"due\" IS NULL OR 0))");
}

/// Page by page each row is looked up; where all are counted and nothing else narrows them, what points at them is read once.
#[test]
fn what_points_at_rows_is_looked_up_or_read_once() {
    let open = || Predicate::Compare(at("status"), Comparison::Eq, Value::Text("open".to_owned()));
    let pointed = |at_least| {
        let column = at("assignee.user");
        let asked = Pointing { at: User::def(), of: Ticket::def(), column, at_least, filter: open() };
        Predicate::Pointed(Box::new(asked))
    };
    let matching = "t1.\"deleted_at\" IS NULL AND t1.\"status\" = ?2";
    let own = "FROM nexa_tickets AS t1 WHERE t1.org = ?1 AND t1.\"assignee_user_id\" = t0.\"id\"";
    let page = |at_least| {
        let select = Select::all(User::def(), 1).filtered(pointed(at_least));
        let sql = nexa_sql::select(Dialect::Sqlite, ORG, &select).sql;
        sql.split_once("WHERE t0.org = ?1 AND ").unwrap().1.split(" ORDER BY").next().unwrap().to_owned()
    };
    assert_eq!(page(1), format!("EXISTS (SELECT 1 {own} AND {matching})"));
    assert_eq!(page(3), format!("(SELECT count(*) FROM (SELECT 1 {own} AND {matching} LIMIT ?3) AS c1) >= ?3"));
    let count = |dialect, filter: Predicate| {
        let (of, trash, groups, measures) = (User::def(), Trash::Live, Vec::new(), vec![Measure::Count]);
        let sql = nexa_sql::aggregate(dialect, ORG, &Aggregate { of, filter, trash, groups, measures, limit: 1 }).0.sql;
        sql.split_once("WHERE t0.org = ")
            .unwrap()
            .1
            .split_once(" AND ")
            .unwrap()
            .1
            .split(" LIMIT")
            .next()
            .unwrap()
            .to_owned()
    };
    let all = "t0.\"id\" IN (SELECT t1.\"assignee_user_id\" FROM nexa_tickets AS t1 WHERE t1.org = ?1 AND \
               t1.\"assignee_user_id\" IS NOT NULL";
    assert_eq!(count(Dialect::Sqlite, pointed(1)), format!("{all} AND {matching})"));
    let three = format!("{all} AND {matching} GROUP BY t1.\"assignee_user_id\" HAVING count(*) >= ?3)");
    assert_eq!(count(Dialect::Sqlite, pointed(3)), three);
    assert_eq!(count(Dialect::Sqlite, Predicate::Not(Box::new(pointed(3)))), format!("NOT ({three})"));
    let newer = Predicate::Compare(User::def().column("version").unwrap(), Comparison::Gt, Value::Int(2));
    assert!(count(Dialect::Sqlite, pointed(3).and(newer)).starts_with("(SELECT count(*) FROM (SELECT 1 "));
}

#[test]
fn an_aggregate() {
    let aggregate = Aggregate {
        of: Ticket::def(),
        filter: Predicate::always(),
        trash: Trash::Live,
        groups: vec![Group::Column(at("status")), Group::Month(at("created_at"), chrono_tz::Tz::Europe__Berlin.into())],
        measures: vec![Measure::Count, Measure::Avg(at("version")), Measure::Distinct(at("due"))],
        limit: 5,
    };
    assert_eq!(
        nexa_sql::aggregate(Dialect::Sqlite, ORG, &aggregate).0.sql,
        "SELECT t0.\"status\", nexa_month(t0.\"created_at\", ?2), count(*), sum(t0.\"version\" >> 32), \
         sum(t0.\"version\" & 4294967295), count(t0.\"version\"), count(DISTINCT t0.\"due\") \
         FROM nexa_tickets AS t0 WHERE t0.org = ?1 AND t0.\"deleted_at\" IS NULL \
         GROUP BY 1, 2 ORDER BY 1 NULLS LAST, 2 NULLS LAST LIMIT ?3"
    );
}

#[test]
fn sums_are_put_together_exactly() {
    let version = at("version");
    let finish = |measure, high, low, count| {
        nexa_sql::finish(Ticket::def(), measure, (i128::from(high) << 32) + i128::from(low), count)
    };
    let split = |number: i64| (number >> 32, number & 0xffff_ffff);
    for number in [0, 1, -1, i64::MAX, i64::MIN, 5_000_000_000] {
        let (high, low) = split(number);
        assert_eq!(finish(Measure::Sum(version), high, low, 1).unwrap(), Value::Int(number));
    }
    let (high, low) = split(i64::MAX);
    assert_eq!(finish(Measure::Sum(version), high * 2, low * 2, 2).unwrap_err().code(), "aggregate.overflow");
    let mean = |sum, count| match finish(Measure::Avg(version), sum, 0, count) {
        Ok(Value::Amount(mean)) => mean.ten_thousandths(),
        other => panic!("{other:?}"),
    };
    // 2^32 / 3, and halves to the even neighbour.
    assert_eq!(mean(1, 3), 14_316_557_653_333);
    let halves = |sum: i64| match finish(Measure::Avg(version), 0, sum, 20_000) {
        Ok(Value::Amount(mean)) => mean.ten_thousandths(),
        other => panic!("{other:?}"),
    };
    assert_eq!([halves(1), halves(3), halves(5)], [0, 2, 2]);
    assert_eq!(finish(Measure::Sum(version), 0, 0, 0).unwrap(), Value::Null);
}

#[test]
fn changes_name_what_they_write() {
    let def = User::def();
    assert_eq!(
        nexa_sql::insert(Dialect::Sqlite, def),
        "INSERT INTO nexa_users (org, \"id\", \"version\", \"created_at\", \"updated_at\") VALUES (?1, ?2, ?3, ?4, ?5)"
    );
    let row = |version, updated| {
        let at = Timestamp::from_micros(1);
        let updated_at = Timestamp::from_micros(updated);
        User { id: Id::new(ORG), version, created_at: at, updated_at }.to_row()
    };
    let changed = Changed::between(def, &row(1, 1), &row(2, 5));
    assert_eq!(changed.columns().collect::<Vec<_>>(), [1, 3]);
    assert!(Changed::between(def, &row(1, 1), &row(1, 1)).is_empty());
    assert_eq!(
        nexa_sql::update(Dialect::Sqlite, def, &changed),
        "UPDATE nexa_users SET \"version\" = ?4, \"updated_at\" = ?5 WHERE \"org\" = ?1 AND \"id\" = ?2 AND \"version\" = ?3"
    );
    assert_eq!(
        nexa_sql::delete(Dialect::Sqlite, def),
        "DELETE FROM nexa_users WHERE \"org\" = ?1 AND \"id\" = ?2 AND \"version\" = ?3"
    );
}

#[test]
fn loads_by_key() {
    let load =
        |path: &str, list| nexa_sql::load_by_key(Dialect::Sqlite, Ticket::def(), at(path), list).replace(SELECT, "");
    assert_eq!(load("id", false), "nexa_tickets AS t0 WHERE t0.org = ?1 AND t0.\"id\" = ?2");
    assert_eq!(
        load("id", true),
        "(SELECT DISTINCT value FROM rarray(?2)) AS wanted CROSS JOIN nexa_tickets AS t0 \
         WHERE t0.org = ?1 AND t0.\"id\" = wanted.value"
    );
    // Live and trashed rows have an index each.
    assert_eq!(
        load("subject", false),
        "nexa_tickets AS t0 WHERE t0.org = ?1 AND t0.\"subject\" = ?2 AND t0.\"deleted_at\" IS NULL UNION ALL \
         nexa_tickets AS t0 WHERE t0.org = ?1 AND t0.\"subject\" = ?2 AND t0.\"deleted_at\" IS NOT NULL"
    );
}

#[test]
fn events_by_position() {
    let events = |query: EventQuery| {
        let sql = nexa_sql::events(Dialect::Sqlite, ORG, &query).sql;
        sql.split_once(", hash FROM ").unwrap().1.replace("nexa_events WHERE ", "")
    };
    let query = EventQuery { after: 5, limit: 3, ..EventQuery::default() };
    assert_eq!(events(query.clone()), "org = ?1 AND seq > ?2 ORDER BY seq LIMIT ?3");
    let caused = EventQuery { unit: Some(ORG), cause: Some("fair".to_owned()), ..query.clone() };
    assert_eq!(events(caused), "org = ?1 AND seq > ?2 AND unit = ?3 AND cause = ?4 ORDER BY seq LIMIT ?5");
    let backwards = EventQuery { backwards: true, after: 0, records: Some(vec![("ticket", ORG)]), ..query };
    assert_eq!(events(backwards.clone()), "org = ?1 AND record = ?2 AND kind = ?3 ORDER BY seq DESC LIMIT ?4");
    let records = Some(vec![("ticket", ORG), ("lead", ORG), ("ticket", ORG)]);
    let several = EventQuery { records, after: 5, ..backwards };
    assert_eq!(
        events(several),
        "(SELECT DISTINCT ?2 AS wanted_kind, value AS wanted_record FROM rarray(?3) UNION ALL \
         SELECT DISTINCT ?4 AS wanted_kind, value AS wanted_record FROM rarray(?5)) AS wanted CROSS JOIN \
         org = ?1 AND seq < ?6 AND record = wanted_record AND kind = wanted_kind ORDER BY seq DESC LIMIT ?7"
    );
}

#[test]
fn postgres_reads_the_same_shapes() {
    let page = queue(&["open", "pending"]);
    let sql = nexa_sql::select(Dialect::Postgres(nexa_sql::Namespace::default()), ORG, &page).sql;
    assert!(sql.contains("FROM nexa.tickets AS t0 WHERE t0.org = $1"));
    assert!(sql.contains(" > ($7, $8, $9) ORDER BY k0, k1, k2 LIMIT 64) UNION ALL (SELECT "));
    let start =
        Select::all(Ticket::def(), 1).filtered(Predicate::Match(at("subject.folded"), Place::Start, "a".to_owned()));
    let sql = nexa_sql::select(Dialect::Postgres(nexa_sql::Namespace::default()), ORG, &start).sql;
    assert!(sql.contains("(t0.\"subject_folded\" ~>=~ $2 AND t0.\"subject_folded\" ~<~ $3)"));
}

fn status(values: &[&str]) -> Predicate {
    Predicate::In(at("status"), values.iter().map(|value| text(value)).collect())
}

fn only_queue(values: &[u128]) -> Predicate {
    Predicate::In(at("assignee.queue"), values.iter().map(|value| Value::Uuid(Uuid::from_u128(*value))).collect())
}

/// The second page of the tickets of two queues.
fn queue(statuses: &[&str]) -> Select {
    Select {
        sort: sorted(&[("priority.rank", false), ("created_at", false)]),
        after: Some(vec![Value::Int(1), Value::Time(Timestamp::from_micros(5)), Value::Uuid(ORG)]),
        ..Select::all(Ticket::def(), 50).filtered(status(statuses).and(only_queue(&[1, 0])))
    }
}

#[test]
fn terms_are_added_together() {
    assert_eq!(
        nexa_sql::add_terms(Dialect::Sqlite, 2),
        "INSERT OR IGNORE INTO nexa_terms (org, kind, record, term, weight) VALUES (?1, ?2, ?3, ?4, ?5), (?1, ?2, ?3, ?6, ?7)"
    );
    assert_eq!(
        nexa_sql::add_terms(Dialect::Postgres(nexa_sql::Namespace::default()), 1),
        "INSERT INTO nexa.terms (org, kind, record, term, weight) VALUES ($1, $2, $3, $4, $5) ON CONFLICT DO NOTHING"
    );
}
