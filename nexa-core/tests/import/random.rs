//! Whatever a file holds, an import ends, and its report is what the store has.
//!
//! `NEXA_CASES` says how many files are tried, `NEXA_SEED` with which they begin.

use nexa_core::{
    Entity, Find,
    import::{Beginning, ImportOptions, ImportPreview, ImportReport, import_csv},
    sales::{Account, Contact, Deal, Lead},
    testing::block_on,
};

use super::importer::Importer;

/// The samples of all forms, one after the other.
const SAMPLES: &str = include_str!("../../src/import/form/samples.txt");
/// What makes reading hard.
const PIECES: &[&[u8]] = &[
    b",",
    b";",
    b"\t",
    b"\"",
    b"\"\"",
    b"\n",
    b"\r\n",
    b"\r",
    b"\0",
    b"\xff\xfe",
    b"\xef\xbb\xbf",
    b"\xc3",
    b"\xe9",
    b" ::: ",
    b"sep=;\n",
    b"=1+1",
    b"Email",
    b"Name",
    b"Grand Totals",
    b"\n\n\n\"Copyright (c) salesforce.com\"\n",
    b"\xcf\xe5\xf2",
    b"",
    b"a@b.example",
    b"2026-02-30",
    b"1e9",
    b"\xe2\x80\x8b",
    b"Column 1",
];

fn number(variable: &str, unless_said: u64) -> u64 {
    std::env::var(variable).ok().and_then(|text| text.parse().ok()).unwrap_or(unless_said)
}

/// SplitMix64, so that a seed names its file.
struct Random(u64);

impl Random {
    fn below(&mut self, bound: usize) -> usize {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut bits = self.0;
        bits = (bits ^ (bits >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        bits = (bits ^ (bits >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        usize::try_from((bits ^ (bits >> 31)) % bound.max(1) as u64).unwrap()
    }
}

/// A sample with some of its bytes replaced, left out, doubled or turned; or bytes of no sample.
fn file(random: &mut Random, samples: &[&str]) -> Vec<u8> {
    let sample = samples[random.below(samples.len())];
    let table =
        sample.split_once('\n').and_then(|(_, rest)| rest.split_once("\n> ")).map_or(sample, |(table, _)| table);
    let mut bytes = if random.below(8) == 0 { Vec::new() } else { format!("{table}\n").into_bytes() };
    for _ in 0..random.below(12) {
        let at = random.below(bytes.len() + 1);
        match random.below(4) {
            0 if at < bytes.len() => {
                bytes.remove(at);
            }
            1 if at < bytes.len() => bytes[at] = u8::try_from(random.below(256)).unwrap(),
            2 => {
                let until = (at + random.below(200)).min(bytes.len());
                let part = bytes[at..until].to_vec();
                bytes.splice(at..at, part);
            }
            _ => {
                let piece = PIECES[random.below(PIECES.len())];
                bytes.splice(at..at, piece.iter().copied());
            }
        }
    }
    bytes
}

fn consistent<R: Entity>(office: &Importer, bytes: &[u8], seed: u64) {
    let before = office.all(Find::<R>::new()).len() as u64;
    let preview = ImportPreview::<R>::new(Beginning::Bytes(bytes.to_vec()), ImportOptions::new());
    let shown = block_on(office.session.ask(preview));
    let done = block_on(import_csv::<R>(&office.session, bytes, ImportOptions::new(), |_: &_| {}));
    let after = office.all(Find::<R>::new()).len() as u64;
    let Ok(report) = done else {
        assert!(shown.is_err(), "{seed}: shown and refused");
        assert_eq!(before, after, "{seed}");
        return;
    };
    let ImportReport { counts, problems, columns, .. } = report;
    assert_eq!(
        counts.rows,
        counts.created + counts.updated + counts.unchanged + counts.skipped + counts.refused,
        "{seed}"
    );
    assert_eq!(after - before, counts.created, "{seed}");
    assert_eq!(problems.len() as u64, counts.refused, "{seed}");
    let shown = shown.unwrap();
    assert_eq!(shown.columns, columns, "{seed}");
    assert_eq!(shown.rows.len() as u64, counts.rows.min(10), "{seed}");
}

#[test]
fn the_report_of_any_file_equals_the_store() {
    let samples: Vec<&str> = SAMPLES.strip_prefix("# ").unwrap().split("\n# ").collect();
    let (cases, first) = (number("NEXA_CASES", 400), number("NEXA_SEED", 1));
    let mut office = Importer::new();
    for seed in first..first + cases {
        if seed % 200 == 0 {
            office = Importer::new();
        }
        let mut random = Random(seed);
        let bytes = file(&mut random, &samples);
        match random.below(4) {
            0 => consistent::<Lead>(&office, &bytes, seed),
            1 => consistent::<Contact>(&office, &bytes, seed),
            2 => consistent::<Account>(&office, &bytes, seed),
            _ => consistent::<Deal>(&office, &bytes, seed),
        }
    }
}
