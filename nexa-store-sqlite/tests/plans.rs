//! Which indexes SQLite uses for what runs often.

use crate::common::*;
use nexa_kernel::{
    Record,
    filter::{Place, Predicate},
    ledger::EventQuery,
    search,
    store::{Select, SortKey},
    value::Value,
};
use nexa_sql::Dialect;
use uuid::Uuid;

/// How SQLite would run a statement on the schema of the two kinds.
fn plan(sql: &str) -> String {
    let db = rusqlite::Connection::open_in_memory().unwrap();
    rusqlite::vtab::array::load_module(&db).unwrap();
    db.execute_batch(&nexa_store_sqlite::schema(&[Team::def(), Job::def()])).unwrap();
    let mut statement = db.prepare(&format!("EXPLAIN QUERY PLAN {sql}")).unwrap();
    for number in 1..=statement.parameter_count() {
        statement.raw_bind_parameter(number, rusqlite::types::Null).unwrap();
    }
    let mut rows = statement.raw_query();
    let mut lines = Vec::new();
    while let Some(row) = rows.next().unwrap() {
        lines.push(row.get::<_, String>(3).unwrap());
    }
    lines.join("\n")
}

fn select(query: &Select) -> String {
    plan(&nexa_sql::select(Dialect::Sqlite, ORG, query).sql)
}

#[test]
fn keyed_loads_use_an_index() {
    for (path, index) in [
        ("id", "sqlite_autoindex_nexa_jobs_1 (org=? AND id=?)"),
        ("title", "nexa_jobs_title_key (org=? AND title=?)"),
        ("title", "nexa_jobs_title_key_trash (org=? AND title=?)"),
        ("team", "nexa_jobs_team_id_ref (org=? AND team_id=?)"),
    ] {
        for list in [false, true] {
            let plan = plan(&nexa_sql::load_by_key(Dialect::Sqlite, Job::def(), column(path), list));
            assert!(plan.contains(index) && !plan.contains("SCAN t0"), "{plan}");
        }
    }
    let plan = plan(&nexa_sql::load_external(Dialect::Sqlite, Job::def()));
    assert!(!plan.contains("SCAN"), "{plan}");
}

#[test]
fn a_queue_reads_its_index_in_order() {
    let teams = Predicate::In(column("team"), (1..=3).map(|team| Value::Uuid(Uuid::from_u128(team))).collect());
    let sort = ["rank", "created_at"].map(|path| SortKey::of(column(path), false)).to_vec();
    let filter = equals("status", Value::Text("open".to_owned())).and(teams);
    let query = Select { sort, ..Select::all(Job::def(), 50).filtered(filter) };
    let after = Some(vec![Value::Int(1), Value::Int(1), Value::Uuid(ORG)]);
    for (query, range) in [(query.clone(), "team_id=?)"), (Select { after, ..query }, "(rank,created_at,id)>(?,?,?))")]
    {
        let plan = select(&query);
        assert_eq!(plan.matches("USING COVERING INDEX").count(), 3, "{plan}");
        assert_eq!(plan.matches(range).count(), 3, "{plan}");
        // Nothing is sorted: the ranges are read in step.
        assert!(!plan.contains("TEMP B-TREE"), "{plan}");
    }
}

#[test]
fn searches_read_a_range_of_terms() {
    let plan = select(&Select::all(Job::def(), 10).searched(vec!["a".into(), "b".into()]));
    assert_eq!(plan.matches("USING PRIMARY KEY (org=? AND kind=? AND term>? AND term<?)").count(), 2, "{plan}");
    assert!(!plan.contains("SCAN nexa") && !plan.contains("SCAN t0"), "{plan}");
    // So does a word that may begin in several ways.
    let ways = select(&Select::all(Job::def(), 10).searched(search::sought("M\u{fc}ller 020 7946 0018")));
    assert_eq!(ways.matches("USING PRIMARY KEY (org=? AND kind=? AND term>? AND term<?)").count(), 11, "{ways}");
    assert!(!ways.contains("SCAN nexa") && !ways.contains("SCAN t0"), "{ways}");
    // The rows of hits that are no answer are not fetched.
    let sorted = plan.find("USE TEMP B-TREE FOR ORDER BY").unwrap();
    assert!(sorted < plan.find("SEARCH t0").unwrap(), "{plan}");
}

#[test]
fn pages_by_id_and_events_need_no_sort() {
    let after = Some(vec![Value::Uuid(ORG)]);
    let by_id = select(&Select { after, ..Select::all(Job::def(), 10) });
    assert!(by_id.contains("(org=? AND id>?)") && !by_id.contains("TEMP B-TREE"), "{by_id}");
    let start = Predicate::Match(column("title.folded"), Place::Start, "a".to_owned());
    assert!(!select(&Select::all(Job::def(), 10).filtered(start)).contains("SCAN"));
    let query = EventQuery { after: 5, limit: 10, ..EventQuery::default() };
    let feed = plan(&nexa_sql::events(Dialect::Sqlite, ORG, &query).sql);
    assert!(feed.contains("(org=? AND seq>?)") && !feed.contains("TEMP B-TREE"), "{feed}");
    let query = EventQuery { records: Some(vec![("job", ORG)]), backwards: true, ..query };
    let timeline = plan(&nexa_sql::events(Dialect::Sqlite, ORG, &query).sql);
    assert!(timeline.contains("nexa_events_record_idx") && !timeline.contains("TEMP B-TREE"), "{timeline}");
    let unit = EventQuery { unit: Some(ORG), records: None, ..query.clone() };
    let unit = plan(&nexa_sql::events(Dialect::Sqlite, ORG, &unit).sql);
    assert!(unit.contains("nexa_events_unit_idx (org=? AND unit=?") && !unit.contains("TEMP B-TREE"), "{unit}");
    let query =
        EventQuery { records: Some(vec![("job", ORG), ("tool", ORG), ("job", Uuid::nil())]), after: 9, ..query };
    let timelines = plan(&nexa_sql::events(Dialect::Sqlite, ORG, &query).sql);
    assert!(timelines.contains("nexa_events_record_idx (org=? AND record=? AND seq<?)"), "{timelines}");
    let recorded = plan(&nexa_sql::recorded(Dialect::Sqlite));
    assert!(
        recorded.contains("nexa_events_record_idx (org=? AND record=?)") && !recorded.contains("SCAN nexa"),
        "{recorded}"
    );
}

#[test]
fn indexed_custom_fields_are_found_by_their_index() {
    let region = Predicate::Indexed(column("custom"), "region".to_owned(), vec!["EMEA".to_owned()]);
    let key = "entry USING PRIMARY KEY (org=? AND kind=? AND field=? AND value=?)";
    let sort = vec![SortKey::of(column("created_at"), true)];
    for query in [Select::all(Job::def(), 10), Select { sort, ..Select::all(Job::def(), 10) }] {
        let plan = select(&query.filtered(region.clone()));
        let first = plan.lines().next().unwrap_or_default();
        assert!(
            first.contains(key) && plan.contains("t0 USING INDEX sqlite_autoindex_nexa_jobs_1 (org=? AND id=?)"),
            "{plan}"
        );
    }
}
