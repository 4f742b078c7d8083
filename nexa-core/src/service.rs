//! Support: tickets, the comments on them, and who may see them.

pub mod comment;
pub mod ticket;

pub use comment::Comment;
pub use ticket::Ticket;
