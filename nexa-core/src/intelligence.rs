//! Answers that explain themselves: how healthy an account is, and how a deal will go.
//!
//! Three layers: mathematics without a store, what is read for it in the scope of whoever asks, and operations. Every answer stands in
//! one frame, [`Explained`]: with its reasons, who made it, of which moment, and of how much it knows.

pub mod alert;
pub mod explained;
pub mod health;
pub mod learning;
pub mod outlook;
mod sight;
pub mod triage;

pub use alert::{Alert, AlertStatus, AlertType};
pub use explained::{Confidence, Evidence, Explained, Explanation};
pub use health::{AccountHealth, AccountSignal, HealthCard, HealthFactor};
pub use learning::{Calibration, LeadPrediction, TrainedScorecard};
pub use outlook::DealOutlook;
pub use triage::{SimilarTickets, TicketAnalysis};

use crate::CrmBuilder;

/// The kinds and operations of this module.
pub(crate) fn install(builder: CrmBuilder) -> CrmBuilder {
    builder
        .record::<AccountSignal>()
        .command::<health::RecordSignal>()
        .query::<health::Health>()
        .entity::<HealthCard>()
        .timed::<health::Aging>()
        .consumer::<health::Watch>()
        .record::<Alert>()
        .command::<alert::Acknowledge>()
        .command::<alert::Resolve>()
        .command::<alert::Mute>()
        .query::<outlook::Outlook>()
        .query::<learning::Train>()
        .query::<learning::Predict>()
        .query::<triage::Analyze>()
        .query::<triage::Similar>()
        .command::<triage::ApplyAnalysis>()
}
