//! Which column goes where, as a caller writes it: `Column=field,Other Column=external:crm`.

use std::fmt;

use super::header::{FULL_NAME, Headers, Understood, folded, understand};
use crate::kernel::error::Result;

/// Where the cells of a column go.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Target {
    /// A field of the kind.
    Field(String),
    /// First and last name together; written `full_name`.
    FullName,
    /// The key of the record in this external system; written `external:NAME`.
    External(String),
    /// A record that the field points at, by its key in an external system; written `FIELD:SYSTEM`, such as
    /// `account:salesforce`.
    Key(String, String),
    /// A custom field; written `custom:NAME` or `custom.NAME`.
    Custom(String),
    /// A signal of engagement, by how often it was seen or whether; written `engagement:NAME`, such as
    /// `engagement:attended`.
    Signal(String),
    /// A tag, or several; written `tag`.
    Tag,
    /// Nowhere; written `ignore`.
    Ignore,
}

impl Target {
    /// Whether it is written so.
    pub(super) fn is(&self, text: &str) -> bool {
        match self {
            Self::Field(name) => name == text,
            Self::FullName => text == FULL_NAME,
            Self::External(system) => text.strip_prefix("external:") == Some(system),
            other => other.to_string() == text,
        }
    }
}

impl fmt::Display for Target {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Field(name) => f.write_str(name),
            Self::FullName => f.write_str(FULL_NAME),
            Self::External(system) => write!(f, "external:{system}"),
            Self::Key(field, system) => write!(f, "{field}:{system}"),
            Self::Custom(name) => write!(f, "custom:{name}"),
            Self::Signal(name) => write!(f, "engagement:{name}"),
            Self::Tag => f.write_str("tag"),
            Self::Ignore => f.write_str("ignore"),
        }
    }
}

/// A target for each column of a file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Mapping {
    targets: Vec<Option<Target>>,
}

impl Mapping {
    /// Reads `Column=target,Other Column=target`. A column whose name has a comma or an equals sign is quoted:
    /// `"City, Country"=city`. Names of columns are compared exactly, and when none fits, without case and punctuation.
    ///
    /// `import.mapping_malformed`, `import.column_unknown`, `import.column_repeated`, `import.field_unknown`,
    /// `import.field_repeated`.
    pub fn parse(text: &str, headers: &[String], fields: &[&str]) -> Result<Self> {
        let entries = entries(text)?;
        Self::of(entries.iter().map(|(column, target)| (column.as_str(), *target)), headers, fields)
    }

    /// The same from pairs of column and target.
    pub fn of<'p>(
        pairs: impl IntoIterator<Item = (&'p str, &'p str)>,
        headers: &[String],
        fields: &[&str],
    ) -> Result<Self> {
        let mut targets: Vec<Option<Target>> = vec![None; headers.len()];
        for (column, target) in pairs {
            let index = find_column(column, headers)?;
            let target = read_target(column, target.trim(), fields)?;
            let repeated = targets.iter().position(|other| *other == Some(target.clone()));
            match targets.get_mut(index) {
                Some(slot @ None) => *slot = Some(target.clone()),
                _ => return Err(codes::COLUMN_REPEATED.with("column", column)),
            }
            if let (Some(other), false) = (repeated, matches!(target, Target::Tag | Target::Ignore)) {
                let other = headers.get(other).map(String::as_str).unwrap_or_default();
                let error = codes::FIELD_REPEATED.with("field", target.to_string());
                return Err(error.with("column", column).with("other", other));
            }
        }
        Ok(Self { targets })
    }

    /// A mapping that says nothing of so many columns.
    pub fn open(columns: usize) -> Self {
        Self { targets: vec![None; columns] }
    }

    /// Fills the columns that have no target with what their headers are understood to be, for fields that have no column.
    /// `filled` says of each column in how many rows it has something, when rows are known.
    pub fn complete(
        &mut self,
        kind: &str,
        headers: &[String],
        fields: &[&str],
        form: Option<&str>,
        filled: &[usize],
    ) -> Understood {
        let taken = |field: &str| {
            self.targets.iter().flatten().any(|target| match target {
                Target::Field(name) | Target::Key(name, _) => name == field,
                Target::FullName => matches!(field, "first_name" | "last_name"),
                _ => false,
            })
        };
        let fields: Vec<&str> = fields.iter().copied().filter(|field| !taken(field)).collect();
        // A column that the caller has settled takes part in no guess.
        let settled: Vec<bool> = self.targets.iter().map(Option::is_some).collect();
        let understood =
            understand(&Headers { kind, names: headers, fields: &fields, settled: &settled, form, filled });
        for (column, target) in understood.targets.iter().enumerate() {
            if let Some(target) = target {
                let target = match target.strip_prefix("external:") {
                    Some(system) => Target::External(system.to_owned()),
                    None if target == FULL_NAME => Target::FullName,
                    None => Target::Field(target.clone()),
                };
                if !self.targets.contains(&Some(target.clone())) {
                    self.settle(column, target);
                }
            }
        }
        understood
    }

    /// Gives the columns without a target that are named exactly like one of these fields that field; with `again` also
    /// when another column has it, as in objects that name a field in different ways.
    pub fn name_exactly(&mut self, headers: &[String], fields: &[&str], again: bool) {
        for field in fields {
            let named = Some(Target::Field((*field).to_owned()));
            if !again && self.targets.contains(&named) {
                continue;
            }
            let mut open = self.targets.iter_mut().zip(headers);
            if let Some((slot, _)) = open.find(|(slot, header)| slot.is_none() && header == field) {
                *slot = named;
            }
        }
    }

    /// Gives a column that has no target this one.
    pub fn settle(&mut self, column: usize, target: Target) {
        if let Some(slot @ None) = self.targets.get_mut(column) {
            *slot = Some(target);
        }
    }

    /// The target of each column, in order; `None` for a column that nobody knows.
    pub fn targets(&self) -> &[Option<Target>] {
        &self.targets
    }
}

/// The columns that a mapping names.
pub(super) fn columns(text: &str) -> Result<Vec<String>> {
    Ok(entries(text)?.into_iter().map(|(column, _)| column).collect())
}

/// The pairs of a mapping: a column's name, unquoted, and what stands behind the equals sign.
fn entries(text: &str) -> Result<Vec<(String, &str)>> {
    let mut entries = Vec::new();
    let mut rest = text.trim();
    while !rest.is_empty() {
        let (column, behind) = match rest.strip_prefix('"') {
            Some(quoted) => {
                unquote(quoted).and_then(|(name, behind)| Some((name, behind.trim_start().strip_prefix('=')?)))
            }
            None => rest.split_once('=').map(|(name, behind)| (name.trim().to_owned(), behind)),
        }
        .ok_or_else(|| codes::MAPPING_MALFORMED.with("entry", rest))?;
        let (target, next) = behind.split_once(',').unwrap_or((behind, ""));
        if column.is_empty() || target.trim().is_empty() {
            return Err(codes::MAPPING_MALFORMED.with("entry", rest));
        }
        entries.push((column, target.trim()));
        rest = next.trim();
    }
    Ok(entries)
}

/// The text up to the closing quote, with doubled quotes undone, and what follows.
fn unquote(text: &str) -> Option<(String, &str)> {
    let mut name = String::new();
    let mut rest = text;
    loop {
        let (part, behind) = rest.split_once('"')?;
        name.push_str(part);
        match behind.strip_prefix('"') {
            Some(more) => {
                name.push('"');
                rest = more;
            }
            None => return Some((name.trim().to_owned(), behind)),
        }
    }
}

fn find_column(column: &str, headers: &[String]) -> Result<usize> {
    if let Some(index) = headers.iter().position(|header| header == column) {
        return Ok(index);
    }
    let wanted = folded(column);
    let mut alike = headers.iter().enumerate().filter(|(_, header)| folded(header) == wanted);
    match (alike.next(), alike.next()) {
        (Some((index, _)), None) if !wanted.is_empty() => Ok(index),
        _ => Err(codes::COLUMN_UNKNOWN.with("column", column).with("columns", headers)),
    }
}

fn read_target(column: &str, text: &str, fields: &[&str]) -> Result<Target> {
    let named = |name: &str| match name.trim() {
        "" => Err(codes::FIELD_UNKNOWN.with("column", column).with("field", text).with("fields", fields)),
        name => Ok(name.to_owned()),
    };
    if let Some(system) = text.strip_prefix("external:") {
        return named(system).map(Target::External);
    }
    if let Some(name) = text.strip_prefix("custom:").or_else(|| text.strip_prefix("custom.")) {
        return named(name).map(Target::Custom);
    }
    if let Some(name) = text.strip_prefix("engagement:") {
        return named(name).map(Target::Signal);
    }
    if let Some((field, system)) = text.split_once(':').filter(|(field, _)| fields.contains(field)) {
        return Ok(Target::Key(field.to_owned(), named(system)?));
    }
    match text {
        text if fields.contains(&text) => Ok(Target::Field(text.to_owned())),
        FULL_NAME if fields.contains(&"first_name") && fields.contains(&"last_name") => Ok(Target::FullName),
        "tag" => Ok(Target::Tag),
        "ignore" => Ok(Target::Ignore),
        _ => named("").map(Target::Field),
    }
}

/// Why a mapping is refused.
pub mod codes {
    use crate::kernel::error::Code;

    /// The text is no list of pairs.
    pub const MAPPING_MALFORMED: Code = Code::invalid(
        "import.mapping_malformed",
        "The mapping cannot be read at {entry}; write Column=field,Other Column=field, and quote names with a comma.",
    );
    /// The file has no such column.
    pub const COLUMN_UNKNOWN: Code =
        Code::invalid("import.column_unknown", "The file has no column {column}; it has {columns}.");
    /// A column is mapped twice.
    pub const COLUMN_REPEATED: Code =
        Code::invalid("import.column_repeated", "The column {column} is mapped twice; name each column once.");
    /// The kind has no such field.
    pub const FIELD_UNKNOWN: Code = Code::invalid(
        "import.field_unknown",
        "The column {column} is mapped to {field}; give one of {fields}, external:NAME, custom:NAME, engagement:NAME, tag or ignore; FIELD:SYSTEM for a reference.",
    );
    /// Two columns are mapped to one field.
    pub const FIELD_REPEATED: Code = Code::invalid(
        "import.field_repeated",
        "The columns {other} and {column} are both mapped to {field}; keep one of them.",
    );

    /// All of them, for the catalog.
    pub const ALL: &[Code] = &[MAPPING_MALFORMED, COLUMN_UNKNOWN, COLUMN_REPEATED, FIELD_UNKNOWN, FIELD_REPEATED];
}

#[cfg(test)]
mod tests {
    use super::{Mapping, Target, codes};

    const FIELDS: &[&str] = &["first_name", "last_name", "email", "company", "city"];

    fn headers(names: &[&str]) -> Vec<String> {
        names.iter().map(|name| (*name).to_owned()).collect()
    }

    fn field(name: &str) -> Option<Target> {
        Some(Target::Field(name.to_owned()))
    }

    #[test]
    fn every_kind_of_target_is_read() {
        let headers =
            headers(&["Prospect ID", "Mail", "City, Country", "A=B", "Say \"x\"", "Group", "Junk", "Person", "Came"]);
        let text = r#"prospect id = external:school, Mail=email,"City, Country"=city,"A=B"=custom:ab,
            "Say ""x"""=custom.say,Group=tag,Junk=ignore,Person=full_name,Came=engagement:attended"#;
        let mapping = Mapping::parse(text, &headers, FIELDS).unwrap();
        assert_eq!(
            mapping.targets(),
            [
                Some(Target::External("school".into())),
                field("email"),
                field("city"),
                Some(Target::Custom("ab".into())),
                Some(Target::Custom("say".into())),
                Some(Target::Tag),
                Some(Target::Ignore),
                Some(Target::FullName),
                Some(Target::Signal("attended".into())),
            ],
        );
    }

    #[test]
    fn errors_name_the_column() {
        let headers = headers(&["Mail", "E-Mail", "City"]);
        let refused = |text: &str| Mapping::parse(text, &headers, FIELDS).unwrap_err();
        assert!(refused("Mail").is(&codes::MAPPING_MALFORMED));
        assert!(refused("Mail=").is(&codes::MAPPING_MALFORMED));
        assert!(refused("\"Mail=email").is(&codes::MAPPING_MALFORMED));
        let unknown = refused("Mial=email");
        assert!(unknown.is(&codes::COLUMN_UNKNOWN));
        assert_eq!(unknown.message(), "The file has no column Mial; it has Mail, E-Mail, City.");
        assert!(refused("Mail=email,Mail=city").is(&codes::COLUMN_REPEATED));
        let field = refused("Mail=e_mail");
        assert!(field.is(&codes::FIELD_UNKNOWN) && field.message().contains("Mail"));
        assert!(refused("Mail=external:").is(&codes::FIELD_UNKNOWN));
        assert!(refused("Mail=engagement:").is(&codes::FIELD_UNKNOWN));
        assert!(refused("Mail=engagement:replied,City=engagement:replied").is(&codes::FIELD_REPEATED));
        assert!(refused("Mail=email,E-Mail=email").is(&codes::FIELD_REPEATED));
        assert!(Mapping::parse("Mail=tag,City=tag,E-Mail=ignore", &headers, FIELDS).is_ok());
    }

    #[test]
    fn guesses_fill_what_the_caller_left_open() {
        let headers = headers(&["Name", "Email", "Company", "Account"]);
        let mut mapping = Mapping::parse("Company=ignore,Name=last_name", &headers, FIELDS).unwrap();
        mapping.complete("lead", &headers, FIELDS, None, &[]);
        assert_eq!(mapping.targets(), [field("last_name"), field("email"), Some(Target::Ignore), field("company")]);
        let mut guessed = Mapping::open(headers.len());
        guessed.complete("lead", &headers, FIELDS, None, &[]);
        assert_eq!(guessed.targets(), [Some(Target::FullName), field("email"), field("company"), None]);
        let mut named = Mapping::parse("Name=full_name", &headers, FIELDS).unwrap();
        named.complete("lead", &headers, FIELDS, None, &[]);
        assert_eq!(named.targets().first(), Some(&Some(Target::FullName)));
    }
}
