//! A host's own rule against a mocked repository, and the same rule in a command of the door.

use std::sync::Arc;

use async_trait::async_trait;
use mockall::{mock, predicate::eq};
use nexa_core::{
    Access, Action, Actor, Code, CollectionCommand, Command, Context, Create, Filter, Id, Name, Op, Policy, Record,
    Ref, Result, Session, Timestamp, command,
    kernel::{memory::MemoryStore, record::RecordDef, repository::Repository},
    people::Group,
    testing::{Office, block_on},
};
use serde::{Deserialize, Serialize};

/// A record of the host: a machine that is let.
#[derive(Record, Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[record(kind = "machine", table = "machines", access = work)]
struct Machine {
    id: Id<Machine>,
    version: i64,
    created_at: Timestamp,
    updated_at: Timestamp,
    #[record(editable)]
    name: Name,
    #[record(editable)]
    crew: Id<Group>,
    hours: i64,
}

impl nexa_core::Entity for Machine {}

const RESTING: Code = Code::rule("host.crew_resting", "The crew has done {hours} hours; let it rest.");

/// The rule: a crew works at most ten hours on all its machines. It knows nothing of stores, tenants and access.
async fn log_hours(machines: &mut dyn Repository<Machine>, machine: &Ref<Machine>, hours: i64) -> Result<Machine> {
    let mut machine = machines.load(machine).await?;
    let of_crew = Filter::compare("crew", Op::Eq, machine.crew);
    let done: i64 = machines.find(&of_crew, &["name"], 100).await?.iter().map(|machine| machine.hours).sum();
    if done + hours > 10 {
        return Err(RESTING.with("hours", done));
    }
    machine.hours += hours;
    machines.save(machine).await
}

mock! {
    Machines {}
    #[async_trait]
    impl Repository<Machine> for Machines {
        async fn load(&mut self, record: &Ref<Machine>) -> Result<Machine>;
        async fn find(&mut self, filter: &Filter, sort: &[&'static str], limit: usize) -> Result<Vec<Machine>>;
        async fn insert(&mut self, record: Machine) -> Result<Machine>;
        async fn save(&mut self, record: Machine) -> Result<Machine>;
    }
}

fn digger(hours: i64) -> Machine {
    Machine { name: "Digger".parse().unwrap(), hours, ..Machine::default() }
}

#[test]
fn the_rule_holds_on_what_the_repository_says() {
    let mut machines = MockMachines::new();
    machines.expect_load().with(eq(Ref::Id(Id::default()))).times(2).returning(|_| Ok(digger(3)));
    machines.expect_find().times(2).returning(|_, _, _| Ok(vec![digger(3), digger(4)]));
    machines.expect_save().withf(|machine| machine.hours == 6).times(1).returning(Ok);
    let id = Ref::Id(Id::default());
    assert_eq!(block_on(log_hours(&mut machines, &id, 3)).unwrap().hours, 6);
    let refused = block_on(log_hours(&mut machines, &id, 4)).unwrap_err();
    assert!(refused.is(&RESTING), "{refused}");
    assert_eq!(refused.params()["hours"], 7);
}

/// The same rule behind the door.
#[command("log_hours", on = Machine, errors(RESTING))]
struct LogHours {
    machine: Ref<Machine>,
    hours: i64,
}

impl Command for LogHours {
    type Output = Machine;
    async fn run(&self, _: Machine, cx: &mut Context<'_>) -> Result<Machine> {
        log_hours(&mut cx.repository::<Machine>(), &self.machine, self.hours).await
    }
}

/// Makes a second machine that continues a first one's work.
#[command("replace", collection = Machine)]
struct Replace {
    machine: Ref<Machine>,
}

impl CollectionCommand for Replace {
    type Output = Machine;
    async fn run(&self, cx: &mut Context<'_>) -> Result<Machine> {
        let mut machines = cx.repository::<Machine>();
        let old = machines.load(&self.machine).await?;
        machines.insert(Machine { name: "Crane".parse().unwrap(), crew: old.crew, ..Machine::default() }).await?;
        machines.save(Machine { name: "Scrap".parse().unwrap(), ..old }).await
    }
}

/// Nobody sees a machine called Hidden, and nobody changes one called Locked.
struct Careful;

impl Policy for Careful {
    fn access(&self, _: &Actor, kind: &'static RecordDef, action: Action) -> Access {
        match (kind.kind, action) {
            ("machine", Action::Read) => Access::rows(Filter::compare("name", Op::Ne, "Hidden")),
            ("machine", Action::Update) => Access::rows(Filter::compare("name", Op::Ne, "Locked")),
            _ => Access::full(),
        }
    }
}

fn lisa() -> Session {
    let builder = nexa_core::builder().policy(Careful).entity::<Machine>().command::<LogHours>().command::<Replace>();
    Office::empty(Arc::new(MemoryStore::new()), builder).session("admin")
}

#[test]
fn the_same_rule_runs_behind_the_door() {
    let lisa = lisa();
    let crew = block_on(lisa.run(Create::<Group>::new().set(Group::NAME, "Crew"))).unwrap();
    let machine = |name: &str| {
        block_on(lisa.run(Create::<Machine>::new().set(Machine::NAME, name).set(Machine::CREW, &crew))).unwrap()
    };
    let (one, two, hidden, locked) = (machine("One"), machine("Two"), machine("Hidden"), machine("Locked"));
    let log = |machine: &Machine, hours| block_on(lisa.run(LogHours { machine: machine.into(), hours }));
    assert_eq!(log(&one, 6).unwrap().version, 2);
    assert_eq!(log(&two, 4).unwrap().hours, 4);
    assert_eq!(log(&two, 1).unwrap_err().code(), "host.crew_resting");
    assert_eq!(log(&hidden, 0).unwrap_err().code(), "record.not_found");
    assert_eq!(log(&locked, 0).unwrap_err().code(), "access.denied");
    assert_eq!(block_on(lisa.get::<Machine>(&one)).unwrap().hours, 6);

    let replace = |machine: &Machine| block_on(lisa.run(Replace { machine: machine.into() }));
    assert_eq!(replace(&two).unwrap().name, "Scrap");
    // The command has no target, so that it is the repository that refuses; what was inserted before is taken back.
    assert_eq!(replace(&locked).unwrap_err().code(), "access.denied");
    assert_eq!(block_on(lisa.count::<Machine>(Machine::NAME.eq("Crane".parse::<Name>().unwrap()))).unwrap(), 1);
}
