use nexa_core::{Id, Record, Timestamp};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

#[derive(Record, Clone, Serialize, Deserialize, JsonSchema)]
#[record(kind = "toy", table = "toys")]
struct Toy {
    id: Id<Toy>,
    version: i64,
    created_at: Timestamp,
    updated_at: Timestamp,
    #[serde(rename = "title")]
    label: String,
}

fn main() {}
