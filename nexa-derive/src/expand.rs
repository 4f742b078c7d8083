//! Writes the code of a record.

use proc_macro_crate::{FoundCrate, crate_name};
use proc_macro2::{Ident, TokenStream};
use quote::{format_ident, quote, quote_spanned};
use syn::spanned::Spanned;

use crate::{
    attributes::{Access, Mark, OnTrash},
    model::{Field, Model},
};

/// The implementations and constants of a record.
pub(crate) fn expand(model: &Model) -> TokenStream {
    let Model { ident, kind, fields, .. } = model;
    let declaration = declaration(model);
    let name = ident.to_string();
    let writes = fields.iter().map(write);
    let reads = fields.iter().map(read);
    let idents: Vec<_> = fields.iter().map(|field| &field.ident).collect();
    let constants = fields.iter().map(|field| constant(ident, field));
    let kernel = kernel();
    quote! {
        const _: () = {
        use #kernel as nexa_kernel;
        #[automatically_derived]
        impl nexa_kernel::record::Kind for #ident {
            const KIND: &'static str = #kind;
        }
        #[automatically_derived]
        impl nexa_kernel::record::Record for #ident {
            fn def() -> &'static nexa_kernel::record::RecordDef {
                const DECLARATION: &nexa_kernel::definition::Declaration = &#declaration;
                static DEFINITION: nexa_kernel::definition::Defined =
                    nexa_kernel::definition::Defined::by(DECLARATION);
                DEFINITION.get()
            }
            fn to_row(&self) -> nexa_kernel::record::Row {
                let definition = <Self as nexa_kernel::record::Record>::def();
                let mut values = ::std::vec::Vec::with_capacity(definition.columns.len());
                #(#writes)*
                let mut row = nexa_kernel::record::Row::new(values);
                definition.derive(&mut row);
                row
            }
            fn from_row(row: nexa_kernel::record::Row) -> nexa_kernel::error::Result<Self> {
                let mut cells = nexa_kernel::record::Cells::of(row);
                match (#(#reads,)*) {
                    (#(::std::option::Option::Some(#idents),)*) => ::std::result::Result::Ok(Self { #(#idents),* }),
                    _ => ::std::result::Result::Err(cells.problem()),
                }
            }
            fn id(&self) -> nexa_kernel::record::Id<Self> {
                self.id
            }
            fn version(&self) -> i64 {
                self.version
            }
            fn created_at(&self) -> nexa_kernel::value::Timestamp {
                self.created_at
            }
            fn stamp(
                &mut self,
                id: nexa_kernel::record::Id<Self>,
                version: i64,
                created_at: nexa_kernel::value::Timestamp,
                updated_at: nexa_kernel::value::Timestamp,
            ) {
                self.id = id;
                self.version = version;
                self.created_at = created_at;
                self.updated_at = updated_at;
            }
        }
        #[automatically_derived]
        impl nexa_kernel::schemars::JsonSchema for #ident {
            fn schema_name() -> ::std::borrow::Cow<'static, str> {
                ::std::borrow::Cow::Borrowed(#name)
            }
            fn json_schema(generator: &mut nexa_kernel::schemars::SchemaGenerator) -> nexa_kernel::schemars::Schema {
                nexa_kernel::record::schema::of::<Self>(generator)
            }
        }
        #[allow(dead_code)]
        impl #ident {
            #(#constants)*
        }
        };
    }
}

/// Where the caller's crate finds the kernel: it depends on it, on the core, or on the facade alone.
pub(crate) fn kernel() -> TokenStream {
    let known = |package: &str| {
        let name = match crate_name(package).ok()? {
            FoundCrate::Itself => package.replace('-', "_"),
            FoundCrate::Name(name) => name,
        };
        Some(format_ident!("{}", name))
    };
    if let Some(kernel) = known("nexa-kernel") {
        return quote!(::#kernel);
    }
    let library = known("nexa-core").or_else(|| known("nexa-crm"));
    let library = library.unwrap_or_else(|| format_ident!("nexa_core"));
    quote!(::#library::kernel)
}

fn declaration(model: &Model) -> TokenStream {
    let Model { ident, doc, kind, table, access, attributes, fields } = model;
    let name = ident.to_string();
    let fields = fields.iter().map(|Field { name, doc, of, marks, .. }| {
        let marks = marks.iter().map(|mark| match mark {
            Mark::Editable => quote!(Editable),
            Mark::Personal => quote!(Personal),
            Mark::Person => quote!(Person),
            Mark::Folded => quote!(Folded),
            Mark::Ranked => quote!(Ranked),
            Mark::WhileOpen => quote!(WhileOpen),
            Mark::Assignee => quote!(Assignee),
            Mark::Follows(kinds) => quote!(Follows(&[#(#kinds),*])),
            Mark::Author => quote!(Author),
            Mark::Readers => quote!(Readers),
            Mark::Mentions => quote!(Mentions),
            Mark::OnTrash(on_trash) => {
                let on_trash = match on_trash {
                    OnTrash::Refuse => quote!(Refuse),
                    OnTrash::WithParent => quote!(WithParent),
                    OnTrash::Keep => quote!(Keep),
                    OnTrash::Mention => quote!(Mention),
                };
                quote!(OnTrash(nexa_kernel::record::OnTrash::#on_trash))
            }
            Mark::Becomes(field) => quote!(Becomes(#field)),
            Mark::Backfill(literal) => {
                let sort = match literal {
                    syn::Lit::Int(_) => quote!(Number),
                    syn::Lit::Bool(_) => quote!(Truth),
                    _ => quote!(Text),
                };
                quote!(Backfill(nexa_kernel::definition::Backfill::#sort(#literal)))
            }
        });
        quote_spanned! {of.span()=>
            nexa_kernel::definition::DeclaredField::new::<#of>(
                #name, #doc, &[#(nexa_kernel::definition::Mark::#marks),*]
            )
        }
    });
    let search = attributes.search.iter().map(|(path, weight)| quote!((#path, #weight)));
    let open = match attributes.open.as_deref() {
        Some([status, values @ ..]) => quote!(::std::option::Option::Some((#status, &[#(#values),*]))),
        _ => quote!(::std::option::Option::None),
    };
    let lapses = match attributes.lapses.as_deref() {
        Some([field, from, at, to]) => quote!(::std::option::Option::Some([#field, #from, #at, #to])),
        _ => quote!(::std::option::Option::None),
    };
    let uniques = attributes.uniques.iter().map(|unique| {
        let (paths, code) = (&unique.paths, &unique.code);
        quote!((&[#(#paths),*], #code))
    });
    let indexes = attributes.indexes.iter().map(|paths| quote!(&[#(#paths),*]));
    let ledger = !attributes.bookkeeping;
    let person = attributes.person;
    let no_person = match &attributes.no_person {
        Some(why) => quote!(::std::option::Option::Some(#why)),
        None => quote!(::std::option::Option::None),
    };
    let access = match access {
        Access::Settings => quote!(Settings),
        Access::Work => quote!(Work),
        Access::Restricted => quote!(Restricted),
        Access::System => quote!(System),
        Access::Through { parent, only: None } => quote!(Through(#parent, ::std::option::Option::None)),
        Access::Through { parent, only: Some((field, value)) } => {
            quote!(Through(#parent, ::std::option::Option::Some((#field, #value))))
        }
    };
    quote! {
        nexa_kernel::definition::Declaration {
            kind: #kind,
            name: #name,
            table: #table,
            doc: #doc,
            access: nexa_kernel::access::AccessClass::#access,
            fields: &[#(#fields),*],
            search: &[#(#search),*],
            open: #open,
            lapses: #lapses,
            uniques: &[#(#uniques),*],
            indexes: &[#(#indexes),*],
            ledger: #ledger,
            person: #person,
            no_person: #no_person,
        }
    }
}

fn write(field: &Field) -> TokenStream {
    let Field { ident, of, .. } = field;
    // The place of the derived column; `RecordDef::derive` fills it.
    let derived = field.derives().then(|| quote!(values.push(nexa_kernel::value::Value::Null);));
    quote_spanned! {of.span()=>
        <#of as nexa_kernel::record::Field>::write(&self.#ident, &mut values);
        #derived
    }
}

fn read(field: &Field) -> TokenStream {
    let of = &field.of;
    if field.derives() {
        quote_spanned!(of.span()=> cells.take_with_derived::<#of>())
    } else {
        quote_spanned!(of.span()=> cells.take::<#of>())
    }
}

fn constant(record: &Ident, field: &Field) -> TokenStream {
    let Field { ident, name, visibility, .. } = field;
    let present = field.present();
    let constant = format_ident!("{}", name.to_uppercase(), span = ident.span());
    let doc = if field.doc.is_empty() { format!("The field `{name}`.") } else { field.doc.clone() };
    quote! {
        #[doc = #doc]
        #visibility const #constant: nexa_kernel::record::Column<#record, #present> =
            nexa_kernel::record::Column::new(#name);
    }
}
