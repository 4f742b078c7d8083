//! An escalation: to which group, how bad, when and why. It stands beside the status.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::Severity;
use crate::{
    Body, Id, Result, Timestamp,
    kernel::{
        record::{ColumnDef, Field},
        value::Value,
    },
    people::Group,
};

/// To whom a ticket was escalated, when, how bad and why.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Escalation {
    /// The group that was called.
    pub to: Id<Group>,
    /// When.
    pub at: Timestamp,
    /// How bad it is.
    pub severity: Option<Severity>,
    /// Why.
    pub reason: Body,
}

impl Field for Escalation {
    const WIDTH: usize = 4;
    fn columns(name: &str, out: &mut Vec<ColumnDef>) {
        <Id<Group>>::columns(&format!("{name}.to"), out);
        Timestamp::columns(&format!("{name}.at"), out);
        <Option<Severity>>::columns(&format!("{name}.severity"), out);
        Body::columns(&format!("{name}.reason"), out);
    }
    fn write(&self, out: &mut Vec<Value>) {
        self.to.write(out);
        self.at.write(out);
        self.severity.write(out);
        self.reason.write(out);
    }
    fn read(values: &mut dyn Iterator<Item = Value>) -> Result<Self> {
        Ok(Self {
            to: Field::read(values)?,
            at: Field::read(values)?,
            severity: Field::read(values)?,
            reason: Field::read(values)?,
        })
    }
}
