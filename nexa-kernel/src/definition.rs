//! Builds a [`RecordDef`] from what a struct declares. `#[derive(Record)]` writes the declaration, as data that one
//! function walks: code for each field of each kind would be the larger.

use std::sync::OnceLock;

use serde::{Serialize, de::DeserializeOwned};
use serde_json::Value as Json;
use sha2::{Digest, Sha256};

use super::{
    input::{self, Given, Part, Unreadable},
    record::{
        AccessClass, ColumnDef, ColumnType, Content, Derived, Field, FieldDef, Form, IndexDef, Lapse, OnTrash,
        ParseField, ParseText, PersonField, RecordDef, RelationDef, Row, Topic, UniqueDef,
    },
    value::Value,
};

/// The longest name of a constraint or index that every database takes, in bytes.
const LONGEST_NAME: usize = 63;

/// What an attribute says of a field.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Mark {
    /// `create` and `update` may set it.
    Editable,
    /// It holds personal data.
    Personal,
    /// It says whose personal data the record holds.
    Person,
    /// A derived column holds its folded text, or the folded texts of its fields.
    Folded,
    /// A derived column holds the rank of its value.
    Ranked,
    /// It says whose the record is. Of two columns, a derived one holds the first that is set.
    Assignee,
    /// It says what the record is about, and follows that when it is merged: records of these kinds, or of any when none is named.
    Follows(&'static [&'static str]),
    /// It says who wrote the record.
    Author,
    /// It lists the users and groups who alone may read the record beside its author; with none, whoever else may.
    Readers,
    /// It holds text that mentions users and groups.
    Mentions,
    /// It points at a record, and this is what becomes of its own when that goes into the trash.
    OnTrash(OnTrash),
    /// When the record that it points at becomes another, this field points at that, and its own is emptied.
    Becomes(&'static str),
    /// A derived column holds its value while the record is open.
    WhileOpen,
    /// What it holds in records that are older than the field.
    Backfill(Backfill),
}

/// A value that an attribute gives, as JSON has it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Backfill {
    /// A text, such as a word of a closed list.
    Text(&'static str),
    /// A whole number.
    Number(i64),
    /// Yes or no.
    Truth(bool),
}

impl Backfill {
    fn json(self) -> Json {
        match self {
            Self::Text(text) => text.into(),
            Self::Number(number) => number.into(),
            Self::Truth(truth) => truth.into(),
        }
    }
}

/// A field as a struct declares it, with what its type does.
#[derive(Clone, Copy)]
pub struct DeclaredField {
    name: &'static str,
    #[cfg(feature = "catalog")]
    doc: &'static str,
    marks: &'static [Mark],
    columns: fn(&str, &mut Vec<ColumnDef>),
    width: usize,
    optional: bool,
    parse: ParseField,
    parse_text: ParseText,
    form: Form,
    #[cfg(feature = "catalog")]
    schema: fn(&mut schemars::SchemaGenerator) -> schemars::Schema,
}

impl DeclaredField {
    /// A field of this type: its name, what it is, and its marks.
    #[cfg_attr(not(feature = "catalog"), allow(unused_variables, reason = "only the catalog documents what it is"))]
    pub const fn new<T: Field + Serialize + DeserializeOwned + schemars::JsonSchema>(
        name: &'static str,
        doc: &'static str,
        marks: &'static [Mark],
    ) -> Self {
        Self {
            name,
            #[cfg(feature = "catalog")]
            doc,
            marks,
            columns: T::columns,
            width: T::WIDTH,
            optional: T::OPTIONAL,
            parse: parse_field::<T>,
            parse_text: parse_text::<T>,
            form: Form::of::<T>(),
            #[cfg(feature = "catalog")]
            schema: schemars::SchemaGenerator::subschema_for::<T>,
        }
    }
}

/// Columns that are unique over the live records of a tenant, by their paths, and the code of a violation.
pub type DeclaredUnique = (&'static [&'static str], &'static str);

/// The path of a column and its values with which a record is open.
pub type DeclaredOpen = (&'static str, &'static [&'static str]);

/// What a struct declares of its kind, as data. Paths are resolved by [`Declaration::define`].
#[derive(Clone, Copy)]
pub struct Declaration {
    /// The kind.
    pub kind: &'static str,
    /// Its table.
    pub table: &'static str,
    /// The name of its struct.
    pub name: &'static str,
    /// What a record of the kind is.
    pub doc: &'static str,
    /// Who may reach its records.
    pub access: AccessClass,
    /// Its fields, in their order.
    pub fields: &'static [DeclaredField],
    /// The columns that search looks at; a greater weight counts more.
    pub search: &'static [(&'static str, i64)],
    /// The column that says whether a record is open, and its values that do.
    pub open: Option<DeclaredOpen>,
    /// A field, a value of it, the field of the moment at which that lapses, and what it reads from then on.
    pub lapses: Option<[&'static str; 4]>,
    /// Its unique constraints.
    pub uniques: &'static [DeclaredUnique],
    /// Its indexes, by the paths of their columns.
    pub indexes: &'static [&'static [&'static str]],
    /// Whether changes are kept in the ledger.
    pub ledger: bool,
    /// Whether its records are persons.
    pub person: bool,
    /// Why its personal data belong to no person who can be erased.
    pub no_person: Option<&'static str>,
}

impl Declaration {
    /// The definition. What does not resolve is left out and reported by [`problems`].
    #[must_use]
    pub fn define(&self) -> RecordDef {
        let mut definition = Definition::of(self);
        for field in self.fields {
            definition.field(field);
        }
        definition.finish(self)
    }
}

/// The definition of a kind, made when it is first asked for.
pub struct Defined {
    declaration: &'static Declaration,
    def: OnceLock<RecordDef>,
}

impl Defined {
    /// The definition that follows from a declaration.
    pub const fn by(declaration: &'static Declaration) -> Self {
        Self { declaration, def: OnceLock::new() }
    }
    /// The definition.
    pub fn get(&'static self) -> &'static RecordDef {
        self.def.get_or_init(|| self.declaration.define())
    }
}

/// A definition in the making.
struct Definition {
    def: RecordDef,
}

impl Definition {
    const fn of(declaration: &Declaration) -> Self {
        let def = RecordDef {
            kind: declaration.kind,
            name: declaration.name,
            table: declaration.table,
            #[cfg(feature = "catalog")]
            doc: declaration.doc,
            columns: Vec::new(),
            derived: Vec::new(),
            backfills: Vec::new(),
            fields: Vec::new(),
            open: None,
            lapses: None,
            uniques: Vec::new(),
            indexes: Vec::new(),
            relations: Vec::new(),
            access: declaration.access,
            assignee: None,
            author: None,
            readers: None,
            mentions: None,
            follows: Vec::new(),
            about_only: Vec::new(),
            parts_of_topic: Vec::new(),
            search: Vec::new(),
            money: Vec::new(),
            id: 0,
            version: 0,
            created_at: 0,
            updated_at: 0,
            deleted_at: None,
            merged_into: None,
            tags: None,
            custom: None,
            external_keys: None,
            emails: Vec::new(),
            phones: Vec::new(),
            engagement: None,
            ledger: declaration.ledger,
            person: declaration.person,
            no_person: declaration.no_person,
            persons: Vec::new(),
            erased_at: None,
            problems: Vec::new(),
        };
        Self { def }
    }

    /// Adds a field with its columns and, when a mark asks for it, the derived column after them.
    fn field(&mut self, field: &DeclaredField) {
        let DeclaredField { name, marks, .. } = *field;
        let first = self.def.columns.len();
        (field.columns)(name, &mut self.def.columns);
        let count = self.def.columns.len() - first;
        if count != field.width {
            self.problem(format!("`{name}` declares {count} columns but its width is {}", field.width));
        }
        for mark in marks {
            self.derived(name, first, count, *mark);
        }
        if marks.contains(&Mark::Assignee) {
            self.assignee(name, first, count);
        }
        if marks.contains(&Mark::Person) {
            self.person(name, first);
        }
        if marks.contains(&Mark::Author) {
            self.def.author = Some(first);
        }
        if marks.contains(&Mark::Readers) {
            self.def.readers = Some(first);
        }
        if marks.contains(&Mark::Mentions) {
            self.mentions(name, first, count);
        }
        for mark in marks {
            if let Mark::Backfill(backfill) = mark {
                self.backfill(field, first, *backfill);
            }
        }
        let on_trash = marks.iter().find_map(|mark| match mark {
            Mark::OnTrash(on_trash) => Some(*on_trash),
            _ => None,
        });
        let columns = self.def.columns.iter().enumerate().skip(first).take(count);
        let relations = columns.filter_map(|(column, def)| match def.kind {
            ColumnType::Reference(kind) => {
                Some(RelationDef { name: def.path.clone(), column, kind, on_trash, becomes: None })
            }
            _ => None,
        });
        let relations: Vec<RelationDef> = relations.collect();
        let about = marks.iter().find_map(|mark| match mark {
            Mark::Follows(kinds) => Some(*kinds),
            _ => None,
        });
        if let Some(kinds) = about {
            self.follows(name, first, kinds, on_trash);
        } else if on_trash.is_some() && relations.is_empty() {
            self.problem(format!("`{name}` says on_trash, but points at no record"));
        }
        self.def.relations.extend(relations);
        if marks.contains(&Mark::Personal) {
            self.def.columns.iter_mut().skip(first).for_each(|column| column.personal = true);
        }
        self.def.fields.push(FieldDef {
            name,
            #[cfg(feature = "catalog")]
            doc: field.doc,
            first,
            count,
            editable: marks.contains(&Mark::Editable),
            optional: field.optional,
            parse: field.parse,
            parse_text: field.parse_text,
            form: field.form,
            #[cfg(feature = "catalog")]
            schema: field.schema,
        });
    }

    /// Resolves all paths, once all columns are there.
    fn finish(mut self, declaration: &Declaration) -> RecordDef {
        self.def.id = self.required("id");
        self.def.version = self.required("version");
        self.def.created_at = self.required("created_at");
        self.def.updated_at = self.required("updated_at");
        self.def.deleted_at = self.def.column("deleted_at");
        self.def.merged_into = self.def.column("merged_into");
        self.def.erased_at = self.def.column("erased_at");
        self.def.tags = self.def.column("tags");
        self.def.custom = self.def.column("custom");
        self.def.external_keys = self.def.column("external_keys");
        self.def.emails = self.addresses("other_emails", &["email"]);
        self.def.phones = self.addresses("other_phones", &["phone", "mobile"]);
        let counts = |column: &usize| self.def.columns.get(*column).is_some_and(|def| def.kind == ColumnType::Map);
        self.def.engagement = self.def.column("engagement").filter(counts);
        self.def.open = declaration.open.and_then(|(path, values)| Some((self.resolve(path, "open")?, values)));
        self.def.lapses = declaration.lapses.and_then(|lapses| self.lapse(lapses));
        self.def.money = money(&self.def);
        self.def.derived =
            self.def.columns.iter().enumerate().filter_map(|(at, column)| Some((at, column.derived?))).collect();
        self.backfill_derived();
        for field in declaration.fields {
            for mark in field.marks {
                if let Mark::Becomes(successor) = mark {
                    self.becomes(field.name, successor);
                }
            }
        }
        for (path, weight) in declaration.search {
            if let Some(column) = self.resolve(path, "search") {
                self.def.search.push((column, *weight));
            }
        }
        for (paths, code) in declaration.uniques {
            if let Some(columns) = self.resolve_all(paths, "unique") {
                let field = paths.first().and_then(|path| path.split('.').next()).unwrap_or_default();
                self.def.uniques.push(UniqueDef { name: self.name_of(&columns, "key"), columns, field, code });
            }
        }
        for paths in declaration.indexes {
            if let Some(columns) = self.resolve_all(paths, "index") {
                self.def.indexes.push(IndexDef { name: self.name_of(&columns, "idx"), columns });
            }
        }
        self.find_repeated_names();
        self.def
    }

    /// What lapses, and when.
    fn lapse(&mut self, [field, from, at, to]: [&'static str; 4]) -> Option<Lapse> {
        let (column, at) = (self.resolve(field, "lapses")?, self.resolve(at, "lapses")?);
        let kind = |column: usize| self.def.columns.get(column).map(|column| column.kind);
        let values = match kind(column) {
            Some(ColumnType::Enum(names)) => [from, to].iter().all(|value| names.contains(value)),
            _ => false,
        };
        if !values || kind(at) != Some(ColumnType::Time) {
            self.problem(format!("`{field}` cannot lapse: it is a closed list with both values, by a moment"));
            return None;
        }
        Some(Lapse { column, from, at, to })
    }

    /// Notes which text mentions people.
    fn mentions(&mut self, name: &str, first: usize, count: usize) {
        let is_text = self.def.columns.get(first).is_some_and(|column| column.kind == ColumnType::Text);
        if !is_text || count != 1 || self.def.mentions.is_some() {
            self.problem(format!("`{name}` says mentions: one field of a record does, and it is a text"));
        }
        self.def.mentions = Some(first);
    }

    fn derived(&mut self, name: &str, first: usize, count: usize, mark: Mark) {
        let Some(source) = self.def.columns.get(first) else { return };
        let is_enum = matches!(source.kind, ColumnType::Enum(_));
        let (ending, kind, nullable, derived, fits) = match mark {
            Mark::Editable
            | Mark::Personal
            | Mark::Person
            | Mark::Follows(_)
            | Mark::Author
            | Mark::Readers
            | Mark::Mentions
            | Mark::OnTrash(_)
            | Mark::Becomes(_)
            | Mark::Backfill(_) => return,
            Mark::Assignee if count == 1 => return,
            Mark::Folded if source.kind == ColumnType::Map => {
                ("folded", ColumnType::Json, true, Derived::FoldedTexts(first), count == 1)
            }
            Mark::Folded => {
                let fits = count == 1 && source.kind == ColumnType::Text;
                ("folded", ColumnType::Text, source.nullable, Derived::Folded(first), fits)
            }
            Mark::Ranked => ("rank", ColumnType::Int, source.nullable, Derived::Rank(first), count == 1 && is_enum),
            Mark::Assignee => ("queue", ColumnType::Uuid, false, Derived::Queue(first), count == 2),
            Mark::WhileOpen => ("open", source.kind, true, Derived::WhileOpen(first), count == 1),
        };
        self.def.columns.push(ColumnDef {
            name: format!("{name}_{ending}"),
            path: format!("{name}.{ending}"),
            kind,
            content: Content::Plain,
            nullable,
            personal: false,
            derived: Some(derived),
        });
        if !fits {
            self.problem(format!("`{name}` cannot have the derived column `{name}.{ending}`: its columns do not fit"));
        }
    }

    /// Notes what a field holds in records that are older than it.
    fn backfill(&mut self, field: &DeclaredField, first: usize, backfill: Backfill) {
        let name = field.name;
        if field.optional {
            self.problem(format!("`{name}` may be empty, and needs no backfill"));
        }
        match (field.parse)(&backfill.json()) {
            Ok(values) if values.len() == field.width => {
                self.def.backfills.extend(values.into_iter().enumerate().map(|(at, value)| (first + at, value)));
            }
            _ => self.problem(format!("`{name}` cannot hold its backfill")),
        }
    }

    /// What follows from the backfills for the columns that are computed of one.
    fn backfill_derived(&mut self) {
        let mut row = Row::new(vec![Value::Null; self.def.columns.len()]);
        for (column, value) in &self.def.backfills {
            row.set(*column, value.clone());
        }
        self.def.derive(&mut row);
        let filled = |of: usize| self.def.backfills.iter().any(|(column, _)| *column == of);
        let mut more = Vec::new();
        for (column, derived) in &self.def.derived {
            match *derived {
                Derived::Folded(of) | Derived::Rank(of) if filled(of) => more.push((*column, row.get(*column).clone())),
                // Which records are open is another column's matter.
                Derived::WhileOpen(of) if filled(of) => {
                    let name = self.def.columns.get(of).map_or_else(String::new, |column| column.path.clone());
                    self.problem(format!("`{name}` is needed while a record is open, and can have no backfill"));
                    return;
                }
                _ => {}
            }
        }
        self.def.backfills.extend(more);
    }

    /// Notes which field points at what the record became that a field points at.
    fn becomes(&mut self, name: &str, successor: &str) {
        let column = self.def.relation(successor).map(|relation| relation.column);
        let columns = &self.def.columns;
        let empties = |relation: &&mut RelationDef| columns.get(relation.column).is_some_and(|column| column.nullable);
        let own = self.def.relations.iter_mut().find(|relation| relation.name == name).filter(empties);
        match (own, column) {
            (Some(own), Some(column)) if own.column != column => own.becomes = Some(column),
            _ => self.problem(format!(
                "`{name}` cannot become `{successor}`: the one has to be an optional reference, the other another reference"
            )),
        }
    }

    /// Notes which column says whose the record is.
    fn assignee(&mut self, name: &str, first: usize, count: usize) {
        let names_a_user =
            self.def.columns.get(first).is_some_and(|column| matches!(column.kind, ColumnType::Reference(_)));
        if !names_a_user {
            self.problem(format!("`{name}` cannot say whose the record is: it names no user"));
        }
        if self.def.assignee.is_some() {
            self.problem(format!("`{name}` is a second field that says whose the record is"));
        }
        // The derived column stands behind its own.
        self.def.assignee = Some(if count == 1 { first } else { first + count });
    }

    /// Notes what the record is about, and whether it is a part of that.
    fn follows(&mut self, name: &str, first: usize, kinds: &'static [&'static str], on_trash: Option<OnTrash>) {
        let column = |part: &str| self.def.column(&format!("{name}.{part}"));
        let topic = match (column("kind"), column("id")) {
            _ if self.def.names_records(first) && self.def.topics().is_none() => Topic::Several(first),
            (Some(kind), Some(id)) => Topic::One { kind, id },
            _ => {
                return self.problem(format!(
                    "`{name}` cannot follow what it is about: it has no kind and id, and is not the one list of records"
                ));
            }
        };
        self.def.follows.push(topic);
        if !kinds.is_empty() {
            self.def.about_only.push((topic, kinds));
        }
        match (on_trash, topic) {
            (None, _) => {}
            (Some(OnTrash::WithParent), Topic::One { .. }) => self.def.parts_of_topic.push(topic),
            _ => self.problem(format!(
                "`{name}` is a part of what it is about, with_parent of one record, or says no on_trash"
            )),
        }
    }

    /// Notes whose personal data the record holds.
    fn person(&mut self, name: &str, first: usize) {
        let part = |part: &str| self.def.column(&format!("{name}.{part}"));
        let Some(column) = self.def.columns.get(first) else { return };
        let found = match (column.kind, column.content, part("kind"), part("id")) {
            (ColumnType::Reference(_), ..) => Some(PersonField::Reference(first)),
            (ColumnType::Text, Content::Email, ..) => Some(PersonField::Address(first)),
            (ColumnType::List, Content::Records, ..) => Some(PersonField::Topic(Topic::Several(first))),
            (_, _, Some(kind), Some(id)) => Some(PersonField::Topic(Topic::One { kind, id })),
            _ => None,
        };
        match found {
            Some(found) => self.def.persons.push(found),
            None => self.problem(format!(
                "`{name}` cannot say whose data the record holds: it points at no record, says not what it is about, and is no mail address"
            )),
        }
    }

    /// The columns of addresses: the main ones and the list of others; none without that list.
    fn addresses(&self, others: &str, main: &[&str]) -> Vec<usize> {
        let Some(others) = self.def.column(others) else { return Vec::new() };
        main.iter().filter_map(|path| self.def.column(path)).chain([others]).collect()
    }

    fn required(&mut self, path: &str) -> usize {
        self.resolve(path, "record").unwrap_or_default()
    }

    fn resolve(&mut self, path: &str, asked_by: &str) -> Option<usize> {
        let found = self.def.column(path);
        if found.is_none() {
            self.problem(format!("{asked_by}: there is no column `{path}`"));
        }
        found
    }

    fn resolve_all(&mut self, paths: &[&str], asked_by: &str) -> Option<Vec<usize>> {
        // Every path is looked at, so that all problems are reported at once.
        let found: Vec<Option<usize>> = paths.iter().map(|path| self.resolve(path, asked_by)).collect();
        found.into_iter().collect()
    }

    fn name_of(&self, columns: &[usize], ending: &str) -> String {
        let names: Vec<&str> =
            columns.iter().filter_map(|at| self.def.columns.get(*at)).map(|column| column.name.as_str()).collect();
        constraint_name(self.def.table, &names, ending)
    }

    fn find_repeated_names(&mut self) {
        let def = &self.def;
        let mut columns: Vec<&str> = def.columns.iter().map(|column| column.name.as_str()).collect();
        let uniques = def.uniques.iter().map(|unique| unique.name.as_str());
        let mut constraints: Vec<&str> = uniques.chain(def.indexes.iter().map(|index| index.name.as_str())).collect();
        let repeated: Vec<String> =
            [&mut columns, &mut constraints].into_iter().flat_map(|names| repeated(names)).collect();
        for name in repeated {
            self.problem(format!("the name `{name}` is used twice"));
        }
    }

    fn problem(&mut self, problem: String) {
        self.def.problems.push(format!("{}: {problem}", self.def.kind));
    }
}

/// What is wrong with a definition, one sentence each; empty when it can be used.
pub fn problems(def: &RecordDef) -> &[String] {
    &def.problems
}

/// Reads a field from JSON into its columns; null clears a field that can be absent.
fn parse_field<T: Field + DeserializeOwned>(json: &Json) -> Result<Vec<Value>, Unreadable> {
    columns_of(Given::Json(json), &Columns::of::<T>())
}

/// The same from a text, without a JSON document in between.
fn parse_text<T: Field + DeserializeOwned>(text: &str) -> Result<Vec<Value>, Unreadable> {
    columns_of(Given::Text(text), &Columns::of::<T>())
}

/// How a type is read into columns, so that what reads any of them is compiled once.
struct Columns {
    width: usize,
    optional: bool,
    absent: fn(&mut Vec<Value>),
    read: fn(Part<'_>, &mut Vec<Value>) -> Result<(), Unreadable>,
}

impl Columns {
    const fn of<T: Field + DeserializeOwned>() -> Self {
        Self { width: T::WIDTH, optional: T::OPTIONAL, absent: T::write_absent, read: read_columns::<T> }
    }
}

fn read_columns<T: Field + DeserializeOwned>(part: Part<'_>, out: &mut Vec<Value>) -> Result<(), Unreadable> {
    T::deserialize(part)?.write(out);
    Ok(())
}

fn columns_of(given: Given<'_>, columns: &Columns) -> Result<Vec<Value>, Unreadable> {
    let mut values = Vec::with_capacity(columns.width);
    if columns.optional && matches!(given, Given::Json(Json::Null)) {
        (columns.absent)(&mut values);
    } else {
        input::read_by(given, &mut |part| (columns.read)(part, &mut values))?;
    }
    Ok(values)
}

fn money(def: &RecordDef) -> Vec<(usize, usize)> {
    let currency = |column: &ColumnDef| def.column(&format!("{}.currency", column.path.strip_suffix(".amount")?));
    let amounts = def.columns.iter().enumerate().filter(|(_, column)| column.kind == ColumnType::Amount);
    amounts.filter_map(|(at, column)| Some((at, currency(column)?))).collect()
}

/// `leads_email_key`. A name that is too long is cut and distinguished by a hash of the whole.
fn constraint_name(table: &str, columns: &[&str], ending: &str) -> String {
    let whole = format!("{table}_{}_{ending}", columns.join("_"));
    if whole.len() <= LONGEST_NAME {
        return whole;
    }
    let hash: String = Sha256::digest(&whole).iter().take(4).map(|byte| format!("{byte:02x}")).collect();
    let room = LONGEST_NAME - hash.len() - ending.len() - 2;
    let head = whole.get(..whole.floor_char_boundary(room)).unwrap_or_default();
    format!("{head}_{hash}_{ending}")
}

fn repeated(names: &mut [&str]) -> Vec<String> {
    names.sort_unstable();
    names
        .windows(2)
        .filter_map(|pair| match pair {
            [a, b] if a == b => Some((*a).to_owned()),
            _ => None,
        })
        .collect()
}
