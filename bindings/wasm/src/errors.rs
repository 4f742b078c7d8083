//! Refusals as JavaScript sees them: the object of the wire.

use nexa_core::{
    Code, Error,
    kernel::{
        catalog::{self, arguments},
        error::codes,
        input,
    },
};
use serde::{Serialize, de::DeserializeOwned};
use serde_json::Value as Json;
use wasm_bindgen::JsValue;

/// Something that must not happen has happened.
pub(crate) const PANICKED: Code =
    Code::unavailable("crm.panicked", "The library met a state it does not know: {problem}. Load the page again.")
        .permanent();

/// What a call answers to JavaScript.
pub(crate) type Answer<T = JsValue> = Result<T, Error>;

/// `{kind, code, message, params, retryable}`.
pub(crate) fn object(error: &Error) -> JsValue {
    let text = serde_json::to_string(error).unwrap_or_default();
    js_sys::JSON::parse(&text).unwrap_or_else(|_| JsValue::from_str(&text))
}

/// What cannot be read, as the door says it.
pub(crate) fn malformed(operation: &str, path: &str, problem: &str) -> Error {
    codes::MALFORMED.with("operation", operation).with("path", path).with("problem", problem)
}

/// Reads text that JavaScript wrote. Error: `command.malformed`.
pub(crate) fn parsed<T: DeserializeOwned>(operation: &str, text: &str) -> Result<T, Error> {
    arguments(operation, &document(operation, text)?)
}

/// Reads a document that JavaScript wrote. Error: `command.malformed`.
pub(crate) fn document(operation: &str, text: &str) -> Result<Json, Error> {
    input::document(text).map_err(|problem| catalog::malformed(operation, &problem))
}

/// An answer as text.
pub(crate) fn text(operation: &str, answer: &impl Serialize) -> Answer {
    let text = serde_json::to_string(answer);
    text.map(JsValue::from).map_err(|problem| malformed(operation, "the answer", &problem.to_string()))
}
