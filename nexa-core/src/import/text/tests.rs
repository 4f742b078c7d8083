//! Cells as they are found, and what they mean.

use serde_json::json;

use super::*;

fn read(cell: &str, kind: ColumnType) -> Option<Json> {
    value("Column", cell, kind, &Formats::default()).unwrap()
}

fn refused(cell: &str, kind: ColumnType, formats: &Formats) -> String {
    let error = value("Column", cell, kind, formats).unwrap_err();
    assert!(error.message().starts_with("Column "), "{error}");
    error.code().to_owned()
}

fn dated(format: &str) -> Formats {
    Formats { date: Some(DateFormat::parse(format).unwrap()), ..Formats::default() }
}

#[test]
fn text_is_what_it_is_and_empty_is_absent() {
    for text in ["Select", "N/A", "-", "007", "1,5"] {
        assert_eq!(read(&format!(" {text} "), ColumnType::Text), Some(json!(text)));
    }
    for kind in [ColumnType::Text, ColumnType::Int, ColumnType::Date, ColumnType::List, ColumnType::Json] {
        assert_eq!(read("", kind), None);
        assert_eq!(read(" \t ", kind), None);
    }
    assert_eq!(read("crm-17", ColumnType::Reference("account")), Some(json!("crm-17")));
}

#[test]
fn whole_numbers() {
    for (cell, number) in [
        ("0", 0),
        ("-17", -17),
        ("+5", 5),
        ("−5", -5),
        ("1,234", 1_234),
        ("1 234 567", 1_234_567),
        ("1'234", 1_234),
        ("1\u{a0}234", 1_234),
        ("12,34,567", 1_234_567),
        ("17.0", 17),
        ("-1,000.00", -1_000),
        ("9223372036854775807", i64::MAX),
    ] {
        assert_eq!(read(cell, ColumnType::Int), Some(json!(number)), "{cell}");
    }
    let point = Formats::default();
    for cell in [
        "1.5",
        "1,50",
        "12,34",
        "1,2345",
        ",123",
        "1,,234",
        "1,234 567",
        "$5",
        "5%",
        "1e3",
        "0x1f",
        "9223372036854775808",
        "٣",
    ] {
        assert_eq!(refused(cell, ColumnType::Int, &point), "import.number_invalid", "{cell}");
    }
}

#[test]
fn decimals_and_the_decimal_comma() {
    let comma = Formats { decimal_comma: true, ..Formats::default() };
    let amount = |cell: &str, formats: &Formats| value("Column", cell, ColumnType::Amount, formats).unwrap();
    for (cell, text) in [("50000", "50000.00"), ("1,100.04", "1100.04"), ("-0.1234", "-0.1234"), ("1 000.5", "1000.50")]
    {
        assert_eq!(amount(cell, &Formats::default()), Some(json!(text)), "{cell}");
    }
    for (cell, text) in [("1.100,04", "1100.04"), ("1100,5", "1100.50"), ("-1 000,25", "-1000.25"), ("7", "7.00")] {
        assert_eq!(amount(cell, &comma), Some(json!(text)), "{cell}");
    }
    for cell in ["1.234,5", "0.12345", "1.", ".", "12.", "1,5"] {
        assert_eq!(refused(cell, ColumnType::Amount, &Formats::default()), "import.number_invalid", "{cell}");
    }
    assert_eq!(refused("1.5", ColumnType::Amount, &comma), "import.number_invalid");
    assert_eq!(value("Column", "1.234", ColumnType::Int, &comma).unwrap(), Some(json!(1_234)));
}

#[test]
fn yes_and_no() {
    for cell in ["yes", "Yes", "TRUE", "1", "y", "Y", "ja", "Oui", "sí", "SI", "sì", "sim", "wahr", "vrai", "x"] {
        assert_eq!(read(cell, ColumnType::Bool), Some(json!(true)), "{cell}");
    }
    for cell in ["no", "No", "false", "0", "N", "nein", "NON", "não", "nee", "falsch", "faux"] {
        assert_eq!(read(cell, ColumnType::Bool), Some(json!(false)), "{cell}");
    }
    for cell in ["-", "N/A", "null", "#N/A"] {
        assert_eq!(read(cell, ColumnType::Bool), None, "{cell}");
    }
    for cell in ["maybe", "2"] {
        assert_eq!(refused(cell, ColumnType::Bool, &Formats::default()), "import.bool_invalid");
    }
}

#[test]
fn choices_without_regard_to_case_and_blanks() {
    let stages = ColumnType::Enum(&["closed_won", "closed_lost"]);
    for cell in ["closed_won", "Closed Won", "CLOSED-WON"] {
        assert_eq!(read(cell, stages), Some(json!("closed_won")), "{cell}");
    }
    let error = value("Stage", "Won", stages, &Formats::default()).unwrap_err();
    assert_eq!(error.message(), "Stage is none of its choices; write one of closed_won, closed_lost.");
}

#[test]
fn dates_are_the_dates_that_are_written() {
    for cell in ["2021/5/22", "20210522", "22.5.2021", "05/22/2021", "22/05/21", "22 mai 2021", "2021-05-22T23:30:00Z"]
    {
        assert_eq!(read(cell, ColumnType::Date), Some(json!("2021-05-22")), "{cell}");
    }
    for cell in ["2021-05-22", "2021-05-22T00:00:00Z", "2021-05-22 00:00", "2021-05-22T00:00:00.000+0900"] {
        assert_eq!(read(cell, ColumnType::Date), Some(json!("2021-05-22")), "{cell}");
    }
    let none = Formats::default();
    for cell in ["20-10-16", "05/06/2021", "5-6-2021", "25-10-16"] {
        assert_eq!(refused(cell, ColumnType::Date, &none), "import.date_ambiguous", "{cell}");
        assert_eq!(refused(cell, ColumnType::Time, &none), "import.date_ambiguous", "{cell}");
    }
    for cell in ["2021-02-30", "30.2.2021", "31/31/2021", "22 May", "44338", "2021-05-22 25:00", "soon", "-2021-05-2"] {
        assert_eq!(refused(cell, ColumnType::Date, &none), "import.date_invalid", "{cell}");
    }
}

#[test]
fn a_named_format_settles_the_order() {
    for (format, cell, day) in [
        ("DD-MM-YY", "20-10-16", "2016-10-20"),
        ("MM/DD/YYYY", "05/22/2021", "2021-05-22"),
        ("M/D/YYYY", "5/2/2021", "2021-05-02"),
        ("dd.mm.yyyy", "2.5.2021", "2021-05-02"),
        ("YYYY/MM/DD", "2021/05/22", "2021-05-22"),
        ("DD-MM-YY", "01-01-69", "2069-01-01"),
        ("DD-MM-YY", "01-01-70", "1970-01-01"),
        ("DD-MM-YY", "2021-05-22", "2021-05-22"),
        ("DD-MM-YY", "29-02-16", "2016-02-29"),
    ] {
        assert_eq!(
            value("Column", cell, ColumnType::Date, &dated(format)).unwrap(),
            Some(json!(day)),
            "{format} {cell}"
        );
    }
    for (format, cell) in [
        ("MM/DD/YYYY", "22/05/2021"),
        ("DD-MM-YY", "20-10-2016"),
        ("DD-MM-YY", "29-02-17"),
        ("DD-MM-YYYY", "20-10-16"),
        ("DD-MM-YY", "20/10/16"),
        ("DD-MM-YY", "20-10-16-1"),
        ("DD-MM-YY", "20-10"),
    ] {
        assert_eq!(refused(cell, ColumnType::Date, &dated(format)), "import.date_invalid", "{format} {cell}");
    }
    for format in ["", "DDMMYY", "DD-MM", "DD-DD-YY", "DD-MM/YY", "DD-MM-YYY", "day-month-year"] {
        assert!(DateFormat::parse(format).unwrap_err().is(&codes::DATE_FORMAT_UNKNOWN), "{format}");
    }
    let format = DateFormat::parse("d/m/yyyy").unwrap();
    assert_eq!(serde_json::to_string(&format).unwrap(), "\"DD/MM/YYYY\"");
    assert_eq!(serde_json::from_str::<DateFormat>("\"DD/MM/YYYY\"").unwrap(), format);
}

#[test]
fn times_are_moments() {
    for (cell, moment) in [
        ("2025-11-17T09:15:00Z", "2025-11-17T09:15:00.000000Z"),
        ("2025-11-17T09:15:00.123456+01:00", "2025-11-17T08:15:00.123456Z"),
        ("2025-11-17T09:15:00.000+0000", "2025-11-17T09:15:00.000000Z"),
        ("2025-11-17 09:15:00", "2025-11-17T09:15:00.000000Z"),
        ("2025-11-17 23:30 -02:00", "2025-11-18T01:30:00.000000Z"),
        ("2025-11-17 9:15", "2025-11-17T09:15:00.000000Z"),
        ("2025-11-17", "2025-11-17T00:00:00.000000Z"),
    ] {
        assert_eq!(read(cell, ColumnType::Time), Some(json!(moment)), "{cell}");
    }
    for cell in ["09:15", "2025-11-17T25:00:00Z", "2025-11-17 noon", "2025-11-17T09:15:00+99:99", "tomorrow"] {
        assert_eq!(refused(cell, ColumnType::Time, &Formats::default()), "import.time_invalid", "{cell}");
    }
    let named = value("Column", "17/11/2025 09:15", ColumnType::Time, &dated("DD/MM/YYYY")).unwrap();
    assert_eq!(named, Some(json!("2025-11-17T09:15:00.000000Z")));
}

#[test]
fn lists_identifiers_and_documents() {
    assert_eq!(read("a; b,c ;;a", ColumnType::List), Some(json!(["a", "b,c"])));
    assert_eq!(read("a, b", ColumnType::List), Some(json!(["a", "b"])));
    assert_eq!(read("{\"a\": 1}", ColumnType::Map), Some(json!({"a": 1})));
    assert_eq!(read("[1]", ColumnType::Json), Some(json!([1])));
    let none = Formats::default();
    assert_eq!(refused("[1]", ColumnType::Map, &none), "import.json_invalid");
    assert_eq!(refused("{", ColumnType::Json, &none), "import.json_invalid");
    assert_eq!(refused("17", ColumnType::Uuid, &none), "import.id_invalid");
    let id = "319325b3-50b3-45d0-b730-c9df0b30b9ea";
    assert_eq!(read(&id.to_uppercase(), ColumnType::Uuid), Some(json!(id)));
}
