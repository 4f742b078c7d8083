//! What the macro refuses, and how it says so.

#[test]
fn a_struct_that_is_no_record_is_refused_where_it_errs() {
    trybuild::TestCases::new().compile_fail("tests/refused/*.rs");
}
