//! `#[derive(Record)]`: turns a struct into the definition of a Nexa record. `#[derive(Input)]` is for the core alone.

mod attributes;
mod expand;
mod input;
mod model;

use proc_macro::TokenStream;
use syn::{DeriveInput, parse_macro_input};

/// Implements `Record` and `Kind`, and adds one typed `Column` constant per field.
///
/// On the struct:
/// - `kind = "lead"`, `table = "leads"` and `access` are required.
/// - `access = work`: who may reach the records, as the policy understands it. `settings`: the team reads, admins write. `work`: the
///   team reads and writes. `restricted`: those whose it is. `through(ticket)`: those who see the record that this field points at;
///   `through(ticket, audience = "members")`: of the others than admins, where that field has this value. `system`: nobody but the host.
/// - `search(email = 4, name.last = 3)` names the paths that search looks at, with their weights.
/// - `open("status", "new", "contacted")`: the path of a column, and its values with which a record is open.
/// - `unique("email", code = "lead.email_taken")` may repeat; it takes one or more paths.
/// - `index("status", "created_at")` may repeat; it takes one or more paths.
/// - `bookkeeping` keeps changes out of the ledger.
///
/// On a field:
/// - `editable`: `create` and `update` may set it.
/// - `personal`: it holds personal data.
/// - `folded`: adds `name.folded`, the folded text by which the field is compared, matched and sorted; of custom fields the
///   folded texts by which they are sorted.
/// - `ranked`: adds `priority.rank`, the last declared value first.
/// - `assignee`: it says whose the record is. Where it may name a user or a group, it adds `assignee.queue`, the first of its two columns
///   that is set.
/// - `follows`: it says what the record is about; a merge lets it follow.
/// - `on_trash = refuse`, `with_parent`, `keep` or `mention`: what becomes of the record when the one that the field points at goes. It
///   keeps that from the trash; is purged with it; stays, and keeps it from being purged; or stays, and forgets it when it is purged.
///   Required where that one can be trashed.
/// - `while_open`: adds `email.open`, its value while the record is open; a unique over that binds open records only.
///
/// In JSON the fields stand under their names, one after another: `Serialize` is derived, and a field takes no `#[serde(…)]`.
///
/// The fields `id`, `version`, `created_at` and `updated_at` are required; `deleted_at`, `merged_into`, `tags`, `custom` and
/// `external_keys` are recognised by name.
#[proc_macro_derive(Record, attributes(record))]
pub fn record(input: TokenStream) -> TokenStream {
    let input = parse_macro_input!(input as DeriveInput);
    model::Model::read(&input).map_or_else(|error| error.into_compile_error(), |model| expand::expand(&model)).into()
}

/// Implements `Deserialize` for a struct of `nexa-core` itself, as serde's own derive does but with less code: from objects, by the
/// names of the fields, with the same errors.
///
/// It knows `default`, `deny_unknown_fields`, `flatten` of what is made from a map, `skip`, `skip_serializing_if` and `bound` of `#[serde(…)]`.
#[doc(hidden)]
#[proc_macro_derive(Input, attributes(serde))]
pub fn input(input: TokenStream) -> TokenStream {
    let input = parse_macro_input!(input as DeriveInput);
    input::expand(&input).unwrap_or_else(|error| error.into_compile_error()).into()
}
