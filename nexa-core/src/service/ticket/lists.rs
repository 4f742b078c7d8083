//! The closed lists of a ticket.

use crate::closed_enum;

closed_enum! {
    /// Where a ticket stands.
    pub enum TicketStatus {
        /// New, and waiting for somebody.
        Open = "open",
        /// Waiting for something: the customer's answer, another system.
        Pending = "pending",
        /// Somebody works on it.
        InProgress = "in_progress",
        /// The problem is fixed.
        Resolved = "resolved",
        /// Finished for good.
        Closed = "closed",
    }
}

impl TicketStatus {
    /// Those of a ticket whose problem is not solved yet.
    pub const UNSOLVED: [Self; 3] = [Self::Open, Self::Pending, Self::InProgress];
}

closed_enum! {
    /// How urgent a ticket is; medium unless said.
    pub enum TicketPriority default Medium {
        /// It can wait.
        Low = "low",
        /// In its turn.
        Medium = "medium",
        /// Before the others.
        High = "high",
        /// Now.
        Critical = "critical",
    }
}

closed_enum! {
    /// What sort of issue it is.
    pub enum TicketType {
        /// The customer wants to know something.
        Question = "question",
        /// Something does not work for the customer.
        Problem = "problem",
        /// Something does not work for many.
        Incident = "incident",
        /// The product is wrong.
        Bug = "bug",
        /// The customer wishes for something.
        FeatureRequest = "feature_request",
        /// Something is to be done.
        Task = "task",
    }
}

closed_enum! {
    /// How bad the damage is, mildest first.
    pub enum TicketSeverity {
        /// Cosmetic.
        P4 = "p4",
        /// There is a way around it.
        P3 = "p3",
        /// An important function is broken.
        P2 = "p2",
        /// Core functionality is blocked.
        P1 = "p1",
    }
}

closed_enum! {
    /// How the customer reached the team.
    pub enum TicketChannel {
        /// By mail.
        Email = "email",
        /// In a chat.
        Chat = "chat",
        /// On the phone.
        Phone = "phone",
        /// In a form on the web.
        Web = "web",
        /// Through a program.
        Api = "api",
    }
}
