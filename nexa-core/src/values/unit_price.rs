//! The price of one.

use std::ops::Deref;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::Value as Json;

use super::Money;
use crate::{
    Result,
    kernel::{
        draft::Accepts,
        record::{ColumnDef, Content, Field, Form},
        value::Value,
    },
};

/// What one of something costs. Unlike other amounts of money it may have four decimal places whatever the currency: so many of it are
/// rounded, not the price of one.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(transparent)]
#[schemars(inline)]
pub struct UnitPrice(pub Money);

impl Deref for UnitPrice {
    type Target = Money;
    fn deref(&self) -> &Money {
        &self.0
    }
}

impl From<Money> for UnitPrice {
    fn from(money: Money) -> Self {
        Self(money)
    }
}

impl Accepts<Money> for UnitPrice {
    fn json(money: Money) -> Json {
        <Money as Accepts<Money>>::json(money)
    }
}

impl Field for UnitPrice {
    const FORM: Option<Form> = Money::FORM;
    const WIDTH: usize = Money::WIDTH;
    fn columns(name: &str, out: &mut Vec<ColumnDef>) {
        let first = out.len();
        Money::columns(name, out);
        if let Some(amount) = out.get_mut(first) {
            amount.content = Content::UnitPrice;
        }
    }
    fn write(&self, out: &mut Vec<Value>) {
        self.0.write(out);
    }
    fn read(values: &mut dyn Iterator<Item = Value>) -> Result<Self> {
        Money::read(values).map(Self)
    }
}
