//! What a host relies on: its own kinds, commands, rules and ports; envelopes; references; tenants.

mod copies;
mod envelopes;
mod exact_fields;
mod failures;
mod memberships;
mod once;
mod own_kinds;
mod ports;
mod references;
mod tenants;
mod units;
mod upserts;
mod urls;
