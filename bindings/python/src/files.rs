//! Files: bytes that Python reads and writes, beside the door.

use std::{
    path::Path,
    sync::{Arc, Mutex, PoisonError},
};

use async_trait::async_trait;
use nexa_crm::{
    FolderBlobs, Ref, Result, Session,
    files::{Attachment, DownloadOptions, UploadOptions, download, upload},
    kernel::blobs::{Blobs, Chunks, FAILED, MemoryBlobs},
    service::{Inbox, MailEnvelope},
};
use pyo3::{prelude::*, types::PyBytes};
use serde_json::json;

use crate::{
    errors::raised,
    session::{parsed, text},
    wait::{run, wait},
};

/// How many bytes of a file are read at once: 256 KiB.
const AT_ONCE: usize = 256 * 1024;

/// Where the bytes of files are kept: `memory:`, or a folder.
pub(crate) fn place(place: &Path) -> Result<Arc<dyn Blobs>> {
    if place == Path::new("memory:") {
        return Ok(Arc::new(MemoryBlobs::new()));
    }
    Ok(Arc::new(FolderBlobs::open(place)?))
}

/// A file of Python: it has `read(size)` that answers bytes. An exception ends the upload, and is raised in its place.
struct File {
    file: Py<PyAny>,
    raised: Option<PyErr>,
}

#[async_trait]
impl Chunks for File {
    async fn next(&mut self) -> Result<Option<Vec<u8>>> {
        let read = Python::attach(|py| {
            let answer = self.file.bind(py).call_method1("read", (AT_ONCE,))?;
            let bytes = answer.cast::<PyBytes>()?.as_bytes().to_vec();
            py.check_signals().map(|()| bytes)
        });
        match read {
            Ok(bytes) => Ok(Some(bytes).filter(|bytes| !bytes.is_empty())),
            Err(problem) => {
                self.raised = Some(problem);
                Err(FAILED.with("problem", "the file that is uploaded raised an exception"))
            }
        }
    }
}

/// Sends a file; the upload as JSON.
pub(crate) fn send(
    py: Python<'_>,
    session: &Session,
    file: Py<PyAny>,
    name: &str,
    declared_type: Option<String>,
    sha256: Option<String>,
) -> PyResult<String> {
    let mut options = UploadOptions::new();
    options.declared_type = declared_type;
    options.sha256 = sha256;
    let mut file = File { file, raised: None };
    let sent = py.detach(|| run(upload(session, name, options, &mut file)));
    match file.raised {
        Some(problem) => Err(problem),
        None => text(sent?.map_err(|error| raised(py, &error))?),
    }
}

/// Takes a mail that came to an inbox; what became of it as JSON.
pub(crate) fn receive(py: Python<'_>, session: &Session, inbox: &str, envelope: &str, mail: &[u8]) -> PyResult<String> {
    let inbox: Ref<Inbox> = parsed(py, "receive", inbox)?;
    let envelope: MailEnvelope = parsed(py, "receive", envelope)?;
    let mail = mail.to_vec();
    let received = py.detach(|| run(nexa_crm::service::inbox::receive(session, inbox, envelope, &mail)));
    text(received?.map_err(|error| raised(py, &error))?)
}

/// A file that is being read.
#[pyclass(frozen, module = "nexa_crm._native")]
pub(crate) struct Download {
    about: String,
    bytes: Mutex<Box<dyn Chunks>>,
}

#[pymethods]
impl Download {
    /// What it is: JSON of its name, its type, its size, the range and the headers.
    fn about(&self) -> &str {
        &self.about
    }
    /// The next bytes; nothing at the end.
    fn next<'py>(&self, py: Python<'py>) -> PyResult<Option<Bound<'py, PyBytes>>> {
        // Two threads that read one file get each piece once. Who waits for the other has given the interpreter's lock back.
        let next = py.detach(|| {
            let mut bytes = self.bytes.lock().unwrap_or_else(PoisonError::into_inner);
            run(bytes.next())
        });
        let next = next?.map_err(|error| raised(py, &error))?;
        Ok(next.map(|bytes| PyBytes::new(py, &bytes)))
    }
}

/// Opens a file to be read.
pub(crate) fn open(
    py: Python<'_>,
    session: &Session,
    attachment: &str,
    range: Option<(u64, u64)>,
    inline: bool,
) -> PyResult<Download> {
    let attachment: Ref<Attachment> = parsed(py, "download", attachment)?;
    let mut options = DownloadOptions::new();
    options.range = range.map(|(start, end)| start..end);
    options.inline = inline;
    let found = wait(py, download(session, attachment, options))?;
    let about = text(json!({
        "name": found.name, "type": found.r#type, "size": found.size,
        "start": found.range.start, "end": found.range.end,
        "headers": found.headers.iter().map(|(name, value)| ((*name).to_owned(), value.clone())).collect::<std::collections::BTreeMap<_, _>>(),
    }))?;
    Ok(Download { about, bytes: Mutex::new(found.bytes) })
}
