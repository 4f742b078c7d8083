//! An answer that says whether it was given before.

/// The answer of a command, and whether the command was done now or before. What a host does beside a command, such as writing an
/// invoice, it does for a new one alone.
///
/// A command is done before when its idempotency key was used, or when it answers again what came of it, as `lead.convert` does of a
/// converted lead. On the wire `{"value": …, "replayed": true}`.
///
/// ```
/// use nexa_kernel::Once;
///
/// let answer = Once::Again("the first answer");
/// assert!(answer.is_again());
/// assert_eq!(answer.into_value(), "the first answer");
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[must_use = "it says whether the command was done now"]
pub enum Once<T> {
    /// The command was done now.
    New(T),
    /// It was done before; nothing changed, and this is what it answered.
    Again(T),
}

impl<T> Once<T> {
    pub(crate) fn of(value: T, again: bool) -> Self {
        if again { Self::Again(value) } else { Self::New(value) }
    }
    /// Whether the command was done before.
    pub const fn is_again(&self) -> bool {
        matches!(self, Self::Again(_))
    }
    /// The answer.
    pub const fn value(&self) -> &T {
        match self {
            Self::New(value) | Self::Again(value) => value,
        }
    }
    /// The answer alone.
    pub fn into_value(self) -> T {
        match self {
            Self::New(value) | Self::Again(value) => value,
        }
    }
    /// The same about what is made of the answer.
    pub fn map<U>(self, make: impl FnOnce(T) -> U) -> Once<U> {
        match self {
            Self::New(value) => Once::New(make(value)),
            Self::Again(value) => Once::Again(make(value)),
        }
    }
}
