//! Commands as a busy and careless tenant gives them: drawn by chance from the whole catalog, on records that are there, in the
//! trash, merged away or made up.

mod fields;

use std::{collections::BTreeMap, time::Duration};

use nexa_crm::{
    Action, Envelope, FeedItem, Principal, Request, Result,
    kernel::{catalog::Entry, ledger::Verb, operation::Mode, record::RecordDef},
    testing::{Office, Random},
};
use pollster::block_on;
use serde_json::{Value as Json, json};
use uuid::Uuid;

use crate::samples::Samples;

/// One call: a command in its envelope, or several as a batch.
#[derive(Clone, Debug)]
pub struct Step {
    /// The name of the caller.
    pub principal: Principal,
    /// What stands around the command.
    pub envelope: Envelope,
    /// The commands.
    pub requests: Vec<Request>,
    /// How long the clock runs before the call.
    pub pause: Duration,
}

impl Step {
    /// Makes the call, after the pause.
    pub fn perform(&self, office: &Office) -> Result<Json> {
        office.clock.advance(self.pause);
        let session = office.crm.session(office.org, self.principal.clone());
        match self.requests.as_slice() {
            [one] => block_on(session.execute(&one.run, one.with.clone(), self.envelope.clone())),
            several => block_on(session.batch(several.to_vec(), self.envelope.clone())).map(Json::Array),
        }
    }
}

/// Draws steps; the same seed draws the same ones.
pub struct Traffic {
    /// Where chance comes from.
    pub random: Random,
    definitions: Vec<&'static RecordDef>,
    commands: Vec<(Entry, Json)>,
    weights: Vec<usize>,
    ids: BTreeMap<String, Vec<Uuid>>,
    trashed: BTreeMap<String, Vec<Uuid>>,
    kinds: BTreeMap<Uuid, String>,
}

impl Traffic {
    /// Traffic for an office, whose ledger has these events.
    pub fn new(office: &Office, events: &[FeedItem], seed: u64) -> Self {
        let catalog = office.crm.catalog();
        let mut commands = Vec::new();
        let mut weights = Vec::new();
        for (operation, sample) in office.commands(catalog) {
            weights.push(weight(operation));
            commands.push((operation.clone(), sample));
        }
        let mut traffic = Self {
            random: Random::new(seed),
            definitions: office.crm.kinds().all().to_vec(),
            commands,
            weights,
            ids: BTreeMap::new(),
            trashed: BTreeMap::new(),
            kinds: BTreeMap::new(),
        };
        traffic.learn(events);
        traffic
    }

    /// Learns of the records that these events made.
    pub fn learn(&mut self, items: &[FeedItem]) {
        for item in items {
            let FeedItem::Changed(change) = item else { continue };
            if self.kinds.insert(change.record, change.kind.clone()).is_none() {
                self.ids.entry(change.kind.clone()).or_default().push(change.record);
            }
            let trashed = self.trashed.entry(change.kind.clone()).or_default();
            match (change.verb, change.changes.as_ref().and_then(|changes| changes.get("deleted_at"))) {
                (Verb::Purged, _) => trashed.retain(|id| *id != change.record),
                (_, Some(moved)) if moved[1].is_null() => trashed.retain(|id| *id != change.record),
                (_, Some(_)) => trashed.push(change.record),
                (_, None) => {}
            }
        }
    }

    /// The records of a kind that were ever there.
    pub fn ids(&self, kind: &str) -> &[Uuid] {
        self.ids.get(kind).map_or(&[], Vec::as_slice)
    }

    /// The next call.
    pub fn step(&mut self) -> Step {
        let several = self.random.once_in(10);
        let count = if several { 2 + self.random.below(3) } else { 1 };
        Step {
            principal: self.principal(),
            envelope: self.envelope(),
            requests: (0..count).map(|_| self.request()).collect(),
            pause: Duration::from_micros(self.random.bits() % (6 * 3_600 * 1_000_000)),
        }
    }

    /// Somebody: mostly users of the tenant, now and then a service, the host, a customer or nobody.
    pub fn principal(&self) -> Principal {
        match self.random.below(20) {
            0 => Principal::Service("mail".to_owned()),
            1 => Principal::System("test".to_owned()),
            2 => Principal::Contact(self.any_id("contact")),
            // The first user is the first admin.
            3..=9 => Principal::User(self.ids("user").first().copied().unwrap_or_default()),
            _ => Principal::User(self.any_id("user")),
        }
    }

    fn envelope(&self) -> Envelope {
        let random = &self.random;
        Envelope {
            unit: None,
            idempotency_key: random.once_in(6).then(|| format!("key {}", random.below(30))),
            expected_version: random.once_in(12).then(|| 1 + random.below(4) as i64),
            dry_run: random.once_in(10),
            reason: random.once_in(4).then(|| "because of a test".to_owned()),
            cause: None,
            on_behalf_of: random.once_in(20).then(|| self.any_id("user")),
            request_id: random.once_in(20).then(|| format!("request {}", random.below(1_000))),
            mark_replays: false,
        }
    }

    fn request(&self) -> Request {
        let total: usize = self.weights.iter().sum();
        let mut at = self.random.below(total);
        let position = self.weights.iter().position(|weight| match at.checked_sub(*weight) {
            Some(rest) => {
                at = rest;
                false
            }
            None => true,
        });
        let (operation, sample) = &self.commands[position.unwrap()];
        let mut arguments = sample.clone();
        self.swap(&mut arguments);
        if operation.name.ends_with(".create")
            || operation.name.ends_with(".update")
            || operation.name.ends_with(".upsert")
        {
            self.set_fields(operation.kind, &mut arguments);
            if !operation.name.ends_with(".update") {
                self.make_unique(operation.kind, &mut arguments);
            }
        }
        if operation.name.ends_with(".import_rows") || operation.name.ends_with(".import_csv") {
            self.fill_import(operation, &mut arguments);
        }
        if operation.name.ends_with(".create") && self.random.once_in(8) {
            let taken = self.random.once_in(3);
            let id = if taken { self.any_id(operation.kind) } else { Uuid::from_u128(u128::from(self.random.bits())) };
            arguments["id"] = json!(id);
        }
        if operation.action == Action::Trash && self.random.once_in(2) {
            arguments["on_dependents"] = match self.random.below(3) {
                0 => json!("cascade"),
                1 => json!("refuse"),
                _ => json!({"reassign": self.any_id(operation.kind)}),
            };
            if operation.name.ends_with(".restore") {
                arguments.as_object_mut().unwrap().remove("on_dependents");
            }
        }
        if operation.name == "field.define" {
            arguments["of_kind"] = json!(["lead", "contact", "ticket", "deal"][self.random.below(4)]);
            arguments["name"] = json!(["color", "size", "shoe_size"][self.random.below(3)]);
            arguments["holds"] = json!(["text", "text", "number"][self.random.below(3)]);
            arguments["indexed"] = json!(self.random.once_in(2));
        }
        if operation.name == "ticket.comment" && self.random.once_in(2) {
            arguments["audience"] = json!("admins");
        }
        let trashed = self.trashed.get(operation.kind).and_then(|ids| self.random.pick(ids));
        if let Some(id) = trashed
            && (operation.name.ends_with(".restore") || operation.name.ends_with(".purge"))
            && !self.random.once_in(6)
        {
            arguments[operation.kind] = json!(id);
        }
        Request { run: operation.name.to_owned(), with: arguments }
    }

    /// Several rows instead of the sample's one, with what they are matched by and what happens then.
    fn fill_import(&self, operation: &Entry, arguments: &mut Json) {
        let rows: Vec<Json> = match &arguments["rows"] {
            Json::Array(sample) => {
                (0..1 + self.random.below(5)).map(|_| self.row(operation.kind, &sample[0])).collect()
            }
            _ => return self.fill_csv(operation.kind, arguments),
        };
        arguments["rows"] = json!(rows);
        self.say_what_matches(arguments);
    }

    fn row(&self, kind: &str, sample: &Json) -> Json {
        let mut row = sample.clone();
        self.set_fields(kind, &mut row);
        self.make_unique(kind, &mut row);
        row
    }

    fn fill_csv(&self, kind: &str, arguments: &mut Json) {
        let (header, cells) = match arguments["csv"].as_str().and_then(|csv| csv.split_once('\n')) {
            Some((header, cells)) => (header.to_owned(), cells.trim().to_owned()),
            None => return,
        };
        let names: Vec<&str> = header.split(',').collect();
        let sample: Json =
            names.iter().zip(cells.split(',')).map(|(name, cell)| ((*name).to_owned(), json!(cell))).collect();
        let mut csv = format!("{header}\n");
        for _ in 0..1 + self.random.below(5) {
            let row = self.row(kind, &sample);
            let cells: Vec<String> =
                names.iter().map(|name| row[*name].as_str().unwrap_or_default().to_owned()).collect();
            csv += &cells.join(",");
            csv.push('\n');
        }
        arguments["csv"] = json!(csv);
        self.say_what_matches(arguments);
    }

    fn say_what_matches(&self, arguments: &mut Json) {
        if self.random.once_in(2) {
            arguments["policy"] = json!(["skip", "update", "fill", "refuse"][self.random.below(4)]);
        }
        if self.random.once_in(4) {
            arguments["match_on"] = json!(["email", "name", "external:erp", "none"][self.random.below(4)]);
        }
    }

    /// Other records of the same kind in place of the sample's.
    fn swap(&self, json: &mut Json) {
        match json {
            Json::Object(map) => map.values_mut().for_each(|value| self.swap(value)),
            Json::Array(items) => items.iter_mut().for_each(|value| self.swap(value)),
            Json::String(text) => {
                let Ok(id) = text.parse::<Uuid>() else { return };
                let Some(kind) = self.kinds.get(&id) else { return };
                *json = self.reference(kind);
            }
            _ => {}
        }
    }

    /// A record of a kind, as a command names it: mostly one that was there, now and then an external key or a wrong id.
    fn reference(&self, kind: &str) -> Json {
        match self.random.below(40) {
            0 => json!(Uuid::from_u128(u128::from(self.random.bits()))),
            1 => json!({"system": "erp", "key": self.random.below(20).to_string()}),
            2 => json!(self.any_id(["lead", "contact", "ticket", "user"][self.random.below(4)])),
            _ => json!(self.any_id(kind)),
        }
    }

    fn any_id(&self, kind: &str) -> Uuid {
        let ids = self.ids(kind);
        // Newer ones are more often worked on.
        let newest = ids.len().saturating_sub(12);
        let from = if self.random.once_in(2) { newest } else { 0 };
        ids.get(from + self.random.below(ids.len() - from)).copied().unwrap_or_default()
    }
}

/// How often a command is drawn.
fn weight(operation: &Entry) -> usize {
    let ending = operation.name.split('.').next_back().unwrap_or_default();
    let base = match ending {
        "create" => 6,
        "update" | "upsert" => 4,
        "trash" | "purge" | "merge" | "configure" | "deactivate" => 1,
        _ => 3,
    };
    match operation.kind {
        "lead" | "ticket" => base * 3,
        "contact" | "account" | "deal" | "task" => base * 2,
        "scorecard" | "pipeline" | "routing" | "org" | "field" => 1,
        _ => base,
    }
}

/// Whether the catalog has commands that no traffic can be made of.
pub fn without_sample(office: &Office) -> Vec<&'static str> {
    let catalog = office.crm.catalog();
    let commands = catalog.operations().filter(|operation| operation.mode == Mode::Command);
    commands.filter(|operation| office.sample(operation).is_none()).map(|operation| operation.name).collect()
}
