//! `#[derive(Input)]`: a struct that is read by the names of its fields, with hardly any code of its own.

use proc_macro2::TokenStream;
use quote::{format_ident, quote};
use syn::{
    Attribute, Data, DeriveInput, Expr, Field, Fields, LitStr, Path, Result, Token, Type, WherePredicate,
    ext::IdentExt, punctuated::Punctuated, spanned::Spanned,
};

/// So many fields are told apart by the bits of a number.
const MOST_FIELDS: usize = 64;

/// What `#[serde(…)]` says of a struct or a field, as far as it concerns reading.
#[derive(Default)]
struct Attributes {
    default: bool,
    default_by: Option<Path>,
    closed: bool,
    skip: bool,
    rest: bool,
    bound: Option<LitStr>,
}

impl Attributes {
    fn read(attributes: &[Attribute]) -> Result<Self> {
        let mut read = Self::default();
        for attribute in attributes.iter().filter(|attribute| attribute.path().is_ident("serde")) {
            attribute.parse_nested_meta(|meta| {
                if meta.path.is_ident("deny_unknown_fields") {
                    read.closed = true;
                } else if meta.path.is_ident("default") {
                    match meta.value() {
                        Ok(value) => read.default_by = Some(value.parse::<LitStr>()?.parse()?),
                        Err(_) => read.default = true,
                    }
                } else if meta.path.is_ident("skip") {
                    read.skip = true;
                } else if meta.path.is_ident("flatten") {
                    read.rest = true;
                } else if meta.path.is_ident("skip_serializing_if") {
                    meta.value()?.parse::<Expr>()?;
                } else if meta.path.is_ident("bound") {
                    read.bound = Some(meta.value()?.parse()?);
                } else {
                    return Err(meta.error(
                        "an input takes default, deny_unknown_fields, flatten, skip, skip_serializing_if and bound",
                    ));
                }
                Ok(())
            })?;
        }
        Ok(read)
    }
}

/// A field, and what it is before anybody gives it.
struct Part<'a> {
    field: &'a Field,
    attributes: Attributes,
}

impl Part<'_> {
    /// Whether it has to be given.
    fn required(&self) -> bool {
        let Attributes { default, default_by, skip, rest, .. } = &self.attributes;
        !(*default || *skip || *rest || default_by.is_some() || is_option(&self.field.ty))
    }
    fn initial(&self) -> TokenStream {
        let of = &self.field.ty;
        match &self.attributes.default_by {
            Some(path) => quote!(#path()),
            None if self.required() => quote!(::std::option::Option::<#of>::None),
            None => quote!(<#of as ::std::default::Default>::default()),
        }
    }
}

/// The implementations of a struct that is an input.
pub(crate) fn expand(input: &DeriveInput) -> Result<TokenStream> {
    let whole = Attributes::read(&input.attrs)?;
    let parts = parts(input)?;
    let given: Vec<&Part<'_>> = parts.iter().filter(|part| !part.attributes.skip && !part.attributes.rest).collect();
    let rest = parts.iter().any(|part| part.attributes.rest);
    if given.len() > MOST_FIELDS {
        return Err(syn::Error::new(input.ident.span(), "an input has at most 64 fields"));
    }
    let read = if whole.default { into_default(&given) } else { into_slots(&parts, &given) };
    let ident = &input.ident;
    let name = ident.to_string();
    let others = match (whole.closed, rest) {
        (true, _) => quote!(Refused),
        (false, true) => quote!(Kept),
        (false, false) => quote!(Ignored),
    };
    let names = given.iter().filter_map(|part| part.field.ident.as_ref()).map(|ident| ident.unraw().to_string());
    let mut generics = input.generics.clone();
    if let Some(bound) = &whole.bound {
        let predicates = bound.parse_with(Punctuated::<WherePredicate, Token![,]>::parse_terminated)?;
        generics.make_where_clause().predicates.extend(predicates);
    }
    let (_, of, bounds) = generics.split_for_impl();
    let own = &generics.params;
    Ok(quote! {
        #[automatically_derived]
        impl<#own> ::nexa_kernel::input::ByName for #ident #of #bounds {
            const NAME: &'static str = #name;
            const FIELDS: &'static [&'static str] = &[#(#names),*];
            const OTHERS: ::nexa_kernel::input::Others = ::nexa_kernel::input::Others::#others;
            fn read<'de, M: ::serde::de::MapAccess<'de>>(
                entries: &mut ::nexa_kernel::input::Fields<'de, M>,
            ) -> ::std::option::Option<Self> {
                #read
            }
        }
        #[automatically_derived]
        impl<'de, #own> ::serde::Deserialize<'de> for #ident #of #bounds {
            fn deserialize<D: ::serde::Deserializer<'de>>(deserializer: D) -> ::std::result::Result<Self, D::Error> {
                ::nexa_kernel::input::by_name(deserializer)
            }
        }
    })
}

fn parts(input: &DeriveInput) -> Result<Vec<Part<'_>>> {
    let Data::Struct(data) = &input.data else {
        return Err(syn::Error::new(input.ident.span(), "an input is a struct"));
    };
    let Fields::Named(fields) = &data.fields else {
        return Err(syn::Error::new(data.fields.span(), "the fields of an input have names"));
    };
    fields.named.iter().map(|field| Ok(Part { field, attributes: Attributes::read(&field.attrs)? })).collect()
}

/// Replaces the fields of the default that are given.
fn into_default(given: &[&Part<'_>]) -> TokenStream {
    let (at, idents) = (0..given.len(), given.iter().map(|part| &part.field.ident));
    quote! {
        let mut input = <Self as ::std::default::Default>::default();
        while let ::std::option::Option::Some(at) = entries.next_field() {
            match at {
                #(#at => entries.replace(&mut input.#idents),)*
                _ => {}
            }
        }
        entries.complete(0).then_some(input)
    }
}

/// Fills one variable for each field, and puts the struct together.
fn into_slots(parts: &[Part<'_>], given: &[&Part<'_>]) -> TokenStream {
    let slot = |part: &Part<'_>| part.field.ident.as_ref().map(|ident| format_ident!("{}_given", ident.unraw()));
    let own = || parts.iter().filter(|part| !part.attributes.rest);
    let (slots, initials) = (own().map(slot), own().map(Part::initial));
    let arms = given.iter().enumerate().map(|(at, part)| {
        let (slot, read) = (slot(part), if part.required() { quote!(fill) } else { quote!(replace) });
        quote!(#at => entries.#read(&mut #slot),)
    });
    let needed = given.iter().enumerate().filter(|(_, part)| part.required());
    let mask = needed.fold(0_u64, |mask, (at, _)| mask | 1 << at);
    let required: Vec<_> = parts.iter().filter(|part| part.required()).map(slot).collect();
    let fields = parts.iter().map(|part| {
        let (ident, slot) = (&part.field.ident, slot(part));
        if part.attributes.rest { quote!(#ident: entries.others().into()) } else { quote!(#ident: #slot) }
    });
    quote! {
        #(let mut #slots = #initials;)*
        while let ::std::option::Option::Some(at) = entries.next_field() {
            match at {
                #(#arms)*
                _ => {}
            }
        }
        let complete = entries.complete(#mask);
        match (#(#required,)*) {
            (#(::std::option::Option::Some(#required),)*) if complete => {
                ::std::option::Option::Some(Self { #(#fields),* })
            }
            _ => ::std::option::Option::None,
        }
    }
}

/// What is absent is `None`, as everywhere in serde.
fn is_option(of: &Type) -> bool {
    matches!(of, Type::Path(path) if path.path.segments.last().is_some_and(|last| last.ident == "Option"))
}
