//! What the options and the headers come to: for each column, what its cells become. Made once, used for every row.

use serde_json::{Map, Value as Json};

use super::{
    doubt,
    form::{self, Form},
    mapping::{Mapping, Target},
    options::{ImportOptions, OnBadCell, codes},
    refused::ERROR_COLUMNS,
    report::{Doubt, ImportReport, MappedColumn},
    source::Sample,
    text::{Formats, Shown},
};
use crate::{
    Currency,
    export::columns::label,
    kernel::{
        entity::{MatchPolicy, NO_MATCH_FIELD},
        error::{Result, codes as kernel},
        record::{ColumnDef, ColumnType, Derived, FieldDef, RecordDef},
        zone::Zone,
    },
};

/// What the cells of a column become. Fields are meant by their index in the definition.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Use {
    /// The record's own id.
    Id,
    /// The record's own number, which is unique: the column, and what it holds.
    Number(usize, ColumnType),
    /// A field of one column.
    Plain(usize, ColumnType),
    /// A part of a field of several columns.
    Part(usize, String, ColumnType),
    /// A field of several columns, written as JSON.
    Whole(usize),
    /// First and last name.
    FullName(usize, usize),
    /// A reference to a record of this kind by its key in this system.
    Key(usize, String),
    /// The record's own key in this system.
    External(String),
    /// The record's own keys, as JSON.
    Keys,
    /// A custom field.
    Custom(String),
    /// Several custom fields, as JSON.
    CustomMap,
    /// A signal of engagement.
    Signal(String),
    /// Tags, added to those that are there.
    Tag,
}

/// A unique field by which rows find records.
#[derive(Clone, Copy, Debug)]
pub(super) struct UniqueField {
    /// The field.
    pub(super) field: usize,
    /// The column that is unique.
    pub(super) column: usize,
    /// Whether that is the folded text of the field's own column.
    pub(super) folded: bool,
}

/// By what a row finds its record.
#[derive(Clone, Debug)]
pub(super) enum MatchBy {
    /// Its id or number, then the first of its unique fields that it has, then its keys, then its phone numbers, then its own
    /// text.
    Anything,
    /// This unique field alone.
    Unique(UniqueField, String),
    /// Its key in this system alone.
    Key(String),
    /// Nothing: every row is new.
    Nothing,
}

/// How rows with these columns are read and met.
#[derive(Clone)]
pub(super) struct Plan {
    pub(super) def: &'static RecordDef,
    pub(super) columns: Vec<String>,
    pub(super) mapping: Mapping,
    /// The form that the headers have, when it is known.
    pub(super) form: Option<&'static Form>,
    /// The language of the headers, when it is known.
    pub(super) language: Option<&'static str>,
    /// What may be wrong with the mapping.
    pub(super) doubts: Vec<Doubt>,
    /// Columns that nobody took, each with the target that another column has.
    pub(super) rivals: Vec<(usize, String)>,
    /// The columns that are read, with what becomes of them.
    pub(super) uses: Vec<(usize, Use)>,
    /// The columns in the order of their names, for the text of a row; those of an error report left out.
    pub(super) by_name: Vec<usize>,
    /// Fields that every row gets.
    pub(super) set: Map<String, Json>,
    /// Parts that a field of several columns gets when a row gives another part of it.
    pub(super) constants: Vec<(usize, String, Json)>,
    /// The unique fields that rows have.
    pub(super) uniques: Vec<UniqueField>,
    pub(super) match_by: MatchBy,
    pub(super) policy: MatchPolicy,
    pub(super) formats: Formats,
    /// Whether an apostrophe before the beginning of a formula is taken away.
    pub(super) for_spreadsheets: bool,
    /// What the cells of each column show of its formats, in the order of the columns.
    pub(super) shown: Vec<Shown>,
    /// Whether a cell that cannot be read is left out instead of its row.
    pub(super) leave_out: bool,
    /// The columns whose target is a guess, by their index.
    pub(super) guessed: Vec<usize>,
}

impl Plan {
    /// Understands the columns of a file. Errors: `import.…`, `upsert.match_on`.
    pub(super) fn of_file(
        def: &'static RecordDef,
        columns: &[String],
        sample: &Sample,
        shown: &[Shown],
        options: &ImportOptions,
    ) -> Result<Self> {
        let fields = targets(def, false);
        let named = options.mapping.read(columns, &names(&fields))?;
        let filled = sample.filled(columns.len());
        let mut plan = Self::build(def, columns.to_vec(), named.clone(), options, Some(&filled))?;
        plan.saw(shown.to_vec());
        let (doubts, wrong) = doubt::of(&plan, &named, sample, &filled);
        if !wrong.is_empty() {
            // What was guessed and cannot be is left out.
            let mut named = named;
            for column in wrong {
                named.settle(column, Target::Ignore);
            }
            plan = Self::build(def, columns.to_vec(), named, options, Some(&filled))?;
            plan.saw(shown.to_vec());
        }
        plan.doubts = doubts;
        Ok(plan)
    }

    /// Understands rows that are objects; columns may join later.
    pub(super) fn of_rows(def: &'static RecordDef, options: &ImportOptions) -> Result<Self> {
        let columns = options.mapping.columns()?;
        let fields = targets(def, true);
        let mapping = options.mapping.read(&columns, &names(&fields))?;
        Self::build(def, columns, mapping, options, None)
    }

    /// The same with more columns; what was settled stays.
    pub(super) fn with_columns(&self, more: Vec<String>, options: &ImportOptions) -> Result<Self> {
        let mut columns = self.columns.clone();
        columns.extend(more);
        let mut mapping = Mapping::open(columns.len());
        let (formats, shown) = (self.formats, self.shown.clone());
        for (column, target) in self.mapping.targets().iter().enumerate() {
            if let Some(target) = target {
                mapping.settle(column, target.clone());
            }
        }
        let fields = targets(self.def, true);
        for (column, name) in columns.iter().enumerate().skip(self.columns.len()) {
            // A row may name its targets themselves.
            if let Ok(own) = Mapping::of([(name.as_str(), name.as_str())], std::slice::from_ref(name), &names(&fields))
                && let Some(Some(target)) = own.targets().first()
                && !mapping.targets().contains(&Some(target.clone()))
                && *target != Target::Ignore
            {
                mapping.settle(column, target.clone());
            }
        }
        let mut plan = Self::build(self.def, columns, mapping, options, None)?;
        plan.formats = formats;
        plan.guessed.extend(&self.guessed);
        for (known, now) in shown.into_iter().zip(&mut plan.shown) {
            *now = known;
        }
        Ok(plan)
    }

    fn build(
        def: &'static RecordDef,
        columns: Vec<String>,
        mut mapping: Mapping,
        options: &ImportOptions,
        filled: Option<&[usize]>,
    ) -> Result<Self> {
        let objects = filled.is_none();
        if let Some(form) = options.form.as_deref()
            && form != "none"
            && form::named(form).is_none()
        {
            return Err(codes::FORM_UNKNOWN.with("form", form));
        }
        for (index, column) in columns.iter().enumerate() {
            if ERROR_COLUMNS.contains(&column.as_str()) {
                mapping.settle(index, Target::Ignore);
            }
        }
        // What completes a part of a field may stand in a column as well: what the file says of a row holds.
        let open = |target: &&String| !is_set(options, target);
        let named: Vec<bool> = mapping.targets().iter().map(Option::is_some).collect();
        let exact: Vec<String> = targets(def, objects).iter().filter(open).cloned().collect();
        let paths = if options.spreadsheet == Some(true) { as_paths(def, &columns) } else { columns.clone() };
        mapping.name_exactly(&paths, &names(&exact), objects);
        for (index, column) in paths.iter().enumerate() {
            // As an export names a custom field, and a reference.
            if let Some(name) = column.strip_prefix("custom.").filter(|_| def.custom.is_some()) {
                mapping.settle(index, Target::Custom(name.to_owned()));
            }
            // What is referred to stands beside its name, which is for people.
            let shown = column.strip_suffix(".name").filter(|relation| def.relation(relation).is_some());
            let beside = |relation: &str| paths.iter().any(|path| path.strip_suffix(".id").unwrap_or(path) == relation);
            if shown.is_some_and(beside) {
                mapping.settle(index, Target::Ignore);
            }
            if let Some(field) = column.strip_suffix(".id").filter(|field| reference(def, field).is_some()) {
                mapping.settle(index, Target::Field(field.to_owned()));
            }
        }
        for (index, column) in paths.iter().enumerate() {
            // As an export names the record itself.
            if own(def, column).is_some() {
                mapping.settle(index, Target::Field(column.clone()));
            }
        }
        let sure: Vec<bool> = mapping.targets().iter().map(Option::is_some).collect();
        let guessable: Vec<String> = guessable(def).iter().filter(open).cloned().collect();
        let understood = mapping.complete(
            def.kind,
            &columns,
            &names(&guessable),
            options.form.as_deref(),
            filled.unwrap_or_default(),
        );

        let mut uses = Vec::with_capacity(columns.len());
        for (index, target) in mapping.targets().iter().enumerate() {
            let Some(target) = target else { continue };
            if let Target::Field(name) | Target::Key(name, _) = target
                && (is_set(options, name) || (options.set.contains_key(name) && named.get(index) == Some(&true)))
            {
                let column = columns.get(index).map(String::as_str).unwrap_or_default();
                return Err(codes::SET_CONFLICT.with("field", name).with("column", column));
            }
            if let Some(becomes) = use_of(def, target)? {
                uses.push((index, becomes));
            }
        }
        if uses.is_empty() && !objects {
            return Err(codes::NOTHING_MAPPED.error());
        }
        let mut by_name: Vec<usize> = (0..columns.len()).collect();
        by_name.retain(|index| columns.get(*index).is_some_and(|column| !ERROR_COLUMNS.contains(&column.as_str())));
        by_name.sort_by_key(|index| columns.get(*index));
        let (set, constants) = settings(def, options)?;
        let uniques = uniques(def, &uses);
        let match_by = match_by(def, options, &uses, &uniques)?;
        let (policy, formats) = (options.policy, options.formats());
        let for_spreadsheets = options.spreadsheet.unwrap_or_default();
        let leave_out = options.on_bad_cell == OnBadCell::LeaveOut;
        let shown = vec![Shown::default(); columns.len()];
        let guessed = sure.iter().enumerate().filter(|(_, sure)| !**sure).map(|(index, _)| index).collect();
        Ok(Self {
            def,
            columns,
            mapping,
            form: understood.form,
            language: understood.language,
            doubts: Vec::new(),
            rivals: understood.rivals,
            uses,
            by_name,
            set,
            constants,
            uniques,
            match_by,
            policy,
            formats,
            for_spreadsheets,
            shown,
            leave_out,
            guessed,
        })
    }

    /// The target of a column.
    pub(super) fn target(&self, column: usize) -> Option<&Target> {
        self.mapping.targets().get(column)?.as_ref()
    }

    /// Writes into a report how the columns were understood.
    pub(super) fn describe(&self, report: &mut ImportReport) {
        report.columns = self.mapped();
        report.form = self.form.map(|form| form.name.to_owned());
        report.language = self.language.map(str::to_owned);
        report.doubts = self.doubts.clone();
    }

    /// How the columns were understood.
    fn mapped(&self) -> Vec<MappedColumn> {
        let columns = self.columns.iter().zip(self.mapping.targets());
        columns
            .filter(|(column, _)| !ERROR_COLUMNS.contains(&column.as_str()))
            .map(|(column, target)| MappedColumn {
                column: column.clone(),
                target: target.as_ref().map(ToString::to_string),
            })
            .collect()
    }

    /// The formats of a column.
    pub(super) fn formats_of(&self, column: usize) -> Formats {
        self.shown.get(column).copied().unwrap_or_default().of(self.formats)
    }

    /// Makes known the zone of the tenant's days, and its currency.
    pub(super) const fn settle(&mut self, zone: Zone, currency: Currency) {
        self.formats.zone = zone;
        self.formats.currency = currency;
    }

    /// Takes what the cells of the columns show.
    pub(super) fn saw(&mut self, shown: Vec<Shown>) {
        for (known, shown) in self.shown.iter_mut().zip(shown) {
            *known = shown;
        }
    }

    /// Looks at a cell of a column, for what it shows of the column's formats.
    pub(super) fn look(&mut self, column: usize, cell: &str) {
        if let Some(shown) = self.shown.get_mut(column) {
            shown.look(cell);
        }
    }

    /// Whether a field is an amount and its currency.
    pub(super) fn is_money(&self, field: usize) -> bool {
        self.field(field).is_some_and(|field| has_parts(self.def, field, ["amount", "currency"]))
    }

    /// Whether a field is a user or a group.
    pub(super) fn is_assignee(&self, field: usize) -> bool {
        self.field(field).is_some_and(|field| has_parts(self.def, field, ["user", "group"]))
    }

    pub(super) fn field(&self, index: usize) -> Option<&'static FieldDef> {
        self.def.fields.get(index)
    }

    /// The column of the file that gives this field, by the name that an error has for it.
    pub(super) fn column_of(&self, name: &str) -> Option<usize> {
        let name = name.strip_prefix(self.def.kind).and_then(|rest| rest.strip_prefix('.')).unwrap_or(name);
        let field_is = |field: &usize, name: &str| self.field(*field).is_some_and(|field| field.name == name);
        let head = name.split('.').next().unwrap_or(name);
        let fits = |becomes: &Use| match becomes {
            Use::Part(field, part, _) => {
                field_is(field, head) && (head == name || name.strip_prefix(head) == Some(&format!(".{part}")))
            }
            Use::Id => head == "id",
            Use::Number(column, _) => self.def.columns.get(*column).is_some_and(|column| column.path == head),
            Use::Plain(field, _) | Use::Whole(field) | Use::Key(field, _) => field_is(field, head),
            Use::FullName(first, last) => field_is(first, head) || field_is(last, head),
            Use::External(system) => name == system || head == "external_keys",
            Use::Keys => head == "external_keys",
            Use::Custom(custom) => name == custom || name.strip_prefix("custom.") == Some(custom),
            Use::CustomMap => head == "custom",
            Use::Signal(_) => head == "engagement",
            Use::Tag => head == "tags",
        };
        self.uses.iter().find(|(_, becomes)| fits(becomes)).map(|(column, _)| *column)
    }
}

/// The columns as paths: an export for spreadsheets may write words instead, and then all of them are words.
fn as_paths(def: &RecordDef, columns: &[String]) -> Vec<String> {
    let path_of = |header: &String| {
        let own = def.columns.iter().map(|column| match column.kind {
            ColumnType::Reference(_) if !column.path.contains('.') => format!("{}.id", column.path),
            _ => column.path.clone(),
        });
        let names = def.relations.iter().map(|relation| format!("{}.name", relation.name));
        own.chain(names).find(|path| label(path) == *header)
    };
    let paths: Option<Vec<String>> = columns.iter().map(path_of).collect();
    paths.unwrap_or_else(|| columns.to_vec())
}

fn names(fields: &[String]) -> Vec<&str> {
    fields.iter().map(String::as_str).collect()
}

/// Whether every row gets this field as a whole.
fn is_set(options: &ImportOptions, target: &str) -> bool {
    let head = target.split('.').next().unwrap_or(target);
    options.set.contains_key(head)
}

/// Whether a field has these two columns.
fn has_parts(def: &RecordDef, field: &FieldDef, parts: [&str; 2]) -> bool {
    let paths = own_columns(def, field).map(|column| column.path.strip_prefix(field.name));
    field.count == 2 && paths.eq(parts.map(|part| [".", part].concat()).iter().map(|part| Some(part.as_str())))
}

/// What a column of this name says of the record itself: its id, or a number that the tenant's counter gave it.
fn own(def: &RecordDef, name: &str) -> Option<Use> {
    if name == "id" {
        return Some(Use::Id);
    }
    let column = def.column(name)?;
    let field = def.field(name).filter(|field| !field.editable && field.count == 1)?;
    let unique = def.uniques.iter().any(|unique| unique.columns == [column]);
    let kind = def.columns.get(field.first)?.kind;
    (unique && matches!(kind, ColumnType::Int | ColumnType::Text)).then_some(Use::Number(column, kind))
}

fn own_columns<'d>(def: &'d RecordDef, field: &FieldDef) -> impl Iterator<Item = &'d ColumnDef> + use<'d> {
    def.columns.iter().skip(field.first).take(field.count)
}

/// What a column may be mapped to: the columns of the fields that callers set, and whole fields of several columns.
/// In a file a whole field is named only on purpose: a column called `address` mostly is no JSON.
fn targets(def: &RecordDef, objects: bool) -> Vec<String> {
    let mut found = Vec::new();
    for field in def.fields.iter().filter(|field| field.editable) {
        let assignee = has_parts(def, field, ["user", "group"]);
        if field.count > 1 && (objects || assignee) {
            found.push(field.name.to_owned());
        }
        found.extend(own_columns(def, field).map(|column| column.path.clone()));
    }
    found
}

/// The targets that a header may be taken for. References are among them: their records are found by what people call
/// them.
fn guessable(def: &RecordDef) -> Vec<String> {
    let plain = |column: &&ColumnDef| match column.kind {
        ColumnType::Uuid | ColumnType::Map | ColumnType::Json => false,
        ColumnType::Reference(_) => !column.path.contains('.'),
        _ => true,
    };
    let mut found = Vec::new();
    for field in def.fields.iter().filter(|field| field.editable) {
        if has_parts(def, field, ["user", "group"]) {
            found.push(field.name.to_owned());
        }
        found.extend(own_columns(def, field).filter(plain).map(|column| column.path.clone()));
    }
    found
}

/// The kind that a field of one column points at.
fn reference(def: &RecordDef, field: &str) -> Option<&'static str> {
    let field = def.field(field).filter(|field| field.count == 1 && field.editable)?;
    match def.columns.get(field.first).map(|column| column.kind) {
        Some(ColumnType::Reference(kind)) => Some(kind),
        _ => None,
    }
}

fn use_of(def: &RecordDef, target: &Target) -> Result<Option<Use>> {
    let unsupported = || codes::TARGET_UNSUPPORTED.with("kind", def.kind).with("target", target.to_string());
    let field = |name: &str| def.fields.iter().position(|field| field.name == name).ok_or_else(unsupported);
    Ok(Some(match target {
        Target::Ignore => return Ok(None),
        Target::FullName => Use::FullName(field("first_name")?, field("last_name")?),
        Target::External(_) if def.external_keys.is_none() => return Err(unsupported()),
        Target::External(system) => Use::External(system.clone()),
        Target::Custom(_) if def.custom.is_none() => return Err(unsupported()),
        Target::Custom(name) => Use::Custom(name.clone()),
        Target::Signal(_) if def.engagement.is_none() => return Err(unsupported()),
        Target::Signal(name) => Use::Signal(name.clone()),
        Target::Tag if def.tags.is_none() => return Err(unsupported()),
        Target::Tag => Use::Tag,
        Target::Key(name, system) => match reference(def, name) {
            Some(_) => Use::Key(field(name)?, system.clone()),
            None => return Err(codes::NOT_A_REFERENCE.with("field", name).with("system", system)),
        },
        Target::Field(path) if own(def, path).is_some() => own(def, path).ok_or_else(unsupported)?,
        Target::Field(path) => {
            let head = path.split('.').next().unwrap_or(path);
            let index = field(head)?;
            let (Some(field), Some(column)) = (def.fields.get(index), def.column(path).or_else(|| def.column(head)))
            else {
                return match def.fields.get(index) {
                    Some(_) => Ok(Some(Use::Whole(index))),
                    None => Err(unsupported()),
                };
            };
            let kind = def.columns.get(column).map_or(ColumnType::Text, |column| column.kind);
            match path.strip_prefix(head).and_then(|rest| rest.strip_prefix('.')) {
                Some(part) => Use::Part(index, part.to_owned(), kind),
                None if Some(column) == def.external_keys => Use::Keys,
                None if Some(column) == def.custom => Use::CustomMap,
                None if field.count > 1 => Use::Whole(index),
                None => Use::Plain(index, kind),
            }
        }
    }))
}

type Settings = (Map<String, Json>, Vec<(usize, String, Json)>);

/// What every row gets: whole fields, and parts that complete a field.
fn settings(def: &RecordDef, options: &ImportOptions) -> Result<Settings> {
    let mut set = Map::new();
    let mut constants = Vec::new();
    for (name, value) in &options.set {
        match name.split_once('.') {
            None => {
                set.insert(name.clone(), value.clone());
            }
            Some((head, part)) => {
                let field = def.fields.iter().position(|field| field.name == head && field.editable);
                let field = field.filter(|_| def.column(name).is_some());
                let unknown = || kernel::FIELD_UNKNOWN.with("kind", def.kind).with("field", name);
                constants.push((field.ok_or_else(unknown)?, part.to_owned(), value.clone()));
            }
        }
    }
    Ok((set, constants))
}

/// The unique fields of one column that the columns give.
fn uniques(def: &RecordDef, uses: &[(usize, Use)]) -> Vec<UniqueField> {
    let given = |field: &usize| uses.iter().any(|(_, becomes)| matches!(becomes, Use::Plain(of, _) if of == field));
    let single = def.uniques.iter().filter_map(|unique| match unique.columns.as_slice() {
        [column] => Some(*column),
        _ => None,
    });
    single
        .filter_map(|column| {
            let derived = def.columns.get(column).and_then(|column| column.derived);
            let (of, folded) = match derived {
                Some(Derived::Folded(of)) => (of, true),
                Some(Derived::WhileOpen(of)) => (of, false),
                Some(_) => return None,
                None => (column, false),
            };
            let field = def.fields.iter().position(|field| field.first == of && field.count == 1)?;
            let column = if def.emails.first() == Some(&of) { def.by_email() } else { column };
            Some(UniqueField { field, column, folded })
        })
        .filter(|unique| given(&unique.field))
        .collect()
}

fn match_by(
    def: &RecordDef,
    options: &ImportOptions,
    uses: &[(usize, Use)],
    uniques: &[UniqueField],
) -> Result<MatchBy> {
    let Some(match_on) = options.match_on.as_deref() else { return Ok(MatchBy::Anything) };
    if match_on == "none" {
        return Ok(MatchBy::Nothing);
    }
    if let Some(system) = match_on.strip_prefix("external:") {
        let given = |becomes: &Use| matches!(becomes, Use::Keys) || *becomes == Use::External(system.to_owned());
        if uses.iter().any(|(_, becomes)| given(becomes)) {
            return Ok(MatchBy::Key(system.to_owned()));
        }
    }
    let unique = uniques.iter().find(|unique| def.fields.get(unique.field).is_some_and(|field| field.name == match_on));
    match unique {
        Some(unique) => Ok(MatchBy::Unique(*unique, match_on.to_owned())),
        None => Err(NO_MATCH_FIELD.with("kind", def.kind).with("match_on", match_on)),
    }
}
