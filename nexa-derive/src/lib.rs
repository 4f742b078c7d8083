//! `#[derive(Record)]` turns a struct into the definition of a Nexa record, `#[derive(Field)]` one into a field of several columns, and
//! `#[command]` one into a change that the door runs.

mod attributes;
mod command;
mod expand;
mod model;
mod parts;

use proc_macro::TokenStream;
use syn::{DeriveInput, ItemStruct, parse_macro_input};

/// Implements `Record` and `Kind`, and adds one typed `Column` constant per field.
///
/// On the struct:
/// - `kind = "lead"`, `table = "leads"` and `access` are required.
/// - `access = work`: who may reach the records, as the policy understands it. `settings`: the team reads, admins write. `work`: the
///   team reads and writes. `restricted`: those whose it is. `through(ticket)`: those who see the record that this field points at;
///   `through(ticket, audience = "members")`: of the others than admins, where that field has this value. `system`: nobody but the host.
/// - `search(email = 4, name.last = 3)` names the paths that search looks at, with their weights.
/// - `open("status", "new", "contacted")`: the path of a column, and its values with which a record is open.
/// - `lapses("status", "sent", "expires_at", "expired")`: once the moment in `expires_at` has come, a record whose `status` is `sent` reads
///   `expired`, wherever it is read, filtered or grouped, whether or not anything was written down then.
/// - `unique("email", code = "lead.email_taken")` may repeat; it takes one or more paths.
/// - `index("status", "created_at")` may repeat; it takes one or more paths.
/// - `bookkeeping` keeps changes out of the ledger.
/// - `person`: each record is a person, whose data can be found, exported and erased; it needs a field `erased_at`.
/// - `no_person = "users are staff"`: why its personal data belong to no person who can be erased.
///
/// On a field:
/// - `editable`: `create` and `update` may set it.
/// - `personal`: it holds personal data.
/// - `person`: it says whose personal data the record holds. It points at a person, or at a record that itself belongs to one; says what
///   the record is about; or holds the person's mail address. Between two kinds of persons it says that both records are one person.
/// - `folded`: adds `name.folded`, the folded text by which the field is compared, matched and sorted; of custom fields the
///   folded texts by which they are sorted.
/// - `ranked`: adds `priority.rank`, the last declared value first.
/// - `assignee`: it says whose the record is. Where it may name a user or a group, it adds `assignee.queue`, the first of its two columns
///   that is set.
/// - `follows`: it says what the record is about; a merge lets it follow. `follows(ticket, note)`: records of these kinds alone, also of
///   those that are themselves seen through what they are about.
/// - `on_trash = refuse`, `with_parent`, `keep` or `mention`: what becomes of the record when the one that the field points at goes. It
///   keeps that from the trash; is purged with it; stays, and keeps it from being purged; or stays, and forgets it when it is purged.
///   Required where that one can be trashed. Beside `follows` it is `with_parent`, or left out: then the record stays when what it is about
///   is purged.
/// - `becomes = contact`: when the record that the field points at becomes another, as a converted lead does, the field is emptied and
///   `contact` points at that. Of two records that would then be one by a unique constraint, the older stays.
/// - `while_open`: adds `email.open`, its value while the record is open; a unique over that binds open records only.
///
/// In JSON the fields stand under their names, one after another: `Serialize` is derived, and a field takes no `#[serde(…)]`.
///
/// The fields `id`, `version`, `created_at` and `updated_at` are required; `deleted_at`, `erased_at`, `merged_into`, `tags`,
/// `custom` and `external_keys` are recognised by name.
#[proc_macro_derive(Record, attributes(record))]
pub fn record(input: TokenStream) -> TokenStream {
    let input = parse_macro_input!(input as DeriveInput);
    model::Model::read(&input).map_or_else(|error| error.into_compile_error(), |model| expand::expand(&model)).into()
}

/// Implements `Field` for a struct of fields, such as an address: it has the columns of its parts, in their order, under
/// `address.street` and so on.
///
/// On the struct, `#[field(optional)]` says that it is absent when each of its parts is; each is then an `Option` that JSON leaves out.
/// In JSON the parts stand under their names: of what serde takes, `default`, `deny_unknown_fields` and, on a part,
/// `skip_serializing_if = "Option::is_none"` may be said.
#[proc_macro_derive(Field, attributes(field))]
pub fn field(input: TokenStream) -> TokenStream {
    let input = parse_macro_input!(input as DeriveInput);
    parts::Parts::read(&input).map_or_else(|error| error.into_compile_error(), |parts| parts::expand(&parts)).into()
}

/// Declares a change: `#[command("start", on = Task, guard = Task::must_be_unfinished, errors(FINISHED))]`.
///
/// It adds what every change derives (`Clone`, `Debug`, `Serialize`, `Deserialize`, `JsonSchema`), refuses unknown fields, lets
/// optional fields be left out, and implements `Operation`. What remains is `Apply`, `Command` or `CollectionCommand`.
///
/// - The verb comes first; with the name of the kind it is the name of the operation, `task.start`.
/// - `on = Task`: it works on the record that its field of type `Ref<Task>` names, which the door loads, authorizes and guards.
/// - `collection = Task`: it names no record, or finds it by itself.
/// - `action = Create`: what the actor must be allowed to do; `Update` unless said.
/// - `guard = Task::must_be_unfinished`: a function of the record that refuses when its state does not allow the change.
/// - `guard_for = Task::may_edit`: the same of the record and the actor.
/// - `check = Self::check`: a function of the command that checks its arguments by themselves, without a storage.
/// - `prefetch = Self::prefetch`: a function of the command and the tenant that says what it will load beside its record.
/// - `errors(FINISHED)`: the codes that it may answer beside the kernel's own.
/// - `trashed`: the record may be in the trash.
/// - `name = "ledger.undo"`: its whole name, where it is not made of the kind and the verb.
/// - `final = "the order was sent."`: what it does cannot be undone; why, as the end of a sentence.
#[proc_macro_attribute]
pub fn command(arguments: TokenStream, item: TokenStream) -> TokenStream {
    let command = parse_macro_input!(arguments as command::Command);
    let item = parse_macro_input!(item as ItemStruct);
    command::expand(&command, item).unwrap_or_else(|error| error.into_compile_error()).into()
}
