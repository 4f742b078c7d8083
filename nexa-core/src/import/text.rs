//! A cell of a table as the value of a column.

mod date;
mod marks;
mod month;
mod number;
mod several;
#[cfg(test)]
mod tests;

use serde_json::Value as Json;

pub use date::{DateFormat, DateOrder};
pub(super) use marks::{is_damaged_number, is_nothing, visible};
pub use number::Sign;
pub(super) use several::{Sort, several};

use crate::{
    Currency,
    kernel::{
        error::{Code, Result},
        input,
        record::ColumnType,
        zone::Zone,
    },
};

/// How a file, or one of its columns, writes what can be written in several ways.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Formats {
    /// How dates are written, when somebody said it.
    pub date: Option<DateFormat>,
    /// Which of two short numbers of a date is the day, as the column shows it.
    pub order: DateOrder,
    /// Whether a comma stands before the decimals, and points or blanks between the thousands.
    pub decimal_comma: bool,
    /// The zone whose days are meant by moments in a column of dates.
    pub zone: Zone,
    /// The currency of amounts that name none.
    pub currency: Currency,
}

impl Default for Formats {
    fn default() -> Self {
        Self { date: None, order: DateOrder::Unknown, decimal_comma: false, zone: Zone::UTC, currency: Currency::USD }
    }
}

/// What the cells of a column show of its formats.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Shown {
    order: DateOrder,
    commas: bool,
    points: bool,
}

impl Shown {
    /// Looks at one more cell.
    pub(super) fn look(&mut self, cell: &str) {
        let cell = cell.trim();
        // Nothing that is longer is a number or a date.
        if cell.len() > 64 || !cell.contains(|c: char| c.is_ascii_digit()) {
            return;
        }
        self.order = self.order.and(cell);
        match number::shows_comma(cell) {
            Some(true) => self.commas = true,
            Some(false) => self.points = true,
            None => {}
        }
    }
    /// The formats of the column, where those of the file leave them open.
    pub(super) const fn of(self, file: Formats) -> Formats {
        let decimal_comma = file.decimal_comma || (self.commas && !self.points);
        Formats { order: self.order, decimal_comma, ..file }
    }
}

/// The amount of a cell in a currency, and the currency if the cell names it: `1.234,50 €`, `USD 5`, `(1,000)`.
/// Error: `import.number_invalid`.
pub(super) fn money(column: &str, cell: &str, formats: &Formats) -> Result<Option<(Json, Option<Sign>)>> {
    let cell = visible(cell);
    if is_nothing(&cell) {
        return Ok(None);
    }
    let (number, sign) = number::without_currency(&cell);
    match number::amount(&number, formats.decimal_comma) {
        Some(amount) => Ok(Some((Json::from(amount.to_string()), sign))),
        None => Err(number_code(formats).with("column", column)),
    }
}

/// Turns a cell into the JSON of a column; `None` for an empty cell, and where no text is wanted also for what other
/// systems write into empty ones, such as `N/A`, `-` and `null`. Blanks around a value and invisible marks mean nothing.
/// Text is taken as it is. A reference is text: the id or key that the cell holds.
///
/// The errors name the column: `import.number_invalid`, `import.bool_invalid`, `import.choice_invalid`,
/// `import.date_invalid`, `import.date_ambiguous`, `import.time_invalid`, `import.id_invalid`, `import.json_invalid`.
pub fn value(column: &str, cell: &str, kind: ColumnType, formats: &Formats) -> Result<Option<Json>> {
    let is_text = matches!(kind, ColumnType::Text | ColumnType::List | ColumnType::Map | ColumnType::Json);
    let marked = if is_text { std::borrow::Cow::Borrowed(cell.trim()) } else { visible(cell) };
    let cell = marked.as_ref();
    let named = matches!(kind, ColumnType::Enum(names) if choice(cell, names).is_some());
    if cell.is_empty() || (!is_text && !named && is_nothing(cell)) {
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
        // JSON, and what is written as nothing else.
        _ => serde_json::from_str(cell).map_err(|_| invalid(&codes::JSON_INVALID))?,
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
    input::stored::<Vec<Json>>(cell.starts_with('[').then_some(cell)?).ok().map(Json::from)
}

/// The words for yes and no in English, German, French, Spanish, Italian, Portuguese and Dutch.
const YES: &[&str] = &[
    "yes",
    "true",
    "y",
    "1",
    "on",
    "t",
    "x",
    "✓",
    "✔",
    "☑",
    "ja",
    "j",
    "wahr",
    "oui",
    "o",
    "vrai",
    "sí",
    "si",
    "s",
    "verdadero",
    "sì",
    "vero",
    "sim",
    "verdadeiro",
    "waar",
];
const NO: &[&str] = &[
    "no", "false", "n", "0", "off", "f", "☐", "nein", "falsch", "non", "faux", "falso", "não", "nao", "nee", "onwaar",
];

fn boolean(cell: &str) -> Option<bool> {
    let word = cell.to_lowercase();
    match (YES.contains(&word.as_str()), NO.contains(&word.as_str())) {
        (true, _) => Some(true),
        (_, true) => Some(false),
        _ => None,
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
        "{column} is no date; write it as 2025-11-17, or name the format of the file's dates.",
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
    /// A number that a spreadsheet has shortened: its last digits are lost.
    pub const DIGITS_LOST: Code = Code::invalid(
        "import.digits_lost",
        "{column} lost digits in a spreadsheet, which wrote it like 4.42E+11; export it again as text.",
    );
    /// The sign of a currency in an amount, and another currency in the row.
    pub const CURRENCY_CONFLICT: Code = Code::invalid(
        "import.currency_conflict",
        "{column} names another currency than the row does; keep one of them.",
    );
    /// The sign of several currencies, none of which is the row's or the organisation's.
    pub const CURRENCY_UNCLEAR: Code = Code::invalid(
        "import.currency_unclear",
        "{column} has the sign of several currencies; write the code, such as USD, or give a column with it.",
    );
    /// Several values where one is kept.
    pub const SEVERAL_VALUES: Code = Code::invalid(
        "import.several_values",
        "{column} holds several values, and one is kept; leave one, or map the others to columns of their own.",
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
        DIGITS_LOST,
        CURRENCY_CONFLICT,
        CURRENCY_UNCLEAR,
        SEVERAL_VALUES,
        ID_INVALID,
        JSON_INVALID,
    ];
}
