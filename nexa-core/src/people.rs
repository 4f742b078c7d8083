//! Organisations, users and groups: who works in a tenant, and who can be given work.

pub mod assignment;
pub mod counter;
pub mod directory;
pub mod group;
pub mod org;
pub mod user;

pub use group::{Group, Membership};
pub use org::{CreateOrg, Org};
pub use user::{Role, User};
