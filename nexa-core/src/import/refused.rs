//! Refused rows as a file of their own, with the columns they had: mend them there and import that file.

use std::io::Write;

use super::report::Refused;
use crate::kernel::error::{Code, Result};

/// What an error report adds to the columns of a file. An import passes over columns of these names.
pub const ERROR_COLUMNS: [&str; 4] = ["import_line", "import_column", "import_code", "import_message"];

/// The report of refused rows cannot be written.
pub const WRITE_FAILED: Code =
    Code::unavailable("import.write_failed", "The refused rows cannot be written ({problem}); give another file.");

/// Writes refused rows as CSV: the file's own columns, then line, column, code and sentence of what is wrong.
///
/// A row that could not be read at all has its place and problem alone. Nothing is written without a refused row.
///
/// ```
/// use nexa_core::import::{Refused, RefusedCsv, source::RowProblem};
///
/// let mut file = RefusedCsv::new(Vec::new());
/// let columns = ["Mail".to_owned()];
/// let problem = RowProblem {
///     number: 2, record: 1, column: Some("Mail".into()), code: "field.invalid".into(),
///     message: "email: give a mail address.".into(), value: "ada".into(),
/// };
/// file.write(&Refused { problem: &problem, columns: &columns, cells: &["ada".to_owned()] });
/// let text = String::from_utf8(file.finish()?).unwrap();
/// assert_eq!(text, "Mail,import_line,import_column,import_code,import_message\n\
///                   ada,2,Mail,field.invalid,email: give a mail address.\n");
/// # Ok::<(), nexa_core::Error>(())
/// ```
pub struct RefusedCsv<W: Write> {
    writer: csv::Writer<W>,
    begun: bool,
    failed: Option<csv::Error>,
}

impl<W: Write> RefusedCsv<W> {
    /// Writes to this.
    pub fn new(target: W) -> Self {
        Self { writer: csv::Writer::from_writer(target), begun: false, failed: None }
    }

    /// Writes one row. What goes wrong is returned by [`RefusedCsv::finish`].
    pub fn write(&mut self, refused: &Refused<'_>) {
        if self.failed.is_none()
            && let Err(problem) = self.try_write(refused)
        {
            self.failed = Some(problem);
        }
    }

    fn try_write(&mut self, refused: &Refused<'_>) -> std::result::Result<(), csv::Error> {
        let own = || refused.columns.iter().enumerate().filter(|(_, name)| !ERROR_COLUMNS.contains(&name.as_str()));
        if !self.begun {
            self.begun = true;
            self.writer.write_record(own().map(|(_, name)| name.as_str()).chain(ERROR_COLUMNS))?;
        }
        let cells = own().map(|(column, _)| refused.cells.get(column).map_or("", String::as_str));
        let problem = refused.problem;
        let line = problem.number.to_string();
        let why = [line.as_str(), problem.column.as_deref().unwrap_or_default(), &problem.code, &problem.message];
        self.writer.write_record(cells.chain(why))
    }

    /// Writes what is buffered and gives the target back. Error: `import.write_failed`.
    pub fn finish(self) -> Result<W> {
        if let Some(problem) = self.failed {
            return Err(WRITE_FAILED.with("problem", problem.to_string()));
        }
        self.writer.into_inner().map_err(|problem| WRITE_FAILED.with("problem", problem.error().to_string()))
    }
}
