//! `#[command]`: the constant half of a change, from the attribute and the struct.

use proc_macro2::TokenStream;
use quote::quote;
use syn::{
    Field, Fields, Ident, ItemStruct, LitStr, Path, Result, Token, Type,
    ext::IdentExt,
    parenthesized,
    parse::{Parse, ParseStream},
    punctuated::Punctuated,
};

use crate::expand::kernel;

/// What stands in `#[command(…)]`.
pub(crate) struct Command {
    verb: LitStr,
    works: Works,
    action: Option<Ident>,
    guard: Option<Path>,
    guard_for: Option<Path>,
    check: Option<Path>,
    prefetch: Option<Path>,
    errors: Vec<Path>,
    trashed: bool,
    name: Option<LitStr>,
    is_final: Option<LitStr>,
}

/// What a command works on.
enum Works {
    /// A record of this type.
    OnRecord(Path),
    /// The collection of the records of this type.
    OnCollection(Path),
}

const KEYS: &str = "a command takes its verb, then on = Record or collection = Record, and action, guard, guard_for, check, prefetch, errors(…), trashed, name, final";

impl Parse for Command {
    fn parse(input: ParseStream<'_>) -> Result<Self> {
        let verb: LitStr = input.parse()?;
        let (mut works, mut action, mut guard, mut guard_for) = (None, None, None, None);
        let (mut check, mut prefetch) = (None, None);
        let (mut errors, mut trashed) = (Vec::new(), false);
        let (mut whole, mut is_final) = (None, None);
        while !input.is_empty() {
            input.parse::<Token![,]>()?;
            if input.is_empty() {
                break;
            }
            let key = input.call(Ident::parse_any)?;
            match key.to_string().as_str() {
                "errors" => {
                    let content;
                    parenthesized!(content in input);
                    errors.extend(Punctuated::<Path, Token![,]>::parse_terminated(&content)?);
                }
                "trashed" => trashed = true,
                name => {
                    input.parse::<Token![=]>()?;
                    match name {
                        "on" => works = Some(Works::OnRecord(input.parse()?)),
                        "collection" => works = Some(Works::OnCollection(input.parse()?)),
                        "action" => action = Some(input.parse()?),
                        "guard" => guard = Some(input.parse()?),
                        "guard_for" => guard_for = Some(input.parse()?),
                        "check" => check = Some(input.parse()?),
                        "prefetch" => prefetch = Some(input.parse()?),
                        "name" => whole = Some(input.parse()?),
                        "final" => is_final = Some(input.parse()?),
                        _ => return Err(syn::Error::new(key.span(), KEYS)),
                    }
                }
            }
        }
        let works = works.ok_or_else(|| syn::Error::new(verb.span(), KEYS))?;
        let name = whole;
        Ok(Self { verb, works, action, guard, guard_for, check, prefetch, errors, trashed, name, is_final })
    }
}

/// The struct with what every command derives, and its constant half.
pub(crate) fn expand(command: &Command, mut item: ItemStruct) -> Result<TokenStream> {
    let kernel = kernel();
    let (of, form) = match &command.works {
        Works::OnRecord(of) => (of, quote!(OnRecord)),
        Works::OnCollection(of) => (of, quote!(OnCollection)),
    };
    let record = match &command.works {
        Works::OnCollection(_) => None,
        Works::OnRecord(of) => {
            let field =
                item.fields.iter().find(|field| is_reference(&field.ty, of)).and_then(|field| field.ident.clone());
            let field = field.ok_or_else(|| {
                let record = quote!(#of).to_string();
                syn::Error::new_spanned(
                    &item.ident,
                    format!("name the record that it works on: a field of type Ref<{record}>"),
                )
            })?;
            Some(quote! {
                fn record(&self) -> ::std::option::Option<&nexa_kernel::record::Ref<#of>> {
                    ::std::option::Option::Some(&self.#field)
                }
            })
        }
    };
    let names_record = record.is_some();
    if let (Some(guard), false) = (command.guard.as_ref().or(command.guard_for.as_ref()), names_record) {
        return Err(syn::Error::new_spanned(guard, "what names no record has none to guard"));
    }
    let guard = command.guard.as_ref().map(|guard| {
        quote! {
            fn guard(record: &#of, _: &nexa_kernel::access::Actor) -> nexa_kernel::error::Result<()> {
                #guard(record)
            }
        }
    });
    let guard_for = command.guard_for.as_ref().map(|guard| {
        quote! {
            fn guard(record: &#of, actor: &nexa_kernel::access::Actor) -> nexa_kernel::error::Result<()> {
                #guard(record, actor)
            }
        }
    });
    let check = command.check.as_ref().map(|check| {
        quote! {
            fn check(&self) -> nexa_kernel::error::Result<()> {
                #check(self)
            }
        }
    });
    let prefetch = command.prefetch.as_ref().map(|prefetch| {
        quote! {
            fn prefetch(&self, org: nexa_kernel::uuid::Uuid) -> ::std::vec::Vec<nexa_kernel::store::Prefetch> {
                #prefetch(self, org)
            }
        }
    });
    let action = command
        .action
        .as_ref()
        .map(|action| quote!(const ACTION: nexa_kernel::access::Action = nexa_kernel::access::Action::#action;));
    let name = command
        .name
        .as_ref()
        .map(|name| quote!(const NAME: ::std::option::Option<&'static str> = ::std::option::Option::Some(#name);));
    let is_final = command
        .is_final
        .as_ref()
        .map(|reason| quote!(const FINAL: ::std::option::Option<&'static str> = ::std::option::Option::Some(#reason);));
    // The crate of the command need not depend on these itself.
    let path = kernel.to_string().replace(' ', "");
    let (serde, schemars) = (format!("{path}::serde"), format!("{path}::schemars"));
    let (verb, errors, trashed, ident) = (&command.verb, &command.errors, command.trashed, item.ident.clone());
    if let Fields::Named(fields) = &mut item.fields {
        fields.named.iter_mut().filter(|field| is_plain_option(field)).for_each(|field| {
            field.attrs.push(syn::parse_quote!(#[serde(default, skip_serializing_if = "Option::is_none")]));
        });
    }
    Ok(quote! {
        #[derive(Clone, Debug, #kernel::serde::Serialize, #kernel::serde::Deserialize, #kernel::schemars::JsonSchema)]
        #[serde(crate = #serde, deny_unknown_fields)]
        #[schemars(crate = #schemars)]
        #item
        const _: () = {
            use #kernel as nexa_kernel;
            #[automatically_derived]
            impl nexa_kernel::operation::Operation for #ident {
                const VERB: &'static str = #verb;
                #name
                #action
                #is_final
                const ERRORS: &'static [nexa_kernel::error::Code] = &[#(#errors),*];
                const TRASHED: bool = #trashed;
                const NAMES_RECORD: bool = #names_record;
                type Of = #of;
                type Form = nexa_kernel::operation::#form;
                #record
                #guard
                #guard_for
                #check
                #prefetch
            }
        };
    })
}

/// Whether a field holds `Ref<Record>`.
fn is_reference(of: &Type, record: &Path) -> bool {
    let Type::Path(path) = of else { return false };
    let Some(last) = path.path.segments.last() else { return false };
    let syn::PathArguments::AngleBracketed(arguments) = &last.arguments else { return false };
    let Some(syn::GenericArgument::Type(Type::Path(argument))) = arguments.args.first() else { return false };
    last.ident == "Ref"
        && argument.path.segments.last().map(|one| &one.ident) == record.segments.last().map(|one| &one.ident)
}

/// Whether a field is optional and its struct does not say how it is read.
fn is_plain_option(field: &Field) -> bool {
    let optional =
        matches!(&field.ty, Type::Path(path) if path.path.segments.last().is_some_and(|last| last.ident == "Option"));
    optional && !field.attrs.iter().any(|attribute| attribute.path().is_ident("serde"))
}
