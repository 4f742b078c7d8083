//! What the fields of a record take from a caller.

use serde::Serialize;
use serde_json::{Value as Json, json};

use super::{Id, Record, Ref};

/// What a field of type `Self` takes from a caller: a value of the type itself, or what reads as one.
///
/// ```
/// use nexa_kernel::Accepts;
///
/// assert_eq!(<String as Accepts<&str>>::json("Ada"), "Ada");
/// assert_eq!(<u8 as Accepts<u8>>::json(75), 75);
/// ```
pub trait Accepts<V> {
    /// The value as the wire has it; it is validated when the draft is read.
    fn json(value: V) -> Json;
}

impl Accepts<&str> for String {
    fn json(value: &str) -> Json {
        Json::from(value)
    }
}

impl<R> Accepts<Ref<R>> for Id<R> {
    fn json(value: Ref<R>) -> Json {
        json!(value)
    }
}

impl<R: Record> Accepts<&R> for Id<R> {
    fn json(value: &R) -> Json {
        json!(value.id())
    }
}

impl<T: Serialize> Accepts<T> for T {
    fn json(value: T) -> Json {
        serde_json::to_value(value).unwrap_or(Json::Null)
    }
}
