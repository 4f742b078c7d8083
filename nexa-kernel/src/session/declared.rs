//! In tests, a refusal with a code that its operation does not declare fails.

use std::borrow::Cow;

use super::Session;
use crate::error::{Error, Result};

impl Session {
    /// What came of an operation, as it is. A debug build with the feature `testing` fails here when that is a refusal with a code that
    /// the operation does not declare; other builds ask nothing.
    #[cfg(all(feature = "testing", feature = "catalog", debug_assertions))]
    pub(super) fn declared<T>(
        &self,
        operation: impl FnOnce(&Error) -> Cow<'static, str>,
        outcome: Result<T>,
    ) -> Result<T> {
        outcome.inspect_err(|error| crate::testing::must_declare(&self.catalog, &operation(error), error))
    }
    /// What came of an operation, as it is.
    #[cfg(not(all(feature = "testing", feature = "catalog", debug_assertions)))]
    #[inline(always)]
    #[allow(clippy::unused_self, clippy::inline_always, reason = "only tests ask")]
    pub(super) fn declared<T>(&self, _: impl FnOnce(&Error) -> Cow<'static, str>, outcome: Result<T>) -> Result<T> {
        outcome
    }
}
