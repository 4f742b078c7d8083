//! Searches.

use super::{
    toys::{Toy, column, second, toy},
    unit::{ORG, insert, numbers, put, remove, select, update},
};
use crate::{
    Record,
    filter::{Comparison, Predicate},
    record::Row,
    search::{row_terms, score, sought},
    store::{Select, Store, Trash},
    value::Value,
};

fn search(text: &str, limit: usize) -> Select {
    Select::all(Toy::def(), limit).searched(sought(text))
}

fn found(store: &dyn Store, text: &str) -> Vec<u128> {
    numbers(Toy::def(), &select(store, ORG, search(text, usize::MAX)))
}

fn noted(number: u128, name: &str, note: &str) -> Toy {
    Toy { note: Some(note.to_owned()), ..toy(number, name) }
}

/// Every term has to begin a term of the row, wherever that stands, whatever the case.
pub fn terms_match_by_their_beginning(store: &dyn Store) {
    put(
        store,
        vec![
            insert(&noted(1, "Brown Bear", "from M\u{dc}NCHEN, 100%")),
            insert(&noted(2, "Bearded doll", "brown_eyes")),
            insert(&toy(3, "Car")),
            insert(&noted(4, "Forbear", "mail ada@example.com")),
        ],
    );
    for (text, expected) in [
        ("bear", vec![1, 2]),
        ("BEAR brown", vec![1, 2]),
        ("bearded", vec![2]),
        ("brown car", vec![]),
        ("m\u{fc}n", vec![1]),
        ("ada@example.com", vec![4]),
        ("exam", vec![4]),
        ("zebra", vec![]),
        ("c", vec![3, 4]),
    ] {
        assert_eq!(found(store, text), expected, "{text}");
    }
    // A term is a beginning of text, and no pattern.
    for pattern in ["%", "_", "b%", "b_ar", "\u{10ffff}"] {
        let query = Select::all(Toy::def(), 10).searched(vec![pattern.into()]);
        assert!(select(store, ORG, query).is_empty(), "{pattern}");
    }
}

/// The sum of the best weights decides, then the id.
pub fn hits_come_best_first(store: &dyn Store) {
    put(
        store,
        vec![
            insert(&noted(1, "car", "bear bearings")),
            insert(&noted(2, "bear", "bearings")),
            insert(&noted(3, "car bear", "nothing")),
            insert(&noted(4, "bear", "car")),
            insert(&noted(5, "doll", "car bear")),
        ],
    );
    assert_eq!(found(store, "bear"), [2, 3, 4, 1, 5]);
    assert_eq!(found(store, "bear car"), [3, 1, 4, 5]);
    assert_eq!(found(store, "be bear"), [2, 3, 4, 1, 5]);
}

/// Records whose words nearly all begin alike leave room for the others on a page.
pub fn many_words_of_one_record_are_one_hit(store: &dyn Store) {
    let bears: Vec<String> = (0..40).map(|number| format!("bear{number}")).collect();
    put(
        store,
        vec![
            insert(&toy(1, &bears.join(" "))),
            insert(&noted(2, "doll", &bears.join(" "))),
            insert(&toy(3, "bear")),
            insert(&noted(4, "car", "bear bear1")),
            insert(&noted(5, "bears", &bears.join(" "))),
        ],
    );
    let expected = [1, 3, 5, 2, 4];
    for limit in 1..=6 {
        let first = numbers(Toy::def(), &select(store, ORG, search("bear", limit)));
        assert_eq!(first, expected[..limit.min(5)], "{limit}");
    }
}

/// A search respects filter and trash mark, and its pages follow one another.
pub fn searches_are_filtered_and_paged(store: &dyn Store) {
    let rows: Vec<Toy> = (1..=12)
        .map(|number| Toy {
            pieces: i64::try_from(number).unwrap() % 4,
            ..if number % 3 == 0 { noted(number, "doll", "with bear") } else { toy(number, "bear") }
        })
        .collect();
    put(store, rows.iter().map(insert).collect());
    let filter = Predicate::Compare(column("pieces"), Comparison::Ne, Value::Int(1));
    let expected = [2, 4, 7, 8, 10, 11, 3, 6, 12];
    for limit in [1, 2, 5, 9, 10] {
        let mut query = search("bear", limit).filtered(filter.clone());
        let mut all: Vec<Row> = Vec::new();
        loop {
            let page = select(store, ORG, query.clone());
            assert!(page.len() <= limit);
            let Some(last) = page.last() else { break };
            let score = score(&query.terms, &row_terms(Toy::def(), last)).unwrap();
            query.after = Some(vec![Value::Int(score), Value::Uuid(last.id(Toy::def()))]);
            all.extend(page);
        }
        assert_eq!(numbers(Toy::def(), &all), expected, "{limit}");
    }
    let trashed = Select { trash: Trash::Trashed, ..search("bear", 10) };
    assert!(select(store, ORG, trashed).is_empty());
    assert!(select(store, ORG, search("bear", 0)).is_empty());
}

/// Terms come, change their weight and go with their row; the trash takes them, and restoring brings them back.
pub fn terms_follow_their_rows(store: &dyn Store) {
    let first = noted(1, "bear", "car");
    put(store, vec![insert(&first), insert(&noted(2, "doll", "car bear"))]);
    assert_eq!((found(store, "bear"), found(store, "car")), (vec![1, 2], vec![1, 2]));
    let swapped = Toy { version: 2, ..noted(1, "car", "train") };
    put(store, vec![update(&first, &swapped)]);
    assert_eq!((found(store, "bear"), found(store, "train")), (vec![2], vec![1]));
    let lesser = Toy { version: 3, ..noted(1, "train", "car") };
    put(store, vec![update(&swapped, &lesser), insert(&toy(3, "car"))]);
    assert_eq!(found(store, "car"), [3, 1, 2]);
    let trashed = Toy { version: 4, deleted_at: Some(second(1)), ..lesser.clone() };
    put(store, vec![update(&lesser, &trashed)]);
    assert_eq!((found(store, "car"), found(store, "train")), (vec![3, 2], vec![]));
    let restored = Toy { version: 5, deleted_at: None, ..trashed.clone() };
    put(store, vec![update(&trashed, &restored)]);
    assert_eq!(found(store, "train"), [1]);
    put(store, vec![remove(&restored)]);
    assert!(found(store, "train").is_empty());
}
