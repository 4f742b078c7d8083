//! Filters of typed names of fields.

use serde::Serialize;
use serde_json::Value as Json;

use super::{Filter, Op};
use crate::record::{Accepts, Column};

impl<R, T> Column<R, T> {
    /// The field has no value.
    pub fn is_null(self) -> Filter {
        Filter::compare(self.name(), Op::IsNull, true)
    }
    /// The field compares with a value of any sort, such as a [`Relative`](super::Relative) one.
    pub fn compare(self, op: Op, value: impl Serialize) -> Filter {
        Filter::compare(self.name(), op, value)
    }
    /// The field equals the value.
    pub fn eq<V>(self, value: V) -> Filter
    where
        T: Accepts<V>,
    {
        Filter::compare(self.name(), Op::Eq, T::json(value))
    }
    /// The field differs from the value; a field without a value does not match.
    pub fn ne<V>(self, value: V) -> Filter
    where
        T: Accepts<V>,
    {
        Filter::compare(self.name(), Op::Ne, T::json(value))
    }
    /// The field is less than the value.
    pub fn lt<V>(self, value: V) -> Filter
    where
        T: Accepts<V>,
    {
        Filter::compare(self.name(), Op::Lt, T::json(value))
    }
    /// The field is at most the value.
    pub fn le<V>(self, value: V) -> Filter
    where
        T: Accepts<V>,
    {
        Filter::compare(self.name(), Op::Le, T::json(value))
    }
    /// The field is more than the value.
    pub fn gt<V>(self, value: V) -> Filter
    where
        T: Accepts<V>,
    {
        Filter::compare(self.name(), Op::Gt, T::json(value))
    }
    /// The field is at least the value.
    pub fn ge<V>(self, value: V) -> Filter
    where
        T: Accepts<V>,
    {
        Filter::compare(self.name(), Op::Ge, T::json(value))
    }
    /// The field is one of the values.
    pub fn any_of<V>(self, values: impl IntoIterator<Item = V>) -> Filter
    where
        T: Accepts<V>,
    {
        Filter::compare(self.name(), Op::In, values.into_iter().map(T::json).collect::<Vec<Json>>())
    }
}
