//! Taking over what an analysis recommends.

use super::analysis::{TicketAnalysis, analyze};
use crate::{Code, Command, Context, Ref, Result, closed_enum, command, kernel::error::codes, service::Ticket};

/// The rules cannot say.
pub const ANALYSIS_UNSURE: Code = Code::rule(
    "ticket.analysis_unsure",
    "The words of the ticket do not say its {field}; set it with ticket.update, or leave it out.",
);

closed_enum! {
    /// What of a ticket an analysis recommends.
    pub enum AppliedField {
        /// How urgent it is.
        Priority = "priority",
        /// How bad the damage is.
        Severity = "severity",
        /// What sort of issue it is.
        Type = "type",
    }
}

/// Gives a ticket what `ticket.analyze` recommends now: these fields and no others. Priority and severity are raised and never lowered.
/// Errors: `ticket.analysis_unsure`, `ticket.closed`.
#[command("apply_analysis", on = Ticket, guard = Ticket::must_be_unclosed, check = Self::check, errors(ANALYSIS_UNSURE, crate::service::ticket::CLOSED))]
pub struct ApplyAnalysis {
    /// The ticket.
    pub ticket: Ref<Ticket>,
    /// The fields, at least one.
    #[schemars(length(min = 1, max = 3))]
    pub fields: Vec<AppliedField>,
}

impl ApplyAnalysis {
    fn check(&self) -> Result<()> {
        if self.fields.is_empty() || self.fields.len() > AppliedField::ALL.len() {
            let problem = "name priority, severity or type, each once";
            return Err(codes::FIELD_INVALID.with("field", "fields").with("problem", problem));
        }
        Ok(())
    }
}

impl Command for ApplyAnalysis {
    type Output = Ticket;
    async fn run(&self, mut ticket: Ticket, cx: &mut Context<'_>) -> Result<Ticket> {
        let analysis: TicketAnalysis = analyze(cx, &ticket).await?.value;
        let unsure = |field: AppliedField| ANALYSIS_UNSURE.with("field", field);
        for field in &self.fields {
            match field {
                AppliedField::Priority => ticket.priority = ticket.priority.max(analysis.recommended_priority),
                AppliedField::Severity => {
                    let severity = analysis.recommended_severity.ok_or_else(|| unsure(*field))?;
                    ticket.severity = ticket.severity.max(Some(severity));
                }
                AppliedField::Type => {
                    ticket.r#type = Some(analysis.recommended_type.ok_or_else(|| unsure(*field))?);
                }
            }
        }
        cx.save(ticket).await
    }
}
