//! One caller's view: what `get` shows them, and whether every other path shows the same.

use std::{
    cell::RefCell,
    collections::{BTreeMap, BTreeSet},
};

use nexa_crm::{
    Envelope, ErrorKind, FeedItem, Filter, Position, Result, Session,
    kernel::{
        record::{ColumnDef, ColumnType, RecordDef, Row},
        search,
        value::Value,
    },
    testing::{Office, Random},
};
use nexa_tests::traffic::Traffic;
use pollster::block_on;
use serde_json::{Value as Json, json};
use uuid::Uuid;

use super::policies::{Policies, secrets};

/// Records by id, as `get` shows them.
pub(crate) type Shown = BTreeMap<Uuid, Json>;

/// One caller's view.
pub(crate) struct View<'a> {
    pub(crate) office: &'a Office,
    pub(super) traffic: &'a Traffic,
    policies: Policies,
    pub(crate) session: Session,
    host: Session,
    /// The label of a failure.
    pub(crate) label: String,
    limited: bool,
    random: Random,
    live: BTreeMap<&'static str, Shown>,
    trashed: BTreeMap<&'static str, Shown>,
    everything: BTreeMap<&'static str, Shown>,
    /// Ids of merged records, by what they find.
    forwarded: RefCell<BTreeSet<Uuid>>,
    /// The operations that answered.
    pub(crate) answered: RefCell<BTreeSet<String>>,
}

impl<'a> View<'a> {
    /// Looks at every record that was ever there, one by one.
    pub(crate) fn new(
        office: &'a Office,
        traffic: &'a Traffic,
        policies: Policies,
        caller: &str,
        label: String,
    ) -> Self {
        let session = office.session(caller);
        let limited = policies.limits(office, session.principal());
        let mut view = Self {
            office,
            traffic,
            policies,
            host: office.session("system"),
            session,
            label,
            limited,
            random: Random::new(11),
            live: BTreeMap::new(),
            trashed: BTreeMap::new(),
            everything: BTreeMap::new(),
            forwarded: RefCell::default(),
            answered: RefCell::default(),
        };
        for def in view.kinds() {
            for id in &view.ids(def) {
                let get = format!("{}.get", def.kind);
                let arguments = |trashed| json!({def.kind: id, "trashed": trashed});
                if let Ok(record) = block_on(view.host.execute(&get, arguments(true), Envelope::default())) {
                    if record["id"] != json!(id) {
                        view.forwarded.borrow_mut().insert(*id);
                        continue;
                    }
                    view.everything.entry(def.kind).or_default().insert(*id, record);
                }
                let hidden = view.hidden(def);
                let place = match view.ask(&get, arguments(false)) {
                    Ok(record) => Some((&mut view.live, record)),
                    Err(_) => view.ask(&get, arguments(true)).ok().map(|record| (&mut view.trashed, record)),
                };
                let Some((place, record)) = place else { continue };
                for field in hidden {
                    assert!(empty(&record[field]), "{}: get shows {field} of {record}", view.label);
                }
                place.entry(def.kind).or_default().insert(*id, record);
            }
        }
        view
    }

    /// The kinds that can be read.
    pub(crate) fn kinds(&self) -> Vec<&'static RecordDef> {
        let catalog = self.office.crm.catalog();
        let kinds = self.office.crm.kinds().all().iter().copied();
        kinds.filter(|def| catalog.operation(&format!("{}.get", def.kind)).is_ok()).collect()
    }

    /// The ids of a kind's records that were ever there; of a kind without a history, of those that are.
    fn ids(&self, def: &'static RecordDef) -> Vec<Uuid> {
        if def.ledger {
            return self.traffic.ids(def.kind).to_vec();
        }
        let page = self.host(&format!("{}.find", def.kind), json!({"limit": 1_000})).unwrap();
        assert!(page["next"].is_null(), "{}: more than a page of {}", self.label, def.kind);
        page["items"].as_array().unwrap().iter().map(id_of).collect()
    }

    /// The live records of a kind that the caller gets.
    pub(crate) fn live(&self, kind: &str) -> Shown {
        self.live.get(kind).cloned().unwrap_or_default()
    }

    pub(crate) fn in_trash(&self, kind: &str) -> Shown {
        self.trashed.get(kind).cloned().unwrap_or_default()
    }

    pub(crate) fn hidden(&self, def: &'static RecordDef) -> Vec<&'static str> {
        self.policies.hidden_from(self.office, self.session.principal(), def)
    }

    /// What the caller is answered; nothing hidden stands in it.
    pub(crate) fn ask(&self, operation: &str, arguments: Json) -> Result<Json> {
        let answer = block_on(self.session.execute(operation, arguments.clone(), Envelope::default()));
        if answer.is_ok() {
            self.answered.borrow_mut().insert(operation.to_owned());
        }
        if self.limited {
            let said = arguments.to_string();
            let leaked: Vec<String> = secrets(&answer).into_iter().filter(|secret| !said.contains(secret)).collect();
            assert!(leaked.is_empty(), "{}: {operation} {arguments} shows {leaked:?}: {answer:?}", self.label);
        }
        answer
    }

    /// A text that was written for the caller has nothing hidden in it.
    pub(crate) fn shows_no_secret(&self, text: &str) {
        if self.limited {
            assert_eq!(secrets(&Ok(json!(text))), [""; 0], "{}", self.label);
        }
    }

    /// The same, where a refusal is as good as nothing.
    pub(crate) fn ask_if_allowed(&self, operation: &str, arguments: Json) -> Option<Json> {
        match self.ask(operation, arguments) {
            Ok(answer) => Some(answer),
            Err(error) if matches!(error.kind(), ErrorKind::Forbidden | ErrorKind::NotFound) => None,
            Err(error) => panic!("{}: {operation}: {error:?}", self.label),
        }
    }

    pub(super) fn host(&self, operation: &str, arguments: Json) -> Result<Json> {
        block_on(self.host.execute(operation, arguments, Envelope::default()))
    }

    pub(crate) fn every_path_agrees(&self) {
        for def in self.kinds() {
            self.pages_show_what_get_shows(def);
            for _ in 0..8 {
                self.filters_select_among_what_get_shows(def);
            }
            for _ in 0..4 {
                self.filters_through_relations_see_no_further(def);
            }
            for _ in 0..6 {
                self.filters_by_what_points_at_records_see_no_further(def);
            }
            for _ in 0..6 {
                self.searches_hit_what_get_shows(def);
            }
            self.aggregates_count_what_get_shows(def);
            self.related_records_are_those_of_get(def);
            self.history_and_explain_are_of_what_get_shows(def);
        }
        self.the_feed_names_what_get_shows();
        self.the_feed_of_a_kind_shows_no_more_than_the_feed();
    }

    fn pages_show_what_get_shows(&self, def: &'static RecordDef) {
        for (trashed, expected) in [(false, self.live(def.kind)), (true, self.in_trash(def.kind))] {
            let mut shown = Shown::new();
            let mut after = Json::Null;
            let limit = 1 + self.random.below(40);
            let sort = if self.random.once_in(2) { json!(["-updated_at"]) } else { json!([]) };
            while let Some(page) = self.ask_if_allowed(
                &format!("{}.find", def.kind),
                json!({"limit": limit, "sort": sort, "trashed": trashed, "after": after}),
            ) {
                for item in page["items"].as_array().unwrap() {
                    let twice = shown.insert(id_of(item), item.clone());
                    assert_eq!(twice, None, "{}: on two pages", self.label);
                }
                after = page["next"].clone();
                if after.is_null() {
                    break;
                }
            }
            assert_eq!(shown, expected, "{}: {}.find, trashed: {trashed}", self.label, def.kind);
        }
        let count = self.ask_if_allowed(&format!("{}.count", def.kind), json!({}));
        assert_eq!(count.unwrap_or(json!(0)), json!(self.live(def.kind).len()), "{}: {}.count", self.label, def.kind);
    }

    /// A comparison of some field with what some record holds there.
    fn comparison(&self, def: &'static RecordDef) -> Option<(&'static ColumnDef, Json)> {
        let records: Vec<&Json> = self.everything.get(def.kind)?.values().collect();
        if let Some(custom) = def.custom
            && self.random.once_in(6)
        {
            let (op, value) = [
                ("eq", json!("red")),
                ("ne", json!("red")),
                ("in", json!(["blue", "green"])),
                ("is_null", json!(true)),
            ][self.random.below(4)]
            .clone();
            return Some((&def.columns[custom], json!({"field": "custom.color", "op": op, "value": value})));
        }
        let columns: Vec<&'static ColumnDef> = def.columns.iter().filter(|column| column.derived.is_none()).collect();
        let column = *self.random.pick(&columns)?;
        let held = records[self.random.below(records.len())];
        let value = column.path.split('.').fold(held, |value, part| &value[part]).clone();
        if value.is_null() {
            return Some((column, json!({"field": column.path, "op": "is_null", "value": true})));
        }
        let ops = ["eq", "ne", "lt", "ge", "in", "not_in", "is_null", "contains", "starts_with", "has"];
        let (op, value) = match ops[self.random.below(ops.len())] {
            "in" => ("in", json!([value])),
            "not_in" => ("not_in", json!([value])),
            "is_null" => ("is_null", json!(false)),
            "has" => ("has", value[0].clone()),
            op => (op, value),
        };
        Some((column, json!({"field": column.path, "op": op, "value": value})))
    }

    /// The ids that a find answers, in its order; or the code of its refusal.
    fn found(&self, answer: Result<Json>) -> Result<Vec<Uuid>, String> {
        match answer {
            Ok(page) => Ok(page["items"].as_array().unwrap().iter().map(id_of).collect()),
            Err(error) => Err(error.code().to_owned()),
        }
    }

    fn filters_select_among_what_get_shows(&self, def: &'static RecordDef) {
        let Some((column, mut filter)) = self.comparison(def) else { return };
        if self.random.once_in(4) {
            filter = json!({"not": filter});
        }
        let hidden = self.is_hidden(def, column);
        let sort = ["created_at", "-updated_at", "id", "-version"][self.random.below(4)];
        let find = json!({"filter": filter, "sort": [sort], "limit": 1_000});
        let label = format!("{}: {}.find {find}", self.label, def.kind);
        let operation = format!("{}.find", def.kind);
        let answer = self.found(self.ask(&operation, find.clone()));
        let live = self.live(def.kind);
        let expected = self.found(self.host(&operation, find));
        match (&answer, expected) {
            (Err(code), _) if code == "access.denied" || code == "actor.inactive" => {
                assert!(live.is_empty(), "{label}")
            }
            (Err(code), _) if hidden => assert_eq!(code, "field.unknown", "{label}"),
            (answer, Err(code)) => assert_eq!(answer.as_ref().unwrap_err(), &code, "{label}"),
            (answer, Ok(all)) => {
                let visible: Vec<Uuid> = all.into_iter().filter(|id| live.contains_key(id)).collect();
                assert_eq!(answer.as_ref(), Ok(&visible), "{label}");
                assert!(!hidden, "{label}: a filter on a hidden field");
            }
        }
        let Ok(ids) = answer else { return };
        let count = self.ask(&format!("{}.count", def.kind), json!({"filter": filter})).unwrap();
        assert_eq!(count, json!(ids.len()), "{label}: count");
        let by_id = json!({"filter": filter, "group_by": [{"field": "id"}], "measure": ["count"]});
        let groups = self.ask(&format!("{}.aggregate", def.kind), by_id).unwrap();
        let grouped: BTreeSet<Uuid> =
            groups.as_array().unwrap().iter().map(|row| row["group"][0].as_str().unwrap().parse().unwrap()).collect();
        assert_eq!(grouped, ids.into_iter().collect(), "{label}: aggregate");
    }

    fn filters_through_relations_see_no_further(&self, def: &'static RecordDef) {
        let Some(relation) = self.random.pick(&def.relations) else { return };
        let Some(of) = self.kinds().into_iter().find(|of| of.kind == relation.kind) else { return };
        let Some((column, inner)) = self.comparison(of) else { return };
        let filter = if self.random.once_in(2) {
            json!({"through": relation.name, "filter": inner})
        } else {
            let mut dotted = inner.clone();
            dotted["field"] = json!(format!("{}.{}", relation.name, inner["field"].as_str().unwrap()));
            dotted
        };
        let label = format!("{}: {}.find {filter}", self.label, def.kind);
        let answer = self.found(self.ask(&format!("{}.find", def.kind), json!({"filter": filter, "limit": 1_000})));
        if self.is_hidden(of, column) || self.is_hidden(def, &def.columns[relation.column]) {
            assert!(answer.is_err(), "{label}");
            return;
        }
        let Ok(answer) = answer else { return };
        let matching = self.found(self.host(&format!("{}.find", of.kind), json!({"filter": inner, "limit": 1_000})));
        let seen = self.live(of.kind);
        let reached: BTreeSet<Uuid> = matching.unwrap().into_iter().filter(|id| seen.contains_key(id)).collect();
        let points = |record: &Json| {
            let at = relation.name.split('.').fold(record, |value, part| &value[part]);
            at.as_str().and_then(|id| id.parse().ok()).is_some_and(|id: Uuid| reached.contains(&id))
        };
        let expected: BTreeSet<Uuid> =
            self.live(def.kind).into_iter().filter(|(_, record)| points(record)).map(|(id, _)| id).collect();
        assert_eq!(answer.into_iter().collect::<BTreeSet<_>>(), expected, "{label}");
    }

    fn filters_by_what_points_at_records_see_no_further(&self, def: &'static RecordDef) {
        let all = self.kinds().into_iter().flat_map(|of| of.pointers_at(def).into_iter().map(move |by| (of, by)));
        let Some((of, by)) = self.random.pick(&all.collect::<Vec<_>>()).copied() else { return };
        let Some((column, inner)) = self.comparison(of) else { return };
        let at_least = 1 + self.random.below(2);
        let none = self.random.once_in(3);
        let filter = if none {
            json!({"has_none": of.kind, "by": by.name, "filter": inner})
        } else {
            json!({"has": of.kind, "by": by.name, "filter": inner, "at_least": at_least})
        };
        let label = format!("{}: {}.find {filter}", self.label, def.kind);
        let find = |filter: &Json| json!({"filter": filter, "limit": 1_000});
        let answer = self.found(self.ask(&format!("{}.find", def.kind), find(&filter)));
        if self.is_hidden(of, column) || self.is_hidden(of, &of.columns[by.column]) {
            assert!(answer.is_err(), "{label}");
            return;
        }
        let Ok(answer) = answer else { return };
        let matching = self.found(self.host(&format!("{}.find", of.kind), find(&inner)));
        let seen = self.live(of.kind);
        let mut counts: BTreeMap<Uuid, usize> = BTreeMap::new();
        for child in matching.unwrap().iter().filter_map(|id| seen.get(id)) {
            let at = by.name.split('.').fold(child, |value, part| &value[part]);
            let named = at.as_array().map_or(std::slice::from_ref(at), Vec::as_slice);
            let ids = named.iter().filter_map(|one| match one {
                Json::String(id) => Some(id.as_str()),
                one => one["id"].as_str().filter(|_| one["kind"] == json!(def.kind)),
            });
            let ids: BTreeSet<Uuid> = ids.filter_map(|id| id.parse().ok()).collect();
            ids.into_iter().for_each(|id| *counts.entry(id).or_default() += 1);
        }
        let enough = |id: &Uuid| {
            let count = counts.get(id).copied().unwrap_or_default();
            if none { count == 0 } else { count >= at_least }
        };
        let expected: BTreeSet<Uuid> = self.live(def.kind).into_keys().filter(enough).collect();
        assert_eq!(answer.into_iter().collect::<BTreeSet<_>>(), expected, "{label}");
    }

    fn is_hidden(&self, def: &'static RecordDef, column: &ColumnDef) -> bool {
        self.hidden(def).contains(&column.path.split('.').next().unwrap())
    }

    fn searches_hit_what_get_shows(&self, def: &'static RecordDef) {
        let Some((column, _)) = self.random.pick(&def.search) else { return };
        let column = &def.columns[*column];
        let Some(everything) = self.everything.get(def.kind) else { return };
        let records: Vec<&Json> = everything.values().collect();
        let held = column.path.split('.').fold(records[self.random.below(records.len())], |value, part| &value[part]);
        let words: Vec<&str> = held
            .as_str()
            .unwrap_or("web")
            .split(|c: char| !c.is_alphanumeric())
            .filter(|word| !word.is_empty())
            .collect();
        let Some(word) = self.random.pick(&words) else { return };
        let text: String = word.chars().take(2 + self.random.below(12)).collect();
        let sought = search::sought(&text);
        let expected: BTreeSet<Uuid> = self
            .live(def.kind)
            .into_iter()
            .filter(|(_, record)| search::score(&sought, &search::row_terms(def, &searched(def, record))).is_some())
            .map(|(id, _)| id)
            .collect();
        let mut hits = Vec::new();
        let mut after = Json::Null;
        while let Some(page) = self.ask_if_allowed(
            &format!("{}.search", def.kind),
            json!({"text": text, "limit": 1 + self.random.below(9), "after": after}),
        ) {
            hits.extend(page["items"].as_array().unwrap().iter().map(|item| {
                assert_eq!(Some(item), self.live(def.kind).get(&id_of(item)), "{}: a hit", self.label);
                id_of(item)
            }));
            after = page["next"].clone();
            if after.is_null() {
                break;
            }
        }
        let set: BTreeSet<Uuid> = hits.iter().copied().collect();
        assert_eq!(set.len(), hits.len(), "{}: {}.search {text} hits twice", self.label, def.kind);
        assert_eq!(set, expected, "{}: {}.search {text}", self.label, def.kind);
    }

    fn aggregates_count_what_get_shows(&self, def: &'static RecordDef) {
        let live = self.live(def.kind);
        for column in def.columns.iter().filter(|column| column.derived.is_none()) {
            let plain = !matches!(column.kind, ColumnType::List | ColumnType::Map | ColumnType::Json);
            let aggregate = json!({
                "group_by": [{"field": column.path}],
                "measure": ["count", {"distinct": column.path}, {"max": "updated_at"}],
            });
            let answer = self.ask(&format!("{}.aggregate", def.kind), aggregate);
            let label = format!("{}: {}.aggregate by {}", self.label, def.kind, column.path);
            match answer {
                Ok(rows) => {
                    assert!(!self.is_hidden(def, column), "{label}: it is hidden");
                    let rows = rows.as_array().unwrap();
                    let counted: u64 = rows.iter().map(|row| row["measures"][0].as_u64().unwrap()).sum();
                    assert_eq!(counted, live.len() as u64, "{label}");
                    let latest = rows.iter().filter_map(|row| row["measures"][2].as_str()).max();
                    assert_eq!(
                        latest,
                        live.values().filter_map(|record| record["updated_at"].as_str()).max(),
                        "{label}"
                    );
                    if plain {
                        let at =
                            |record: &Json| column.path.split('.').fold(record, |value, part| &value[part]).to_string();
                        let values: BTreeSet<String> = live.values().map(at).collect();
                        let groups: BTreeSet<String> = rows.iter().map(|row| row["group"][0].to_string()).collect();
                        assert_eq!(groups, values, "{label}");
                    }
                }
                Err(error) if error.kind() == ErrorKind::Forbidden => assert!(live.is_empty(), "{label}"),
                Err(error) => {
                    assert_eq!((error.code(), self.is_hidden(def, column)), ("field.unknown", true), "{label}")
                }
            }
        }
    }

    fn related_records_are_those_of_get(&self, def: &'static RecordDef) {
        for relation in &def.relations {
            let Some(of) = self.kinds().into_iter().find(|of| of.kind == relation.kind) else { continue };
            let find = json!({"with": [relation.name], "limit": 1_000});
            let label = format!("{}: {}.find {find}", self.label, def.kind);
            let answer = self.ask(&format!("{}.find", def.kind), find);
            if self.is_hidden(def, &def.columns[relation.column]) {
                assert!(answer.is_err(), "{label}: it is hidden");
                continue;
            }
            let Ok(page) = answer else { continue };
            let seen = self.live(of.kind);
            let expected: BTreeMap<Uuid, Json> = self
                .live(def.kind)
                .values()
                .filter_map(|record| {
                    let at = relation.name.split('.').fold(record, |value, part| &value[part]);
                    let id: Uuid = at.as_str()?.parse().ok()?;
                    Some((id, plain(seen.get(&id)?)))
                })
                .collect();
            let related: BTreeMap<Uuid, Json> = page["related"][&relation.name]
                .as_object()
                .into_iter()
                .flatten()
                .map(|(id, record)| (id.parse().unwrap(), plain(record)))
                .collect();
            assert_eq!(related, expected, "{label}");
            // One by one as well.
            let Some((id, record)) = self.live(def.kind).into_iter().next() else { continue };
            let got = self.ask(&format!("{}.get", def.kind), json!({def.kind: id, "with": [relation.name]})).unwrap();
            let at = relation.name.split('.').fold(&record, |value, part| &value[part]).as_str();
            let one = at.and_then(|id| expected.get(&id.parse().unwrap()));
            let shown =
                got["related"][&relation.name].as_object().and_then(|related| related.values().next()).map(plain);
            assert_eq!(shown.as_ref(), one, "{label}: get");
        }
    }

    fn history_and_explain_are_of_what_get_shows(&self, def: &'static RecordDef) {
        let (live, trashed, hidden) = (self.live(def.kind), self.in_trash(def.kind), self.hidden(def));
        for id in self.traffic.ids(def.kind) {
            if self.forwarded.borrow().contains(id) {
                continue;
            }
            let seen = live.contains_key(id) || trashed.contains_key(id);
            let history = self.ask(&format!("{}.history", def.kind), json!({def.kind: id, "limit": 1_000}));
            assert_eq!(history.is_ok(), seen, "{}: {}.history of {id}: {history:?}", self.label, def.kind);
            for item in history.iter().flat_map(|page| page["items"].as_array().unwrap()) {
                assert_eq!(item["record"], json!(id), "{}", self.label);
                self.shows_nothing_hidden(&hidden, item);
            }
            let explained = block_on(self.session.explain_kind(def.kind, nexa_crm::Id::new(*id).into()));
            assert_eq!(explained.is_ok(), seen, "{}: explain {} {id}", self.label, def.kind);
            let explained = serde_json::to_value(explained.unwrap_or_default()).map_err(|_| unreachable!());
            if self.limited {
                assert_eq!(secrets(&explained), [""; 0], "{}: explain {} {id}", self.label, def.kind);
            }
        }
    }

    /// A change without hidden fields.
    pub(crate) fn shows_nothing_hidden(&self, hidden: &[&str], change: &Json) {
        for path in change["changes"].as_object().into_iter().flatten().map(|(path, _)| path) {
            let field = path.split('.').next().unwrap();
            assert!(!hidden.contains(&field), "{}: an event shows {path}: {change}", self.label);
        }
    }

    /// The changes that a feed has, of a kind alone where one is given; `None` when the filter is refused.
    fn changes(&self, only: Option<(&str, &Filter)>) -> Option<BTreeMap<(u64, Uuid), Json>> {
        let (mut after, mut changes) = (Position::START, BTreeMap::new());
        loop {
            let feed = block_on(async {
                match only {
                    Some((kind, filter)) => self.session.feed_of(kind, filter, after, 200).await,
                    None => self.session.feed(after, 200).await,
                }
            });
            let feed = feed.ok()?;
            for item in feed.items {
                if let FeedItem::Changed(change) = item {
                    // With one event others may appear that hang on its record.
                    let place = (change.seq, change.record);
                    let mut json = serde_json::to_value(change).unwrap();
                    // Where the same event also says that what the actor may see changed, the whole feed goes on before it.
                    json.as_object_mut().unwrap().remove("position");
                    changes.insert(place, json);
                }
            }
            if feed.complete {
                return Some(changes);
            }
            after = feed.next;
        }
    }

    fn the_feed_of_a_kind_shows_no_more_than_the_feed(&self) {
        let all = self.changes(None).unwrap_or_default();
        // Each of them reads the whole ledger: some kinds for each caller.
        for def in self.kinds().into_iter().filter(|_| self.random.once_in(5)) {
            let theirs = all.iter().filter(|(_, change)| change["kind"] == def.kind);
            let of_kind: BTreeMap<(u64, Uuid), Json> = theirs.map(|(place, change)| (*place, change.clone())).collect();
            let everything = self.changes(Some((def.kind, &Filter::everything()))).unwrap_or_default();
            assert_eq!(everything, of_kind, "{}: the feed of {}", self.label, def.kind);
            let hidden = self.hidden(def);
            let some = (0..2).filter_map(|_| def.fields.get(self.random.below(def.fields.len())));
            for field in some.map(|field| field.name).chain(hidden.iter().copied()) {
                let changed: Filter = serde_json::from_value(json!({"changed": field})).unwrap();
                let Some(changes) = self.changes(Some((def.kind, &changed))) else { continue };
                if hidden.contains(&field) {
                    assert!(changes.is_empty(), "{}: who may not see {field} hears when it changed", self.label);
                }
                for (place, change) in changes {
                    assert_eq!(of_kind.get(&place), Some(&change), "{}: changes of {field}", self.label);
                }
            }
        }
    }

    fn the_feed_names_what_get_shows(&self) {
        let (mut after, mut changed, mut gone) = (Position::START, BTreeSet::new(), BTreeSet::new());
        while let Ok(feed) = block_on(self.session.feed(after, 1 + self.random.below(200))) {
            for item in feed.items {
                match item {
                    FeedItem::Changed(change) => {
                        let def = self.office.crm.kinds().named(&change.kind).unwrap();
                        let hidden = self.hidden(def);
                        let json = serde_json::to_value(&change).unwrap();
                        self.shows_nothing_hidden(&hidden, &json);
                        if self.limited {
                            assert_eq!(secrets(&Ok(json)), [""; 0], "{}: the feed", self.label);
                        }
                        changed.insert((def.kind, change.record));
                        // What was purged may come back by an undo.
                        gone.remove(&(def.kind, change.record));
                    }
                    FeedItem::AccessChanged { .. } => {}
                    FeedItem::Gone { kind, id, .. } => {
                        gone.insert((self.office.crm.kinds().named(&kind).unwrap().kind, id));
                    }
                }
            }
            after = feed.next;
            if feed.complete {
                break;
            }
        }
        // The host sees everything that ever was.
        if self.session.principal().to_string().starts_with("system:") {
            return;
        }
        let mut shown = BTreeSet::new();
        for kinds in [&self.live, &self.trashed] {
            // A kind without a history is in no feed.
            let told = kinds.iter().filter(|(kind, _)| self.office.crm.kinds().named(kind).unwrap().ledger);
            shown.extend(told.flat_map(|(kind, records)| records.keys().map(move |id| (*kind, *id))));
        }
        let merged = self.forwarded.borrow();
        changed.retain(|(kind, id)| {
            let forwarded = merged.contains(id);
            if forwarded {
                let survivor = self.ask(&format!("{kind}.get"), json!({*kind: id, "trashed": true}));
                assert!(survivor.is_ok(), "{}: the feed names {kind} {id}, whose survivor is not there", self.label);
            }
            !forwarded
        });
        assert_eq!(changed, shown, "{}: the feed", self.label);
        let both: Vec<_> = gone.intersection(&shown).collect();
        assert!(both.is_empty(), "{}: gone, but there: {both:?}", self.label);
    }
}

pub(crate) fn id_of(record: &Json) -> Uuid {
    record["id"].as_str().unwrap().parse().unwrap()
}

fn empty(json: &Json) -> bool {
    match json {
        Json::Null => true,
        Json::Array(items) => items.is_empty(),
        Json::Object(map) => map.is_empty(),
        _ => false,
    }
}

/// Without what is empty: the forms of a record differ in how they say that something is not there.
pub(crate) fn plain(json: &Json) -> Json {
    match json {
        Json::Object(map) => {
            map.iter().map(|(name, value)| (name.clone(), plain(value))).filter(|(_, value)| !empty(value)).collect()
        }
        other => other.clone(),
    }
}

/// The searched columns of a record as it is shown.
fn searched(def: &'static RecordDef, record: &Json) -> Row {
    let mut row = Row::new(vec![Value::Null; def.columns.len()]);
    for (column, _) in &def.search {
        let held = def.columns[*column].path.split('.').fold(record, |value, part| &value[part]);
        if let Some(text) = held.as_str() {
            row.set(*column, Value::Text(text.to_owned()));
        } else if held.is_array() {
            row.set(*column, Value::Json(held.to_string()));
        }
    }
    row
}
