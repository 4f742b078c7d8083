//! Typed names of fields.

use std::marker::PhantomData;

use serde_json::Value as Json;

use crate::{
    draft::Accepts,
    filter::{Filter, Op},
};

/// A typed name of a field, such as `Lead::SCORE`; it builds filters, sorts and drafts.
///
/// ```
/// use nexa_kernel::{Column, Filter};
/// # struct Lead;
/// # impl Lead { const SCORE: Column<Lead, u8> = Column::new("score"); }
/// let hot: Filter = Lead::SCORE.ge(75);
/// assert_eq!(serde_json::to_string(&hot).unwrap(), r#"{"field":"score","op":"ge","value":75}"#);
/// ```
pub struct Column<R, T> {
    name: &'static str,
    types: PhantomData<fn() -> (R, T)>,
}

impl<R, T> Clone for Column<R, T> {
    fn clone(&self) -> Self {
        *self
    }
}
impl<R, T> Copy for Column<R, T> {}

impl<R, T> Column<R, T> {
    /// Names a field.
    pub const fn new(name: &'static str) -> Self {
        Self { name, types: PhantomData }
    }
    /// The name of the field in JSON.
    pub const fn name(self) -> &'static str {
        self.name
    }
    /// The field has no value.
    pub fn is_null(self) -> Filter {
        Filter::compare(self.name, Op::IsNull, true)
    }
}

impl<R, T> Column<R, T> {
    /// The field equals the value.
    pub fn eq<V>(self, value: V) -> Filter
    where
        T: Accepts<V>,
    {
        Filter::compare(self.name, Op::Eq, T::json(value))
    }
    /// The field differs from the value; a field without a value does not match.
    pub fn ne<V>(self, value: V) -> Filter
    where
        T: Accepts<V>,
    {
        Filter::compare(self.name, Op::Ne, T::json(value))
    }
    /// The field is less than the value.
    pub fn lt<V>(self, value: V) -> Filter
    where
        T: Accepts<V>,
    {
        Filter::compare(self.name, Op::Lt, T::json(value))
    }
    /// The field is at most the value.
    pub fn le<V>(self, value: V) -> Filter
    where
        T: Accepts<V>,
    {
        Filter::compare(self.name, Op::Le, T::json(value))
    }
    /// The field is more than the value.
    pub fn gt<V>(self, value: V) -> Filter
    where
        T: Accepts<V>,
    {
        Filter::compare(self.name, Op::Gt, T::json(value))
    }
    /// The field is at least the value.
    pub fn ge<V>(self, value: V) -> Filter
    where
        T: Accepts<V>,
    {
        Filter::compare(self.name, Op::Ge, T::json(value))
    }
    /// The field is one of the values.
    pub fn any_of<V>(self, values: impl IntoIterator<Item = V>) -> Filter
    where
        T: Accepts<V>,
    {
        Filter::compare(self.name, Op::In, values.into_iter().map(T::json).collect::<Vec<Json>>())
    }
}
