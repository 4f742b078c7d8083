//! What a ticket is about: mood, urgency, category, feature and priority by rules, and the tickets that are like it
//! (Workflow scenarios 3, "AI analyzes ticket content").
//!
//! The words are English. What they do not say is answered with nothing: rules do not guess.

mod analysis;
mod apply;
mod lexicon;
mod ranking;
mod similar;
mod words;

pub use self::{
    analysis::{Analyze, Mood, TicketAnalysis, TicketCategory, Urgency},
    apply::{ANALYSIS_UNSURE, AppliedField, ApplyAnalysis},
    similar::{Similar, SimilarTicket, SimilarTickets},
};
