//! The page about imports says what the forms say.

use std::fmt::Write;

use nexa_core::import::form::FORMS;

/// The forms as the page lists them.
fn listed() -> String {
    let mut page =
        String::from("| form | what it is | becomes | columns that the form knows |\n| --- | --- | --- | --- |\n");
    for form in FORMS.iter() {
        let kind = form.kinds[0];
        let mut columns: Vec<String> = Vec::new();
        for (header, target) in form.mapped(kind) {
            if let Some(target) = target {
                columns.push(format!("{header} → `{target}`"));
            }
        }
        let kinds = form.kinds.join(", ");
        writeln!(page, "| `{}` | {}: {} | {kinds} | {} |", form.name, form.system, form.table, columns.join("; "))
            .unwrap();
    }
    page
}

#[test]
fn the_page_lists_every_form_as_it_is() {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/../docs/import.md");
    let page = std::fs::read_to_string(path).unwrap();
    let (_, rest) = page.split_once("<!-- forms -->\n").unwrap();
    let (found, _) = rest.split_once("<!-- end of forms -->").unwrap();
    assert_eq!(found, listed(), "write this between the marks of docs/import.md:\n{}", listed());
}
