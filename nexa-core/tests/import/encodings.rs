//! No code page is guessed silently.

use encoding_rs::{Encoding as Page, GBK, MACINTOSH, SHIFT_JIS, WINDOWS_1250, WINDOWS_1251, WINDOWS_1252};
use nexa_core::import::{ImportOptions, source::Encoding};
use serde_json::json;

use super::importer::Importer;

const FILES: [(&Page, &str); 5] = [
    (WINDOWS_1251, "First Name,Last Name,Email\nИван,Петров,j@x.example\n"),
    (WINDOWS_1250, "First Name,Last Name,Email\nŁukasz,Dvořák,j@x.example\n"),
    (SHIFT_JIS, "First Name,Last Name,Email\n太郎,ソニー,j@x.example\n"),
    (MACINTOSH, "First Name,Last Name,Email\nJosé,Müller,j@x.example\n"),
    (GBK, "First Name,Last Name,Email\n小龙,李,j@x.example\n"),
];

#[test]
fn a_code_page_that_nobody_names_is_refused_with_the_way_out() {
    for (page, text) in FILES {
        let office = Importer::new();
        let report = office.try_import(&page.encode(text).0, ImportOptions::new()).unwrap();
        assert_eq!((report.created, report.refused), (0, 1), "{}: {report:?}", page.name());
        assert_eq!(report.problems[0].code, "import.encoding_broken");
        assert!(report.problems[0].message.contains("name its encoding"), "{}", report.problems[0].message);
    }
}

#[test]
fn a_code_page_that_is_named_is_read() {
    for (page, text) in FILES {
        let office = Importer::new();
        let options = ImportOptions { encoding: Encoding::named(page.name()).unwrap(), ..ImportOptions::new() };
        let report = office.try_import(&page.encode(text).0, options).unwrap();
        assert_eq!(report.created, 1, "{}: {report:?}", page.name());
        assert_eq!(report.encoding, Some(page.name().to_lowercase()));
        let lead = serde_json::to_value(office.lead("j@x.example")).unwrap();
        let row = text.lines().nth(1).unwrap();
        assert_eq!(
            json!(format!(
                "{},{},j@x.example",
                lead["first_name"].as_str().unwrap(),
                lead["last_name"].as_str().unwrap()
            )),
            row
        );
    }
}

#[test]
fn western_names_are_read_and_the_report_says_how() {
    let office = Importer::new();
    let report = office
        .try_import(&WINDOWS_1252.encode("First Name,Email\nJosé,j@x.example\n").0, ImportOptions::new())
        .unwrap();
    assert_eq!((report.created, report.encoding.as_deref()), (1, Some("windows-1252")), "{report:?}");
    assert!(report.doubts.iter().any(|doubt| doubt.code == "import.doubt_encoding"), "{report:?}");
    assert_eq!(serde_json::to_value(office.lead("j@x.example")).unwrap()["first_name"], "José");
}

#[test]
fn every_name_of_the_standard_is_taken_and_others_are_refused() {
    for name in [
        "UTF-8",
        "latin1",
        "cp1251",
        "Shift_JIS",
        "sjis",
        "gb18030",
        "big5",
        "koi8-r",
        "macintosh",
        "iso-8859-2",
        "utf-16le",
        "utf16_be",
        "euc-kr",
        "windows-1254",
    ] {
        assert!(Encoding::named(name).is_ok(), "{name}");
    }
    assert_eq!(Encoding::named("klingon").unwrap_err().code(), "import.encoding_unknown");
}
