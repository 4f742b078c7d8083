//! What every backend must do: the doc comments of [`store`](crate::store), as checks.
//!
//! Each check takes a fresh, migrated store and fails like a test. [`conformance!`](crate::testing::conformance) makes
//! a test of each.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]
// It is made of tests, and failing is what tests do.

pub mod aggregates;
pub mod changes;
#[cfg(not(target_arch = "wasm32"))]
pub mod concurrency;
pub mod documents;
pub mod filters;
pub mod keyed_loads;
pub mod ledger;
pub mod pages;
pub mod random_filters;
pub mod references;
pub mod searches;
pub mod tenants;
mod toys;
mod unit;
pub mod units;

use crate::{Record, agenda::Agenda, record::RecordDef, store::Store, testing::block_on};

/// The kinds that the suite works with; [`run`] migrates a store to them.
pub fn definitions() -> [&'static RecordDef; 4] {
    [Agenda::def(), toys::Player::def(), toys::ToyBox::def(), toys::Toy::def()]
}

/// Makes a store, migrates it and holds one check against it.
pub fn run<S: Store>(make: impl Future<Output = S>, check: Check) {
    let store = block_on(make);
    block_on(store.migrate(&definitions())).unwrap();
    check(&store);
}

/// One thing that a backend must do.
pub type Check = fn(&dyn Store);

/// The checks that need no threads and no unwinding, by name, for a test program that has neither.
pub fn single_threaded() -> Vec<(&'static str, Check)> {
    macro_rules! checks {
        ($($module:ident: $($check:ident),+;)+) => {
            vec![$($((concat!(stringify!($module), "::", stringify!($check)), $module::$check as Check),)+)+]
        };
    }
    checks! {
        changes: all_values_come_back, an_update_needs_the_version_it_saw, a_removed_row_is_gone, an_id_is_taken_once,
            uniques_hold_among_live_rows, uniques_of_several_columns, changes_are_checked_in_their_order,
            external_keys_are_unique_and_found;
        references: a_reference_needs_its_row, rows_may_come_after_what_points_at_them, a_row_that_others_point_at_stays;
        units: a_unit_sees_its_own_changes, an_error_takes_everything_back, a_swallowed_refusal_is_no_commit,
            a_discarded_unit_changes_nothing, work_does_not_wait_for_the_outside, a_read_changes_nothing;
        ledger: events_are_sealed_in_order, events_come_back_as_they_were, events_are_erased, events_are_found;
        keyed_loads: rows_are_loaded_by_id, rows_are_loaded_by_unique_and_reference, long_lists_of_keys,
            what_is_prefetched_is_found_as_without;
        filters: every_type_compares, unknown_is_not_selected, lists_of_any_length, texts_match_without_case,
            related_rows, pointing_rows, trashed_and_live;
        documents: keys_of_a_map, indexed_keys, entries_change_alone, entries_of_a_list, lists_name_records, documents_as_a_whole;
        pages: pages_run_in_both_directions, ties_are_broken_by_id, an_order_follows_what_changes, a_queue_is_merged, limits_hold,
            scans_go_on_over_many_pages;
        searches: terms_match_by_their_beginning, hits_come_best_first, many_words_of_one_record_are_one_hit, searches_are_filtered_and_paged,
            terms_follow_their_rows;
        aggregates: measures_of_all_rows, groups_in_order, months_in_a_zone, means_round_half_to_even,
            nothing_is_measured, groups_are_limited, sums_that_do_not_fit;
        tenants: nobody_sees_another_tenant, a_dropped_tenant_is_gone, what_is_due_is_found;
        random_filters: selects_agree_with_their_meaning, pages_agree_with_their_meaning,
            aggregates_agree_with_their_meaning;
    }
}

/// Makes a module `conformance` with one test for each thing that a backend must do, each on a fresh store that the
/// given closure makes. What the store needs, such as a temporary directory, it owns.
///
/// ```
/// mod my_backend {
///     use nexa_kernel::{memory::MemoryStore, testing};
///
///     testing::conformance!(|| async { MemoryStore::new() });
/// }
/// ```
#[doc(hidden)]
#[macro_export]
macro_rules! __conformance {
    ($make:expr) => {
        mod conformance {
            #[allow(unused_imports)]
            use super::*;
            $crate::__conformance! { @all $make;
                changes: all_values_come_back, an_update_needs_the_version_it_saw, a_removed_row_is_gone,
                    an_id_is_taken_once, uniques_hold_among_live_rows, uniques_of_several_columns,
                    changes_are_checked_in_their_order, external_keys_are_unique_and_found;
                references: a_reference_needs_its_row, rows_may_come_after_what_points_at_them,
                    a_row_that_others_point_at_stays;
                units: a_unit_sees_its_own_changes, an_error_takes_everything_back, a_swallowed_refusal_is_no_commit,
                    a_discarded_unit_changes_nothing, a_panic_costs_its_unit_only, work_does_not_wait_for_the_outside,
                    a_read_changes_nothing;
                concurrency: a_read_is_one_snapshot, writes_of_a_tenant_follow_one_another,
                    failures_take_no_other_unit_with_them, tenants_work_in_parallel;
                ledger: events_are_sealed_in_order, events_come_back_as_they_were, events_are_erased, events_are_found;
                keyed_loads: rows_are_loaded_by_id, rows_are_loaded_by_unique_and_reference, long_lists_of_keys,
            what_is_prefetched_is_found_as_without;
                filters: every_type_compares, unknown_is_not_selected, lists_of_any_length, texts_match_without_case,
                    related_rows, pointing_rows, trashed_and_live;
                documents: keys_of_a_map, indexed_keys, entries_change_alone, entries_of_a_list, lists_name_records, documents_as_a_whole;
                pages: pages_run_in_both_directions, ties_are_broken_by_id, an_order_follows_what_changes, a_queue_is_merged, limits_hold,
                    scans_go_on_over_many_pages;
                searches: terms_match_by_their_beginning, hits_come_best_first, many_words_of_one_record_are_one_hit, searches_are_filtered_and_paged,
                    terms_follow_their_rows;
                aggregates: measures_of_all_rows, groups_in_order, months_in_a_zone, means_round_half_to_even,
                    nothing_is_measured, groups_are_limited, sums_that_do_not_fit;
                tenants: nobody_sees_another_tenant, a_dropped_tenant_is_gone, what_is_due_is_found;
                random_filters: selects_agree_with_their_meaning, pages_agree_with_their_meaning,
                    aggregates_agree_with_their_meaning;
            }
        }
    };
    (@all $make:expr; $($module:ident: $($check:ident),+;)+) => {
        $(mod $module {
            #[allow(unused_imports)]
            use super::*;
            $crate::__conformance! { @each $make; $module; $($check),+ }
        })+
    };
    (@each $make:expr; $module:ident; $($check:ident),+) => {
        $(#[test]
        fn $check() {
            $crate::testing::suite::run(($make)(), $crate::testing::suite::$module::$check);
        })+
    };
}

#[cfg(test)]
mod tests {
    /// A check that the macro does not list would never run.
    #[test]
    fn every_check_is_listed() {
        let files = [
            include_str!("suite/aggregates.rs"),
            include_str!("suite/changes.rs"),
            include_str!("suite/concurrency.rs"),
            include_str!("suite/documents.rs"),
            include_str!("suite/filters.rs"),
            include_str!("suite/keyed_loads.rs"),
            include_str!("suite/ledger.rs"),
            include_str!("suite/pages.rs"),
            include_str!("suite/random_filters.rs"),
            include_str!("suite/references.rs"),
            include_str!("suite/searches.rs"),
            include_str!("suite/tenants.rs"),
            include_str!("suite/units.rs"),
        ];
        let macro_text = include_str!("suite.rs");
        let checks =
            files.iter().flat_map(|file| file.split("\npub fn ").skip(1)).filter_map(|rest| rest.split('(').next());
        let unlisted: Vec<&str> = checks.filter(|name| !macro_text.contains(*name)).collect();
        assert!(unlisted.is_empty(), "{unlisted:?}");
    }
}
