//! What access to the records of a kind depends on. Each kind declares it, so that no policy lists kinds by name.

/// Who may reach the records of a kind, as the kind declares it; a policy decides what follows from it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum AccessClass {
    /// They set up a tenant: the team reads them, admins write them.
    Settings,
    /// The team reads and writes them.
    Work,
    /// They are for those whose they are: the assignee, the members of the group that is, and everybody of the team who may work on
    /// them while nobody is.
    Restricted,
    /// They are seen with the record that this field points at, whatever the policy says of their own kind; the second part is a
    /// field and its value in those that are not for admins alone. Of a kind with an assignee of its own, those that point at no record
    /// are for those whose they are, as the policy of its own kind says.
    Through(&'static str, Option<(&'static str, &'static str)>),
    /// They are the engine's own.
    System,
}
