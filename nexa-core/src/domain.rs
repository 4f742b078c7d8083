//! Joins the kinds and operations of every module into one Crm.

use crate::{
    CrmBuilder, automation, feedback, files, import, intelligence, mail, marketing,
    people::{
        Group, Membership, Org, User, assignment, calendar,
        counter::Counter,
        directory::TenantDirectory,
        group::{AddMember, RemoveMember},
        ledger::Undo,
        org::{Configure, Verify},
        rate,
        user::{Activate, Deactivate},
    },
    privacy, productivity, sales, service,
};

/// A builder that knows every kind and operation of the domain; it lacks a store, a clock and a source of identifiers.
pub fn builder() -> CrmBuilder {
    mail::seed_data(sales::seed_data(without_seed_data()))
}

/// The same for one that makes no tenants, as it only checks arguments and explains records: those it made would start
/// without a pipeline and a scorecard.
pub fn without_seed_data() -> CrmBuilder {
    let modules = [
        people,
        assignment::install,
        calendar::install,
        rate::install,
        sales::install,
        marketing::install,
        service::install,
        productivity::install,
        automation::install,
        mail::template::install,
        files::install,
        mail::install,
        feedback::install,
        intelligence::install,
        import::install,
        privacy::install,
    ];
    modules.into_iter().fold(CrmBuilder::bare(), |builder, install| install(builder)).directory(TenantDirectory)
}

fn people(builder: CrmBuilder) -> CrmBuilder {
    builder
        .record::<Org>()
        .command::<Configure>()
        .query::<Verify>()
        .command::<Undo>()
        .entity::<User>()
        .command::<Activate>()
        .command::<Deactivate>()
        .entity::<Group>()
        .command::<AddMember>()
        .command::<RemoveMember>()
        .record::<Membership>()
        .kind::<Counter>()
}
