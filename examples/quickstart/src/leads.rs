//! A CSV of one's own: every row becomes a lead, or is refused with the reason.

use std::{fs::File, io::BufReader, path::Path};

use nexa_crm::{
    Result,
    import::{ImportOptions, Progress, text::DateFormat},
    sales::Lead,
};

use crate::{team::Team, webinar::bar};

/// Imports the file, and writes the rows that were refused beside it.
pub(crate) fn bring(team: &Team, path: &Path, map: Option<&str>, dates: Option<&str>) -> Result<()> {
    let unreadable = |error: std::io::Error| {
        nexa_crm::import::source::codes::READ_FAILED.with("problem", format!("{}: {error}", path.display()))
    };
    let file = File::open(path).map_err(unreadable)?;
    let length = file.metadata().map(|metadata| metadata.len()).unwrap_or_default();
    let bar = bar("Import", length);
    let options = ImportOptions {
        mapping: map.map(Into::into).unwrap_or_default(),
        date_format: dates.map(DateFormat::parse).transpose()?,
        run: path.file_name().map(|name| format!("import:{}", name.to_string_lossy())),
        total_bytes: Some(length),
        ..ImportOptions::default()
    };
    let report = team.maya.import_csv::<Lead>(BufReader::new(file), options, |progress: &Progress| {
        bar.set_position(progress.bytes);
        bar.set_message(format!("{} rows", progress.counts.rows));
    })?;
    bar.finish_with_message(format!(
        "{} rows: {} new leads, {} known already, {} refused",
        report.counts.rows, report.counts.created, report.counts.skipped, report.counts.refused
    ));
    for problem in report.problems.iter().take(10) {
        let column = problem.column.as_deref().unwrap_or("-");
        println!("  row {} {column}: {} [{}]", problem.number, problem.message, problem.code);
    }
    if report.counts.refused > 10 {
        println!("  … and {} more", report.counts.refused - 10);
    }
    Ok(())
}
