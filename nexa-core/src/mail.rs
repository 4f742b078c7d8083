//! Outgoing mail: one record for every message that leaves, whoever asks for it. Whether it may go is asked at one gate; a worker claims it,
//! hands it to a mail server through the port [`Mailer`], and reports what came of it.

pub mod claim;
pub mod consent;
mod correspondence;
pub mod deliver;
mod due;
pub mod feedback;
pub mod gate;
pub mod hold;
pub mod links;
pub mod mailer;
pub mod message;
pub mod outgoing;
pub(crate) mod person;
pub mod plan;
mod render;
pub mod report;
pub(crate) mod secret;
pub mod sender;
pub mod suppression;
pub mod template;
pub mod token;
pub mod topic;

pub use crate::PlainText;
pub use consent::{Consent, ConsentBasis, ConsentState};
pub use correspondence::{Correspondence, MailFile};
pub use deliver::{Delivered, deliver};
pub use feedback::MailBounceClass;
pub use gate::{Gate, Verdict};
pub use mailer::{Attempt, BeforeBody, Mailer, Outcome, RefusedRecipient};
pub use message::{Content, FinishedMessage, Header, Mailbox};
pub use outgoing::{Mail, MailFrame, MailPurpose, MailStage, MailState};
pub(crate) use person::Person;
pub use sender::{Sender, SenderState};
pub use suppression::{Suppression, SuppressionReason, SuppressionScope};
pub use template::{Template, TemplateVersion};
pub use topic::{Topic, TopicKind};

use crate::CrmBuilder;

/// The kinds and operations of this module.
pub(crate) fn install(builder: CrmBuilder) -> CrmBuilder {
    builder
        .entity::<Topic>()
        .record::<Consent>()
        .command::<consent::Grant>()
        .command::<consent::Withdraw>()
        .command::<consent::Confirm>()
        .record::<Suppression>()
        .command::<suppression::Add>()
        .command::<suppression::Lift>()
        .entity::<Sender>()
        .command::<sender::Verify>()
        .command::<sender::Halt>()
        .command::<sender::Resume>()
        .kind::<sender::rates::SendingWindow>()
        .record::<Mail>()
        .query::<gate::May>()
        .command::<plan::Plan>()
        .command::<hold::Cancel>()
        .command::<hold::ResendUncertain>()
        .timed::<due::MailDue>()
        .kind::<secret::MailSecret>()
        .command::<claim::Claim>()
        .command::<report::Start>()
        .command::<report::Report>()
        .kind::<feedback::ProviderEvent>()
        .command::<feedback::RecordBounce>()
        .command::<feedback::RecordComplaint>()
        .command::<feedback::RecordDelivery>()
        .command::<feedback::RecordReply>()
        .command::<links::Unsubscribe>()
        .command::<links::Resubscribe>()
        .query::<links::Preferences>()
        .query::<links::Link>()
}

/// What a new tenant starts with.
pub(crate) fn seed_data(builder: CrmBuilder) -> CrmBuilder {
    builder.seed_data(|cx| Box::pin(topic::seed_data(cx)))
}
