//! PostgreSQL: Nexa beside what somebody writes by hand with sqlx, on one server in one run.

mod baseline;
mod building;
mod database;
mod job;
mod measures;
mod proxy;
mod same;
mod seed;

pub(crate) use building::Building;
pub(crate) use job::Kind;
pub(crate) use measures::{children, commands, import, network, queue, search, trips};
