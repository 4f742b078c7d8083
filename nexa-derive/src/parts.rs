//! `#[derive(Field)]`: a struct of fields is a field with the columns of all of them.

use proc_macro2::{Ident, TokenStream};
use quote::{quote, quote_spanned};
use syn::{Attribute, Data, DeriveInput, Fields, LitStr, Result, Token, Type, ext::IdentExt, spanned::Spanned};

use crate::expand::kernel;

/// A part of the struct.
#[derive(Debug)]
pub(crate) struct Part {
    ident: Ident,
    name: String,
    of: Type,
    /// Whether it is left out of JSON when it is absent.
    omitted: bool,
}

/// A struct that can become a field.
#[derive(Debug)]
pub(crate) struct Parts {
    ident: Ident,
    optional: bool,
    parts: Vec<Part>,
}

impl Parts {
    /// Reads and checks the struct.
    pub(crate) fn read(input: &DeriveInput) -> Result<Self> {
        let ident = &input.ident;
        let named = match &input.data {
            Data::Struct(data) => match &data.fields {
                Fields::Named(named) => Some(&named.named),
                _ => None,
            },
            _ => None,
        };
        let shape = || syn::Error::new(ident.span(), "a field of several columns is a struct with named fields");
        let named = named.filter(|named| !named.is_empty()).ok_or_else(shape)?;
        if !input.generics.params.is_empty() {
            return Err(syn::Error::new_spanned(&input.generics, "a field takes no generic parameters"));
        }
        must_keep_its_form(&input.attrs)?;
        let optional = is_optional(&input.attrs)?;
        let parts = named.iter().filter_map(|field| Some(Part::read(field, field.ident.clone()?)));
        let parts = parts.collect::<Result<Vec<_>>>()?;
        if let (true, Some(shown)) = (optional, parts.iter().find(|part| !part.omitted)) {
            return Err(syn::Error::new(
                shown.ident.span(),
                "what may be absent without a part leaves each of them out: say #[serde(skip_serializing_if = \"Option::is_none\")]",
            ));
        }
        Ok(Self { ident: ident.clone(), optional, parts })
    }
}

impl Part {
    fn read(field: &syn::Field, ident: Ident) -> Result<Self> {
        let omitted = is_omitted(&field.attrs)?;
        Ok(Self { name: ident.unraw().to_string(), ident, of: field.ty.clone(), omitted })
    }
}

/// What stands in `#[field(…)]`.
fn is_optional(attributes: &[Attribute]) -> Result<bool> {
    let mut optional = false;
    for attribute in attributes.iter().filter(|attribute| attribute.path().is_ident("field")) {
        attribute.parse_nested_meta(|meta| {
            optional = meta.path.is_ident("optional");
            if optional { Ok(()) } else { Err(meta.error("unknown attribute; a struct of fields takes optional")) }
        })?;
    }
    Ok(optional)
}

/// In JSON the parts stand under their names; `default` and `deny_unknown_fields` say only how that is read.
fn must_keep_its_form(attributes: &[Attribute]) -> Result<()> {
    for attribute in serde(attributes) {
        attribute.parse_nested_meta(|meta| {
            let reads = meta.path.is_ident("default") || meta.path.is_ident("deny_unknown_fields");
            if reads { Ok(()) } else { Err(meta.error(OTHER_FORM)) }
        })?;
    }
    Ok(())
}

fn is_omitted(attributes: &[Attribute]) -> Result<bool> {
    let mut omitted = false;
    for attribute in serde(attributes) {
        attribute.parse_nested_meta(|meta| {
            if meta.path.is_ident("default") {
                return Ok(());
            }
            if !meta.path.is_ident("skip_serializing_if") {
                return Err(meta.error(OTHER_FORM));
            }
            meta.input.parse::<Token![=]>()?;
            let when: LitStr = meta.input.parse()?;
            omitted = when.value() == "Option::is_none";
            if omitted { Ok(()) } else { Err(syn::Error::new(when.span(), "a part is left out when it is none")) }
        })?;
    }
    Ok(omitted)
}

const OTHER_FORM: &str = "in JSON the parts of a field stand under their names, as their types say";

fn serde(attributes: &[Attribute]) -> impl Iterator<Item = &Attribute> {
    attributes.iter().filter(|attribute| attribute.path().is_ident("serde"))
}

/// The implementation of a field.
pub(crate) fn expand(parts: &Parts) -> TokenStream {
    let Parts { ident, optional, parts } = parts;
    let kernel = kernel();
    let types = parts.iter().map(|part| &part.of);
    let forms = parts.iter().map(|Part { of, omitted, .. }| quote!(nexa_kernel::record::Part::of::<#of>(#omitted)));
    let columns = parts.iter().map(|Part { name, of, .. }| {
        quote_spanned! {of.span()=>
            <#of as nexa_kernel::record::Field>::columns(&nexa_kernel::record::part_path(name, #name), out);
        }
    });
    let writes = parts
        .iter()
        .map(|Part { ident, of, .. }| quote!(<#of as nexa_kernel::record::Field>::write(&self.#ident, out);));
    let reads =
        parts.iter().map(|Part { ident, of, .. }| quote!(#ident: <#of as nexa_kernel::record::Field>::read(values)?));
    quote! {
        const _: () = {
        use #kernel as nexa_kernel;
        #[automatically_derived]
        impl nexa_kernel::record::Field for #ident {
            const WIDTH: usize = 0 #(+ <#types as nexa_kernel::record::Field>::WIDTH)*;
            const OPTIONAL: bool = #optional;
            const FORM: ::std::option::Option<nexa_kernel::record::Form> =
                nexa_kernel::record::Form::of_parts(&[#(#forms),*], #optional);
            fn columns(name: &str, out: &mut ::std::vec::Vec<nexa_kernel::record::ColumnDef>) {
                #(#columns)*
            }
            fn write(&self, out: &mut ::std::vec::Vec<nexa_kernel::value::Value>) {
                #(#writes)*
            }
            fn read(
                values: &mut dyn ::std::iter::Iterator<Item = nexa_kernel::value::Value>,
            ) -> nexa_kernel::error::Result<Self> {
                ::std::result::Result::Ok(Self { #(#reads),* })
            }
        }
        };
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn refusal(source: &str) -> String {
        let input: DeriveInput = syn::parse_str(source).unwrap();
        Parts::read(&input).unwrap_err().to_string()
    }

    #[test]
    fn a_field_of_several_columns_is_a_struct_with_names() {
        let message = "a field of several columns is a struct with named fields";
        for source in ["struct Pair(i64, i64);", "struct Nothing {}", "enum Either { One, Other }"] {
            assert_eq!(refusal(source), message, "{source}");
        }
        assert_eq!(refusal("struct Pair<T> { left: T }"), "a field takes no generic parameters");
    }

    #[test]
    fn its_parts_stand_in_json_as_they_are_called() {
        for source in [
            "#[serde(rename_all = \"camelCase\")] struct Pair { left: i64 }",
            "struct Pair { #[serde(rename = \"l\")] left: i64 }",
            "struct Pair { #[serde(flatten)] left: Other }",
        ] {
            assert_eq!(refusal(source), OTHER_FORM, "{source}");
        }
        let skipped = "struct Pair { #[serde(skip_serializing_if = \"is_zero\")] left: i64 }";
        assert_eq!(refusal(skipped), "a part is left out when it is none");
    }

    #[test]
    fn what_may_be_absent_leaves_out_each_part() {
        let shown = "#[field(optional)] struct Pair { left: Option<i64> }";
        assert!(refusal(shown).starts_with("what may be absent without a part leaves each of them out"));
        let unknown = "#[field(secret)] struct Pair { left: Option<i64> }";
        assert_eq!(refusal(unknown), "unknown attribute; a struct of fields takes optional");
    }
}
