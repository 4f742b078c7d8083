//! A pipeline: the stages that deals go through, each with the probability to win.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::{Choice, Document, Entity, Id, Name, Percent, Record, Timestamp, closed_enum};

closed_enum! {
    /// What it means that a deal is in a stage.
    pub enum StageKind {
        /// It is worked on.
        Open = "open",
        /// It was won.
        Won = "won",
        /// It was lost.
        Lost = "lost",
    }
}

/// One stage of a pipeline.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Stage {
    /// Its name, unique in the pipeline whatever the case.
    pub name: Choice,
    /// How probable it is that a deal in this stage is won.
    pub probability: Percent,
    /// What it means that a deal is in it; open unless said.
    #[serde(default)]
    pub kind: StageKind,
}

/// The stages that deals go through.
#[derive(Record, Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[record(kind = "pipeline", table = "pipelines", search(name = 1), unique("name.folded", code = "pipeline.name_taken"))]
pub struct Pipeline {
    /// The identifier.
    pub id: Id<Pipeline>,
    /// Counts the changes.
    pub version: i64,
    /// When the pipeline was made.
    pub created_at: Timestamp,
    /// When it was last changed.
    pub updated_at: Timestamp,
    /// When it was put in the trash.
    pub deleted_at: Option<Timestamp>,
    /// The name, unique whatever the case.
    #[record(editable, folded)]
    pub name: Name,
    /// Whether a new deal goes here when nobody says where; one pipeline of the tenant is the default.
    #[record(editable)]
    pub is_default: bool,
    /// The stages in order; those of the default pipeline unless said.
    #[record(editable)]
    pub stages: Document<Vec<Stage>>,
}

impl Entity for Pipeline {}
