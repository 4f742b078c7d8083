//! Joins the kinds and operations of every module into one Crm.

use crate::{
    Crm, CrmBuilder, marketing,
    people::{
        Group, Membership, Org, User,
        counter::Counter,
        directory::TenantDirectory,
        group::{AddMember, RemoveMember},
        org::{Configure, Verify},
        user::{Activate, Deactivate},
    },
    productivity, sales, service,
};

impl Crm {
    /// A builder that knows every kind and operation of the domain; it lacks a store, a clock and a source of identifiers.
    pub fn builder() -> CrmBuilder {
        let modules = [people, sales::install, marketing::install, service::install, productivity::install];
        modules.into_iter().fold(CrmBuilder::bare(), |builder, install| install(builder)).directory(TenantDirectory)
    }
}

fn people(builder: CrmBuilder) -> CrmBuilder {
    builder
        .record::<Org>()
        .untargeted::<Configure>()
        .query::<Verify>()
        .entity::<User>()
        .command::<Activate>()
        .command::<Deactivate>()
        .entity::<Group>()
        .command::<AddMember>()
        .command::<RemoveMember>()
        .record::<Membership>()
        .kind::<Counter>()
}
