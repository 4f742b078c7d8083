//! Random rows, from small sets of values, so that filters hit.

use uuid::Uuid;

use super::{any, naive::World};
use crate::{
    Amount, Date, Id, Record,
    store::Store,
    testing::{
        Random,
        suite::{
            toys::{Keeper, Labels, Names, Size, Toy, ToyBox, Traits, name_of, player, second, toy, toy_box, uuid},
            unit::{apply, insert},
        },
    },
};

/// Texts whose order, case and signs are apt to be mistaken.
pub(super) const TEXTS: [&str; 12] =
    ["", "a", "A", "ab", "a_b", "a%b", "B", "\u{c4}b", "\u{e4}b", "\u{ff21}b", "it's", "z\\"];
/// Entries of lists.
pub(super) const LABELS: [&str; 4] = ["red", "Red", "it's", "a\"b"];

const ROOMS: u128 = 4;
const PLAYERS: u128 = 2;
const TOYS: u128 = 60;

/// The id of the box, player or toy of this number.
pub(super) fn random_id(random: &Random) -> Uuid {
    uuid(u128::try_from(1 + random.below(8)).unwrap())
}

pub(super) fn number(random: &Random) -> i64 {
    any(random, &[-10_000, -1, 0, 1, 2, 3, 10, 10_000])
}

pub(super) fn text(random: &Random) -> String {
    any(random, &TEXTS).to_owned()
}

pub(super) fn date(random: &Random) -> Date {
    let day = any(random, &[(1969, 12, 31), (2024, 2, 29), (2024, 3, 1), (2024, 10, 9), (2024, 10, 10)]);
    Date::from_ymd_opt(day.0, day.1, day.2).unwrap()
}

/// A JSON scalar that a custom field may hold.
pub(super) fn scalar(random: &Random) -> serde_json::Value {
    any(
        random,
        &["1", "2", "10", "1.5", "-1", "\"1\"", "\"a\"", "\"B\"", "\"\u{e4}\"", "\"\u{c4}\"", "\"b\"", "true", "false"],
    )
    .parse()
    .unwrap()
}

fn maybe<T>(random: &Random, value: impl FnOnce(&Random) -> T) -> Option<T> {
    (!random.once_in(4)).then(|| value(random))
}

fn labels(random: &Random) -> Labels {
    Labels(LABELS.iter().filter(|_| random.once_in(3)).map(|label| (*label).to_owned()).collect())
}

fn names(random: &Random) -> Names {
    let all = (1..=8).flat_map(|number| [name_of("toy", number), name_of("toy_box", number)]);
    Names(all.chain([serde_json::json!({"host": {"id": "7"}})]).filter(|_| random.once_in(8)).collect())
}

fn traits(random: &Random) -> Traits {
    let held = ["x", "y.z"].iter().filter(|_| random.once_in(2)).map(|key| {
        let value = if random.once_in(6) { serde_json::Value::Null } else { scalar(random) };
        ((*key).to_owned(), value)
    });
    Traits(held.collect())
}

fn random_toy(random: &Random, id: u128) -> Toy {
    Toy {
        note: maybe(random, text),
        deleted_at: random.once_in(5).then(|| second(1)),
        home: maybe(random, |random| Id::new(uuid(1 + u128::try_from(random.below(4)).unwrap()))),
        like: maybe(random, |random| Id::new(uuid(1 + u128::try_from(random.below(8)).unwrap()))),
        size: any(random, &[Size::Small, Size::Medium, Size::Large]),
        keeper: match random.below(3) {
            0 => None,
            1 => Some(Keeper::Player(Id::new(uuid(5 + u128::try_from(random.below(2)).unwrap())))),
            _ => Some(Keeper::Box(Id::new(uuid(1 + u128::try_from(random.below(4)).unwrap())))),
        },
        pieces: number(random),
        rating: maybe(random, number),
        loud: maybe(random, |random| random.once_in(2)),
        bought: maybe(random, date),
        played_at: maybe(random, |random| second(number(random) * 3_600)),
        price: maybe(random, |random| Amount::from_ten_thousandths(number(random))),
        origin: maybe(random, random_id),
        tags: labels(random),
        aliases: labels(random),
        near: names(random),
        custom: traits(random),
        // Two columns are unique together, so the place distinguishes most toys of a box.
        place: maybe(random, |_| i64::try_from(id).unwrap() % 30),
        serial: maybe(random, |_| format!("{}{id}", any(random, &["s", "S", "\u{e9}"]))),
        ..toy(id, any(random, &TEXTS))
    }
}

/// Fills a tenant and answers what is in it.
pub(super) fn random_world(store: &dyn Store, org: Uuid, random: &Random) -> World {
    let boxes: Vec<ToyBox> = (1..=ROOMS)
        .map(|id| ToyBox {
            room: maybe(random, number),
            deleted_at: random.once_in(3).then(|| second(1)),
            owner: maybe(random, |_| Id::new(uuid(ROOMS + 1))),
            ..toy_box(id, any(random, &["Attic", "attic 2", "Cellar"]))
        })
        .enumerate()
        .map(|(position, toy_box)| ToyBox { label: format!("{} {position}", toy_box.label), ..toy_box })
        .collect();
    let mut toys: Vec<Toy> = (1..=TOYS).map(|id| random_toy(random, id)).collect();
    let mut places = std::collections::BTreeSet::new();
    for toy in &mut toys {
        if !places.insert((toy.home, toy.place)) {
            toy.place = None;
        }
    }
    let players = (1..=PLAYERS).map(|number| insert(&player(ROOMS + number, "Ada")));
    let changes = players.chain(boxes.iter().map(insert)).chain(toys.iter().map(insert)).collect();
    apply(store, org, changes).unwrap();
    World { org, toys: toys.iter().map(Record::to_row).collect(), boxes: boxes.iter().map(Record::to_row).collect() }
}
