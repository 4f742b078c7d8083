//! A cell of a table as the value of a column.

mod date;
mod number;
#[cfg(test)]
mod tests;

use serde_json::Value as Json;

pub use date::DateFormat;

use crate::kernel::{
    error::{Code, Result},
    input,
    record::ColumnType,
};

/// How a file writes what can be written in several ways.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Formats {
    /// How dates are written when not as `2025-11-17`.
    pub date: Option<DateFormat>,
    /// Whether a comma stands before the decimals, and points or blanks between the thousands.
    pub decimal_comma: bool,
}

/// Turns a cell into the JSON of a column; `None` for an empty cell. Blanks around a value mean nothing. Text is taken
/// as it is, `N/A` and `-` included. A reference is text: the id or key that the cell holds.
///
/// The errors name the column: `import.number_invalid`, `import.bool_invalid`, `import.choice_invalid`,
/// `import.date_invalid`, `import.date_ambiguous`, `import.time_invalid`, `import.id_invalid`, `import.json_invalid`.
pub fn value(column: &str, cell: &str, kind: ColumnType, formats: &Formats) -> Result<Option<Json>> {
    let cell = cell.trim();
    if cell.is_empty() {
        return Ok(None);
    }
    let invalid = |code: &Code| code.with("column", column);
    let value = match kind {
        ColumnType::Text | ColumnType::Reference(_) => Json::from(cell),
        ColumnType::Uuid => match uuid::Uuid::try_parse(cell) {
            Ok(id) => Json::from(id.to_string()),
            Err(_) => return Err(invalid(&codes::ID_INVALID)),
        },
        ColumnType::Enum(names) => match choice(cell, names) {
            Some(name) => Json::from(name),
            None => return Err(invalid(&codes::CHOICE_INVALID).with("choices", names)),
        },
        ColumnType::Int => match number::int(cell, formats.decimal_comma) {
            Some(number) => Json::from(number),
            None => return Err(invalid(number_code(formats))),
        },
        ColumnType::Amount => match number::amount(cell, formats.decimal_comma) {
            Some(amount) => Json::from(amount.to_string()),
            None => return Err(invalid(number_code(formats))),
        },
        ColumnType::Bool => match boolean(cell) {
            Some(value) => Json::from(value),
            None => return Err(invalid(&codes::BOOL_INVALID)),
        },
        ColumnType::Date => Json::from(date::date(column, cell, formats)?.to_string()),
        ColumnType::Time => Json::from(date::time(column, cell, formats)?.to_string()),
        ColumnType::List => json_list(cell).unwrap_or_else(|| Json::from(list(cell))),
        ColumnType::Map => match serde_json::from_str(cell) {
            Ok(value @ Json::Object(_)) => value,
            _ => return Err(invalid(&codes::JSON_INVALID)),
        },
        ColumnType::Json => serde_json::from_str(cell).map_err(|_| invalid(&codes::JSON_INVALID))?,
    };
    Ok(Some(value))
}

fn number_code(formats: &Formats) -> &'static Code {
    if formats.decimal_comma { &codes::NUMBER_INVALID_COMMA } else { &codes::NUMBER_INVALID }
}

/// The parts of a cell that holds several, such as tags: between semicolons, or between commas when there are none.
pub fn list(cell: &str) -> Vec<&str> {
    let delimiter = if cell.contains(';') { ';' } else { ',' };
    let mut parts: Vec<&str> = Vec::new();
    for part in cell.split(delimiter).map(str::trim) {
        if !part.is_empty() && !parts.contains(&part) {
            parts.push(part);
        }
    }
    parts
}

/// A cell that is a JSON list, as an export writes one whose entries hold delimiters.
fn json_list(cell: &str) -> Option<Json> {
    input::stored::<Vec<String>>(cell.starts_with('[').then_some(cell)?).ok().map(Json::from)
}

fn boolean(cell: &str) -> Option<bool> {
    let is = |words: &[&str]| words.iter().any(|word| cell.eq_ignore_ascii_case(word));
    match () {
        () if is(&["yes", "true", "y", "1"]) => Some(true),
        () if is(&["no", "false", "n", "0"]) => Some(false),
        () => None,
    }
}

/// The name that equals the cell without regard to case, blanks, dashes and underscores being one.
fn choice(cell: &str, names: &[&'static str]) -> Option<&'static str> {
    let alike = |name: &str| {
        name.len() == cell.len()
            && name.bytes().zip(cell.bytes()).all(|(a, b)| match b {
                b' ' | b'-' => a == b'_',
                b => a.eq_ignore_ascii_case(&b),
            })
    };
    names.iter().copied().find(|name| alike(name))
}

/// Why a cell is refused.
pub mod codes {
    use crate::kernel::error::Code;

    /// No number, in a file with decimal points.
    pub const NUMBER_INVALID: Code = Code::invalid(
        "import.number_invalid",
        "{column} is no number; write 1234.50 or 1,234.50, or name the decimal comma if the file has it.",
    );
    /// No number, in a file with decimal commas: the same code with the sentence that fits.
    pub const NUMBER_INVALID_COMMA: Code = Code::invalid(
        "import.number_invalid",
        "{column} is no number with a decimal comma; write 1234,50 or 1.234,50.",
    );
    /// Neither yes nor no.
    pub const BOOL_INVALID: Code =
        Code::invalid("import.bool_invalid", "{column} is neither yes nor no; write yes, no, true, false, 1 or 0.");
    /// Neither a count nor yes or no.
    pub const SIGNAL_INVALID: Code = Code::invalid(
        "import.signal_invalid",
        "{column} says neither how often nor whether; write a whole number, yes or no.",
    );
    /// None of the choices.
    pub const CHOICE_INVALID: Code =
        Code::invalid("import.choice_invalid", "{column} is none of its choices; write one of {choices}.");
    /// No date.
    pub const DATE_INVALID: Code = Code::invalid(
        "import.date_invalid",
        "{column} is no date; write it as 2025-11-17, without a time, or as the named format.",
    );
    /// A date that reads differently in different countries.
    pub const DATE_AMBIGUOUS: Code = Code::invalid(
        "import.date_ambiguous",
        "{column} may be read with day or month first; name the file's date format, such as DD-MM-YY or MM/DD/YYYY.",
    );
    /// A date format that nobody understands.
    pub const DATE_FORMAT_UNKNOWN: Code = Code::invalid(
        "import.date_format_unknown",
        "The date format {format} is not known; write one of DD, MM and YYYY or YY each, such as DD-MM-YY or MM/DD/YYYY.",
    );
    /// No moment.
    pub const TIME_INVALID: Code = Code::invalid(
        "import.time_invalid",
        "{column} is no time; write it as 2025-11-17T09:15:00Z, or without a zone when it is in UTC.",
    );
    /// No UUID.
    pub const ID_INVALID: Code = Code::invalid(
        "import.id_invalid",
        "{column} is no identifier of ours; map the keys of another system to external:NAME.",
    );
    /// No JSON of the right form.
    pub const JSON_INVALID: Code =
        Code::invalid("import.json_invalid", "{column} is no JSON object; write it as {\"key\": \"value\"}.");

    /// All of them, for the catalog; a code with two sentences is here with the first.
    pub const ALL: &[Code] = &[
        NUMBER_INVALID,
        BOOL_INVALID,
        SIGNAL_INVALID,
        CHOICE_INVALID,
        DATE_INVALID,
        DATE_AMBIGUOUS,
        DATE_FORMAT_UNKNOWN,
        TIME_INVALID,
        ID_INVALID,
        JSON_INVALID,
    ];
}
