//! A record that becomes others, as a lead becomes a contact: what points at it by a field marked `becomes` goes over to them.
//!
//! This is done to all of it, whatever the actor sees, and nothing of it is answered: a rule keeps the data whole.

use uuid::Uuid;

use crate::{
    context::Context,
    error::Result,
    record::{RecordDef, Row},
    store::Prefetch,
    value::Value,
};

/// A reference that goes over when the record that it points at becomes another.
#[derive(Clone, Copy)]
struct Succession {
    of: &'static RecordDef,
    /// The column that points at what becomes another.
    from: usize,
    /// The column that points at what it became.
    to: usize,
    /// The kind that this one points at.
    kind: &'static str,
}

impl Context<'_> {
    /// The references to records of a kind that go over.
    fn successions(&self, kind: &str) -> Vec<Succession> {
        let all = self.environment.kinds.all().iter().copied();
        let found = all.flat_map(|of| {
            let own = of.relations.iter().filter(|relation| relation.kind == kind);
            own.filter_map(move |relation| {
                let to = relation.becomes?;
                let kind = of.relations.iter().find(|other| other.column == to)?.kind;
                Some(Succession { of, from: relation.column, to, kind })
            })
        });
        found.collect()
    }

    /// The loads of [`succeed`](Self::succeed) that are known before it is known what the record becomes.
    pub fn prefetch_succession(&self, (kind, id): (&str, Uuid)) -> Vec<Prefetch> {
        let loads = self.successions(kind).into_iter();
        loads.map(|Succession { of, from, .. }| Prefetch { of, column: from, values: vec![Value::Uuid(id)] }).collect()
    }

    /// Makes what points at a record by a field that is marked `becomes` point at what the record became, each given as its kind and
    /// its id; what became of it in no kind that the field names stays as it is. Of two records that are then one by a unique
    /// constraint, the older stays.
    pub async fn succeed(&mut self, (kind, id): (&str, Uuid), became: &[(&'static str, Uuid)]) -> Result<()> {
        for succession in self.successions(kind) {
            let successor = became.iter().find(|(kind, _)| *kind == succession.kind);
            let Some((_, successor)) = successor.copied() else { continue };
            for row in self.rows_by(succession.of, succession.from, Value::Uuid(id)).await? {
                self.go_over(succession, row, successor).await?;
            }
        }
        Ok(())
    }

    async fn go_over(&mut self, succession: Succession, mut row: Row, successor: Uuid) -> Result<()> {
        let Succession { of, from, to, .. } = succession;
        // Who says both is not asked to forget one of them.
        if !row.get(to).is_null() {
            return Ok(());
        }
        row.set(from, Value::Null);
        row.set(to, Value::Uuid(successor));
        of.derive(&mut row);
        match self.double_of(of, to, &row).await? {
            Some(other) if is_older(of, &row, &other) => {
                self.drop_double(of, other).await?;
                self.save_row(of, row).await.map(drop)
            }
            Some(_) => self.drop_double(of, row).await,
            None => self.save_row(of, row).await.map(drop),
        }
    }
}

fn is_older(of: &RecordDef, row: &Row, other: &Row) -> bool {
    match (row.get(of.created_at), other.get(of.created_at)) {
        (Value::Time(one), Value::Time(other)) => one < other,
        _ => false,
    }
}
