//! The reader against files as they come, and as they should not.

use std::io::{self, Read};

use super::*;
use crate::kernel::error::Code;

/// Rows as number and fields, or as number and code.
type Outcome = Result<(u64, Vec<String>), (u64, String)>;

fn open(bytes: &[u8]) -> Reader<&[u8]> {
    Reader::open(bytes, Options::default()).unwrap()
}

fn drain<R: Read>(reader: &mut Reader<R>) -> Vec<Outcome> {
    let mut rows = Vec::new();
    while let Some(row) = reader.next_row().unwrap() {
        rows.push(match row {
            Ok(row) => Ok((row.number, row.fields().map(str::to_owned).collect())),
            Err(problem) => Err((problem.number, problem.code)),
        });
    }
    rows
}

fn rows(bytes: &[u8]) -> Vec<Outcome> {
    drain(&mut open(bytes))
}

fn good(number: u64, fields: &[&str]) -> Outcome {
    Ok((number, fields.iter().map(|field| (*field).to_owned()).collect()))
}

fn bad(number: u64, code: Code) -> Outcome {
    Err((number, code.code.to_owned()))
}

fn refused(bytes: &[u8]) -> String {
    match Reader::open(bytes, Options::default()) {
        Ok(_) => panic!("the header was taken"),
        Err(error) => error.code().to_owned(),
    }
}

fn utf16(text: &str, little: bool, mark: bool) -> Vec<u8> {
    let units = mark.then_some(0xfeff).into_iter().chain(text.encode_utf16());
    units.flat_map(|unit: u16| if little { unit.to_le_bytes() } else { unit.to_be_bytes() }).collect()
}

#[test]
fn line_ends_quotes_and_line_numbers() {
    let expected = vec![good(2, &["1", "x\ny"]), good(5, &["say \"hi\"", ""]), good(6, &["", "end"])];
    assert_eq!(rows(b"a,b\n1,\"x\ny\"\n\n\"say \"\"hi\"\"\"\n,end"), expected);
    assert_eq!(rows(b"a,b\r\n1,\"x\r\ny\"\r\nz\r\n"), vec![good(2, &["1", "x\r\ny"]), good(4, &["z", ""])],);
    assert_eq!(rows(b"a,b\r1,\"x\ny\"\r3,4\r"), vec![good(2, &["1", "x\ny"]), good(4, &["3", "4"])]);
    // A bare carriage return or line feed ends rows only where it ends the header, but it is a line to an editor.
    assert_eq!(rows(b"a,b\n1,x\ry\n3,4\n"), vec![good(2, &["1", "x\ry"]), good(4, &["3", "4"])]);
    assert_eq!(rows(b"a,b\r1,x\ny\r3,4\r"), vec![good(2, &["1", "x\ny"]), good(4, &["3", "4"])]);
}

#[test]
fn marks_and_encodings() {
    let table = "Näme,Ort\nJosé,Zürich\n";
    let expected = vec![good(2, &["José", "Zürich"])];
    let latin1: Vec<u8> = table.chars().map(|c| u8::try_from(u32::from(c)).unwrap()).collect();
    let mut marked = b"\xef\xbb\xbf".to_vec();
    marked.extend(table.as_bytes());
    for bytes in [
        table.as_bytes().to_vec(),
        marked,
        latin1,
        utf16(table, true, true),
        utf16(table, false, true),
        utf16(table, true, false),
        utf16(table, false, false),
    ] {
        let mut reader = open(&bytes);
        assert_eq!(reader.columns(), ["Näme", "Ort"]);
        assert_eq!(drain(&mut reader), expected);
    }
    assert_eq!(rows(b"a,b\nprice,5 \x80\n"), vec![good(2, &["price", "5 €"])]);
}

#[test]
fn broken_encoding_costs_its_row() {
    let bytes = b"a,b\nJos\xc3\xa9,1\nJos\xe9,2\nok,3\n";
    assert_eq!(rows(bytes), vec![good(2, &["José", "1"]), bad(3, codes::ENCODING_BROKEN), good(4, &["ok", "3"])],);
    let mut reader = Reader::open(bytes.as_slice(), Options { mixed_latin1: true, ..Options::default() }).unwrap();
    assert_eq!(drain(&mut reader).get(1), Some(&good(3, &["José", "2"])));

    let mut lone = utf16("a,b\nx,", true, true);
    lone.extend([0x00, 0xd8]);
    lone.extend(utf16("\ny,2\n", true, false));
    assert_eq!(rows(&lone), vec![bad(2, codes::ENCODING_BROKEN), good(3, &["y", "2"])]);
    let mut odd = utf16("a,b\nx,1\ny,2", true, true);
    odd.push(b'z');
    assert_eq!(rows(&odd), vec![good(2, &["x", "1"]), bad(3, codes::ENCODING_BROKEN)]);
}

#[test]
fn problems_name_row_column_and_value() {
    let mut reader = open(b"Name,City\nJane,\nJohn,Par\0is\n");
    assert!(reader.next_row().unwrap().unwrap().is_ok());
    let problem = reader.next_row().unwrap().unwrap().unwrap_err();
    assert_eq!((problem.number, problem.record), (3, 2));
    assert_eq!(problem.column.as_deref(), Some("City"));
    assert_eq!(problem.code, "import.nul");
    assert_eq!(problem.value, "Par is");
}

#[test]
fn delimiters_are_found_in_the_header() {
    for (text, delimiter) in [
        ("a,b\n1,2\n", ','),
        ("a;b\n1;2\n", ';'),
        ("a\tb\n1\t2\n", '\t'),
        ("a|b\n1|2\n", '|'),
        ("only\n1\n", ','),
        ("Name;Address (street, city);Mail\n1;2;3\n", ';'),
        ("Name;Address (street, city, country)\n1;2\n", ';'),
        ("a;\"x,y,z\"\n1;2\n", ';'),
        ("City, Country;Mail\nParis, FR;m\n", ','),
        ("City, Country;Mail\nParis;m\n", ';'),
    ] {
        assert_eq!(open(text.as_bytes()).delimiter(), delimiter, "{text}");
    }
    let mut announced = open(b"sep=;\r\na,b;c\r\n1;2\r\n");
    assert_eq!(announced.columns(), ["a,b", "c"]);
    assert_eq!(drain(&mut announced), vec![good(3, &["1", "2"])]);
    let named = Options { delimiter: Some('^'), ..Options::default() };
    assert_eq!(drain(&mut Reader::open(b"a^b\n1^2".as_slice(), named).unwrap()), vec![good(2, &["1", "2"])]);
    let letter = Options { delimiter: Some('x'), ..Options::default() };
    assert!(Reader::open(b"a".as_slice(), letter).err().unwrap().is(&codes::DELIMITER_INVALID));
}

#[test]
fn headers_are_trimmed_distinct_and_bounded() {
    let reader = open(b"\n\n Name ,Name,,Name (2),Name\n");
    assert_eq!(reader.columns(), ["Name", "Name (2)", "Column 3", "Name (2) (2)", "Name (3)"]);
    assert_eq!(refused(b""), "import.file_empty");
    assert_eq!(refused(b"\xef\xbb\xbf\r\n\r\n"), "import.file_empty");
    assert_eq!(refused(b" , ,\n1,2,3\n"), "import.header_broken");
    assert_eq!(refused(b"a,\"b\n1,2\n"), "import.header_broken");
    assert_eq!(refused(b"a\0,b\n"), "import.header_broken");
    let header = |columns: usize| format!("x{}", ",x".repeat(columns - 1)).into_bytes();
    assert_eq!(open(&header(1_000)).columns().len(), 1_000);
    assert_eq!(refused(&header(1_001)), "import.header_too_wide");
    assert_eq!(refused(&vec![b'x'; 10 << 20]), "import.header_broken");
    assert_eq!(rows(b"a,b,c"), vec![]);
}

#[test]
fn short_rows_are_padded_and_long_ones_refused() {
    assert_eq!(
        rows(b"a,b,c\n1\n1,2,3,4\n1,2,3\n"),
        vec![good(2, &["1", "", ""]), bad(3, codes::TOO_MANY_FIELDS), good(4, &["1", "2", "3"])],
    );
    let wide: Vec<String> = (0..300).map(|column| format!("c{column}")).collect();
    let table = format!("{}\n{}\n", wide.join(";"), vec!["v"; 300].join(";"));
    assert_eq!(rows(table.as_bytes()), vec![good(2, &["v"; 300])]);
}

#[test]
fn a_quote_that_is_not_closed_costs_its_row() {
    assert_eq!(
        rows(b"a,b,c\n1,\"open,3\n4,5,6\n7,8,9\n"),
        vec![bad(2, codes::QUOTE_OPEN), good(3, &["4", "5", "6"]), good(4, &["7", "8", "9"])],
    );
    // The next quote, rows later, seems to close it.
    assert_eq!(
        rows(b"a,b,c\n1,\"open,3\n4,5,6\n7,\"8\",9\nx,y,z\n"),
        vec![
            bad(2, codes::QUOTE_BROKEN),
            good(3, &["4", "5", "6"]),
            good(4, &["7", "8", "9"]),
            good(5, &["x", "y", "z"]),
        ],
    );
    assert_eq!(
        rows(b"a,b,c\n1,\"open,3\n4,5,6\n7,8,\"\"\nx,y,z\n"),
        vec![bad(2, codes::QUOTE_OPEN), good(3, &["4", "5", "6"]), good(4, &["7", "8", ""]), good(5, &["x", "y", "z"])],
    );
    // What follows looks like no row: it belongs to the text.
    assert_eq!(rows(b"a,b,c\n1,\"open\nprose goes on\nto the end\n"), vec![bad(2, codes::QUOTE_OPEN)]);
}

#[test]
fn text_behind_a_closing_quote_costs_its_row() {
    assert_eq!(rows(b"a,b\n\"Acme\" Corp,\"x\ny\"\n3,4\n"), vec![bad(2, codes::QUOTE_BROKEN), good(4, &["3", "4"])],);
    assert_eq!(rows(b"a,b\n\"first\nsecond\"x,2\n3,4\n"), vec![bad(2, codes::QUOTE_BROKEN), good(4, &["3", "4"])],);
    // A quote inside a plain field is a character, and blanks behind a closing one mean nothing.
    assert_eq!(rows(b"a,b\n5\" pipe,\"x\"  \n"), vec![good(2, &["5\" pipe", "x"])]);
}

#[test]
fn oversized_fields_and_rows_cost_their_row() {
    let long = "x".repeat(10 << 20);
    for field in [long.clone(), format!("\"{long}\""), format!("\"{}\"", "prose, more\n".repeat(1 << 20))] {
        let table = format!("a,b,c\n1,2,3\n4,{field},6\n7,8,9\n");
        let outcome = rows(table.as_bytes());
        assert_eq!(outcome.len(), 3);
        assert_eq!(outcome.get(1), Some(&bad(3, codes::FIELD_TOO_LONG)));
        assert!(matches!(outcome.get(2), Some(Ok((number, fields))) if *number >= 4 && fields.join(",") == "7,8,9"));
    }
    let limit = "x".repeat(FIELD_BYTES);
    assert_eq!(rows(format!("a,b\n\"{limit}\",1\n").as_bytes()).first(), Some(&good(2, &[&limit, "1"])));
    assert_eq!(rows(format!("a,b\n{limit}x,1\n").as_bytes()), vec![bad(2, codes::FIELD_TOO_LONG)]);
    let half = "y".repeat(FIELD_BYTES / 2);
    let row = [half.as_str(); 10].join(",");
    assert_eq!(
        rows(format!("a,b,c,d,e,f,g,h,i,j\n{row}\n1,2,3\n").as_bytes()),
        vec![bad(2, codes::ROW_TOO_LONG), good(3, &["1", "2", "3", "", "", "", "", "", "", ""])],
    );
}

#[test]
fn an_open_quote_in_a_large_file_costs_one_row_and_little_memory() {
    let mut table = b"a,b,c\n1,\"open,3\n".to_vec();
    for number in 0..300_000 {
        table.extend(format!("{number},x,y\n").into_bytes());
    }
    let mut reader = open(&table);
    assert_eq!(reader.next_row().unwrap().unwrap().unwrap_err().number, 2);
    let mut count = 0;
    while let Some(row) = reader.next_row().unwrap() {
        assert!(row.is_ok());
        count += 1;
    }
    assert_eq!(count, 300_000);
    assert_eq!(reader.progress().records, 300_001);
}

#[test]
fn memory_does_not_grow_with_what_is_refused() {
    for opening in ["a,b\n1,\"", "a,b\n1,"] {
        let endless = io::repeat(b'x').take(16 << 20);
        let mut reader = Reader::open(opening.as_bytes().chain(endless), Options::default()).unwrap();
        while reader.next_row().unwrap().is_some() {
            assert!(reader.input.room() <= 3 * ROW_BYTES);
        }
        assert_eq!(reader.progress().bytes, (16 << 20) + opening.len() as u64);
    }
}

#[test]
fn progress_counts_bytes_and_rows() {
    let bytes = b"a\n1\n2\n";
    let mut reader = Reader::open(bytes.as_slice(), Options { total_bytes: Some(6), ..Options::default() }).unwrap();
    drain(&mut reader);
    assert_eq!(reader.progress(), Progress { bytes: 6, total_bytes: Some(6), records: 2 });
}

/// Gives one byte at a time, is interrupted now and then, and fails in the end when asked to.
struct Trickle<'a> {
    bytes: &'a [u8],
    interrupt: bool,
    fails: bool,
}

impl Read for Trickle<'_> {
    fn read(&mut self, target: &mut [u8]) -> io::Result<usize> {
        self.interrupt = !self.interrupt;
        if self.interrupt {
            return Err(io::ErrorKind::Interrupted.into());
        }
        if self.bytes.is_empty() && self.fails {
            return Err(io::Error::other("the line went dead"));
        }
        let count = self.bytes.len().min(target.len()).min(1);
        self.bytes.read(target.get_mut(..count).unwrap())
    }
}

#[test]
fn slow_and_failing_streams() {
    let slow = Trickle { bytes: "a,b\r\n\"é\",2\r\n".as_bytes(), interrupt: false, fails: false };
    assert_eq!(drain(&mut Reader::open(slow, Options::default()).unwrap()), vec![good(2, &["é", "2"])]);
    let dead = Trickle { bytes: b"a,b\n1", interrupt: false, fails: true };
    assert!(Reader::open(dead, Options::default()).err().unwrap().is(&codes::READ_FAILED));
}
