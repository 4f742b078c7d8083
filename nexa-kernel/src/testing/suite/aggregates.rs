//! Groups and measures.

use super::{
    toys::{Size, Toy, column, second, toy, zone},
    unit::{ORG, aggregate, insert, put},
};
use crate::{
    Amount, Date, Record, Timestamp,
    error::codes,
    filter::{Comparison, Predicate},
    record::Row,
    store::{Aggregate, Group, Measure, Store, Trash},
    value::Value,
    zone::Zone,
};

fn measured(store: &dyn Store, groups: Vec<Group>, measures: Vec<Measure>) -> Vec<Vec<Value>> {
    let rows = aggregate(store, ORG, query(groups, measures)).unwrap();
    rows.into_iter().map(Row::into_values).collect()
}

fn query(groups: Vec<Group>, measures: Vec<Measure>) -> Aggregate {
    Aggregate { of: Toy::def(), filter: Predicate::always(), trash: Trash::Live, groups, measures, limit: usize::MAX }
}

fn amount(ten_thousandths: i64) -> Value {
    Value::Amount(Amount::from_ten_thousandths(ten_thousandths))
}

fn text(text: &str) -> Value {
    Value::Text(text.to_owned())
}

fn rated(number: u128, rating: Option<i64>, price: Option<i64>) -> Toy {
    Toy { rating, price: price.map(Amount::from_ten_thousandths), ..toy(number, "toy") }
}

/// Counts, sums, means, extremes and distinct values of all rows; nulls do not count, trash and filter do.
pub fn measures_of_all_rows(store: &dyn Store) {
    let date = Date::from_ymd_opt(2025, 3, 1).unwrap();
    put(
        store,
        vec![
            insert(&Toy { loud: Some(true), note: Some("b".to_owned()), ..rated(1, Some(10), Some(10_000)) }),
            insert(&Toy {
                loud: Some(true),
                note: Some("B".to_owned()),
                bought: Some(date),
                ..rated(2, Some(-4), Some(25_001))
            }),
            insert(&Toy { played_at: Some(second(3)), ..rated(3, Some(10), None) }),
            insert(&rated(4, None, None)),
            insert(&Toy { deleted_at: Some(second(1)), ..rated(5, Some(1_000), Some(1)) }),
        ],
    );
    let [rating, price] = ["rating", "price"].map(column);
    let all = [
        (Measure::Count, Value::Int(4)),
        (Measure::Distinct(rating), Value::Int(2)),
        (Measure::Distinct(column("note")), Value::Int(2)),
        (Measure::Distinct(column("note.folded")), Value::Int(1)),
        (Measure::Distinct(column("serial")), Value::Int(0)),
        (Measure::Sum(rating), Value::Int(16)),
        (Measure::Sum(price), amount(35_001)),
        (Measure::Avg(rating), amount(53_333)),
        (Measure::Avg(price), amount(17_500)),
        (Measure::Min(rating), Value::Int(-4)),
        (Measure::Max(rating), Value::Int(10)),
        (Measure::Min(price), amount(10_000)),
        (Measure::Max(price), amount(25_001)),
        (Measure::Min(column("note")), text("B")),
        (Measure::Max(column("note")), text("b")),
        (Measure::Max(column("bought")), Value::Date(date)),
        (Measure::Min(column("played_at")), Value::Time(second(3))),
        (Measure::Max(column("loud")), Value::Bool(true)),
    ];
    let answer = measured(store, Vec::new(), all.iter().map(|(measure, _)| *measure).collect());
    assert_eq!(answer, [all.map(|(_, value)| value)]);
    let trashed = Aggregate { trash: Trash::Trashed, ..query(Vec::new(), vec![Measure::Count, Measure::Sum(rating)]) };
    assert_eq!(aggregate(store, ORG, trashed).unwrap(), [Row::new(vec![Value::Int(1), Value::Int(1_000)])]);
    let filter = Predicate::Compare(rating, Comparison::Lt, Value::Int(10));
    let filtered = Aggregate { filter, trash: Trash::Any, ..query(Vec::new(), vec![Measure::Count]) };
    assert_eq!(aggregate(store, ORG, filtered).unwrap(), [Row::new(vec![Value::Int(1)])]);
}

/// Groups come in the order of their values, nulls last, by several columns; each with its own measures.
pub fn groups_in_order(store: &dyn Store) {
    let row = |number, size, rating| Toy { size, ..rated(number, rating, None) };
    put(
        store,
        vec![
            insert(&row(1, Size::Small, None)),
            insert(&row(2, Size::Small, Some(9))),
            insert(&row(3, Size::Large, Some(-1))),
            insert(&row(4, Size::Small, Some(10))),
            insert(&row(5, Size::Small, Some(9))),
            insert(&row(6, Size::Large, None)),
        ],
    );
    let (size, rating) = (column("size"), column("rating"));
    let groups = measured(store, vec![Group::Column(rating)], vec![Measure::Count, Measure::Max(rating)]);
    let int = Value::Int;
    assert_eq!(
        groups,
        [
            vec![int(-1), int(1), int(-1)],
            vec![int(9), int(2), int(9)],
            vec![int(10), int(1), int(10)],
            vec![Value::Null, int(2), Value::Null],
        ]
    );
    let groups = measured(store, vec![Group::Column(size), Group::Column(rating)], vec![Measure::Count]);
    assert_eq!(
        groups,
        [
            vec![text("large"), int(-1), int(1)],
            vec![text("large"), Value::Null, int(1)],
            vec![text("small"), int(9), int(2)],
            vec![text("small"), int(10), int(1)],
            vec![text("small"), Value::Null, int(1)],
        ]
    );
    assert_eq!(measured(store, vec![Group::Column(size)], Vec::new()), [[text("large")], [text("small")]]);
}

/// Months begin when they do in the zone that is asked for; dates have no zone.
pub fn months_in_a_zone(store: &dyn Store) {
    let played = |number, at: &str| Toy { played_at: Timestamp::parse(at), ..toy(number, "toy") };
    let first = |year, month| Value::Date(Date::from_ymd_opt(year, month, 1).unwrap());
    put(
        store,
        vec![
            insert(&played(1, "2024-12-31T22:59:59.999999Z")),
            insert(&played(2, "2024-12-31T23:00:00Z")),
            insert(&played(3, "2025-03-31T22:30:00Z")),
            insert(&played(4, "2025-04-01T03:59:59Z")),
            insert(&played(5, "1969-12-31T23:30:00Z")),
            insert(&Toy { bought: Date::from_ymd_opt(2024, 2, 29), ..toy(6, "toy") }),
            insert(&Toy { bought: Date::from_ymd_opt(2024, 2, 1), ..toy(7, "toy") }),
        ],
    );
    let by_month = |path: &str, zone| {
        let groups = measured(store, vec![Group::Month(column(path), zone)], vec![Measure::Count]);
        groups.into_iter().map(|group| (group[0].clone(), group[1].as_int().unwrap())).collect::<Vec<_>>()
    };
    let nothing = |count| (Value::Null, count);
    assert_eq!(
        by_month("played_at", Zone::UTC),
        [(first(1969, 12), 1), (first(2024, 12), 2), (first(2025, 3), 1), (first(2025, 4), 1), nothing(2),]
    );
    assert_eq!(
        by_month("played_at", zone("Europe/Berlin")),
        [(first(1970, 1), 1), (first(2024, 12), 1), (first(2025, 1), 1), (first(2025, 4), 2), nothing(2),]
    );
    assert_eq!(
        by_month("played_at", zone("America/New_York")),
        [(first(1969, 12), 1), (first(2024, 12), 2), (first(2025, 3), 2), nothing(2),]
    );
    assert_eq!(by_month("bought", zone("Pacific/Kiritimati")), [(first(2024, 2), 2), nothing(5)]);
}

/// A mean is rounded half to even at the fourth place, on both sides of zero.
pub fn means_round_half_to_even(store: &dyn Store) {
    let prices = [
        (1, vec![1, 2], 2),
        (2, vec![2, 3], 2),
        (3, vec![-1, -2], -2),
        (4, vec![-2, -3], -2),
        (5, vec![1, 0, 0], 0),
        (6, vec![1, 1, 0], 1),
        (7, vec![-1, -1, 0], -1),
        (8, vec![i64::MAX / 2, i64::MAX / 2], i64::MAX / 2),
    ];
    let mut number = 0;
    for (group, prices, _) in &prices {
        let rows = prices.iter().map(|price| {
            number += 1;
            insert(&Toy { pieces: *group, ..rated(number, Some(*price).filter(|_| *group < 8), Some(*price)) })
        });
        put(store, rows.collect());
    }
    let groups = vec![Group::Column(column("pieces"))];
    let means = measured(store, groups.clone(), vec![Measure::Avg(column("price"))]);
    assert_eq!(means, prices.clone().map(|(group, _, mean)| vec![Value::Int(group), amount(mean)]));
    let means = measured(store, groups, vec![Measure::Avg(column("rating"))]);
    let expected = [15_000, 25_000, -15_000, -25_000, 3_333, 6_667, -6_667].map(amount);
    assert_eq!(
        means.iter().map(|mean| &mean[1]).collect::<Vec<_>>(),
        expected.iter().chain([&Value::Null]).collect::<Vec<_>>()
    );
}

/// Of nothing there is one row without groups, with counts of 0 and nulls; and no group.
pub fn nothing_is_measured(store: &dyn Store) {
    let rating = column("rating");
    let measures = || {
        vec![
            Measure::Count,
            Measure::Distinct(rating),
            Measure::Sum(rating),
            Measure::Avg(rating),
            Measure::Min(rating),
            Measure::Max(rating),
        ]
    };
    let nothing = [Value::Int(0), Value::Int(0), Value::Null, Value::Null, Value::Null, Value::Null];
    assert_eq!(measured(store, Vec::new(), measures()), [nothing]);
    assert!(measured(store, vec![Group::Column(rating)], measures()).is_empty());
    put(store, vec![insert(&toy(1, "toy"))]);
    let unrated = [Value::Int(1), Value::Int(0), Value::Null, Value::Null, Value::Null, Value::Null];
    assert_eq!(measured(store, Vec::new(), measures()), [unrated]);
}

/// The first groups come, as many as were asked for.
pub fn groups_are_limited(store: &dyn Store) {
    put(store, (1..=5).map(|number| insert(&rated(number, i64::try_from(9 - number).ok(), None))).collect());
    let first = |limit| {
        let query = Aggregate { limit, ..query(vec![Group::Column(column("rating"))], vec![Measure::Count]) };
        aggregate(store, ORG, query).unwrap().into_iter().map(|row| row.get(0).as_int().unwrap()).collect::<Vec<_>>()
    };
    assert_eq!(
        (first(0), first(2), first(5), first(6)),
        (vec![], vec![4, 5], vec![4, 5, 6, 7, 8], vec![4, 5, 6, 7, 8])
    );
}

/// A sum that a column cannot hold is refused, not wrapped or rounded; a great one that it can hold is exact.
pub fn sums_that_do_not_fit(store: &dyn Store) {
    put(store, vec![insert(&rated(1, Some(i64::MAX), Some(i64::MIN))), insert(&rated(2, Some(1), Some(-1)))]);
    for path in ["rating", "price"] {
        let error = aggregate(store, ORG, query(Vec::new(), vec![Measure::Sum(column(path))])).unwrap_err();
        assert!(error.is(&codes::OVERFLOW), "{error:?}");
    }
    let exact = Toy { note: Some("exact".to_owned()), ..rated(3, Some(9_007_199_254_740_993), None) };
    put(store, vec![insert(&exact)]);
    let filter = Predicate::Compare(column("note"), Comparison::Eq, text("exact"));
    let sum = Aggregate { filter, ..query(Vec::new(), vec![Measure::Sum(column("rating"))]) };
    assert_eq!(aggregate(store, ORG, sum).unwrap(), [Row::new(vec![Value::Int(9_007_199_254_740_993)])]);
}
