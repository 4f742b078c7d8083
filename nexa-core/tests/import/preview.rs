//! What an import would make of a file, without importing it.

use encoding_rs::WINDOWS_1251;
use nexa_core::{
    Envelope,
    import::{Beginning, Import, ImportOptions, ImportPreview, Preview},
    sales::{Contact, Lead},
    testing::block_on,
};
use serde_json::json;

use super::importer::Importer;

fn shown(office: &Importer, beginning: Beginning, options: ImportOptions) -> Preview {
    block_on(office.session.ask(ImportPreview::<Lead>::new(beginning, options))).unwrap()
}

#[test]
fn a_preview_answers_all_that_a_page_asks_and_imports_nothing() {
    let office = Importer::new();
    let before = office.last_event();
    let csv = "Notes:\n\"…\"\n\nFirst Name,Last Name,URL,Email Address,Company,Connected On\n\
               Ada,Doe,https://x.example/in/ada,ada@doe.example,Doe,12 Mar 2024\nBob,Roe,,no mail,Roe,12 Mar 2024\n";
    let preview = shown(&office, Beginning::Bytes(csv.into()), ImportOptions::new());
    assert_eq!((preview.form.as_deref(), preview.system.as_deref()), (Some("linkedin.connections"), Some("LinkedIn")));
    assert_eq!(
        (preview.encoding.as_deref(), preview.delimiter, preview.header_line),
        (Some("utf-8"), Some(','), Some(4))
    );
    let columns: Vec<_> =
        preview.columns.iter().map(|column| (column.column.as_str(), column.target.as_deref())).collect();
    assert_eq!(columns[..3], [("First Name", Some("first_name")), ("Last Name", Some("last_name")), ("URL", None)]);
    assert_eq!(preview.rows.len(), 2);
    assert_eq!(preview.rows[0].cells[0], "Ada");
    assert_eq!(preview.rows[0].fields["email"], "ada@doe.example");
    assert_eq!((preview.rows[0].number, preview.rows[0].problem.as_ref()), (5, None));
    let problem = preview.rows[1].problem.as_ref().unwrap();
    assert_eq!((problem.code.as_str(), problem.column.as_deref()), ("field.invalid", Some("Email Address")));
    assert!(office.leads().is_empty());
    assert_eq!(office.last_event(), before);
}

#[test]
fn the_last_row_of_a_beginning_may_be_cut_and_is_not_shown() {
    let office = Importer::new();
    let mut preview =
        ImportPreview::<Lead>::new(Beginning::Csv("Email\nada@doe.example\nbob@ro".into()), ImportOptions::new());
    preview.more = true;
    assert_eq!(block_on(office.session.ask(preview)).unwrap().rows.len(), 1);
}

#[test]
fn a_preview_by_name_takes_text_bytes_or_rows() {
    let office = Importer::new();
    let ask = |input| block_on(office.session.execute("contact.import_preview", input, Envelope::default()));
    let answer = ask(json!({"csv": "Vorname;E-Mail\nAda;ada@doe.example\n", "limit": 1})).unwrap();
    assert_eq!((&answer["language"], &answer["delimiter"]), (&json!("de"), &json!(";")));
    assert_eq!(answer["rows"][0]["fields"], json!({"first_name": "Ada", "email": "ada@doe.example"}));
    // "Email\nada@doe.example\n"
    let answer = ask(json!({"bytes": "RW1haWwKYWRhQGRvZS5leGFtcGxlCg=="})).unwrap();
    assert_eq!(answer["rows"][0]["fields"]["email"], "ada@doe.example");
    let answer = ask(json!({"rows": [{"E-Mail": "ada@doe.example"}], "form": "none"})).unwrap();
    assert_eq!(answer["columns"][0]["target"], "email");
    for (input, code) in [
        (json!({}), "command.malformed"),
        (json!({"csv": "Email\n", "rows": []}), "command.malformed"),
        (json!({"csv": "Email\n", "limit": 0}), "import.preview_rows"),
        (json!({"csv": ""}), "import.file_empty"),
        (json!({"csv": "Email\n", "form": "myspace.friends"}), "import.form_unknown"),
    ] {
        assert_eq!(ask(input.clone()).unwrap_err().code(), code, "{input}");
    }
}

#[test]
fn a_file_is_shown_as_the_import_would_read_it() {
    let office = Importer::new();
    let bytes = WINDOWS_1251.encode("First Name,Email\nИван,j@x.example\n").0.into_owned();
    let refused =
        block_on(Import::new::<Contact>(&office.session, ImportOptions::new()).preview(bytes.as_slice(), 5)).unwrap();
    assert_eq!(refused.rows[0].problem.as_ref().unwrap().code, "import.encoding_broken");
    let options: ImportOptions = serde_json::from_value(json!({"encoding": "cp1251"})).unwrap();
    let read = block_on(Import::new::<Contact>(&office.session, options).preview(bytes.as_slice(), 5)).unwrap();
    assert_eq!(read.rows[0].fields["first_name"], "Иван");
}
