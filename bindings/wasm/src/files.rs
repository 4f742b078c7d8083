//! Files: bytes that JavaScript gives and takes piece by piece, beside the door, and a store of them that it has.

use std::{ops::Range, sync::Arc};

use async_trait::async_trait;
use js_sys::{Array, Function, Promise, Reflect, Uint8Array};
use nexa_core::{
    CrmBuilder, Error, Ref, Result, Session,
    files::{self, Attachment, DownloadOptions, UploadOptions},
    kernel::blobs::{BlobKey, Blobs, Chunks, FAILED, MISSING, MemoryBlobs},
};
use serde::Deserialize;
use serde_json::json;
use uuid::Uuid;
use wasm_bindgen::{JsCast, JsValue, prelude::wasm_bindgen};
use wasm_bindgen_futures::JsFuture;

use crate::{
    backup::number,
    errors::{Answer, parsed, text},
    host::refusal_or,
};

/// How many bytes are asked for and answered at once: 1 MiB.
const AT_ONCE: u64 = 1024 * 1024;

#[wasm_bindgen]
extern "C" {
    /// A store of bytes that JavaScript has, or `memory:`.
    #[wasm_bindgen(typescript_type = "FileStore | \"memory:\"")]
    pub type FileStore;
}

/// Says where the bytes of files are: nowhere, in memory, or in a store of JavaScript.
pub(crate) fn place(builder: CrmBuilder, files: Option<FileStore>) -> CrmBuilder {
    match files.map(JsValue::from) {
        None => builder,
        Some(place) if place.is_string() => builder.blobs(Arc::new(MemoryBlobs::new())),
        Some(store) => builder.blobs(Arc::new(HostBlobs(store))),
    }
}

/// Bytes in the hands of JavaScript.
struct HostBlobs(JsValue);

fn failed(problem: &JsValue) -> Error {
    refusal_or(problem, |said| FAILED.with("problem", said))
}

/// What a call answers, waited for when it is a promise.
async fn answer(called: std::result::Result<JsValue, JsValue>) -> Result<JsValue> {
    match called.map_err(|problem| failed(&problem))?.dyn_into::<Promise>() {
        Ok(promise) => JsFuture::from(promise).await.map_err(|problem| failed(&problem)),
        Err(answer) => Ok(answer),
    }
}

async fn call(target: &JsValue, method: &str, arguments: &[JsValue]) -> Result<JsValue> {
    let found = Reflect::get(target, &method.into()).map_err(|problem| failed(&problem))?;
    let missing = |_| FAILED.with("problem", format!("it has no method {method}; see the type FileStore"));
    let function: Function = found.dyn_into().map_err(missing)?;
    answer(Reflect::apply(&function, target, &arguments.iter().collect::<Array>())).await
}

fn bytes(answer: JsValue) -> Result<Option<Vec<u8>>> {
    if answer.is_undefined() || answer.is_null() {
        return Ok(None);
    }
    let bytes: Uint8Array = answer.dyn_into().map_err(|_| FAILED.with("problem", "it answered no Uint8Array"))?;
    Ok(Some(bytes.to_vec()))
}

fn named(key: BlobKey) -> [JsValue; 2] {
    [key.org.to_string().into(), key.id.to_string().into()]
}

#[async_trait(?Send)]
impl Blobs for HostBlobs {
    async fn put(&self, key: BlobKey, bytes: &mut dyn Chunks) -> Result<()> {
        let writer = call(&self.0, "put", &named(key)).await?;
        loop {
            let written = match bytes.next().await {
                Ok(Some(chunk)) => call(&writer, "write", &[Uint8Array::from(&chunk[..]).into()]).await,
                Ok(None) => return call(&writer, "finish", &[]).await.map(drop),
                Err(error) => Err(error),
            };
            if let Err(error) = written {
                // What cannot be forgotten now is removed with its key.
                let _ = call(&writer, "abort", &[]).await;
                return Err(error);
            }
        }
    }
    async fn get(&self, key: BlobKey, range: Range<u64>) -> Result<Box<dyn Chunks>> {
        let mut reading = Reading { store: self.0.clone(), key, at: range.start, end: range.end, first: None };
        reading.first = Some(reading.read().await?);
        Ok(Box::new(reading))
    }
    async fn delete(&self, key: BlobKey) -> Result<()> {
        call(&self.0, "delete", &named(key)).await.map(drop)
    }
    async fn list(&self, org: Uuid, after: Option<Uuid>, limit: usize) -> Result<Vec<Uuid>> {
        let after = after.map_or(JsValue::UNDEFINED, |after| after.to_string().into());
        let listed = call(&self.0, "list", &[org.to_string().into(), after, number(limit as u64)]).await?;
        let listed: Array = listed.dyn_into().map_err(|_| FAILED.with("problem", "it answered no list of ids"))?;
        let id = |id: JsValue| id.as_string().and_then(|id| id.parse().ok());
        listed
            .iter()
            .map(|listed| id(listed).ok_or_else(|| FAILED.with("problem", "it listed what is no id")))
            .collect()
    }
}

/// A file of a store of JavaScript, as it is read.
struct Reading {
    store: JsValue,
    key: BlobKey,
    at: u64,
    end: u64,
    /// What was read to see whether it is there.
    first: Option<Vec<u8>>,
}

impl Reading {
    async fn read(&mut self) -> Result<Vec<u8>> {
        let to = self.end.min(self.at.saturating_add(AT_ONCE));
        let [org, id] = named(self.key);
        let read = call(&self.store, "get", &[org, id, number(self.at), number(to)]).await.and_then(bytes)?;
        let read = read.ok_or_else(|| MISSING.with("key", self.key.to_string()))?;
        self.at = self.at.saturating_add(read.len() as u64);
        Ok(read)
    }
}

#[async_trait(?Send)]
impl Chunks for Reading {
    async fn next(&mut self) -> Result<Option<Vec<u8>>> {
        let read = match self.first.take() {
            Some(first) => first,
            None if self.at >= self.end => return Ok(None),
            None => self.read().await?,
        };
        Ok(Some(read).filter(|read| !read.is_empty()))
    }
}

/// Pieces that a function answers, and nothing at the end.
struct Pieces(Function);

#[async_trait(?Send)]
impl Chunks for Pieces {
    async fn next(&mut self) -> Result<Option<Vec<u8>>> {
        answer(self.0.call0(&JsValue::UNDEFINED)).await.and_then(bytes)
    }
}

/// What is said of a file that is sent.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct UploadInput {
    name: String,
    #[serde(default)]
    declared_type: Option<String>,
    #[serde(default)]
    sha256: Option<String>,
}

/// Sends what a function answers piece by piece.
pub(crate) async fn upload(session: Session, input: String, read: Function) -> Answer {
    let UploadInput { name, declared_type, sha256 } = parsed("upload", &input)?;
    let mut options = UploadOptions::new();
    (options.declared_type, options.sha256) = (declared_type, sha256);
    text("upload", &files::upload(&session, &name, options, &mut Pieces(read)).await?)
}

/// Which file is read.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct DownloadInput {
    attachment: Ref<Attachment>,
    #[serde(default)]
    range: Option<(u64, u64)>,
    #[serde(default)]
    inline: bool,
}

/// What a file is, as text, and the first of the bytes that were asked for; the others are asked for by their range.
pub(crate) async fn download(session: Session, input: String) -> Answer {
    let DownloadInput { attachment, range, inline } = parsed("download", &input)?;
    let mut options = DownloadOptions::new();
    (options.range, options.inline) = (range.map(|(start, end)| start..end), inline);
    let mut found = files::download(&session, attachment, options).await?;
    let wanted = found.range.end.saturating_sub(found.range.start).min(AT_ONCE);
    let mut first = Vec::new();
    while (first.len() as u64) < wanted {
        let Some(piece) = found.bytes.next().await? else {
            return Err(FAILED.with("problem", format!("it has fewer bytes of {} than it took", found.name)));
        };
        first.extend(piece);
    }
    let headers: serde_json::Map<_, _> =
        found.headers.into_iter().map(|(name, value)| (name.to_owned(), value.into())).collect();
    let about = text(
        "download",
        &json!({
            "name": found.name, "type": found.r#type, "size": found.size,
            "range": [found.range.start, found.range.end], "headers": headers,
        }),
    )?;
    Ok(Array::of2(&about, &Uint8Array::from(&first[..])).into())
}

/// Removes bytes that no record knows.
pub(crate) async fn sweep(session: Session) -> Answer {
    text("sweep_files", &files::sweep(&session).await?)
}
