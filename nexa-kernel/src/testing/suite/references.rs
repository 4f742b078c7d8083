//! References, which are checked at the end of a unit.

use super::{
    toys::{Toy, ToyBox, player, second, toy, toy_box, uuid},
    unit::{ORG, OTHER, apply, batch, get, head, insert, put, remove, update, write},
};
use crate::{
    Id,
    error::{Error, codes},
    store::{Change, Store, WriteRequest},
};

fn living_in(number: u128, home: u128) -> Toy {
    Toy { home: Some(Id::new(uuid(home))), ..toy(number, "toy") }
}

fn refused(store: &dyn Store, changes: Vec<Change>) {
    let before = head(store, ORG);
    let error: Error = apply(store, ORG, changes).unwrap_err();
    assert!(error.is(&codes::REFERENCE_BROKEN), "{error:?}");
    assert_eq!(head(store, ORG), before, "a refused unit leaves no event");
}

/// A reference needs a row of its kind and tenant; a trashed one will do.
pub fn a_reference_needs_its_row(store: &dyn Store) {
    put(store, vec![insert(&toy_box(1, "one")), insert(&player(2, "two"))]);
    apply(store, OTHER, vec![insert(&toy_box(3, "three"))]).unwrap();
    put(store, vec![insert(&living_in(10, 1))]);
    refused(store, vec![insert(&living_in(11, 2))]);
    refused(store, vec![insert(&living_in(11, 3))]);
    refused(store, vec![insert(&living_in(11, 4))]);
    refused(store, vec![update(&living_in(10, 1), &living_in(10, 4))]);
    assert_eq!(get::<Toy>(store, ORG, uuid(11)), None);
    assert_eq!(get::<Toy>(store, ORG, uuid(10)), Some(living_in(10, 1)));
    let one = toy_box(1, "one");
    put(store, vec![update(&one, &ToyBox { deleted_at: Some(second(1)), ..one.clone() })]);
    put(store, vec![insert(&living_in(12, 1))]);
}

/// A row may point at one that comes later: in the same batch, or in a later batch of the same unit; or at itself.
pub fn rows_may_come_after_what_points_at_them(store: &dyn Store) {
    put(store, vec![insert(&living_in(10, 1)), insert(&toy_box(1, "one"))]);
    write(store, WriteRequest::new(ORG), |tx| {
        Box::pin(async move {
            tx.apply(batch(vec![insert(&living_in(11, 2))])).await?;
            tx.apply(batch(vec![insert(&toy_box(2, "two"))])).await
        })
    })
    .unwrap();
    put(store, vec![insert(&Toy { like: Some(Id::new(uuid(12))), ..toy(12, "vain") })]);
    assert_eq!(get::<Toy>(store, ORG, uuid(11)), Some(living_in(11, 2)));
}

/// A row that others point at cannot be removed, unless they let go or go with it.
pub fn a_row_that_others_point_at_stays(store: &dyn Store) {
    let (one, two) = (toy_box(1, "one"), toy_box(2, "two"));
    put(store, vec![insert(&one), insert(&two), insert(&living_in(10, 1)), insert(&living_in(11, 2))]);
    refused(store, vec![remove(&one)]);
    assert_eq!(get::<ToyBox>(store, ORG, uuid(1)), Some(one.clone()));
    put(store, vec![remove(&one), remove(&living_in(10, 1))]);
    put(store, vec![remove(&two), update(&living_in(11, 2), &toy(11, "toy"))]);
    let vain = Toy { like: Some(Id::new(uuid(12))), ..toy(12, "vain") };
    put(store, vec![insert(&vain)]);
    put(store, vec![remove(&vain)]);
}
