//! What the host's SQL may do inside a transaction: anything with its own tables, and read ours.

use std::sync::{
    Arc, Mutex, PoisonError,
    atomic::{AtomicBool, Ordering},
};

use nexa_kernel::error::Result;
use rusqlite::hooks::{AuthAction, AuthContext, Authorization};

use crate::connection::Link;

/// With this begin the names of our tables.
const OURS: &str = "nexa_";

/// Watches the statements of a connection while one of the host is prepared.
///
/// SQLite prepares every statement anew when it gets another authorizer, so it gets one for good, which lets ours pass.
pub(crate) struct Guard(Arc<Watch>);

#[derive(Default)]
struct Watch {
    host: AtomicBool,
    /// Why a statement was denied.
    denied: Mutex<Option<String>>,
}

impl Guard {
    pub(crate) fn on(link: &Link<'_>) -> Result<Self> {
        let watch = Arc::new(Watch::default());
        let asked = Arc::clone(&watch);
        let authorize = move |context: AuthContext<'_>| {
            if !asked.host.load(Ordering::Relaxed) {
                return Authorization::Allow;
            }
            let Some(problem) = problem(&context.action) else { return Authorization::Allow };
            *asked.denied.lock().unwrap_or_else(PoisonError::into_inner) = Some(problem);
            Authorization::Deny
        };
        link.db.authorizer(Some(authorize)).map_err(|failure| link.failed(&failure))?;
        Ok(Self(watch))
    }

    /// Watches until what it returns is dropped.
    pub(crate) fn watch(&self) -> Watching<'_> {
        self.0.host.store(true, Ordering::Relaxed);
        Watching(&self.0)
    }

    /// Why the last statement was denied.
    pub(crate) fn denied(&self) -> Option<String> {
        self.0.denied.lock().unwrap_or_else(PoisonError::into_inner).take()
    }
}

/// A statement of the host is at work.
pub(crate) struct Watching<'g>(&'g Watch);

impl Drop for Watching<'_> {
    fn drop(&mut self) {
        self.0.host.store(false, Ordering::Relaxed);
    }
}

fn is_ours(name: &str) -> bool {
    name.get(..OURS.len()).is_some_and(|start| start.eq_ignore_ascii_case(OURS))
}

/// What is wrong with what a statement does.
fn problem(action: &AuthAction<'_>) -> Option<String> {
    let own = |names: &[&str]| {
        let ours = names.iter().find(|name| is_ours(name));
        ours.map(|name| format!("it changes {name}, which is Nexa's"))
    };
    match *action {
        AuthAction::Select | AuthAction::Read { .. } | AuthAction::Recursive => None,
        AuthAction::Function { function_name } if !function_name.eq_ignore_ascii_case("load_extension") => None,
        AuthAction::Insert { table_name }
        | AuthAction::Update { table_name, .. }
        | AuthAction::Delete { table_name }
        | AuthAction::CreateTable { table_name }
        | AuthAction::DropTable { table_name }
        | AuthAction::AlterTable { table_name, .. } => own(&[table_name]),
        AuthAction::CreateIndex { table_name, index_name } | AuthAction::DropIndex { table_name, index_name } => {
            own(&[table_name, index_name])
        }
        AuthAction::CreateTrigger { table_name, trigger_name }
        | AuthAction::DropTrigger { table_name, trigger_name } => own(&[table_name, trigger_name]),
        AuthAction::CreateView { view_name } | AuthAction::DropView { view_name } => own(&[view_name]),
        // Rebuilds what an index has, as making one does.
        AuthAction::Reindex { .. } => None,
        AuthAction::Transaction { .. } | AuthAction::Savepoint { .. } => {
            Some("it begins or ends a transaction".to_owned())
        }
        _ => Some("it changes more than rows and tables of the host".to_owned()),
    }
}
