//! The values that a message is made with: what its template reads, and no more, in the scope of whoever asks for it.

use serde_json::{Map, Value as Json};
use uuid::Uuid;

use super::{TemplateVariable, problem::VARIABLE_MISSING};
use crate::{
    About, Context, Id, Language, Record, Ref, Result, TimeZone,
    kernel::{
        context::not_found,
        error::codes,
        record::{RecordDef, Row},
    },
    people::{Org, org},
    sales::{Account, Contact, Lead},
};

/// Whom a message goes to, and what it is about.
#[derive(Clone, Debug, Default, PartialEq)]
pub(in crate::mail) struct Occasion {
    pub(in crate::mail) about: Option<About>,
    pub(in crate::mail) contact: Option<Id<Contact>>,
    pub(in crate::mail) lead: Option<Id<Lead>>,
}

/// What is read for a message.
#[derive(Clone, Debug, Default, PartialEq)]
pub(in crate::mail) struct Collected {
    /// The values that the template reads.
    pub(in crate::mail) values: Map<String, Json>,
    /// The languages in which the person wants to be written to, the first one first.
    pub(in crate::mail) languages: Vec<Language>,
    /// The zone whose clocks the person lives by.
    pub(in crate::mail) time_zone: TimeZone,
}

/// A record that a template knows, as the actor may see it.
struct Known {
    name: String,
    def: &'static RecordDef,
    row: Row,
}

/// Reads what a template reads. Errors: `record.not_found`, `field.unknown`, `field.invalid`, `template.variable_missing`.
pub(in crate::mail) async fn collect(
    cx: &mut Context<'_>,
    (about, reads, variables): (Option<&str>, &[String], &[TemplateVariable]),
    occasion: &Occasion,
    given: &Map<String, Json>,
) -> Result<Collected> {
    let known = records(cx, about, occasion).await?;
    let mut values = variables_of(variables, given)?;
    for record in &known {
        let paths = reads.iter().filter_map(|read| match read.split_once('.') {
            Some((root, path)) => (root == record.name).then_some(path),
            None => (*read == record.name).then_some(""),
        });
        let paths: Vec<&str> = paths.collect();
        if !paths.is_empty() {
            values.insert(record.name.clone(), Json::Object(fields(cx, record.def, &record.row, &paths).await?));
        }
    }
    let languages = ["contact", "lead", "account"].into_iter().filter_map(|name| {
        let text = text_of(known.iter().find(|record| record.name == name)?, "language")?;
        Language::parse(&text).ok()
    });
    let zones = ["contact", "lead", "account", "org"].into_iter().filter_map(|name| {
        let text = text_of(known.iter().find(|record| record.name == name)?, "time_zone")?;
        TimeZone::parse(&text).ok()
    });
    let (languages, zone) = (languages.collect(), zones.into_iter().next());
    let time_zone = match zone {
        Some(zone) => zone,
        None => org::settings(cx).await?.time_zone,
    };
    Ok(Collected { values, languages, time_zone })
}

fn text_of(record: &Known, field: &str) -> Option<String> {
    record.row.get(record.def.column(field)?).as_text().map(str::to_owned)
}

/// The records of an occasion that the actor may see. What it names itself must be among them. Error: `record.not_found`.
async fn records(cx: &mut Context<'_>, about: Option<&str>, occasion: &Occasion) -> Result<Vec<Known>> {
    let mut known: Vec<Known> = Vec::new();
    if let Some(About::Record { kind, id }) = &occasion.about {
        if about.is_some_and(|about| about != kind) {
            let problem = format!("give a {}, which the template is about", about.unwrap_or_default());
            return Err(super::invalid("about", problem));
        }
        let def = cx.kind(kind)?;
        // `contact` and `lead` are those to whom it goes.
        let goes_to = [("contact", occasion.contact.is_some()), ("lead", occasion.lead.is_some())];
        if !goes_to.contains(&(kind.as_str(), true)) {
            add(cx, &mut known, kind, def, *id, true).await?;
        }
    }
    for (name, id) in [("contact", occasion.contact.map(Id::uuid)), ("lead", occasion.lead.map(Id::uuid))] {
        if let Some(id) = id {
            let def = cx.kind(name)?;
            add(cx, &mut known, name, def, id, true).await?;
        }
    }
    // Whom and what these point at, the nearest first.
    for (name, def) in [("contact", Contact::def()), ("lead", Lead::def()), ("account", Account::def())] {
        if let Some(id) = pointed_at(&known, |_, relation| relation == def.kind, name) {
            add(cx, &mut known, name, def, id, false).await?;
        }
    }
    let owner = |path: &str, kind: &str| {
        kind == "user" && matches!(path, "owner" | "owner.user" | "assignee" | "assignee.user" | "organizer")
    };
    if let Some(id) = pointed_at(&known, owner, "owner") {
        let def = cx.kind("user")?;
        add(cx, &mut known, "owner", def, id, false).await?;
    }
    let org = cx.org();
    add(cx, &mut known, "org", Org::def(), org, false).await?;
    Ok(known)
}

/// The record that the known ones point at under one of these names.
fn pointed_at(known: &[Known], fits: impl Fn(&str, &str) -> bool, name: &str) -> Option<Uuid> {
    if known.iter().any(|record| record.name == name) {
        return None;
    }
    known.iter().find_map(|record| {
        let mut relations = record.def.relations.iter().filter(|relation| fits(&relation.name, relation.kind));
        relations.find_map(|relation| record.row.get(relation.column).as_uuid())
    })
}

async fn add(
    cx: &mut Context<'_>,
    known: &mut Vec<Known>,
    name: &str,
    def: &'static RecordDef,
    id: Uuid,
    must: bool,
) -> Result<()> {
    let hidden = cx.hidden(def)?;
    match cx.visible_row(def, &Ref::Id(Id::new(id)), false).await {
        Ok(row) => {
            let row = crate::kernel::context::conceal(def, row, &hidden);
            known.push(Known { name: name.to_owned(), def, row });
            Ok(())
        }
        Err(error) if must => Err(error),
        Err(error) if error.code() == codes::NOT_FOUND.code || error.code() == codes::TRASHED.code => Ok(()),
        Err(error) => Err(error),
    }
}

/// The fields of a record at these paths, as far as the actor may see them.
async fn fields(cx: &mut Context<'_>, def: &'static RecordDef, row: &Row, paths: &[&str]) -> Result<Map<String, Json>> {
    let json = json_of(cx, def, row)?;
    let mut fields = Map::new();
    for path in paths.iter().filter(|path| !path.is_empty()) {
        let (name, within) = path.split_once('.').unwrap_or((path, ""));
        let relation = def.relations.iter().find(|relation| relation.name == name && !within.is_empty());
        match relation {
            Some(relation) => {
                let Some(id) = row.get(relation.column).as_uuid().filter(|_| json.contains_key(name)) else { continue };
                let of = cx.kind(relation.kind)?;
                let mut other = Vec::new();
                add(cx, &mut other, name, of, id, false).await?;
                let Some(other) = other.first() else { continue };
                let other = json_of(cx, of, &other.row)?;
                put(&mut fields, path, json_at(&Json::Object(other), within));
            }
            None => put(&mut fields, path, json.get(name).and_then(|json| json_at(json, within))),
        }
    }
    Ok(fields)
}

fn json_of(cx: &Context<'_>, def: &'static RecordDef, row: &Row) -> Result<Map<String, Json>> {
    let mut text = String::new();
    def.write_json(row, &cx.hidden(def)?, &mut text)?;
    serde_json::from_str(&text).map_err(|_| not_found(def, row.id(def)))
}

fn json_at<'j>(json: &'j Json, path: &str) -> Option<Json>
where
    Json: 'j,
{
    let steps = path.split('.').filter(|step| !step.is_empty());
    steps.into_iter().try_fold(json, |json, step| json.get(step)).cloned()
}

/// Puts a value at a path, with the objects that lead there.
fn put(fields: &mut Map<String, Json>, path: &str, value: Option<Json>) {
    let Some(value) = value.filter(|value| !value.is_null()) else { return };
    match path.split_once('.') {
        // Fields of a record say more than its id.
        None => drop(fields.entry(path).or_insert(value)),
        Some((name, rest)) => {
            let within = fields.entry(name).or_insert_with(|| Json::Object(Map::new()));
            if !within.is_object() {
                // The id of a record of which fields are read as well.
                *within = Json::Object(Map::new());
            }
            if let Json::Object(within) = within {
                put(within, rest, Some(value));
            }
        }
    }
}

/// The variables with the values that were given, or their defaults. Errors: `field.unknown`, `field.invalid`,
/// `template.variable_missing`.
fn variables_of(variables: &[TemplateVariable], given: &Map<String, Json>) -> Result<Map<String, Json>> {
    if let Some(name) = given.keys().find(|name| !variables.iter().any(|variable| variable.name == name.as_str())) {
        return Err(super::invalid("values", format!("the template has no variable {name}; leave it out")));
    }
    let mut values = Map::new();
    for variable in variables {
        let given = given.get(variable.name.as_str()).filter(|value| !value.is_null());
        match given.or(variable.default.as_ref()) {
            Some(value) if variable.r#type.fits(value) => drop(values.insert(variable.name.to_string(), value.clone())),
            Some(_) => {
                let (name, r#type) = (&variable.name, variable.r#type);
                return Err(super::invalid("values", format!("give {name} a value that is a {type}")));
            }
            None if variable.required => return Err(VARIABLE_MISSING.with("variable", &variable.name)),
            None => {}
        }
    }
    Ok(values)
}
