//! Replays the stories of `tests/stories/` through the door by name, as every language does.

mod pattern;
mod values;

use std::{collections::BTreeMap, fs, path::Path, sync::Arc};

use nexa_crm::{
    CreateOrg, Crm, Currency, Email, Envelope, Error, FeedItem, Name, Position, Principal, Session, TimeZone,
    Timestamp,
    files::{UploadOptions, upload},
    kernel::{
        blobs::{MemoryBlobs, OfBytes},
        ports::Clock,
        query::Change,
        store::Store,
    },
    testing::{ManualClock, SeededIds},
};
use pollster::block_on;
use serde::Deserialize;
use serde_json::{Map, Value as Json, json};
use uuid::Uuid;

use pattern::mismatch;
use values::Kept;

/// A story as its file has it.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Story {
    /// What it is about.
    pub name: String,
    /// Which document and chapter it comes from.
    pub source: String,
    /// The time at which it starts.
    pub clock: Timestamp,
    /// The tenant that is made first.
    pub org: Founding,
    /// What happens, in order.
    pub steps: Vec<Step>,
}

/// The tenant of a story.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Founding {
    name: Name,
    #[serde(default)]
    base_currency: Currency,
    #[serde(default)]
    time_zone: TimeZone,
    admin: Admin,
}

#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Admin {
    #[serde(rename = "as")]
    word: String,
    name: Name,
    email: Email,
}

/// One step of a story.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Step {
    at: Option<Timestamp>,
    #[serde(rename = "as")]
    actor: Option<String>,
    tell: String,
    run: Option<String>,
    read: Option<String>,
    with: Option<Json>,
    why: Option<String>,
    import: Option<String>,
    file: Option<String>,
    upload: Option<String>,
    map: Option<Json>,
    set: Option<Json>,
    match_on: Option<String>,
    policy: Option<String>,
    repeat: Option<Json>,
    each: Option<String>,
    count: Option<usize>,
    steps: Vec<Step>,
    #[serde(deserialize_with = "given")]
    expect: Option<Json>,
    refuse: Option<Json>,
    events: Option<Vec<Json>>,
    keep: Option<String>,
    needs: Option<String>,
    /// What is due is done before the step.
    tick: bool,
}

/// `null` as an expectation is one; only an absent field is none.
fn given<'de, D: serde::Deserializer<'de>>(deserializer: D) -> Result<Option<Json>, D::Error> {
    Json::deserialize(deserializer).map(Some)
}

/// Reads a story from `tests/stories/`.
pub fn read(file: &str) -> Result<Story, String> {
    let path = root().join("tests/stories").join(file);
    let text = fs::read_to_string(&path).map_err(|error| format!("{}: {error}", path.display()))?;
    serde_json::from_str(&text).map_err(|error| format!("{file}: {error}"))
}

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap_or_else(|| Path::new("."))
}

/// Replays a story on a storage; the error names the step that went wrong.
pub fn replay(story: &Story, store: Arc<dyn Store>) -> Result<(), String> {
    let clock = Arc::new(ManualClock::new(story.clock));
    let crm = nexa_core::builder()
        .store(store)
        .clock(clock.clone())
        .ids(SeededIds::new(7))
        .blobs(Arc::new(MemoryBlobs::new()))
        .build()
        .map_err(failed("building"))?;
    block_on(crm.migrate()).map_err(failed("migrating"))?;
    let founding = CreateOrg {
        id: None,
        name: story.org.name.clone(),
        base_currency: story.org.base_currency,
        time_zone: story.org.time_zone,
        admin_name: story.org.admin.name.clone(),
        admin_email: story.org.admin.email.clone(),
        admin_role: None,
    };
    let admin = block_on(crm.create_org(founding)).map_err(failed("making the tenant"))?;
    let Principal::User(admin_id) = admin.principal() else { return Err("the first admin is a user".to_owned()) };
    let mut kept = Kept::default();
    kept.keep("org", json!({"id": admin.org()}));
    kept.keep(&story.org.admin.word, json!({"id": admin_id, "name": story.org.admin.name}));
    let mut runner = Runner { crm, clock, org: admin.org(), kept, seen: Position::START };
    runner.events()?;
    for step in &story.steps {
        runner.step(step).map_err(|problem| format!("{}: {} {problem}", story.name, step.tell))?;
    }
    block_on(admin.execute("ledger.verify", json!({}), Envelope::default())).map_err(failed("verifying"))?;
    Ok(())
}

fn failed(doing: &'static str) -> impl Fn(Error) -> String {
    move |error| format!("{doing}: {error:?}")
}

struct Runner {
    crm: Crm,
    clock: Arc<ManualClock>,
    org: Uuid,
    kept: Kept,
    seen: Position,
}

impl Runner {
    fn step(&mut self, step: &Step) -> Result<(), String> {
        if let Some(kind) = &step.needs {
            let prefix = format!("{kind}.");
            if self.crm.catalog().operations().any(|operation| operation.name.starts_with(&prefix)) {
                return Err(format!("still says that it needs {kind}, which is built"));
            }
            return Ok(());
        }
        if let Some(at) = step.at {
            self.clock.set(at);
        }
        if let Some(repeat) = &step.repeat {
            return self.repeat(step, repeat);
        }
        if step.tick {
            block_on(self.crm.tick(self.org, 1_000)).map_err(failed("ticking"))?;
            self.events()?;
        }
        let session = self.session(step)?;
        if let Some(name) = &step.upload {
            return self.upload(step, name, &session);
        }
        let (operation, arguments) = self.call(step)?;
        let envelope = step.why.as_deref().map(Envelope::because).unwrap_or_default();
        let answer = block_on(session.execute(&operation, arguments, envelope));
        let events = self.events()?;
        self.check_events(step, &operation, &session, answer.is_ok(), &events)?;
        match (answer, &step.refuse) {
            (Err(error), Some(pattern)) => self.check(&json!(error), pattern, "the refusal"),
            (Err(error), None) => Err(format!("was refused: {error:?}")),
            (Ok(answer), Some(_)) => Err(format!("should be refused, but answered {answer}")),
            (Ok(answer), None) => {
                if let Some(pattern) = &step.expect {
                    self.check(&answer, pattern, "the answer")?;
                }
                if let Some(word) = &step.keep {
                    self.kept.keep(word, answer);
                }
                Ok(())
            }
        }
    }

    /// What a step calls, with which arguments.
    fn call(&self, step: &Step) -> Result<(String, Json), String> {
        if let Some(operation) = step.run.as_ref().or(step.read.as_ref()) {
            let with = step.with.clone().unwrap_or_else(|| json!({}));
            return Ok((operation.clone(), self.kept.fill(&with)?));
        }
        let (Some(kind), Some(file)) = (&step.import, &step.file) else { return Err("does nothing".to_owned()) };
        let csv = fs::read_to_string(root().join(file)).map_err(|error| format!("{file}: {error}"))?;
        let mut arguments = Map::new();
        arguments.insert("csv".to_owned(), Json::String(csv));
        let options = [("mapping", &step.map), ("set", &step.set)];
        for (name, value) in options {
            if let Some(value) = value {
                arguments.insert(name.to_owned(), self.kept.fill(value)?);
            }
        }
        for (name, value) in [("match_on", &step.match_on), ("policy", &step.policy)] {
            if let Some(value) = value {
                arguments.insert(name.to_owned(), Json::String(value.clone()));
            }
        }
        Ok((format!("{kind}.import_csv"), Json::Object(arguments)))
    }

    /// Bytes come beside the door, so this is no operation.
    fn upload(&mut self, step: &Step, name: &str, session: &Session) -> Result<(), String> {
        let file = step.file.as_deref().ok_or("an upload needs a file")?;
        let bytes = fs::read(root().join(file)).map_err(|error| format!("{file}: {error}"))?;
        let sent = block_on(upload(session, name, UploadOptions::new(), &mut OfBytes::new(bytes)));
        let sent = json!(sent.map_err(failed("uploading"))?);
        if !self.events()?.is_empty() {
            return Err("an upload alone writes no events".to_owned());
        }
        if let Some(pattern) = &step.expect {
            self.check(&sent, pattern, "the upload")?;
        }
        if let Some(word) = &step.keep {
            self.kept.keep(word, sent);
        }
        Ok(())
    }

    fn repeat(&mut self, step: &Step, repeat: &Json) -> Result<(), String> {
        let rounds: Vec<Json> = match repeat {
            Json::Number(number) => (1..=number.as_u64().unwrap_or_default()).map(|round| json!(round)).collect(),
            question => {
                let asked: Step = serde_json::from_value(question.clone()).map_err(|error| error.to_string())?;
                let session = self.session(step)?;
                let (operation, arguments) = self.call(&asked)?;
                let answer = block_on(session.execute(&operation, arguments, Envelope::default()))
                    .map_err(|error| format!("was refused: {error:?}"))?;
                answer.get("items").and_then(Json::as_array).cloned().ok_or("the question answers no items")?
            }
        };
        if let Some(count) = step.count
            && rounds.len() != count
        {
            return Err(format!("there should be {count} rounds, not {}", rounds.len()));
        }
        let word = step.each.clone().unwrap_or_else(|| "round".to_owned());
        for round in rounds {
            self.kept.keep(&word, round);
            for inner in &step.steps {
                self.step(inner).map_err(|problem| format!("{} {problem}", inner.tell))?;
            }
        }
        Ok(())
    }

    fn session(&self, step: &Step) -> Result<Session, String> {
        let word = step.actor.as_deref().unwrap_or("system:story");
        if word.starts_with("system:") || word.starts_with("service:") {
            let principal: Principal = word.parse().map_err(str::to_owned)?;
            return Ok(self.crm.session(self.org, principal));
        }
        let id = self.kept.fill(&json!(format!("${word}.id")))?;
        let id = id.as_str().and_then(|text| Uuid::parse_str(text).ok()).ok_or("the actor has no id")?;
        Ok(self.crm.user(self.org, id))
    }

    fn check(&self, answer: &Json, pattern: &Json, what: &str) -> Result<(), String> {
        let pattern = self.kept.fill(pattern)?;
        match mismatch(answer, &pattern, what) {
            None => Ok(()),
            Some(problem) => Err(problem),
        }
    }

    /// The events since the last look; their numbers have no gap.
    fn events(&mut self) -> Result<Vec<Change>, String> {
        let mut found = Vec::new();
        loop {
            let feed = block_on(self.crm.feed(self.org, self.seen, 1_000)).map_err(failed("reading the feed"))?;
            for item in feed.items {
                let FeedItem::Changed(change) = item else { return Err("the host's feed hides something".to_owned()) };
                if change.seq != self.seen.seq() + 1 {
                    return Err(format!("the ledger has a gap before {}", change.seq));
                }
                self.seen = change.position.unwrap_or_default();
                found.push(*change);
            }
            if feed.complete {
                return Ok(found);
            }
        }
    }

    fn check_events(
        &self,
        step: &Step,
        operation: &str,
        session: &Session,
        done: bool,
        events: &[Change],
    ) -> Result<(), String> {
        if (step.read.is_some() || !done) && !events.is_empty() {
            return Err(format!("wrote {} events, though it changed nothing", events.len()));
        }
        for event in events {
            let sound = event.at == self.clock.now()
                && event.actor == session.principal().to_string()
                && event.command == operation
                && event.reason == step.why;
            if !sound {
                return Err(format!("left an event that does not say who did what when and why: {event:?}"));
            }
        }
        let Some(patterns) = &step.events else { return Ok(()) };
        if patterns.len() != events.len() {
            let found: Vec<String> = events.iter().map(|event| format!("{} {:?}", event.kind, event.verb)).collect();
            return Err(format!("should leave {} events, but left {found:?}", patterns.len()));
        }
        let found: Vec<Json> = events.iter().map(|event| json!(event)).collect();
        self.check(&Json::Array(found), &json!({"$has": patterns}), "the events")
    }
}

/// The stories by file name.
pub fn all() -> Result<BTreeMap<String, Story>, String> {
    let folder = root().join("tests/stories");
    let mut found = BTreeMap::new();
    for entry in fs::read_dir(&folder).map_err(|error| format!("{}: {error}", folder.display()))? {
        let name = entry.map_err(|error| error.to_string())?.file_name().to_string_lossy().into_owned();
        if name.ends_with(".json") {
            found.insert(name.clone(), read(&name)?);
        }
    }
    Ok(found)
}
