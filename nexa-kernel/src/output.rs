//! What units give back: without what is hidden, and as a text that is remembered.

use serde::{Serialize, de::DeserializeOwned};
use serde_json::Value as Json;
use uuid::Uuid;

use super::{
    context::{Context, Hidden},
    error::Result,
    input,
    maybe_send::{MaybeSend, MaybeSync},
    record::corrupt,
};

/// What a unit gives back.
pub trait Output: Sized + MaybeSend + MaybeSync + 'static {
    /// It without what the policy hides from the actor, wherever a touched record stands in it.
    fn shown(self, cx: &Context<'_>) -> Result<Self>;
    /// What is remembered.
    fn to_text(&self) -> Result<String>;
    /// What was remembered.
    fn of_text(text: String) -> Result<Self>;
}

impl<T: Serialize + DeserializeOwned + MaybeSend + MaybeSync + 'static> Output for T {
    fn shown(self, cx: &Context<'_>) -> Result<Self> {
        let hidden = cx.hidden_of_touched()?;
        if hidden.is_empty() {
            return Ok(self);
        }
        let unreadable = |problem| corrupt("output", problem);
        let json = serde_json::to_value(self).map_err(unreadable)?;
        input::value(&concealed(json, &hidden)).map_err(|problem| corrupt("output", problem))
    }
    fn to_text(&self) -> Result<String> {
        text_of(self)
    }
    fn of_text(text: String) -> Result<Self> {
        serde_json::from_str(&text).map_err(|problem| corrupt("idempotency record", problem))
    }
}

pub(crate) fn text_of(value: &impl Serialize) -> Result<String> {
    serde_json::to_string(value).map_err(|problem| corrupt("output", problem))
}

/// A document with every object that is one of these records emptied of its hidden fields.
pub(crate) fn concealed(mut json: Json, hidden: &Hidden) -> Json {
    if !hidden.is_empty() {
        conceal_in(&mut json, hidden);
    }
    json
}

fn conceal_in(json: &mut Json, hidden: &Hidden) {
    match json {
        Json::Array(items) => items.iter_mut().for_each(|item| conceal_in(item, hidden)),
        Json::Object(map) => {
            let id = map.get("id").and_then(Json::as_str).and_then(|text| Uuid::parse_str(text).ok());
            for field in id.and_then(|id| hidden.get(&id)).into_iter().flatten() {
                if let Some(value) = map.get_mut(*field) {
                    *value = Json::Null;
                }
            }
            map.values_mut().for_each(|value| conceal_in(value, hidden));
        }
        _ => {}
    }
}
