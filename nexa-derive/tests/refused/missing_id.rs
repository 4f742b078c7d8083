use nexa_core::{Record, Timestamp};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

#[derive(Record, Clone, Serialize, Deserialize, JsonSchema)]
#[record(kind = "toy", table = "toys")]
struct Toy {
    version: i64,
    created_at: Timestamp,
}

fn main() {}
