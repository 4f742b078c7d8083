//! Files that are no proper CSV: what is broken costs its row, and nothing panics.

use nexa_core::{
    import::{ImportOptions, source::Encoding},
    testing::Random,
};

use super::importer::Importer;

#[test]
fn broken_rows_cost_themselves_alone() {
    let good = "good@doe.example,Doe\n";
    let long = "x".repeat(10 << 20);
    for (bad, code) in [
        (b"\"a\"b,Doe\n".to_vec(), "import.quote_broken"),
        (b"a@b.example,nul\0\n".to_vec(), "import.nul"),
        (b"a@b.example,\xff\xfe\n".to_vec(), "import.encoding_broken"),
        (b"a,b,c,d\n".to_vec(), "import.too_many_fields"),
        (format!("a@b.example,{long}\n").into_bytes(), "import.field_too_long"),
    ] {
        let office = Importer::new();
        let options = ImportOptions { encoding: Encoding::Utf8, ..ImportOptions::new() };
        let csv = [b"Email,Company\n", &bad[..], good.as_bytes()].concat();
        let report = office.try_import(&csv, options).unwrap();
        assert_eq!((report.rows, report.created, report.refused), (2, 1, 1), "{code}: {:?}", report.counts);
        assert_eq!(report.problems[0].code, code);
        assert!(report.problems[0].value.chars().count() <= 80);
    }
}

#[test]
fn three_hundred_columns_are_read() {
    let office = Importer::new();
    let header: Vec<String> =
        (0..300).map(|column| if column == 299 { "Email".into() } else { format!("C{column}") }).collect();
    let row: Vec<String> =
        (0..300).map(|column| if column == 299 { "a@doe.example".into() } else { "x".into() }).collect();
    let report = office.import(&format!("{}\n{}\n", header.join(","), row.join(",")), ImportOptions::new());
    assert_eq!((report.created, report.columns.len()), (1, 300));
}

#[test]
fn encodings_are_read() {
    let text = "Name;Email\r\nJörg Müller;joerg@doe.example\r\n";
    let latin1: Vec<u8> = text.chars().map(|c| c as u8).collect();
    let utf16: Vec<u8> = "\u{feff}".encode_utf16().chain(text.encode_utf16()).flat_map(u16::to_le_bytes).collect();
    for bytes in [text.as_bytes().to_vec(), latin1, utf16] {
        let office = Importer::new();
        assert_eq!(office.try_import(&bytes, ImportOptions::new()).unwrap().created, 1);
        assert_eq!(office.lead("joerg@doe.example").last_name.as_deref(), Some("Müller"));
    }
}

#[test]
fn any_bytes_are_read_or_refused() {
    let pieces: [&[u8]; 14] = [
        b"\"",
        b"\"\"",
        b",",
        b";",
        b"\n",
        b"\r",
        b"\0",
        b"\xff",
        b"\xc3",
        b"ada@doe.example",
        b"Email",
        b" ",
        b"\t",
        b"2025-13-45",
    ];
    let office = Importer::new();
    let random = Random::new(11);
    for _ in 0..300 {
        let mut csv = b"Email,Company,Tags\n".to_vec();
        (0..random.below(40)).for_each(|_| csv.extend_from_slice(random.pick(&pieces).unwrap()));
        match office.try_import(&csv, ImportOptions::new()) {
            Ok(report) => {
                let counts = report.counts;
                assert_eq!(counts.rows, counts.created + counts.skipped + counts.refused);
            }
            Err(error) => assert!(error.code().starts_with("import."), "{error}"),
        }
    }
}
