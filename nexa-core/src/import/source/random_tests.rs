//! Any bytes are survived, and any table comes back as it was written.

use encoding_rs::WINDOWS_1252;
use proptest::{collection::vec, prelude::*, sample::select, string::string_regex};

use super::*;

/// Walks over all rows and checks what holds for every file.
fn survive(bytes: &[u8], options: Options) {
    let Ok(mut reader) = Reader::open(bytes, options) else { return };
    let columns = reader.columns().len();
    let (mut line, mut record) = (0, 0);
    while let Some(row) = reader.next_row().unwrap() {
        let (number, count) = match row {
            Ok(row) => {
                assert_eq!(row.fields().len(), columns);
                (row.number, row.record)
            }
            Err(problem) => {
                assert!(problem.value.chars().count() <= 80);
                (problem.number, problem.record)
            }
        };
        assert!(number > line, "line {number} after {line}");
        assert_eq!(count, record + 1);
        (line, record) = (number, count);
        assert!(record <= bytes.len() as u64 + 1);
    }
    assert_eq!(reader.progress().bytes, bytes.len() as u64);
}

#[derive(Clone, Copy, Debug)]
enum Written {
    Utf8,
    Utf8Marked,
    Utf16Le,
    Utf16LeMarked,
    Utf16Be,
    Utf16BeMarked,
    Latin1,
}

impl Written {
    fn bytes(self, text: &str) -> Vec<u8> {
        let units = |mark: bool| mark.then_some(0xfeff_u16).into_iter().chain(text.encode_utf16()).collect::<Vec<_>>();
        let little = |mark| units(mark).into_iter().flat_map(u16::to_le_bytes).collect();
        let big = |mark| units(mark).into_iter().flat_map(u16::to_be_bytes).collect();
        match self {
            Self::Utf8 => text.into(),
            Self::Utf8Marked => format!("\u{feff}{text}").into(),
            Self::Utf16Le => little(false),
            Self::Utf16LeMarked => little(true),
            Self::Utf16Be => big(false),
            Self::Utf16BeMarked => big(true),
            Self::Latin1 => WINDOWS_1252.encode(text).0.into_owned(),
        }
    }

    /// What the caller has to say: nothing, where detection is certain.
    fn encoding(self) -> Encoding {
        match self {
            Self::Utf8 => Encoding::Utf8,
            Self::Utf16Le => Encoding::Utf16Le,
            Self::Utf16Be => Encoding::Utf16Be,
            Self::Latin1 => Encoding::Latin1,
            Self::Utf8Marked | Self::Utf16LeMarked | Self::Utf16BeMarked => Encoding::Detect,
        }
    }
}

/// A table as text: fields are quoted when they must be, and some that need not.
fn write(table: &[Vec<String>], delimiter: char, line_end: &str, quote_all: bool) -> String {
    let field = |text: &String| match quote_all || text.contains([delimiter, '"', '\r', '\n']) {
        true => format!("\"{}\"", text.replace('"', "\"\"")),
        false => text.clone(),
    };
    let rows =
        table.iter().map(|row| row.iter().map(field).collect::<Vec<_>>().join(&delimiter.to_string()) + line_end);
    rows.collect()
}

/// Tables of two to six columns whose cells hold everything that makes reading hard.
fn table(cell: &'static str) -> impl Strategy<Value = Vec<Vec<String>>> {
    (2..6_usize).prop_flat_map(move |columns| {
        let header = (0..columns).map(|column| format!("Column {column}")).collect::<Vec<_>>();
        vec(vec(string_regex(cell).unwrap(), columns), 0..20).prop_map(move |mut rows| {
            rows.insert(0, header.clone());
            rows
        })
    })
}

fn come_back(table: &[Vec<String>], delimiter: char, line_end: &str, quote_all: bool, written: Written) {
    let bytes = written.bytes(&write(table, delimiter, line_end, quote_all));
    let options = Options { encoding: written.encoding(), ..Options::default() };
    let mut reader = Reader::open(bytes.as_slice(), options).unwrap();
    assert_eq!(reader.delimiter(), delimiter);
    assert_eq!(reader.columns(), table.first().unwrap());
    for expected in table.iter().skip(1) {
        let row = reader.next_row().unwrap().unwrap().unwrap();
        assert_eq!(&row.fields().collect::<Vec<_>>(), expected);
    }
    assert!(reader.next_row().unwrap().is_none());
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(400))]

    #[test]
    fn any_bytes_are_survived(bytes in vec(any::<u8>(), 0..600), mixed_latin1: bool) {
        survive(&bytes, Options { mixed_latin1, ..Options::default() });
    }

    #[test]
    fn anything_like_a_table_is_survived(
        pieces in vec(select(vec!["a", "b1", ",", ",", ";", "\"", "\"\"", "\n", "\n", "\r", "\r\n", "é", "\0", " "]), 0..120),
        cut in 0..4_usize,
        written in select(vec![Written::Utf8, Written::Utf16LeMarked, Written::Utf16Be, Written::Latin1]),
    ) {
        let mut bytes = written.bytes(&pieces.concat());
        bytes.truncate(bytes.len().saturating_sub(cut));
        survive(&bytes, Options::default());
        survive(&bytes, Options { encoding: written.encoding(), ..Options::default() });
    }

    #[test]
    fn any_table_comes_back(
        table in table("[a-z0-9 ,;|\t\"\r\n\u{e4}\u{df}\u{20ac}\u{6771}\u{1f600}]{0,8}"),
        delimiter in select(vec![',', ';', '\t', '|']),
        line_end in select(vec!["\n", "\r\n", "\r"]),
        quote_all: bool,
        written in select(vec![
            Written::Utf8, Written::Utf8Marked,
            Written::Utf16Le, Written::Utf16LeMarked, Written::Utf16Be, Written::Utf16BeMarked,
        ]),
    ) {
        come_back(&table, delimiter, line_end, quote_all, written);
    }

    #[test]
    fn any_latin1_table_comes_back(
        table in table("[a-z0-9 ,;|\t\"\r\n\u{a0}-\u{ff}\u{20ac}\u{2019}]{0,8}"),
        delimiter in select(vec![',', ';', '\t', '|']),
        line_end in select(vec!["\n", "\r\n", "\r"]),
        quote_all: bool,
    ) {
        come_back(&table, delimiter, line_end, quote_all, Written::Latin1);
    }
}
