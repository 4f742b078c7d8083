//! The kinds by name, where the library's own functions are generic over the record.

/// Runs a generic function for the kind of this name: `of_kind!(kind, entities, import_into::<Kind>(…))` has the type under
/// the name `Kind`. A kind that is not among them is `kind.unknown`.
macro_rules! of_kind {
    (@arms $kind:expr, $call:expr, [$($name:literal => $type:path,)*]) => {
        match $kind {
            $($name => { type Kind = $type; $call })*
            unknown => Err(nexa_crm::kernel::error::codes::KIND_UNKNOWN.with("kind", unknown)),
        }
    };
    ($kind:expr, entities, $call:expr) => {
        crate::kinds::of_kind!(@arms $kind, $call, [
            "account" => nexa_crm::sales::Account,
            "campaign" => nexa_crm::marketing::Campaign,
            "contact" => nexa_crm::sales::Contact,
            "contact_list" => nexa_crm::marketing::ContactList,
            "deal" => nexa_crm::sales::Deal,
            "group" => nexa_crm::people::Group,
            "lead" => nexa_crm::sales::Lead,
            "pipeline" => nexa_crm::sales::Pipeline,
            "routing" => nexa_crm::sales::lead::Routing,
            "scorecard" => nexa_crm::sales::lead::Scorecard,
            "task" => nexa_crm::productivity::Task,
            "ticket" => nexa_crm::service::Ticket,
            "user" => nexa_crm::people::User,
        ])
    };
    ($kind:expr, records, $call:expr) => {
        crate::kinds::of_kind!(@arms $kind, $call, [
            "account" => nexa_crm::sales::Account,
            "campaign" => nexa_crm::marketing::Campaign,
            "campaign_member" => nexa_crm::marketing::CampaignMember,
            "comment" => nexa_crm::service::Comment,
            "contact" => nexa_crm::sales::Contact,
            "contact_list" => nexa_crm::marketing::ContactList,
            "contact_list_member" => nexa_crm::marketing::ContactListMember,
            "deal" => nexa_crm::sales::Deal,
            "field" => nexa_crm::kernel::custom::FieldDefinition,
            "group" => nexa_crm::people::Group,
            "lead" => nexa_crm::sales::Lead,
            "membership" => nexa_crm::people::Membership,
            "org" => nexa_crm::people::Org,
            "pipeline" => nexa_crm::sales::Pipeline,
            "routing" => nexa_crm::sales::lead::Routing,
            "scorecard" => nexa_crm::sales::lead::Scorecard,
            "task" => nexa_crm::productivity::Task,
            "ticket" => nexa_crm::service::Ticket,
            "user" => nexa_crm::people::User,
        ])
    };
}

pub(crate) use of_kind;
