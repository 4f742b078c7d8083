//! How much something hurts customers: the worse of what the team says (severity) and what the customer says (impact).

use crate::{closed_enum, service::TicketSeverity};

closed_enum! {
    /// How much customers are hurt, least first.
    pub enum Impact {
        /// They hardly notice.
        Low = "low",
        /// They have a way around it.
        Medium = "medium",
        /// They cannot do their work.
        High = "high",
    }
}

/// Words for what an issue does to a customer, such as stand in `ticket.customer_impact`. Other words say nothing here.
const SAID: &[(Impact, &[&str])] = &[
    (Impact::High, &["blocking_work", "blocking", "blocked", "blocker", "outage", "data_loss", "critical", "high"]),
    (Impact::Medium, &["degraded", "slowed_down", "workaround", "partial", "medium"]),
    (Impact::Low, &["minor", "cosmetic", "annoying", "none", "low"]),
];

impl From<TicketSeverity> for Impact {
    fn from(severity: TicketSeverity) -> Self {
        match severity {
            TicketSeverity::P1 | TicketSeverity::P2 => Self::High,
            TicketSeverity::P3 => Self::Medium,
            TicketSeverity::P4 => Self::Low,
        }
    }
}

impl Impact {
    /// What a customer's word says.
    pub(super) fn said(word: &str) -> Option<Self> {
        let word = word.trim().to_lowercase().replace([' ', '-'], "_");
        SAID.iter().find(|(_, words)| words.contains(&word.as_str())).map(|(impact, _)| *impact)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_impact_is_the_worse_of_severity_and_what_the_customer_says() {
        assert_eq!(Impact::said("Blocking work"), Some(Impact::High));
        assert_eq!(Impact::said("50+ customers affected"), None);
        assert_eq!(Some(Impact::from(TicketSeverity::P4)).max(Impact::said("workaround")), Some(Impact::Medium));
        assert_eq!(Some(Impact::from(TicketSeverity::P1)).max(Impact::said("minor")), Some(Impact::High));
    }
}
