//! Typed names of fields.

use std::marker::PhantomData;

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
}
