//! What somebody waits to have written.

use std::sync::Arc;

use nexa_kernel::store::{Work, WriteRequest};

/// Work for a tenant.
pub(crate) struct Unit {
    pub(crate) request: WriteRequest,
    pub(crate) work: Arc<dyn Work>,
}
