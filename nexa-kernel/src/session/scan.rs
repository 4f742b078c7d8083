//! Chosen columns of all records that match, one row after the other.

use std::{
    borrow::Cow,
    sync::{Arc, Mutex, PoisonError},
};

use super::{Job, Session};
use crate::{
    access::Action,
    context::Context,
    error::{Result, codes},
    maybe_send::MaybeSend,
    operation::operation_name,
    query::Find,
    record::{ColumnDef, Lapse, Record, RecordDef},
    scan::{Cell, Sink},
    shared::SharedOperation,
    value::Timestamp,
};

impl Session {
    /// Hands over columns of every record that a find matches, from one snapshot; answers the sink. They come in the
    /// order of the find; without sort and limit in that of the storage, which is quickest.
    ///
    /// Columns are named by their paths, such as `last_name` or `assignee.user`; without names come all that the actor
    /// may see. Rows go to the sink as they are read, so memory does not grow. `limit` counts all rows, and related
    /// records do not come along. Errors: those of find, `field.unknown`, and those of the sink.
    pub async fn scan<R: Record, S: Sink + 'static>(
        &self,
        find: Find<R>,
        columns: Option<Vec<String>>,
        sink: S,
    ) -> Result<S> {
        self.scanned(R::def(), find.untyped(), columns, sink).await
    }

    /// The same for a kind by its name. Error: `kind.unknown`, also where callers do not read the kind.
    pub async fn scan_kind<S: Sink + 'static>(
        &self,
        kind: &str,
        find: Find<()>,
        columns: Option<Vec<String>>,
        sink: S,
    ) -> Result<S> {
        self.scanned((self.behaviour(kind)?.def)(), find, columns, sink).await
    }

    async fn scanned<S: Sink + 'static>(
        &self,
        def: &'static RecordDef,
        find: Find<()>,
        columns: Option<Vec<String>>,
        sink: S,
    ) -> Result<S> {
        let sink = Arc::new(Mutex::new(Some(sink)));
        self.read(ScanJob { def, find, columns, sink: sink.clone() }).await?;
        let taken = sink.lock().unwrap_or_else(PoisonError::into_inner).take();
        taken.ok_or_else(unanswered)
    }
}

fn unanswered() -> crate::Error {
    codes::STORE_FAILED.with("problem", "a scan did not end")
}

struct ScanJob<S> {
    def: &'static RecordDef,
    find: Find<()>,
    columns: Option<Vec<String>>,
    sink: Arc<Mutex<Option<S>>>,
}

impl<S: Sink + 'static> Job for ScanJob<S> {
    type Output = ();
    fn operation(&self) -> Cow<'static, str> {
        operation_name(self.def.kind, <Find<()> as SharedOperation>::VERB).into()
    }
    fn arguments(&self) -> String {
        String::new()
    }
    async fn run(&self, cx: &mut Context<'_>) -> Result<()> {
        self.find.in_bounds()?;
        let taken = self.sink.lock().unwrap_or_else(PoisonError::into_inner).take();
        let mut sink = taken.ok_or_else(unanswered)?;
        let scanned = scan(cx, self.def, &self.find, self.columns.as_deref(), &mut sink).await;
        *self.sink.lock().unwrap_or_else(PoisonError::into_inner) = Some(sink);
        scanned
    }
}

async fn scan(
    cx: &mut Context<'_>,
    def: &'static RecordDef,
    find: &Find<()>,
    columns: Option<&[String]>,
    sink: &mut dyn Sink,
) -> Result<()> {
    cx.authorize_kind(def, Action::Read)?;
    let hidden = cx.hidden(def)?;
    let mut columns = chosen(def, &hidden, columns)?;
    let query = find.select(cx, def, &hidden, find.limit.unwrap_or(usize::MAX)).await?;
    let defs: Vec<&'static ColumnDef> = columns.iter().filter_map(|column| def.columns.get(*column)).collect();
    sink.begin(&defs);
    let Some(place) = def.lapses.and_then(|lapse| columns.iter().position(|column| *column == lapse.column)) else {
        return cx.tx.scan(&query, &columns, sink).await;
    };
    let (Some(lapse), now) = (def.lapses, cx.now()) else { return Ok(()) };
    columns.push(lapse.at);
    cx.tx.scan(&query, &columns, &mut Lapsing { sink, lapse, place, now }).await
}

/// Hands over rows as they read by now; the moment at which a value lapses stands last in each.
struct Lapsing<S> {
    sink: S,
    lapse: Lapse,
    place: usize,
    now: Timestamp,
}

impl<S: std::ops::DerefMut<Target: Sink> + MaybeSend> Sink for Lapsing<S> {
    fn begin(&mut self, columns: &[&'static ColumnDef]) {
        self.sink.begin(columns.split_last().map_or(columns, |(_, columns)| columns));
    }
    fn row(&mut self, cells: &[Cell<'_>]) -> Result<()> {
        let Some((at, cells)) = cells.split_last() else { return Ok(()) };
        let lapsed = matches!(at, Cell::Time(at) if *at <= self.now)
            && matches!(cells.get(self.place), Some(Cell::Text(value)) if *value == self.lapse.from);
        if !lapsed {
            return self.sink.row(cells);
        }
        let mut cells = cells.to_vec();
        if let Some(cell) = cells.get_mut(self.place) {
            *cell = Cell::Text(self.lapse.to);
        }
        self.sink.row(&cells)
    }
    fn beside(&mut self) -> Option<Box<dyn Sink>> {
        let sink = self.sink.beside()?;
        Some(Box::new(Lapsing { sink, lapse: self.lapse, place: self.place, now: self.now }))
    }
}

/// The columns of these paths, in their order. Error: `field.unknown`, also for what is hidden.
fn chosen(def: &'static RecordDef, hidden: &[&'static str], wanted: Option<&[String]>) -> Result<Vec<usize>> {
    let fields = def.fields.iter().filter(|field| !hidden.contains(&field.name));
    let shown: Vec<usize> = fields.flat_map(|field| field.first..field.first + field.count).collect();
    let Some(wanted) = wanted else { return Ok(shown) };
    let path = |column: usize| def.columns.get(column).map(|column| column.path.as_str());
    let find = |name: &String| {
        let found = shown.iter().copied().find(|column| path(*column) == Some(name.as_str()));
        found.ok_or_else(|| codes::FIELD_UNKNOWN.with("kind", def.kind).with("field", name))
    };
    wanted.iter().map(find).collect()
}
