//! Random predicates on toys.

use super::{
    any,
    rows::{LABELS, TEXTS, date, number, random_id, scalar, text},
};
use crate::{
    Amount, Record,
    filter::{Comparison, Place, Pointing, Predicate},
    record::{RecordDef, entry},
    search::fold,
    testing::{
        Random,
        suite::toys::{Size, Toy, ToyBox, column, column_of, second},
    },
    value::Value,
};

const COMPARISONS: [Comparison; 6] =
    [Comparison::Eq, Comparison::Ne, Comparison::Lt, Comparison::Le, Comparison::Gt, Comparison::Ge];

/// A column that compares, with a way to make a value for it.
type Compared = (&'static str, fn(&Random) -> Value);

const COMPARED: [Compared; 14] = [
    ("id", |random| Value::Uuid(random_id(random))),
    ("name", |random| Value::Text(text(random))),
    ("note", |random| Value::Text(text(random))),
    ("note.folded", |random| Value::Text(fold(&text(random)))),
    ("home", |random| Value::Uuid(random_id(random))),
    ("keeper.queue", |random| Value::Uuid(random_id(random))),
    ("size", |random| Value::Text(any(random, Size::NAMES).to_owned())),
    ("size.rank", |random| Value::Int(number(random))),
    ("pieces", |random| Value::Int(number(random))),
    ("rating", |random| Value::Int(number(random))),
    ("loud", |random| Value::Bool(random.once_in(2))),
    ("bought", |random| Value::Date(date(random))),
    ("played_at", |random| Value::Time(second(number(random) * 3_600))),
    ("price", |random| Value::Amount(Amount::from_ten_thousandths(number(random)))),
];

/// A predicate that nests at most so deep.
pub(super) fn predicate(random: &Random, depth: usize) -> Predicate {
    if depth > 0 && !random.once_in(3) {
        let some = |most: usize| (0..random.below(most)).map(|_| predicate(random, depth - 1)).collect();
        return match random.below(7) {
            0 | 1 => Predicate::And(some(4)),
            2 | 3 => Predicate::Or(some(4)),
            4 => Predicate::Not(Box::new(predicate(random, depth - 1))),
            5 => through(random, depth),
            _ => pointed(random, Toy::def(), depth),
        };
    }
    match random.below(12) {
        0..=3 => {
            let (path, value) = any(random, &COMPARED);
            // A comparison with nothing is unknown.
            let value = if random.once_in(20) { Value::Null } else { value(random) };
            Predicate::Compare(column(path), any(random, &COMPARISONS), value)
        }
        4 => {
            let (path, value) = any(random, &COMPARED);
            Predicate::In(column(path), (0..random.below(5)).map(|_| value(random)).collect())
        }
        5 => {
            Predicate::IsNull(column(any(random, &["note", "home", "rating", "price", "tags", "custom", "id", "loud"])))
        }
        6 => {
            let folded = fold(any(random, &TEXTS));
            let part = folded.chars().take(random.below(3)).collect();
            let place = any(random, &[Place::Start, Place::End, Place::Anywhere]);
            Predicate::Match(column(any(random, &["name.folded", "note.folded"])), place, part)
        }
        7 => Predicate::Key(column("custom"), key(random), any(random, &COMPARISONS), scalar(random)),
        8 => Predicate::KeyIsNull(column("custom"), key(random)),
        9 => {
            let texts = (0..random.below(4)).map(|_| any(random, &["1", "a", "B", "\u{e4}"]).to_owned()).collect();
            Predicate::Indexed(column("custom"), key(random), texts)
        }
        10 => {
            let kinds = ["toy", "toy_box", "host", "t"].iter().filter(|_| random.once_in(3));
            Predicate::Names(column("near"), kinds.map(|kind| (*kind).to_owned()).collect())
        }
        _ => {
            let (path, entries) = if random.once_in(3) {
                ("near", [entry("toy", random_id(random)), entry("toy_box", random_id(random))])
            } else {
                let label = || any(random, &LABELS).to_owned();
                (any(random, &["tags", "aliases"]), [label(), label()])
            };
            Predicate::Has(column(path), entries.into_iter().take(random.below(3)).collect())
        }
    }
}

fn key(random: &Random) -> String {
    any(random, &["x", "y.z", "y", "nobody's"]).to_owned()
}

fn through(random: &Random, depth: usize) -> Predicate {
    if random.once_in(2) {
        let path = any(random, &["like", "near"]);
        return Predicate::Through(column(path), Toy::def(), Box::new(predicate(random, depth - 1)));
    }
    let of = ToyBox::def();
    let on_box = match random.below(5) {
        0 => Predicate::always(),
        1 => Predicate::IsNull(column_of(of, "room")),
        2 => Predicate::Match(column_of(of, "label.folded"), Place::Start, "attic".to_owned()),
        3 => pointed(random, of, depth),
        _ => Predicate::Compare(column_of(of, "room"), any(random, &COMPARISONS), Value::Int(number(random))),
    };
    let on_box = if random.once_in(3) { Predicate::Not(Box::new(on_box)) } else { on_box };
    Predicate::Through(column(any(random, &["home", "near"])), of, Box::new(on_box))
}

/// Toys that point at a toy or a box.
fn pointed(random: &Random, at: &'static RecordDef, depth: usize) -> Predicate {
    let path =
        if at.kind == "toy" { any(random, &["like", "near"]) } else { any(random, &["home", "near", "keeper.box"]) };
    let filter = if random.once_in(3) { Predicate::always() } else { predicate(random, depth - 1) };
    let at_least = if random.once_in(2) { 1 } else { 1 + random.below(4) };
    Predicate::Pointed(Box::new(Pointing { at, of: Toy::def(), column: column(path), at_least, filter }))
}
