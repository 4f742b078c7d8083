//! Backups on their way out of a file and into one, piece by piece through functions of JavaScript.

use js_sys::{Function, Promise, Reflect, Uint8Array};
use nexa_store_sqlite::{Restored, SqliteStore, restore_opfs};
use serde::Deserialize;
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::JsFuture;

use crate::errors::{Answer, parsed};

/// Gives a copy of the file to a function.
pub(crate) async fn take(file: &SqliteStore, take: Function) -> Answer {
    let take = &take;
    let passed = |piece: Vec<u8>| async move {
        let piece = Uint8Array::from(piece.as_slice());
        answered(take.call1(&JsValue::UNDEFINED, &piece)).await.map(|_| ())
    };
    file.image(passed).await?;
    Ok(JsValue::UNDEFINED)
}

/// What is said of a restore.
#[derive(Deserialize)]
struct RestoreInput {
    backup: String,
    size: u64,
    #[serde(default)]
    overwrite: bool,
    #[serde(default)]
    open: bool,
}

/// Puts what a function answers at the place of a database.
pub(crate) async fn restore(name: &str, input: &str, give: Function) -> Answer {
    let RestoreInput { backup, size, overwrite, open } = parsed("restore", input)?;
    let mut restored = Restored::new(backup, size, name);
    (restored.overwrite, restored.open) = (overwrite, open);
    let give = &give;
    let piece = |from: u64, to: u64| async move {
        let bytes = answered(give.call2(&JsValue::UNDEFINED, &number(from), &number(to))).await?;
        let bytes: Uint8Array = bytes.dyn_into().map_err(|_| "it has no bytes".to_owned())?;
        Ok(bytes.to_vec())
    };
    restore_opfs(restored, piece).await?;
    Ok(JsValue::UNDEFINED)
}

/// What came of a call that answers with a promise, or what it threw in words.
async fn answered(called: Result<JsValue, JsValue>) -> Result<JsValue, String> {
    let answer = match called {
        Ok(promise) => JsFuture::from(Promise::resolve(&promise)).await,
        Err(problem) => Err(problem),
    };
    answer.map_err(|problem| {
        let message = Reflect::get(&problem, &"message".into()).ok().and_then(|message| message.as_string());
        message.unwrap_or_else(|| "it failed".to_owned())
    })
}

/// Sizes of files are far below 2^53.
#[allow(clippy::cast_precision_loss, reason = "sizes of files are far below 2^53")]
pub(crate) fn number(bytes: u64) -> JsValue {
    JsValue::from_f64(bytes as f64)
}
