//! Finding the records of a person.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{
    erasure::Erasure,
    whose::{Whose, names_of},
};
use crate::{
    Action, Code, Context, Email, Query, Record, Ref, Result,
    kernel::{
        person::{OfKind, TOO_MANY_RECORDS, of_kinds},
        undo::Named,
    },
    sales::{Contact, Lead},
};

/// Every record of a person, in the trash as well: those that are the person, those that belong to them, and those in which others wrote about
/// them. Name the person by `email`, `contact` or `lead`. For admins. Error: `person.too_many_records`.
#[derive(Clone, Debug, Default, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct Find {
    /// A mail address of the person.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub email: Option<Email>,
    /// A contact that is the person.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub contact: Option<Ref<Contact>>,
    /// A lead that is the person.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub lead: Option<Ref<Lead>>,
}

/// The records of a person.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct PersonRecords {
    /// The records that are the person, by their kinds: leads and contacts, those that were folded into others among them.
    pub persons: Vec<OfKind>,
    /// The records that belong to the person, by their kinds.
    pub belonging: Vec<OfKind>,
    /// Other records that are about the person or whose texts have their address or name, at most 1,000. They are not erased: read them.
    pub mentions: Vec<Named>,
    /// How many more of these there are that the actor may not read, such as notes with readers.
    pub hidden_mentions: u64,
    /// Whether there are more mentions than are listed.
    pub more_mentions: bool,
}

impl Find {
    fn whose(&self) -> Whose<'_> {
        Whose { email: self.email.as_ref(), contact: self.contact.as_ref(), lead: self.lead.as_ref() }
    }
}

impl Query for Find {
    const VERB: &'static str = "find_person";
    const ERRORS: &'static [Code] = &[TOO_MANY_RECORDS];
    type Of = Erasure;
    type Output = PersonRecords;
    fn name() -> &'static str {
        "person.find"
    }
    fn check(&self) -> Result<()> {
        self.whose().check()
    }
    async fn run(&self, cx: &mut Context<'_>) -> Result<PersonRecords> {
        cx.authorize_kind(Erasure::def(), Action::Privacy)?;
        let person = self.whose().person(cx).await?;
        let names = names_of(cx, &person).await?;
        let mentions = cx.mentions_of(&person, &names).await?;
        let kinds = |records: &[(&'static crate::kernel::record::RecordDef, _)]| {
            of_kinds(records.iter().map(|(def, id)| (def.kind, *id)))
        };
        Ok(PersonRecords {
            persons: kinds(&person.persons),
            belonging: kinds(&person.belonging),
            mentions: mentions.records,
            hidden_mentions: mentions.hidden,
            more_mentions: mentions.more,
        })
    }
}
