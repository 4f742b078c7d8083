//! Handing a person what is known of them.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{
    erasure::Erasure,
    whose::{UNKNOWN, Whose},
};
use crate::{
    Action, Code, Context, Email, Query, Record, Ref, Result,
    kernel::person::{Exported, TOO_MANY_RECORDS},
    sales::{Contact, Lead},
};

/// What is known of a person, page by page: every record of theirs with all its fields, then everything that happened to these. Name the person
/// by `email`, `contact` or `lead`; pass what a page returned as `next` as `after` of the following call, until there is none. For admins.
///
/// Errors: `person.unknown`, `person.too_many_records`.
#[derive(Clone, Debug, Default, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct Export {
    /// A mail address of the person.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub email: Option<Email>,
    /// A contact that is the person.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub contact: Option<Ref<Contact>>,
    /// A lead that is the person.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub lead: Option<Ref<Lead>>,
    /// What the page before returned as `next`.
    #[schemars(regex(pattern = r"^(records|changes|purged):[0-9]{1,18}$"))]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub after: Option<String>,
}

impl Export {
    fn whose(&self) -> Whose<'_> {
        Whose { email: self.email.as_ref(), contact: self.contact.as_ref(), lead: self.lead.as_ref() }
    }
}

impl Query for Export {
    const VERB: &'static str = "export_person";
    const ERRORS: &'static [Code] = &[UNKNOWN, TOO_MANY_RECORDS];
    type Of = Erasure;
    type Output = Exported;
    fn name() -> &'static str {
        "person.export"
    }
    fn check(&self) -> Result<()> {
        self.whose().check()
    }
    async fn run(&self, cx: &mut Context<'_>) -> Result<Exported> {
        cx.authorize_kind(Erasure::def(), Action::Privacy)?;
        let person = self.whose().known_person(cx).await?;
        cx.export_person(&person, self.after.as_deref()).await
    }
}
