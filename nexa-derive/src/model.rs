//! What the struct says, checked.

use proc_macro2::Span;
use syn::{
    Attribute, Data, DeriveInput, Expr, ExprLit, Fields, GenericArgument, Ident, Lit, LitStr, Meta, PathArguments,
    Result, Type, Visibility, ext::IdentExt,
};

use crate::attributes::{Access, Mark, StructAttributes};

/// The fields that every record has.
const REQUIRED: [&str; 4] = ["id", "version", "created_at", "updated_at"];

/// A struct that can become a record.
pub(crate) struct Model {
    pub(crate) ident: Ident,
    pub(crate) doc: String,
    pub(crate) kind: LitStr,
    pub(crate) table: LitStr,
    pub(crate) access: Access,
    pub(crate) attributes: StructAttributes,
    pub(crate) fields: Vec<Field>,
}

/// A field of the struct.
pub(crate) struct Field {
    pub(crate) ident: Ident,
    pub(crate) name: String,
    pub(crate) visibility: Visibility,
    pub(crate) doc: String,
    pub(crate) of: Type,
    pub(crate) marks: Vec<Mark>,
}

impl Model {
    /// Reads and checks the struct.
    pub(crate) fn read(input: &DeriveInput) -> Result<Self> {
        let ident = &input.ident;
        let named = match &input.data {
            Data::Struct(data) => match &data.fields {
                Fields::Named(named) => &named.named,
                _ => return Err(error(ident.span(), "a record is a struct with named fields")),
            },
            _ => return Err(error(ident.span(), "a record is a struct with named fields")),
        };
        if !input.generics.params.is_empty() {
            return Err(syn::Error::new_spanned(&input.generics, "a record takes no generic parameters"));
        }
        let mut attributes = StructAttributes::default();
        for attribute in ours(&input.attrs) {
            attribute.parse_args_with(|stream: syn::parse::ParseStream<'_>| attributes.read(stream))?;
        }
        let fields = named.iter().map(Field::read).collect::<Result<Vec<_>>>()?;
        check_required(ident, &fields)?;
        check_paths(&attributes, &fields)?;
        let missing = |what: &str| error(ident.span(), format!("say #[record({what} = \"…\")]"));
        let access = attributes.access.take().ok_or_else(|| {
            error(
                ident.span(),
                "say who may reach it: #[record(access = …)] with settings, work, restricted, through(…) or system",
            )
        });
        Ok(Self {
            ident: ident.clone(),
            doc: doc(&input.attrs),
            kind: attributes.kind.clone().ok_or_else(|| missing("kind"))?,
            table: attributes.table.clone().ok_or_else(|| missing("table"))?,
            access: access?,
            attributes,
            fields,
        })
    }
}

impl Field {
    fn read(field: &syn::Field) -> Result<Self> {
        let ident =
            field.ident.clone().ok_or_else(|| error(Span::call_site(), "a record is a struct with named fields"))?;
        if let Some(serde) = field.attrs.iter().find(|attribute| attribute.path().is_ident("serde")) {
            let said = "a record looks in JSON as its fields are called; give the field's type another form instead";
            return Err(syn::Error::new_spanned(serde, said));
        }
        let mut marks: Vec<Mark> = Vec::new();
        for attribute in ours(&field.attrs) {
            for (mark, span) in attribute.parse_args_with(Mark::read_all)? {
                if marks.iter().any(|other| other.is_like(&mark)) {
                    return Err(error(span, "given twice"));
                }
                if mark.derives() && marks.iter().any(|other| other.derives()) {
                    return Err(error(span, "a field has one derived column: folded, ranked, assignee or while_open"));
                }
                marks.push(mark);
            }
        }
        let name = ident.unraw().to_string();
        let visibility = field.vis.clone();
        Ok(Self { ident, name, visibility, doc: doc(&field.attrs), of: field.ty.clone(), marks })
    }
    /// Whether a derived column follows its own.
    pub(crate) fn derives(&self) -> bool {
        let names_a_user = matches!(self.present(), Type::Path(path)
            if path.path.segments.last().is_some_and(|last| last.ident == "Id"));
        self.marks.iter().any(|mark| mark.derives() && !(*mark == Mark::Assignee && names_a_user))
    }
    /// The type without `Option`.
    pub(crate) fn present(&self) -> &Type {
        if let Type::Path(path) = &self.of
            && let Some(last) = path.path.segments.last()
            && last.ident == "Option"
            && let PathArguments::AngleBracketed(arguments) = &last.arguments
            && let Some(GenericArgument::Type(inner)) = arguments.args.first()
        {
            return inner;
        }
        &self.of
    }
}

fn check_required(ident: &Ident, fields: &[Field]) -> Result<()> {
    let missing: Vec<String> = REQUIRED
        .iter()
        .filter(|name| !fields.iter().any(|field| field.name == **name))
        .map(|name| format!("`{name}`"))
        .collect();
    if missing.is_empty() {
        return Ok(());
    }
    Err(error(ident.span(), format!("a record also needs {}", missing.join(", "))))
}

/// The field of a path must exist; what is below it is known at run time only.
fn check_paths(attributes: &StructAttributes, fields: &[Field]) -> Result<()> {
    let uniques = attributes.uniques.iter().flat_map(|unique| &unique.paths);
    let search = attributes.search.iter().map(|(path, _)| path);
    let open = attributes.open.iter().flat_map(|open| open.first());
    // The field that lapses, and the one that says when.
    let lapses = attributes.lapses.iter().flat_map(|parts| parts.iter().step_by(2));
    let through: Vec<&LitStr> = match &attributes.access {
        Some(Access::Through { parent, only }) => only.iter().map(|(field, _)| field).chain([parent]).collect(),
        _ => Vec::new(),
    };
    let becomes = fields.iter().flat_map(|field| &field.marks).filter_map(|mark| match mark {
        Mark::Becomes(field) => Some(field),
        _ => None,
    });
    for path in uniques
        .chain(open)
        .chain(lapses)
        .chain(through)
        .chain(becomes)
        .chain(attributes.indexes.iter().flatten())
        .chain(search)
    {
        let text = path.value();
        let head = text.split('.').next().unwrap_or_default();
        if !fields.iter().any(|field| field.name == head) {
            return Err(error(path.span(), format!("there is no field `{head}`")));
        }
    }
    Ok(())
}

fn ours(attributes: &[Attribute]) -> impl Iterator<Item = &Attribute> {
    attributes.iter().filter(|attribute| attribute.path().is_ident("record"))
}

/// The doc comment as one text.
fn doc(attributes: &[Attribute]) -> String {
    let lines: Vec<String> = attributes
        .iter()
        .filter_map(|attribute| match &attribute.meta {
            Meta::NameValue(pair) if pair.path.is_ident("doc") => match &pair.value {
                Expr::Lit(ExprLit { lit: Lit::Str(text), .. }) => Some(text.value().trim().to_owned()),
                _ => None,
            },
            _ => None,
        })
        .collect();
    lines.join("\n").trim().to_owned()
}

fn error(span: Span, message: impl std::fmt::Display) -> syn::Error {
    syn::Error::new(span, message)
}

#[cfg(test)]
mod tests;
