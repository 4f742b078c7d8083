//! Questions that a command asks, in the scope of its actor or unrestricted.

use std::sync::Arc;

use uuid::Uuid;

use super::{Context, conceal};
use crate::{
    access::Action,
    compile::{self, CustomFields, Scope, When},
    custom_field::{self, FieldDefinition},
    error::Result,
    filter::{Alone, Comparison, Filter, OnChange, Predicate},
    ledger::{Event, EventQuery},
    limits::{self, LARGEST_PAGE},
    maybe_send::MaybeSend,
    record::{Record, RecordDef, Row},
    sort::SortKey,
    store::{Aggregate, Select, Trash},
    value::{Value, zone::Zone},
};

impl Context<'_> {
    /// Events of the ledger, as they were written; who asks leaves out what the actor may not see.
    pub(crate) async fn events(&mut self, query: &EventQuery) -> Result<Vec<Event>> {
        self.tx.events(query).await
    }
    /// Live records by filter in the unrestricted scope, for what rules must know. Pending changes are written first.
    pub(crate) async fn all<R: Record>(&mut self, filter: &Filter, sort: &[&str], limit: usize) -> Result<Vec<R>> {
        self.all_rows(R::def(), filter, sort, limit).await?.into_iter().map(R::from_row).collect()
    }

    /// The same as they are stored.
    pub(crate) async fn all_rows(
        &mut self,
        def: &'static RecordDef,
        filter: &Filter,
        sort: &[&str],
        limit: usize,
    ) -> Result<Vec<Row>> {
        let names: Vec<String> = sort.iter().map(|name| (*name).to_owned()).collect();
        let query = Select {
            filter: self.tenants_filter(def, filter).await?,
            sort: self.order(def, &names, &[]).await?,
            ..Select::all(def, limit)
        };
        self.rows(&query).await
    }

    /// Live records by filter in the actor's scope; hidden fields are empty.
    pub async fn visible<R: Record>(&mut self, filter: &Filter, sort: &[&str], limit: usize) -> Result<Vec<R>> {
        let def = R::def();
        let names: Vec<String> = sort.iter().map(|name| (*name).to_owned()).collect();
        let hidden = self.hidden(def)?;
        let query = Select {
            filter: self.visible_filter(def, filter).await?,
            sort: self.order(def, &names, &hidden).await?,
            ..Select::all(def, limit)
        };
        let rows = self.rows(&query).await?;
        rows.into_iter().map(|row| R::from_row(conceal(def, row, &hidden))).collect()
    }

    /// All live records by filter in the actor's scope, in the order of their ids; hidden fields are empty. They are read page by page
    /// and kept together: for what needs all of them, such as a sum over a hierarchy.
    pub async fn visible_every<R: Record>(&mut self, filter: &Filter) -> Result<Vec<R>> {
        let def = R::def();
        let hidden = self.hidden(def)?;
        let filter = self.visible_filter(def, filter).await?;
        let rows = self.every_row(Select::all(def, LARGEST_PAGE).filtered(filter)).await?;
        rows.into_iter().map(|row| R::from_row(conceal(def, row, &hidden))).collect()
    }

    /// All rows that a query finds, page by page; no access is asked.
    pub(crate) async fn every_row(&mut self, query: Select) -> Result<Vec<Row>> {
        let mut query = Select { limit: LARGEST_PAGE, ..query };
        let mut every = Vec::new();
        loop {
            let page = self.rows(&query).await?;
            let more = page.len() == LARGEST_PAGE;
            query.after = page.last().map(|last| query.position(last));
            every.extend(page);
            if !more {
                return Ok(every);
            }
        }
    }

    /// The keys of an order, for somebody to whom these fields are hidden. Errors: `filter.invalid`, `field.unknown`.
    pub(crate) async fn order(
        &mut self,
        def: &'static RecordDef,
        names: &[String],
        hidden: &[&'static str],
    ) -> Result<Vec<SortKey>> {
        let custom = names.iter().any(|name| name.trim_start_matches('-').starts_with("custom."));
        let definitions = if custom { self.definitions().await? } else { Arc::default() };
        compile::sort(def, names, hidden, &definitions)
    }

    /// The fields of a kind that do not exist for the actor. Error: `policy.invalid`.
    pub fn hidden(&self, def: &'static RecordDef) -> Result<Vec<&'static str>> {
        Ok(self.permitted(def, Action::Read)?.map_or_else(Vec::new, |permitted| permitted.granted.hidden.clone()))
    }

    /// A filter in the actor's scope. Errors: `filter.invalid`, `field.unknown`.
    pub(crate) async fn asked_filter(&mut self, def: &'static RecordDef, filter: &Filter) -> Result<Predicate> {
        let definitions = self.definitions_for(filter).await?;
        let (hidden, fields) = (self.hidden(def)?, CustomFields::asked(&definitions));
        let read = |cx: &Context<'_>, when: &When| {
            compile::filter_without(&hidden, &cx.environment.kinds, def, filter, cx.scope(), fields, when)
        };
        self.read_filter(read).await.map(|(predicate, _)| predicate)
    }

    /// Reads a filter; in the tenant's time zone where it depends on that. And whether it means the same at any moment, and in any
    /// zone.
    async fn read_filter<T>(
        &mut self,
        read: impl Fn(&Context<'_>, &When) -> Result<T> + MaybeSend,
    ) -> Result<(T, bool)> {
        let when = When::at(self.now);
        let asked = read(self, &when)?;
        if !when.lacks_zone() {
            return Ok((asked, when.is_always_the_same()));
        }
        drop(asked);
        let when = When::in_zone(self.now, self.time_zone().await?);
        Ok((read(self, &when)?, false))
    }

    /// A filter of events of a kind, in the actor's scope. Errors: `filter.invalid`, `field.unknown`.
    pub(crate) async fn asked_of_events(&mut self, def: &'static RecordDef, filter: &Filter) -> Result<OnChange> {
        let definitions = self.definitions_for(filter).await?;
        let (hidden, fields) = (self.hidden(def)?, CustomFields::asked(&definitions));
        let read = |cx: &Context<'_>, when: &When| {
            compile::on_change(&hidden, &cx.environment.kinds, def, filter, cx.scope(), fields, when)
        };
        self.read_filter(read).await.map(|(asked, _)| asked)
    }

    /// A filter of events that was checked when it was kept as data, in the unrestricted scope, as a rule needs it that follows what
    /// happens. Errors: `filter.invalid`, `field.unknown`.
    pub async fn kept_on_change(&mut self, def: &'static RecordDef, filter: &Filter) -> Result<OnChange> {
        let definitions = self.definitions_for(filter).await?;
        let fields = CustomFields::kept(&definitions);
        let read = |cx: &Context<'_>, when: &When| {
            compile::on_change(&[], &cx.environment.kinds, def, filter, Scope::Unrestricted, fields, when)
        };
        self.read_filter(read).await.map(|(asked, _)| asked)
    }

    /// The tenant's time zone.
    pub async fn time_zone(&mut self) -> Result<Zone> {
        let Some((def, field)) = self.environment.directory.time_zone() else { return Ok(Zone::UTC) };
        let settings = self.row(def, self.org).await?;
        let name = settings.as_ref().zip(def.column(field)).and_then(|(row, column)| row.get(column).as_text());
        Ok(name.and_then(Zone::named).unwrap_or(Zone::UTC))
    }

    /// The same, and what the actor may see.
    pub(crate) async fn visible_filter(&mut self, def: &'static RecordDef, filter: &Filter) -> Result<Predicate> {
        let own = self.visible_rows(def).await?;
        let both = self.asked_filter(def, filter).await?.and(own);
        limits::statement(&both)?;
        Ok(both)
    }

    /// The ids of live records by filter in the actor's scope, in their order, from behind one of them on. Errors: `filter.invalid`,
    /// `field.unknown`.
    pub async fn visible_ids(
        &mut self,
        def: &'static RecordDef,
        filter: &Filter,
        after: Option<Uuid>,
        limit: usize,
    ) -> Result<Vec<Uuid>> {
        let mut filter = self.visible_filter(def, filter).await?;
        if let Some(after) = after {
            filter = filter.and(Predicate::Compare(def.id, Comparison::Gt, Value::Uuid(after)));
        }
        let rows = self.rows(&Select::all(def, limit).filtered(filter)).await?;
        Ok(rows.iter().map(|row| row.id(def)).collect())
    }

    /// Whether a live record that the actor sees matches a filter, in the actor's scope. Errors: `filter.invalid`, `field.unknown`.
    pub async fn matches(&mut self, def: &'static RecordDef, row: &Row, filter: &Filter) -> Result<bool> {
        if filter.is_everything() {
            return Ok(true);
        }
        let asked = self.asked_filter(def, filter).await?;
        if !asked.looks_elsewhere() {
            return Ok(asked.holds(row, &Alone) == Some(true));
        }
        let id = Predicate::Compare(def.id, Comparison::Eq, Value::Uuid(row.id(def)));
        Ok(!self.rows(&Select::all(def, 1).filtered(asked.and(id))).await?.is_empty())
    }

    /// What the actor may see.
    pub(crate) async fn visible_rows(&mut self, def: &'static RecordDef) -> Result<Predicate> {
        let Some(permitted) = self.permitted(def, Action::Read)? else { return Ok(Predicate::always()) };
        if !permitted.granted.rows.names_custom() {
            return Ok(permitted.rows.clone());
        }
        let definitions = self.definitions().await?;
        let fields = CustomFields::kept(&definitions);
        compile::granted_rows(&self.environment.kinds, def, &permitted.granted, Action::Read, fields)
    }

    /// A filter in the unrestricted scope. Errors: `filter.invalid`, `field.unknown`.
    pub async fn tenants_filter(&mut self, def: &'static RecordDef, filter: &Filter) -> Result<Predicate> {
        let definitions = self.definitions_for(filter).await?;
        let fields = CustomFields::asked(&definitions);
        let read = |cx: &Context<'_>, when: &When| {
            compile::filter(&cx.environment.kinds, def, filter, Scope::Unrestricted, fields, when)
        };
        self.read_filter(read).await.map(|(predicate, _)| predicate)
    }

    /// A filter that was checked when it was kept as data, in the unrestricted scope; a custom field that was removed since has no
    /// values. And whether it means the same in other calls: not where it looks at custom fields, at the moment or at the tenant's time
    /// zone. Errors: `filter.invalid`, `field.unknown`.
    pub async fn kept_filter(&mut self, def: &'static RecordDef, filter: &Filter) -> Result<(Predicate, bool)> {
        let definitions = self.definitions_for(filter).await?;
        let fields = CustomFields::kept(&definitions);
        let read = |cx: &Context<'_>, when: &When| {
            compile::filter(&cx.environment.kinds, def, filter, Scope::Unrestricted, fields, when)
        };
        let (predicate, same) = self.read_filter(read).await?;
        Ok((predicate, same && !filter.names_custom()))
    }

    /// Rows as they are now, those included that this call has changed; no access is asked.
    pub(crate) async fn rows(&mut self, query: &Select) -> Result<Vec<Row>> {
        self.flush_for(query.of, &query.filter).await?;
        let rows = self.tx.select(query).await?;
        for row in &rows {
            self.keep(query.of, row.clone());
        }
        Ok(self.as_they_read(query.of, rows))
    }

    /// Stored rows as they read by now.
    pub(crate) fn as_they_read(&self, of: &'static RecordDef, mut rows: Vec<Row>) -> Vec<Row> {
        if of.lapses.is_some() {
            rows = rows.into_iter().map(|row| of.as_of(row, self.now)).collect();
        }
        rows
    }

    /// Writes what is pending when a query could see it.
    async fn flush_for(&mut self, of: &'static RecordDef, filter: &Predicate) -> Result<()> {
        let seen = self.touched.iter().any(|(kind, _)| *kind == of.kind || filter.looks_at(kind));
        if seen { self.flush().await } else { Ok(()) }
    }

    /// Groups and measures in the actor's scope.
    pub(crate) async fn groups(&mut self, mut query: Aggregate) -> Result<Vec<Row>> {
        query.filter = query.filter.and(self.visible_rows(query.of).await?);
        limits::statement(&query.filter)?;
        self.flush_for(query.of, &query.filter).await?;
        query.trash = Trash::Live;
        self.tx.aggregate(&query).await
    }

    /// The tenant's definitions of custom fields, of all kinds.
    pub async fn definitions(&mut self) -> Result<Arc<[FieldDefinition]>> {
        if let Some(known) = &self.definitions {
            return Ok(Arc::clone(known));
        }
        let rows = self.tx.select(&Select::all(FieldDefinition::def(), custom_field::MOST_FIELDS)).await?;
        let found: Arc<[FieldDefinition]> = rows.into_iter().map(FieldDefinition::from_row).collect::<Result<_>>()?;
        self.definitions = Some(Arc::clone(&found));
        Ok(found)
    }

    /// The same when the filter names a custom field, else none.
    async fn definitions_for(&mut self, filter: &Filter) -> Result<Arc<[FieldDefinition]>> {
        if filter.names_custom() { self.definitions().await } else { Ok(Arc::default()) }
    }

    /// Writes what is pending by the definitions as they were, and from here on goes by the new ones.
    pub(crate) async fn definitions_changed(&mut self) -> Result<()> {
        self.flush().await?;
        self.definitions = None;
        // Filters were compiled by the definitions as they were.
        self.kept.retain(|_| false);
        Ok(())
    }

    pub(super) async fn check_custom(&mut self, def: &'static RecordDef, row: &Row) -> Result<()> {
        let Some(Value::Json(text)) = def.custom.map(|column| row.get(column)) else { return Ok(()) };
        let values: serde_json::Map<String, serde_json::Value> = serde_json::from_str(text).unwrap_or_default();
        let definitions = self.definitions().await?;
        values
            .iter()
            .try_for_each(|(name, value)| custom_field::checked(&definitions, def.kind, name, value).map(|_| ()))
    }
}
