//! Random rows and random queries, against the plain meaning of each: `Predicate::holds`, a sort, and a sum.

mod naive;
mod predicates;
mod rows;

use self::{naive::World, predicates::predicate, rows::random_world};
use super::{
    pages::all_pages,
    toys::{Toy, column, uuid, zone},
    unit::{ORG, aggregate, numbers, select},
};
use crate::{
    Record,
    custom::CustomType,
    sort::{CustomKey, SortKey},
    store::{Aggregate, Group, Measure, Select, Store, Trash},
    testing::Random,
    value::Value,
    zone::Zone,
};

/// Columns of every type that can be sorted.
const SORTABLE: [&str; 16] = [
    "id",
    "name",
    "name.folded",
    "note",
    "serial",
    "home",
    "place",
    "size",
    "size.rank",
    "keeper.queue",
    "pieces",
    "rating",
    "loud",
    "bought",
    "played_at",
    "price",
];

fn any<T: Copy>(random: &Random, of: &[T]) -> T {
    *random.pick(of).unwrap()
}

fn custom_key(random: &Random) -> CustomKey {
    let holds = [CustomType::Text, CustomType::Number, CustomType::Bool, CustomType::Date, CustomType::Time];
    let name = any(random, &["x", "y.z", "absent"]).to_owned();
    CustomKey { name, holds: any(random, &holds), folded: column("custom.folded") }
}

fn random_select(random: &Random) -> Select {
    let sort = (0..random.below(3))
        .map(|_| {
            let key = SortKey::of(column(any(random, &SORTABLE)), random.once_in(2));
            if random.once_in(6) {
                SortKey { column: column("custom"), custom: Some(custom_key(random)), ..key }
            } else {
                key
            }
        })
        .collect();
    Select {
        filter: predicate(random, 3),
        trash: any(random, &[Trash::Live, Trash::Live, Trash::Trashed, Trash::Any]),
        sort,
        ..Select::all(Toy::def(), 1_000)
    }
}

/// Several thousand random filters, orders, limits and positions, on random rows.
pub fn selects_agree_with_their_meaning(store: &dyn Store) {
    let random = Random::new(1);
    let worlds: Vec<World> = (0..5).map(|number| random_world(store, uuid(0x100 + number), &random)).collect();
    let (mut found, mut partial) = (0, 0);
    for case in 0..4_000 {
        let world = any(&random, &worlds.iter().collect::<Vec<_>>());
        let mut query = random_select(&random);
        let all = world.select(&query);
        if let Some(seen) = random.pick(&all) {
            query.after = Some(query.position(seen)).filter(|_| random.once_in(3));
            query.limit = if random.once_in(3) { 1 + random.below(10) } else { 1_000 };
        }
        let expected = world.select(&query);
        let answer = select(store, world.org, query.clone());
        assert_eq!(numbers(query.of, &answer), numbers(query.of, &expected), "case {case}: {query:?}");
        assert_eq!(answer, expected, "case {case}: {query:?}");
        found += expected.len();
        partial += usize::from(!all.is_empty() && all.len() < world.toys.len() / 2);
    }
    assert!(found > 10_000 && partial > 500, "the cases select something: {found} rows, {partial} of 4000 in part");
}

/// Pages of random queries join to the whole.
pub fn pages_agree_with_their_meaning(store: &dyn Store) {
    let random = Random::new(2);
    let world = random_world(store, ORG, &random);
    for case in 0..100 {
        let query = random_select(&random);
        let expected = world.select(&query);
        let paged = Select { limit: 1 + random.below(20), ..query };
        let answer = all_pages(store, ORG, paged.clone());
        assert_eq!(numbers(paged.of, &answer), numbers(paged.of, &expected), "case {case}: {paged:?}");
    }
}

/// Measures of random groups are what adding up by hand gives.
pub fn aggregates_agree_with_their_meaning(store: &dyn Store) {
    let random = Random::new(3);
    let world = random_world(store, ORG, &random);
    let [rating, price, bought] = ["rating", "price", "bought"].map(column);
    let grouped = ["size", "loud", "place", "home", "note", "bought", "rating"].map(column);
    for case in 0..400 {
        let mut groups: Vec<Group> = (0..random.below(3)).map(|_| Group::Column(any(&random, &grouped))).collect();
        if random.once_in(3) {
            let zone = any(&random, &[Zone::UTC, zone("Asia/Tokyo"), zone("America/Sao_Paulo")]);
            groups.push(Group::Month(column(any(&random, &["played_at", "bought"])), zone));
        }
        let query = Aggregate {
            of: Toy::def(),
            filter: predicate(&random, 2),
            trash: any(&random, &[Trash::Live, Trash::Any]),
            groups,
            measures: vec![
                Measure::Count,
                Measure::Sum(rating),
                Measure::Sum(price),
                Measure::Avg(price),
                Measure::Min(bought),
                Measure::Max(rating),
                Measure::Distinct(any(&random, &grouped)),
            ],
            limit: if random.once_in(4) { 1 + random.below(3) } else { 1_000 },
        };
        let answer = aggregate(store, ORG, query.clone()).unwrap();
        let answer: Vec<Vec<Value>> = answer.into_iter().map(crate::record::Row::into_values).collect();
        assert_eq!(answer, world.aggregate(&query), "case {case}: {query:?}");
    }
}
