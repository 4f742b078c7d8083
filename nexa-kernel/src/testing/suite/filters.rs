//! What filters mean.

use super::{
    toys::{Names, Size, Toy, ToyBox, column, column_of, name_of, second, toy, toy_box, uuid},
    unit::{ORG, apply, insert, numbers, put, select},
};
use crate::{
    Amount, Date, Id, Record,
    filter::{Comparison, Place, Pointing, Predicate},
    store::{Select, Store, Trash},
    value::Value,
};

const COMPARISONS: [Comparison; 6] =
    [Comparison::Eq, Comparison::Ne, Comparison::Lt, Comparison::Le, Comparison::Gt, Comparison::Ge];

pub(super) fn found(store: &dyn Store, filter: Predicate) -> Vec<u128> {
    numbers(Toy::def(), &select(store, ORG, Select::all(Toy::def(), usize::MAX).filtered(filter)))
}

fn compare(path: &str, comparison: Comparison, value: Value) -> Predicate {
    Predicate::Compare(column(path), comparison, value)
}

pub(super) fn not(one: Predicate) -> Predicate {
    Predicate::Not(Box::new(one))
}

fn text(text: &str) -> Value {
    Value::Text(text.to_owned())
}

/// Every type compares by size, text by bytes; a row without the value is selected by none of them.
pub fn every_type_compares(store: &dyn Store) {
    let date = |day| Date::from_ymd_opt(2025, 11, day).unwrap();
    let amount = |value| Amount::from_ten_thousandths(value);
    // Toys 1 to 3 ascend in every column; toy 4 has nothing where it may.
    let rows = [
        Toy {
            note: Some("Z".to_owned()),
            size: Size::Large,
            rating: Some(-5),
            bought: Some(date(1)),
            played_at: Some(second(-1)),
            price: Some(amount(-15_000)),
            origin: Some(uuid(5)),
            pieces: -1,
            ..toy(1, "Z")
        },
        Toy {
            note: Some("a".to_owned()),
            size: Size::Medium,
            rating: Some(0),
            bought: Some(date(9)),
            played_at: Some(second(0)),
            price: Some(amount(9)),
            origin: Some(uuid(1 << 64)),
            pieces: 0,
            ..toy(2, "a")
        },
        Toy {
            note: Some("\u{e4}".to_owned()),
            size: Size::Small,
            rating: Some(i64::MAX),
            bought: Some(date(10)),
            played_at: Some(second(1)),
            price: Some(amount(10_000)),
            origin: Some(uuid(1 << 127)),
            pieces: 1,
            ..toy(3, "\u{e4}")
        },
    ];
    put(store, rows.iter().map(insert).collect());
    put(store, vec![insert(&Toy { name: "~".to_owned(), size: Size::Small, pieces: 2, ..toy(4, "") })]);
    let expected = [vec![2], vec![1, 3], vec![1], vec![1, 2], vec![3], vec![2, 3]];
    for path in ["note", "note.folded", "rating", "bought", "played_at", "price", "origin"] {
        let middle = rows[1].to_row().get(column(path)).clone();
        for (comparison, expected) in COMPARISONS.iter().zip(&expected) {
            // "z" folded lies between the others.
            let expected = match (path, comparison) {
                ("note.folded", Comparison::Lt) => &vec![],
                ("note.folded", Comparison::Le) => &vec![2],
                ("note.folded", Comparison::Gt) => &vec![1, 3],
                ("note.folded", Comparison::Ge) => &vec![1, 2, 3],
                _ => expected,
            };
            let answer = found(store, compare(path, *comparison, middle.clone()));
            assert_eq!(answer, *expected, "{path} {comparison:?} {middle:?}");
        }
    }
    assert_eq!(found(store, compare("pieces", Comparison::Gt, Value::Int(0))), [3, 4]);
    // An enum compares as text, its rank as a number: the last declared is first.
    assert_eq!(found(store, compare("size", Comparison::Lt, text("medium"))), [1]);
    assert_eq!(found(store, compare("size.rank", Comparison::Le, Value::Int(1))), [1, 2]);
    put(store, vec![insert(&Toy { loud: Some(true), ..toy(5, "") }), insert(&Toy { loud: Some(false), ..toy(6, "") })]);
    assert_eq!(found(store, compare("loud", Comparison::Eq, Value::Bool(true))), [5]);
    assert_eq!(found(store, compare("loud", Comparison::Lt, Value::Bool(true))), [6]);
    assert_eq!(found(store, compare("loud", Comparison::Ne, Value::Bool(false))), [5]);
}

/// Three-valued logic: what compares with nothing is unknown, and so is its negation.
pub fn unknown_is_not_selected(store: &dyn Store) {
    let rated = |number, rating| Toy { rating, ..toy(number, "toy") };
    put(store, vec![insert(&rated(1, Some(1))), insert(&rated(2, Some(2))), insert(&rated(3, None))]);
    let one = || compare("rating", Comparison::Eq, Value::Int(1));
    let (always, never) = (Predicate::always, Predicate::never);
    let null = || Predicate::IsNull(column("rating"));
    for (filter, expected) in [
        (always(), vec![1, 2, 3]),
        (never(), vec![]),
        (not(never()), vec![1, 2, 3]),
        (one(), vec![1]),
        (not(one()), vec![2]),
        (not(not(one())), vec![1]),
        (null(), vec![3]),
        (not(null()), vec![1, 2]),
        (Predicate::Or(vec![one(), always()]), vec![1, 2, 3]),
        (Predicate::Or(vec![one(), not(one())]), vec![1, 2]),
        (Predicate::And(vec![one(), not(one())]), vec![]),
        (not(Predicate::And(vec![one(), never()])), vec![1, 2, 3]),
        (not(Predicate::And(vec![one(), always()])), vec![2]),
        (not(Predicate::Or(vec![one(), never()])), vec![2]),
        (not(Predicate::Or(vec![one(), null()])), vec![2]),
        (Predicate::And(vec![not(one()), not(null())]), vec![2]),
        (compare("rating", Comparison::Eq, Value::Null), vec![]),
        (not(compare("rating", Comparison::Ne, Value::Null)), vec![]),
    ] {
        assert_eq!(found(store, filter.clone()), expected, "{filter:?}");
    }
}

/// Lists have any length; an empty one is false, and its negation true, even for nothing.
pub fn lists_of_any_length(store: &dyn Store) {
    apply(
        store,
        ORG,
        (1..=30)
            .map(|number| {
                let rating = i64::try_from(number).ok().filter(|rating| rating % 5 != 0);
                insert(&Toy { rating, serial: rating.map(|rating| format!("s{rating}")), ..toy(number, "toy") })
            })
            .collect(),
    )
    .unwrap();
    let odd: Vec<i64> = (0..5_000).map(|number| number * 2 + 1).collect();
    let among = Predicate::In(column("rating"), odd.iter().copied().map(Value::Int).collect());
    let expected: Vec<u128> = (1..=30).filter(|number| number % 2 == 1 && number % 5 != 0).collect();
    assert_eq!(found(store, among.clone()), expected);
    let others: Vec<u128> = (1..=30).filter(|number| number % 2 == 0 && number % 5 != 0).collect();
    assert_eq!(found(store, not(among.clone())), others);
    let serials = Predicate::In(column("serial"), odd.iter().map(|number| text(&format!("s{number}"))).collect());
    assert_eq!(found(store, serials.clone()), expected);
    assert_eq!(found(store, Predicate::And(vec![among, serials])), expected);
    let ids = (1..=5_000).map(|number| Value::Uuid(uuid(number * 10))).collect();
    assert_eq!(found(store, Predicate::In(column("id"), ids)), [10, 20, 30]);
    let empty = || Predicate::In(column("rating"), Vec::new());
    assert!(found(store, empty()).is_empty());
    assert_eq!(found(store, not(empty())).len(), 30);
    // A null in the list is met by nothing, and makes nothing unknown.
    let with_null = || Predicate::In(column("rating"), vec![Value::Int(1), Value::Null]);
    assert_eq!(found(store, with_null()), [1]);
    assert_eq!(found(store, not(with_null())).len(), 23);
}

/// Matches compare folded text; what SQL gives a meaning has none here.
pub fn texts_match_without_case(store: &dyn Store) {
    let noted = |number, note: &str| Toy { note: Some(note.to_owned()), ..toy(number, "toy") };
    put(
        store,
        vec![
            insert(&noted(1, "100% WOOL")),
            insert(&noted(2, "100 wool")),
            insert(&noted(3, "under_score")),
            insert(&noted(4, "underXscore")),
            insert(&noted(5, "back\\slash")),
            insert(&noted(6, "\u{c4}pfel")),
            insert(&noted(7, "")),
            insert(&toy(8, "no note")),
            insert(&noted(9, "[a-z]*?")),
        ],
    );
    let matching = |place, text: &str| Predicate::Match(column("note.folded"), place, text.to_owned());
    for (place, text, expected) in [
        (Place::Anywhere, "%", vec![1]),
        (Place::Start, "100%", vec![1]),
        (Place::Start, "100", vec![1, 2]),
        (Place::End, "wool", vec![1, 2]),
        (Place::Anywhere, "r_s", vec![3]),
        (Place::Anywhere, "\\", vec![5]),
        (Place::End, "k\\slash", vec![5]),
        (Place::Start, "ap", vec![6]),
        (Place::Anywhere, "\u{e4}p", vec![6]),
        (Place::Anywhere, "[a-z]*?", vec![9]),
        (Place::Anywhere, "", vec![1, 2, 3, 4, 5, 6, 7, 9]),
        (Place::Start, "wool", vec![]),
    ] {
        assert_eq!(found(store, matching(place, text)), expected, "{place:?} {text}");
    }
    let others = found(store, not(matching(Place::Anywhere, "o")));
    assert_eq!(others, [5, 6, 7, 9], "a toy without a note is unknown");
}

/// A relation reaches the live row that a column points at; without one it is false, not unknown.
pub fn related_rows(store: &dyn Store) {
    let gone = ToyBox { deleted_at: Some(second(1)), ..toy_box(3, "Bin") };
    let kept = |number, home: Option<u128>, like: Option<u128>| Toy {
        home: home.map(|home| Id::new(uuid(home))),
        like: like.map(|like| Id::new(uuid(like))),
        ..toy(number, "toy")
    };
    put(
        store,
        vec![insert(&ToyBox { room: Some(7), ..toy_box(1, "Attic") }), insert(&toy_box(2, "Cellar")), insert(&gone)],
    );
    put(
        store,
        vec![
            insert(&kept(11, Some(1), None)),
            insert(&kept(12, Some(2), Some(11))),
            insert(&kept(13, Some(3), Some(12))),
            insert(&kept(14, None, Some(14))),
        ],
    );
    let of = ToyBox::def();
    let home = |filter| Predicate::Through(column("home"), of, Box::new(filter));
    let like = |filter| Predicate::Through(column("like"), Toy::def(), Box::new(filter));
    let room = |number| Predicate::Compare(column_of(of, "room"), Comparison::Eq, Value::Int(number));
    for (filter, expected) in [
        (home(Predicate::always()), vec![11, 12]),
        (not(home(Predicate::always())), vec![13, 14]),
        (home(room(7)), vec![11]),
        (not(home(room(7))), vec![12, 13, 14]),
        (home(not(room(7))), vec![]),
        (home(Predicate::IsNull(column_of(of, "room"))), vec![12]),
        (home(Predicate::IsNull(column_of(of, "deleted_at"))), vec![11, 12]),
        (like(home(Predicate::always())), vec![12, 13]),
        (like(home(room(7))), vec![12]),
        (like(like(home(room(7)))), vec![13]),
        (like(Predicate::Compare(column("id"), Comparison::Eq, Value::Uuid(uuid(14)))), vec![14]),
        (Predicate::And(vec![home(Predicate::always()), like(Predicate::always())]), vec![12]),
    ] {
        assert_eq!(found(store, filter.clone()), expected, "{filter:?}");
    }
}

/// Live rows that point at a row are counted, as far as they match: by a column, or by a list that names the row. Without enough it
/// is false, not unknown.
pub fn pointing_rows(store: &dyn Store) {
    let kept = |number, home: u128, pieces| Toy { home: Some(Id::new(uuid(home))), pieces, ..toy(number, "toy") };
    let gone = Toy { deleted_at: Some(second(1)), ..kept(14, 2, 1) };
    let near = |number, names: Vec<serde_json::Value>| Toy { near: Names(names), ..toy(number, "toy") };
    put(store, vec![insert(&toy_box(1, "Attic")), insert(&toy_box(2, "Cellar")), insert(&toy_box(3, "Bin"))]);
    put(
        store,
        vec![
            insert(&kept(11, 1, 1)),
            insert(&kept(12, 1, 5)),
            insert(&kept(13, 2, 5)),
            insert(&gone),
            insert(&near(15, vec![name_of("toy_box", 3), name_of("toy", 11)])),
            insert(&near(16, vec![name_of("toy_box", 3), name_of("toy_box", 3), name_of("toy", 1)])),
            insert(&Toy { note: Some("small".to_owned()), ..kept(17, 3, 2) }),
        ],
    );
    let of = ToyBox::def();
    let pointed = |at, path, at_least, filter| {
        Predicate::Pointed(Box::new(Pointing { at, of: Toy::def(), column: column(path), at_least, filter }))
    };
    let home = |at_least, filter| pointed(of, "home", at_least, filter);
    let pieces = |number| Predicate::Compare(column("pieces"), Comparison::Ge, Value::Int(number));
    let noted = Predicate::Match(column("note.folded"), Place::Anywhere, "small".to_owned());
    for (filter, expected) in [
        (home(1, Predicate::always()), vec![1, 2, 3]),
        (home(2, Predicate::always()), vec![1]),
        (not(home(2, Predicate::always())), vec![2, 3]),
        (home(3, Predicate::always()), vec![]),
        (home(1, pieces(5)), vec![1, 2]),
        (home(2, pieces(5)), vec![]),
        (not(home(1, pieces(5))), vec![3]),
        (home(1, noted.clone()), vec![3]),
        // What is unknown of a row does not count.
        (not(home(1, not(noted))), vec![1, 2, 3]),
        (pointed(of, "near", 1, Predicate::always()), vec![3]),
        (pointed(of, "near", 2, Predicate::always()), vec![3]),
        (pointed(of, "near", 3, Predicate::always()), vec![]),
        (home(1, pointed(Toy::def(), "near", 1, Predicate::always())), vec![1]),
        (Predicate::And(vec![home(1, Predicate::always()), Predicate::IsNull(column_of(of, "room"))]), vec![1, 2, 3]),
    ] {
        let query = Select::all(of, 10).filtered(filter.clone());
        assert_eq!(numbers(of, &select(store, ORG, query)), expected, "{filter:?}");
    }
}

/// The trash mark chooses between live rows, trashed ones and all.
pub fn trashed_and_live(store: &dyn Store) {
    let gone = Toy { deleted_at: Some(second(1)), ..toy(2, "gone") };
    put(store, vec![insert(&toy(1, "here")), insert(&gone), insert(&toy_box(3, "box"))]);
    for (trash, expected) in [(Trash::Live, vec![1]), (Trash::Trashed, vec![2]), (Trash::Any, vec![1, 2])] {
        let query = Select { trash, ..Select::all(Toy::def(), 10) };
        assert_eq!(numbers(Toy::def(), &select(store, ORG, query)), expected, "{trash:?}");
    }
    // A kind without a trash has only live rows.
    let ada = super::toys::player(4, "Ada");
    put(store, vec![insert(&ada)]);
    let of = super::toys::Player::def();
    for (trash, expected) in [(Trash::Live, 1), (Trash::Trashed, 0), (Trash::Any, 1)] {
        assert_eq!(select(store, ORG, Select { trash, ..Select::all(of, 10) }).len(), expected, "{trash:?}");
    }
}
