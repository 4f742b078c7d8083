//! What went wrong in other systems.

use std::panic::{AssertUnwindSafe, catch_unwind};

use nexa_core::{
    Envelope, Filter, MatchPolicy,
    import::{ImportOptions, Progress, import_csv},
    sales::Lead,
    testing::block_on,
};
use serde_json::json;

use super::importer::{Importer, many};

/// Monica #5932: the same file three times gave three copies.
#[test]
fn the_same_file_three_times_gives_nothing_new() {
    let office = Importer::new();
    // Rows with a mail address, with a key, with neither, and one that is there twice.
    let csv = "Name,E-Mail,Company,Key\n\
               Ada Doe,ada@doe.example,Doe,\n\
               Bob Roe,,Roe,K1\n\
               Eve Poe,,Poe,\n\
               Ada Doe,ADA@doe.example,Doe,\n\
               Eve Poe,,Poe,\n";
    let options = ImportOptions::new().map("Key=external:old");
    let first = office.import(csv, options.clone());
    assert_eq!((first.rows, first.created, first.skipped, first.refused), (5, 3, 2, 0), "{first:?}");
    let events = office.last_event();
    for _ in 0..2 {
        let again = office.import(csv, options.clone());
        assert_eq!((again.rows, again.created, again.skipped), (5, 0, 5), "{again:?}");
    }
    assert_eq!(office.leads().len(), 3);
    assert_eq!(office.last_event(), events);
    // Whatever the order of the columns.
    let turned = "Key,Company,Name,E-Mail\n,Poe,Eve Poe,\n";
    assert_eq!(office.import(turned, options.clone()).skipped, 1);
    // With an update nothing changes either.
    let update = office.import(csv, options.policy(MatchPolicy::Update));
    assert_eq!((update.created, update.updated, update.unchanged), (0, 0, 5), "{update:?}");
    assert_eq!(office.last_event(), events);
}

/// EspoCRM #2367: 20 created, 15 reported.
#[test]
fn the_report_equals_the_store() {
    let office = Importer::new();
    office.import("E-Mail,Company\nknown@doe.example,Doe\n", ImportOptions::new());
    let before = office.leads().len() as u64;
    let mut csv = String::from("Name,E-Mail,Company\n");
    for row in 0..25 {
        let mail = match row % 5 {
            1 => "no mail".to_owned(),
            2 => "known@doe.example".to_owned(),
            _ => format!("jane{row}@doe.example"),
        };
        csv.push_str(&format!("Jane Doe{row},{mail},Doe\n"));
    }
    for chunk in [1, 7, 1_000] {
        let report = office.import(&csv, ImportOptions::new().chunk(chunk));
        let counts = report.counts;
        assert_eq!(counts.rows, 25);
        assert_eq!(counts.created + counts.updated + counts.unchanged + counts.skipped + counts.refused, 25);
        assert_eq!(counts.refused, report.problems.len() as u64);
        assert_eq!(office.leads().len() as u64 - before, 15);
        assert_eq!(counts.created, if chunk == 1 { 15 } else { 0 });
        assert_eq!(block_on(office.session.count::<Lead>(Filter::everything())).unwrap(), 16);
    }
}

/// Twenty #11372: imports capped at 2,000 rows.
#[test]
fn there_is_no_cap_at_two_thousand_rows() {
    let office = Importer::new();
    let mut reported: Vec<Progress> = Vec::new();
    let csv = many(2_501);
    let options = ImportOptions::new().run("import:webinar.csv").total_bytes(csv.len() as u64);
    let report = block_on(import_csv::<Lead>(&office.session, csv.as_bytes(), options, |progress: &Progress| {
        reported.push(*progress)
    }))
    .unwrap();
    assert_eq!((report.rows, report.created, report.refused), (2_501, 2_501, 0));
    assert_eq!(office.leads().len(), 2_501);
    let rows: Vec<u64> = reported.iter().map(|progress| progress.counts.rows).collect();
    assert_eq!(rows, [1_000, 2_000, 2_501]);
    assert_eq!(reported[2].part(), Some(1.0));
    // Every unit has its history, with who and why.
    let lead = office.lead("jane7@doe.example");
    let history = block_on(office.session.history::<Lead>(lead.id)).unwrap();
    let made = serde_json::to_value(&history).unwrap();
    assert_eq!(made["items"][0]["cause"], json!("import:webinar.csv"), "{made}");
    assert_eq!(made["items"][0]["command"], json!("lead.import_csv"), "{made}");
}

/// EspoCRM #1770: dates off by one.
#[test]
fn dates_are_dates() {
    let office = Importer::new();
    office.define("birthday", nexa_core::kernel::custom::CustomType::Date);
    let csv = "Email,Born\na@doe.example,2025-03-30\nb@doe.example,01/12/1999\nc@doe.example,2024-02-29 00:00:00\n";
    let options = ImportOptions::new().map("Born=custom:birthday").dates("DD/MM/YYYY".parse().unwrap());
    let report = office.import(csv, options);
    assert_eq!(report.created, 3, "{report:?}");
    for (mail, day) in [("a", "2025-03-30"), ("b", "1999-12-01"), ("c", "2024-02-29")] {
        assert_eq!(office.lead(&format!("{mail}@doe.example")).custom.get("birthday"), Some(&json!(day)));
    }
    let unclear =
        office.import("Email,Born\nd@doe.example,01/12/1999\n", ImportOptions::new().map("Born=custom:birthday"));
    assert_eq!(unclear.problems[0].code, "import.date_ambiguous");
}

#[test]
fn stopping_half_way_leaves_whole_units_and_the_next_run_goes_on() {
    let office = Importer::new();
    let csv = many(35);
    let options = ImportOptions::new().chunk(10);

    // The caller's own code fails after the second unit.
    let stopped = catch_unwind(AssertUnwindSafe(|| {
        block_on(import_csv::<Lead>(&office.session, csv.as_bytes(), options.clone(), |progress: &Progress| {
            assert!(progress.counts.rows < 20, "enough");
        }))
    }));
    assert!(stopped.is_err());
    assert_eq!(office.leads().len(), 20);

    // The file breaks off in the middle of the third.
    let failing = Failing { text: csv.as_bytes(), until: csv.find("jane25@").unwrap() };
    let error = block_on(import_csv::<Lead>(&office.session, failing, options.clone(), |_: &_| {})).unwrap_err();
    assert_eq!(error.code(), "import.read_failed");
    assert_eq!(office.leads().len() % 10, 0);

    let rest = office.import(&csv, options);
    assert_eq!((rest.rows, rest.created + rest.skipped), (35, 35));
    assert_eq!(rest.skipped, 20);
    assert_eq!(office.leads().len(), 35);
    assert_eq!(
        block_on(office.session.execute("ledger.verify", json!({}), Envelope::default())).unwrap()["events"],
        office.last_event()
    );
}

struct Failing<'a> {
    text: &'a [u8],
    until: usize,
}

impl std::io::Read for Failing<'_> {
    fn read(&mut self, target: &mut [u8]) -> std::io::Result<usize> {
        if self.until == 0 {
            return Err(std::io::Error::other("the disk is gone"));
        }
        let count = self.until.min(target.len()).min(64);
        target[..count].copy_from_slice(&self.text[..count]);
        self.text = &self.text[count..];
        self.until -= count;
        Ok(count)
    }
}

#[test]
fn a_dry_run_changes_nothing_and_says_the_same() {
    let csv = "Name,E-Mail,Company,Key\n\
               Ada Doe,ada@doe.example,Doe,K1\n\
               Bob Roe,bob@roe.example,Roe,K2\n\
               Ada Doe,ada@doe.example,Doe,K1\n\
               Ada Doe,ada@doe.example,Other,K1\n\
               Cleo,no mail,,\n\
               Eve Poe,,Poe,\n\
               Eve Poe,,Poe,\n\
               Dan,bob@roe.example,Roe,K9\n";
    for policy in [MatchPolicy::Skip, MatchPolicy::Update, MatchPolicy::Refuse, MatchPolicy::Fill] {
        for match_on in [None, Some("external:old"), Some("email"), Some("none")] {
            for chunk in [1, 2, 1_000] {
                let office = Importer::new();
                office.import("Email,Company\nbob@roe.example,\n", ImportOptions::new());
                for address in ["ada@doe.example", "bob@roe.example"] {
                    let suppressed =
                        office.session.execute("suppression.add", json!({"address": address}), Envelope::default());
                    block_on(suppressed).unwrap();
                }
                let mut options = ImportOptions::new().map("Key=external:old").policy(policy).chunk(chunk);
                options.match_on = match_on.map(str::to_owned);
                let before = office.last_event();
                let dry = office.import(csv, options.clone().dry());
                assert!(dry.dry_run);
                assert_eq!(office.last_event(), before);
                let wet = office.import(csv, options);
                if policy == MatchPolicy::Fill {
                    // What fills nothing is an update to a dry run of several units, which keeps no records.
                    assert_eq!(dry.counts.updated + dry.counts.unchanged, wet.counts.updated + wet.counts.unchanged);
                } else {
                    assert_eq!(dry.counts, wet.counts, "{policy:?} {match_on:?} {chunk}");
                }
                assert_eq!(dry.problems, wet.problems, "{policy:?} {match_on:?} {chunk}");
                assert_eq!(dry.suppressed, wet.suppressed, "{policy:?} {match_on:?} {chunk}");
            }
        }
    }
}
