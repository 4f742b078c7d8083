//! What a method of a session takes and answers: the same for the table, which a program runs by, and the stub, which a checker reads.

use serde_json::Value as Json;

use super::{
    text::{identifier, lines},
    types::{COMMON, Read, Types},
};
use crate::{
    catalog::{keys, reference, required},
    text::camel,
};

/// The operations of a kind, or of something else that has some.
pub(crate) struct Group {
    /// Its name in the catalog, such as `contact_list`.
    pub(crate) name: String,
    /// What a session calls it.
    pub(crate) attribute: String,
    pub(crate) doc: String,
    /// The type of its records.
    pub(crate) record: Option<String>,
    pub(crate) imports: bool,
    pub(crate) methods: Vec<Method>,
}

pub(crate) struct Method {
    pub(crate) verb: String,
    pub(crate) doc: Vec<String>,
    pub(crate) form: Form,
}

pub(crate) enum Form {
    /// A question for records, which is written once for all kinds.
    Listing(Listing),
    /// Any other: it takes the arguments that the catalog lists.
    Plain(Plain),
}

/// A question that the package has for every kind.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Listing {
    Find,
    Frame,
    Export,
    Count,
    Aggregate,
    Search,
}

pub(crate) struct Plain {
    pub(crate) parameters: Vec<Parameter>,
    pub(crate) answer: Read,
    /// Whether it answers one after the other, page by page.
    pub(crate) listed: bool,
}

pub(crate) struct Parameter {
    pub(crate) name: String,
    pub(crate) annotation: String,
    /// Whether it may be given by its place: the record that the operation is about.
    pub(crate) positional: bool,
    pub(crate) optional: bool,
    /// What a record stands for in it: `assignee` or `about`; its id unless there is one.
    pub(crate) writer: Option<&'static str>,
    doc: String,
}

/// All groups with their methods.
pub(crate) fn groups(types: &mut Types<'_>) -> Vec<Group> {
    let mut groups = Vec::new();
    for (name, operations) in types.catalog.operations() {
        types.group.clone_from(&name);
        let record = types.catalog.kind(&name).map(|kind| kind.record.clone());
        let mut methods = Vec::new();
        for (verb, operation) in &operations {
            match (verb.as_str(), &record) {
                ("import_csv" | "import_rows" | "import_preview", Some(_)) => {}
                ("find", Some(_)) => {
                    methods.push(listing(types, &name, verb, operation, Listing::Find));
                    methods.push(listing(types, &name, "frame", operation, Listing::Frame));
                    methods.push(listing(types, &name, "export", operation, Listing::Export));
                }
                ("count", Some(_)) => methods.push(listing(types, &name, verb, operation, Listing::Count)),
                ("aggregate", Some(_)) => methods.push(listing(types, &name, verb, operation, Listing::Aggregate)),
                ("search", Some(_)) => methods.push(listing(types, &name, verb, operation, Listing::Search)),
                _ => methods.push(plain(types, &name, verb, operation)),
            }
        }
        groups.push(Group {
            // A session's `org` is the tenant's id.
            attribute: if name == "org" { "organisation".to_owned() } else { name.clone() },
            doc: types.catalog.json["kinds"][&name]["doc"].as_str().unwrap_or_default().to_owned(),
            imports: operations.iter().any(|(verb, _)| verb == "import_csv"),
            name,
            record,
            methods,
        });
    }
    COMMON.clone_into(&mut types.group);
    groups
}

fn listing(types: &Types<'_>, group: &str, verb: &str, operation: &Json, listing: Listing) -> Method {
    let doc = match listing {
        Listing::Find => lines(&[
            format!("Finds records of the kind `{group}`; iterating fetches page after page."),
            "The filter is keywords such as `status__in=[…]`, a `Q`, or plain data. `order_by` is fields, with `-` for \
             descending; records without a value come last, the id decides ties. `limit` counts all of them. The records \
             of the relations in `with_` come along as `record.related`. `trashed` looks in the trash instead."
                .to_owned(),
            "Raises `Invalid` (`filter.invalid`, `field.unknown`, `page.size`, `page.cursor_mismatch`).".to_owned(),
        ]),
        Listing::Frame => lines(&[
            "Records as a table of Arrow, without a Python object per value.".to_owned(),
            "Give it to `polars.DataFrame`, `pyarrow.table`, `pandas.DataFrame.from_arrow` or DuckDB. `columns` are paths \
             as filters name them; all of them unless said. The rest is as in `find`, but without `order_by` and `limit` \
             records come as the storage has them, which is quickest."
                .to_owned(),
        ]),
        Listing::Export => lines(&[
            "Writes records as CSV, for spreadsheets or as JSON lines into a path or a binary file, and returns how many; an \
             import reads what comes of it."
                .to_owned(),
            "A spreadsheet has a byte order mark, and no cell that is taken for a formula. `columns` are paths in their \
             order, such as `email`, `address.city` or, one relation away, `account.name`; `labels` writes words into the \
             header, `local_times` moments in the tenant's time zone, and `names` the name of what is referred to beside \
             its id."
                .to_owned(),
            "`progress` shows a bar, or is a function that is called with records and bytes. The rest is as in `find`."
                .to_owned(),
        ]),
        Listing::Count => described(types, operation, &[], "The filter is as in `find`."),
        Listing::Aggregate => described(
            types,
            operation,
            &[],
            "`group_by` has fields, or `{\"month\": {\"field\": …, \"zone\": …}}`; `measure` has `count`, or `{\"sum\": field}`, `avg`, \
             `min`, `max`, `distinct`. The filter is as in `find`.",
        ),
        Listing::Search => lines(&["Finds records by words; iterating fetches page after page. The filter is as in `find`.".to_owned()]),
    };
    Method { verb: verb.to_owned(), doc, form: Form::Listing(listing) }
}

/// Text, parameters and refusals.
fn described(types: &Types<'_>, operation: &Json, parameters: &[Parameter], more: &str) -> Vec<String> {
    let doc = operation["doc"].as_str().unwrap_or_default();
    let (first, rest) = doc.split_once("\n\n").unwrap_or((doc, ""));
    let mut paragraphs = vec![first.replace('\n', " "), rest.to_owned(), more.to_owned()];
    let known = parameters.iter().filter(|parameter| !parameter.doc.is_empty());
    let known: Vec<String> =
        known.map(|parameter| format!("- `{}`: {}", parameter.name, parameter.doc.replace('\n', " "))).collect();
    paragraphs.push(known.join("\n"));
    let raised = types.catalog.refusals(operation).into_iter();
    let raised: Vec<String> = raised.map(|(class, codes)| format!("`{class}` (`{}`)", codes.join("`, `"))).collect();
    if !raised.is_empty() {
        paragraphs.push(format!("Raises {}.", raised.join("; ")));
    }
    lines(&paragraphs)
}

/// What a listing answers one of, when the answer is nothing but a page.
fn listed(types: &mut Types<'_>, operation: &Json) -> Option<Read> {
    let def = reference(&operation["output"])?.to_owned();
    let properties = types.catalog.def(&def)["properties"].clone();
    let only_a_page = keys(&properties) == ["items", "next"];
    let asks = operation["input"]["properties"].get("after").is_some();
    (only_a_page && asks).then(|| types.output(&properties["items"]["items"], &def, "item"))
}

fn plain(types: &mut Types<'_>, group: &str, verb: &str, operation: &Json) -> Method {
    let input = &operation["input"];
    let owner = types.catalog.kind(group).map_or_else(|| camel(group), |kind| kind.record.clone());
    let required = required(input);
    let mut names = keys(&input["properties"]);
    // The record first, then what must be given.
    names.sort_by_key(|name| (name != group, !required.contains(&name.as_str())));
    let listed = listed(types, operation);
    if listed.is_some() {
        // It counts all of them, not those of a page.
        names.retain(|name| name != "limit");
    }
    let mut parameters = Vec::new();
    for name in &names {
        let schema = &input["properties"][name];
        let annotation = types.input(schema, &owner, name);
        let writer = match annotation.as_str() {
            text if text.starts_with("User | Group | Assignee") => Some("assignee"),
            text if text.starts_with("Record | About") => Some("about"),
            _ => None,
        };
        parameters.push(Parameter {
            name: identifier(name),
            annotation,
            positional: name == group,
            optional: !required.contains(&name.as_str()),
            writer,
            doc: schema["description"].as_str().unwrap_or_default().to_owned(),
        });
    }
    let more = if listed.is_some() { "Iterating fetches page after page; `limit` counts all." } else { "" };
    let doc = described(types, operation, &parameters, more);
    let (answer, listed) = match listed {
        Some(item) => (item, true),
        None => (types.output(&operation["output"], &owner, verb), false),
    };
    Method { verb: verb.to_owned(), doc, form: Form::Plain(Plain { parameters, answer, listed }) }
}
