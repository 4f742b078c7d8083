//! A car dealer adds test drives to the CRM: a record of their own with a command and a rule, through the same door.
//!
//! `cargo run -p own_records`. The crate depends on the facade alone.

use std::process::ExitCode;

use nexa_crm::{
    Actor, Apply, Case, Code, Create, CreateOrg, Entity, Id, Moment, Name, Record, Ref, Result, Rule, Timestamp,
    blocking, command,
    sales::{Lead, lead},
};
use serde::{Deserialize, Serialize};

const TAKEN_BACK: Code = Code::rule("host.drive_taken_back", "The car is back already; plan a new test drive.");
const UNNAMED: Code = Code::rule("host.lead_unnamed", "Nobody is qualified here without a name; note the name first.");

/// A test drive of somebody who may buy.
#[derive(Record, Clone, Debug, Default, Serialize, Deserialize)]
#[record(kind = "test_drive", table = "test_drives", access = work, index("lead"))]
struct TestDrive {
    id: Id<TestDrive>,
    version: i64,
    created_at: Timestamp,
    updated_at: Timestamp,
    deleted_at: Option<Timestamp>,
    /// The user who drives.
    #[record(editable, on_trash = keep)]
    lead: Id<Lead>,
    /// The car that they drive.
    #[record(editable)]
    car: Name,
    returned: bool,
}

impl TestDrive {
    fn must_be_out(&self) -> Result<()> {
        if self.returned { Err(TAKEN_BACK.error()) } else { Ok(()) }
    }
}

impl Entity for TestDrive {
    const ERRORS: &'static [Code] = &[TAKEN_BACK];
    fn may_edit(&self, _: &Actor) -> Result<()> {
        self.must_be_out()
    }
}

/// Takes the car back.
#[command("take_back", on = TestDrive, guard = TestDrive::must_be_out, errors(TAKEN_BACK))]
struct TakeBack {
    test_drive: Ref<TestDrive>,
}

impl Apply for TakeBack {
    fn apply(&self, drive: &mut TestDrive, _: &Moment<'_>) -> Result<()> {
        drive.returned = true;
        Ok(())
    }
}

/// The dealer qualifies nobody without a name; asked after Nexa's own rules.
struct Named;

impl Rule for Named {
    fn guard(&self, case: &Case<'_>) -> Result<()> {
        match case.after::<Lead>().or_else(|| case.before()) {
            Some(lead) if case.operation == "lead.qualify" && lead.last_name.is_none() => Err(UNNAMED.error()),
            _ => Ok(()),
        }
    }
}

fn main() -> ExitCode {
    match run() {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("{error} [{}]", error.code());
            ExitCode::FAILURE
        }
    }
}

fn run() -> Result<()> {
    let builder = nexa_crm::builder().entity::<TestDrive>().command::<TakeBack>().rule(Named);
    let crm = blocking::open_with("memory:", builder)?;
    let ada = crm.create_org(CreateOrg::new("Ada's Cars", "Ada", "ada@cars.example")?)?;
    let buyer = ada.run(Create::<Lead>::new().set(Lead::EMAIL, "rosa@buyer.example"))?;
    let drive = Create::new().set(TestDrive::LEAD, buyer.id).set(TestDrive::CAR, "Roadster");
    let drive = ada.run(drive)?;
    println!("{} is on the road: {:?}", drive.car, explained(&ada.explain(&drive)?));
    ada.run(TakeBack { test_drive: (&drive).into() })?;
    println!("… and back: {:?}", explained(&ada.explain(&drive)?));
    ada.run(lead::Contacted { lead: buyer.id.into() })?;
    let all_met = Some(lead::BantInput::all_met());
    match ada.run(lead::Qualify { lead: buyer.id.into(), bant: all_met }) {
        Ok(lead) => println!("qualified: {:?}", lead.status),
        Err(refusal) => println!("not qualified: {refusal}"),
    }
    Ok(())
}

/// What is refused now, by the dealer's command and by what every kind has.
fn explained(permissions: &[nexa_crm::Permission]) -> Vec<String> {
    let refused = permissions.iter().filter_map(|one| Some((one, one.refusal.as_ref()?)));
    refused.map(|(one, refusal)| format!("{}: {}", one.operation, refusal.code())).collect()
}
