//! Orders and pages.

use super::{
    toys::{Keeper, Size, Toy, column, labels, player, second, toy, toy_box, uuid},
    unit::{ORG, apply, get, insert, numbers, put, remove, scan, select, update},
};
use crate::{
    Id, Record,
    filter::{Comparison, Predicate},
    record::Row,
    sort::SortKey,
    store::{Select, Store, Trash},
    value::Value,
};

fn by(path: &str, descending: bool) -> SortKey {
    SortKey::of(column(path), descending)
}

fn sorted(sort: Vec<SortKey>, limit: usize) -> Select {
    Select { sort, ..Select::all(Toy::def(), limit) }
}

/// All rows of a query, page by page.
pub(super) fn all_pages(store: &dyn Store, org: uuid::Uuid, mut query: Select) -> Vec<Row> {
    let mut all: Vec<Row> = Vec::new();
    loop {
        let page = select(store, org, query.clone());
        assert!(page.len() <= query.limit, "a page holds at most {}", query.limit);
        let Some(last) = page.last() else { return all };
        query.after = Some(query.position(last));
        all.extend(page);
    }
}

fn mixed(store: &dyn Store) {
    let ratings = [Some(3), None, Some(1), Some(3), None, Some(-2), Some(1), Some(3)];
    let rows = (1..).zip(ratings).map(|(number, rating)| Toy {
        rating,
        pieces: i64::try_from(number).unwrap() % 3,
        note: rating.map(|rating| format!("n{}", rating % 2)),
        tags: labels(&["t"]),
        ..toy(number, "toy")
    });
    put(store, rows.map(|toy| insert(&toy)).collect());
}

/// Pages follow one another without gap or repetition, up and down, with nulls last in both directions.
pub fn pages_run_in_both_directions(store: &dyn Store) {
    mixed(store);
    for limit in 1..=9 {
        for (descending, expected) in [(false, [6, 3, 7, 1, 4, 8, 2, 5]), (true, [1, 4, 8, 3, 7, 6, 2, 5])] {
            let pages = all_pages(store, ORG, sorted(vec![by("rating", descending)], limit));
            assert_eq!(numbers(Toy::def(), &pages), expected, "{limit} descending: {descending}");
        }
        let pages = all_pages(store, ORG, sorted(Vec::new(), limit));
        assert_eq!(numbers(Toy::def(), &pages), [1, 2, 3, 4, 5, 6, 7, 8]);
    }
}

/// After the sort keys, each in its own direction, the id decides, ascending.
pub fn ties_are_broken_by_id(store: &dyn Store) {
    mixed(store);
    for limit in [1, 2, 3, 8] {
        for (sort, expected) in [
            (vec![by("note", true), by("pieces", false)], [3, 1, 4, 7, 8, 6, 2, 5]),
            (vec![by("pieces", true), by("rating", false)], [8, 2, 5, 7, 1, 4, 6, 3]),
            (vec![by("pieces", false), by("note", false), by("rating", true)], [6, 3, 1, 4, 7, 8, 2, 5]),
            (vec![by("pieces", false)], [3, 6, 1, 4, 7, 2, 5, 8]),
            (vec![by("pieces", true)], [2, 5, 8, 1, 4, 7, 3, 6]),
            (vec![by("name", true)], [1, 2, 3, 4, 5, 6, 7, 8]),
            (vec![by("id", true)], [8, 7, 6, 5, 4, 3, 2, 1]),
        ] {
            let pages = all_pages(store, ORG, sorted(sort.clone(), limit));
            assert_eq!(numbers(Toy::def(), &pages), expected, "{limit} {sort:?}");
        }
    }
}

/// Where an index has the order, it has it also of what was changed, trashed, removed and taken back.
pub fn an_order_follows_what_changes(store: &dyn Store) {
    mixed(store);
    let stored = |number| get::<Toy>(store, ORG, uuid(number)).unwrap();
    let ordered = |descending, limit, change: fn(Select) -> Select| {
        numbers(Toy::def(), &all_pages(store, ORG, change(sorted(vec![by("pieces", descending)], limit))))
    };
    let grown = update(&stored(4), &Toy { pieces: 9, ..stored(4) });
    let trashed = update(&stored(7), &Toy { deleted_at: Some(second(7)), ..stored(7) });
    put(store, vec![grown, trashed, remove(&stored(5))]);
    let lost = vec![insert(&Toy { pieces: 10, ..toy(20, "toy") }), insert(&stored(1))];
    assert_eq!(apply(store, ORG, lost).unwrap_err().code(), "id.taken");
    for limit in [1, 2, 7] {
        assert_eq!(ordered(true, limit, |query| query), [4, 2, 8, 1, 3, 6]);
        assert_eq!(ordered(false, limit, |query| query), [3, 6, 1, 2, 8, 4]);
        assert_eq!(ordered(true, limit, |query| Select { trash: Trash::Any, ..query }), [4, 2, 8, 1, 7, 3, 6]);
        assert_eq!(ordered(false, limit, |query| Select { trash: Trash::Trashed, ..query }), [7]);
        let rated = |query: Select| query.filtered(Predicate::Compare(column("rating"), Comparison::Ge, Value::Int(3)));
        assert_eq!(ordered(false, limit, rated), [1, 8, 4]);
    }
}

/// A list of queues with an order and a limit: the merge of the queues.
pub fn a_queue_is_merged(store: &dyn Store) {
    put(store, vec![insert(&player(1, "Ada")), insert(&player(2, "Ben")), insert(&toy_box(3, "Attic"))]);
    let keepers = [
        None,
        Some(Keeper::Player(Id::new(uuid(1)))),
        Some(Keeper::Player(Id::new(uuid(2)))),
        Some(Keeper::Box(Id::new(uuid(3)))),
    ];
    let sizes = [Size::Small, Size::Medium, Size::Large];
    let mut number = 100;
    let mut rows = Vec::new();
    for keeper in keepers {
        for size in sizes {
            for age in [3, 1] {
                rows.push(Toy { keeper, size, created_at: second(age), ..toy(number, "toy") });
                number += 1;
            }
        }
    }
    put(store, rows.iter().map(insert).collect());
    let mine = [0, 1, 3].map(|number| Value::Uuid(uuid(number)));
    let query = Select {
        filter: Predicate::In(column("keeper.queue"), mine.to_vec()),
        sort: vec![by("size.rank", false), by("created_at", true)],
        ..Select::all(Toy::def(), 4)
    };
    let pages = numbers(Toy::def(), &all_pages(store, ORG, query));
    let expected = [104, 110, 122, 105, 111, 123, 102, 108, 120, 103, 109, 121, 100, 106, 118, 101, 107, 119];
    assert_eq!(pages, expected);
}

/// A scan of some columns goes on over any number of rows, in order, from a position up to its limit.
pub fn scans_go_on_over_many_pages(store: &dyn Store) {
    let rows: Vec<Toy> = (1..=2_345).map(|number| Toy { place: Some(7), ..toy(number, "toy") }).collect();
    put(store, rows.iter().map(insert).collect());
    let query = sorted(vec![by("id", true)], usize::MAX);
    let columns = vec![column("place"), column("id"), column("note")];
    let expected = |from: u128, to: u128| -> Vec<Row> {
        let row = |number| Row::new(vec![Value::Int(7), Value::Uuid(uuid(number)), Value::Null]);
        (to..=from).rev().map(row).collect()
    };
    assert_eq!(scan(store, ORG, query.clone(), columns.clone()), expected(2_345, 1));
    let limited =
        Select { limit: 2_000, after: Some(vec![Value::Uuid(uuid(2_300)), Value::Uuid(uuid(2_300))]), ..query };
    assert_eq!(scan(store, ORG, limited.clone(), columns.clone()), expected(2_299, 300));
    assert_eq!(scan(store, ORG, Select { limit: 0, ..limited }, columns), Vec::<Row>::new());
}

/// No more rows come than were asked for, and none when none were.
pub fn limits_hold(store: &dyn Store) {
    mixed(store);
    for (limit, expected) in [(0, 0), (1, 1), (7, 7), (8, 8), (usize::MAX, 8)] {
        assert_eq!(select(store, ORG, sorted(Vec::new(), limit)).len(), expected);
    }
}
