//! What points at a record, and what becomes of it when the record goes.
//!
//! What the actor asks for (that dependents go along, or point elsewhere) is done only where the actor sees and may change each
//! of them. What a rule has to do so that the data stays whole (a merge moves all that pointed at the other) is done to all of
//! them, and nothing of it is answered. [`access`](crate::access) has the whole of it.

use uuid::Uuid;

use crate::{
    access::Action,
    context::Context,
    error::{Code, Error, Result, codes},
    filter::{Comparison, Predicate},
    label,
    maybe_send::BoxFuture,
    record::{RecordDef, Row},
    store::{Aggregate, Measure, Select, Trash as Rows},
    value::Value,
};

/// How many dependents one call moves or trashes.
const MOST_DEPENDENTS: usize = 10_000;

/// Too many records hang on the one that goes.
pub const TOO_MANY_DEPENDENTS: Code = Code::rule(
    "record.too_many_dependents",
    "Over {limit} records point at this {kind}; move or trash them in portions first.",
);
/// Records that the actor does not see, or may not change, stand in the way.
pub(crate) const HIDDEN_DEPENDENTS: Code = Code::rule(
    "record.dependents_hidden",
    "Records that you may not see depend on this {kind}; ask an admin of your organisation to do it.",
);

/// Rows of a kind that matter, by the field that says why.
pub(crate) type Pointing = (&'static RecordDef, String, Predicate);

/// How many of which kinds there are, as `3 contacts`.
pub(super) fn in_words(counted: Vec<(i64, &'static str)>) -> Vec<String> {
    counted.into_iter().map(|(count, kind)| label::counted(count, kind)).collect()
}

impl Context<'_> {
    fn pointer(&self, of: &'static RecordDef, path: &str, id: Uuid) -> Result<Predicate> {
        let column = of.column(path).ok_or_else(|| codes::FIELD_UNKNOWN.with("kind", of.kind).with("field", path))?;
        Ok(Predicate::Compare(column, Comparison::Eq, Value::Uuid(id)))
    }

    /// Rows of a kind whose field points at this record, whatever the actor sees. Error: `record.too_many_dependents`.
    pub async fn pointing(&mut self, of: &'static RecordDef, path: &str, id: Uuid, trash: Rows) -> Result<Vec<Row>> {
        let query = Select { trash, ..Select::all(of, MOST_DEPENDENTS + 1).filtered(self.pointer(of, path, id)?) };
        let rows = self.rows(&query).await?;
        if rows.len() > MOST_DEPENDENTS {
            return Err(TOO_MANY_DEPENDENTS.with("limit", MOST_DEPENDENTS).with("kind", "record"));
        }
        Ok(rows)
    }

    /// Refuses while live records need this one. Errors: `record.in_use`, `record.dependents_hidden`.
    pub(super) async fn must_be_unused(&mut self, def: &'static RecordDef, id: Uuid) -> Result<()> {
        let mut pointing = Vec::new();
        for (kind, path) in self.environment.needed_by(def.kind) {
            let of = self.kind(kind)?;
            pointing.push((of, path.to_owned(), self.pointer(of, path, id)?));
        }
        let in_use = |counted| codes::IN_USE.with("kind", def.kind).with("used_by", in_words(counted));
        self.must_be_none(&pointing, Rows::Live, in_use, def).await
    }

    /// Refuses while any of these rows are there: those that the actor sees are counted, as `3 contact`; of others it is said only
    /// that there are some. Error: `record.dependents_hidden`.
    pub(crate) async fn must_be_none(
        &mut self,
        pointing: &[Pointing],
        trash: Rows,
        refusal: impl FnOnce(Vec<(i64, &'static str)>) -> Error,
        def: &'static RecordDef,
    ) -> Result<()> {
        self.flush().await?;
        let mut counted = Vec::new();
        let mut beyond = Vec::new();
        for (of, path, filter) in pointing {
            let seen = self.seen_through(of, path).await?;
            if !seen.is_always() {
                beyond.push((*of, filter.clone()));
            }
            let count = self.count_of(of, filter.clone().and(seen), trash).await?;
            if count > 0 {
                counted.push((count, of.kind));
            }
        }
        if !counted.is_empty() {
            return Err(refusal(counted));
        }
        for (of, filter) in beyond {
            if self.count_of(of, filter, trash).await? > 0 {
                return Err(HIDDEN_DEPENDENTS.with("kind", def.kind));
            }
        }
        Ok(())
    }

    async fn count_of(&mut self, of: &'static RecordDef, filter: Predicate, trash: Rows) -> Result<i64> {
        let measures = vec![Measure::Count];
        let query = Aggregate { of, filter, trash, groups: Vec::new(), measures, limit: 1 };
        let rows = self.tx.aggregate(&query).await?;
        Ok(rows.first().and_then(|row| row.get(0).as_int()).unwrap_or_default())
    }

    /// Which rows of a kind the actor sees pointing by this field: none where the field is hidden.
    async fn seen_through(&mut self, of: &'static RecordDef, path: &str) -> Result<Predicate> {
        let field = path.split('.').next().unwrap_or(path);
        if self.hidden(of)?.contains(&field) { Ok(Predicate::never()) } else { self.visible_rows(of).await }
    }

    /// Live dependents, all of which the actor sees. Errors: `record.dependents_hidden`, `record.too_many_dependents`.
    async fn seen_dependents(
        &mut self,
        def: &'static RecordDef,
        of: &'static RecordDef,
        path: &str,
        id: Uuid,
    ) -> Result<Vec<Row>> {
        let whole = self.seen_through(of, path).await?.is_always();
        let hidden = || HIDDEN_DEPENDENTS.with("kind", def.kind);
        let rows = match self.pointing(of, path, id, Rows::Live).await {
            Err(error) if error.is(&TOO_MANY_DEPENDENTS) && !whole => return Err(hidden()),
            rows => rows?,
        };
        if whole {
            return Ok(rows);
        }
        for row in &rows {
            if !self.sees_through(of, path, row).await? {
                return Err(hidden());
            }
        }
        Ok(rows)
    }

    /// Whether the actor sees this row point by this field.
    async fn sees_through(&mut self, of: &'static RecordDef, path: &str, row: &Row) -> Result<bool> {
        let field = path.split('.').next().unwrap_or(path);
        Ok(!self.hidden(of)?.contains(&field) && self.allows(of, row, Action::Read).await?)
    }

    /// Puts what needs a record into the trash, and what needs that, all of which the actor sees and may trash.
    pub(super) fn cascade<'b>(
        &'b mut self,
        def: &'static RecordDef,
        needed: &'static RecordDef,
        id: Uuid,
    ) -> BoxFuture<'b, Result<()>> {
        Box::pin(async move {
            for (dependent, path) in self.environment.needed_by(needed.kind) {
                let of = self.kind(dependent)?;
                let rows = self.seen_dependents(def, of, path, id).await?;
                if of.deleted_at.is_none() && !rows.is_empty() {
                    // What has no trash, such as an order, keeps what it needs.
                    let used_by = in_words(vec![(i64::try_from(rows.len()).unwrap_or(i64::MAX), of.kind)]);
                    return Err(codes::IN_USE.with("kind", needed.kind).with("used_by", used_by));
                }
                for row in rows {
                    self.authorize(of, &row, Action::Trash).await?;
                    // A kind that needs itself (a hierarchy) goes down level by level.
                    self.cascade(def, of, row.id(of)).await?;
                    // On another way down, it may have gone already.
                    if let Some(row) = self.current(of, row.id(of)).filter(|row| row.live(of)).cloned() {
                        self.set_trashed(of, row, true).await?;
                    }
                }
            }
            Ok(())
        })
    }

    /// Makes the live dependents of one record point at another, all of which the actor sees and may change; and as many of those
    /// in the trash.
    pub(super) async fn reassign(
        &mut self,
        def: &'static RecordDef,
        kind: &str,
        path: &str,
        from: Uuid,
        to: Uuid,
    ) -> Result<()> {
        let of = self.kind(kind)?;
        let live = self.seen_dependents(def, of, path, from).await?;
        for row in &live {
            self.authorize(of, row, Action::Update).await?;
        }
        self.point_rows(of, path, live, to).await?;
        let mut trashed = Vec::new();
        for row in self.pointing(of, path, from, Rows::Trashed).await? {
            if self.sees_through(of, path, &row).await? && self.allows(of, &row, Action::Update).await? {
                trashed.push(row);
            }
        }
        self.point_rows(of, path, trashed, to).await
    }

    /// Makes every row that points at one record point at another, whatever the actor sees: for a rule that keeps the data whole.
    pub(super) async fn point(&mut self, kind: &str, path: &str, from: Uuid, to: Uuid) -> Result<()> {
        let of = self.kind(kind)?;
        let rows = self.pointing(of, path, from, Rows::Any).await?;
        self.point_rows(of, path, rows, to).await
    }

    /// Makes rows point at a record. What would then be there twice, such as two memberships of one person in one list, is dropped:
    /// put in the trash where its kind has one.
    async fn point_rows(&mut self, of: &'static RecordDef, path: &str, rows: Vec<Row>, to: Uuid) -> Result<()> {
        let Some(column) = of.column(path) else { return Ok(()) };
        for mut row in rows {
            row.set(column, Value::Uuid(to));
            of.derive(&mut row);
            match self.double_of(of, column, &row).await? {
                None => drop(self.save_row(of, row).await?),
                Some(_) => self.drop_double(of, row).await?,
            }
        }
        Ok(())
    }

    /// Takes away what would be there twice: into the trash where its kind has one.
    pub(super) async fn drop_double(&mut self, of: &'static RecordDef, row: Row) -> Result<()> {
        if of.deleted_at.is_some() {
            return self.set_trashed(of, row, true).await.map(drop);
        }
        self.remove_row(of, row.id(of));
        Ok(())
    }

    /// Another live row that links the same: it agrees in all columns of a unique constraint over this reference and others.
    pub(super) async fn double_of(
        &mut self,
        of: &'static RecordDef,
        reference: usize,
        row: &Row,
    ) -> Result<Option<Row>> {
        if !row.live(of) {
            return Ok(None);
        }
        for unique in &of.uniques {
            if unique.columns.len() < 2
                || !unique.columns.contains(&reference)
                || unique.columns.iter().any(|column| row.get(*column).is_null())
            {
                continue;
            }
            let there = self.rows_by(of, reference, row.get(reference).clone()).await?;
            let same = |other: &Row| unique.columns.iter().all(|column| other.get(*column) == row.get(*column));
            let double = there.into_iter().find(|other| other.id(of) != row.id(of) && other.live(of) && same(other));
            if double.is_some() {
                return Ok(double);
            }
        }
        Ok(None)
    }
}
