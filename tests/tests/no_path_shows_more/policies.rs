//! The policies under which the paths are tried.

use nexa_crm::{
    Access, Action, Actor, Policy, Principal, Result,
    kernel::record::RecordDef,
    service::{DefaultPolicy, Narrow},
    testing::Office,
};
use nexa_tests::traffic::Step;
use serde_json::{Value as Json, json};

/// A policy to try.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum Policies {
    /// The default one.
    Default,
    /// Several kinds narrowed to their owners, or to admins.
    Narrowed,
    /// The default one, and several fields are hidden from all but admins.
    Hiding,
}

/// What is hidden, where a kind has it and it may be absent.
const HIDDEN: &[&str] = &[
    "email",
    "to",
    "address",
    "phone",
    "mobile",
    "description",
    "amount",
    "annual_revenue",
    "participants",
    "from",
    "from_name",
    "reply_to",
    "cc",
    "bcc",
    "correspondence",
];

/// What traffic writes into hidden texts, and nowhere else.
const MARKS: &[&str] = &["@private.example", "+4930555", "confidential"];

impl Policy for Policies {
    fn access(&self, actor: &Actor, kind: &'static RecordDef, action: Action) -> Access {
        let default = DefaultPolicy::new();
        match self {
            Self::Default => default.access(actor, kind, action),
            Self::Narrowed => {
                let owners = ["lead", "contact", "account", "task"];
                let narrowed =
                    owners.into_iter().fold(default, |policy, kind| policy.narrow(kind, Narrow::OwnerAndGroups));
                narrowed.narrow("deal", Narrow::Admins).access(actor, kind, action)
            }
            Self::Hiding => {
                let access = default.access(actor, kind, action);
                if actor.is_system() || actor.has_role("admin") { access } else { access.hiding(hidden(kind)) }
            }
        }
    }
}

fn hidden(kind: &'static RecordDef) -> Vec<&'static str> {
    let fields = kind.fields.iter().filter(|field| field.optional && HIDDEN.contains(&field.name));
    let customer = kind.fields.iter().filter(|field| kind.kind == "ticket" && field.name == "contact");
    fields.chain(customer).map(|field| field.name).collect()
}

impl Policies {
    /// The fields of a kind that somebody never sees.
    pub(crate) fn hidden_from(
        self,
        office: &Office,
        principal: &Principal,
        kind: &'static RecordDef,
    ) -> Vec<&'static str> {
        if !self.limits(office, principal) {
            return Vec::new();
        }
        // The other addresses are hidden with the main ones, without being named.
        let others = kind.fields.iter().map(|field| field.name).filter(|name| name.starts_with("other_"));
        hidden(kind).into_iter().chain(others).collect()
    }

    /// Whether fields are hidden from somebody.
    pub(crate) fn limits(self, office: &Office, principal: &Principal) -> bool {
        let role = match principal {
            Principal::System(_) => return false,
            Principal::User(id) => office.run_as("system", "user.get", json!({"user": id})),
            _ => return self == Self::Hiding,
        };
        self == Self::Hiding && role.is_ok_and(|user| user["role"] != "admin")
    }
}

/// What a command answers shows nothing hidden beside what its caller wrote.
pub(crate) fn must_not_show(step: &Step, answer: &Result<Json>) {
    // The first answer again is what they were shown before, whatever their role is now.
    if step.envelope.idempotency_key.is_some() {
        return;
    }
    let said = step.requests.iter().map(|request| request.with.to_string()).collect::<String>();
    for secret in secrets(answer) {
        assert!(said.contains(&secret), "{secret} was shown: {step:#?}\n{answer:#?}");
    }
}

/// Hidden texts in an answer or refusal.
pub(crate) fn secrets(answer: &Result<Json>) -> Vec<String> {
    let text = match answer {
        Ok(json) => json.to_string(),
        Err(error) => serde_json::to_string(error).unwrap(),
    };
    let words = text.split(['"', ' ', ',', ';']).filter(|word| MARKS.iter().any(|mark| word.contains(mark)));
    words.map(str::to_owned).collect()
}
