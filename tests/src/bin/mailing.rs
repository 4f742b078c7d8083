//! Kills processes that hand mail to a server, and checks that no mail is lost and none leaves twice: `mailing --mails 10000 --kills 200`, on
//! SQLite, and on PostgreSQL where `NEXA_TEST_POSTGRES_URL` names a server.

use std::{env, process::ExitCode};

use nexa_tests::{
    database,
    faults::place::Place,
    mailing::{Plan, play, worker},
};

struct Arguments {
    plan: Plan,
    child: Option<worker::Worker>,
}

fn arguments() -> Result<Arguments, String> {
    let mut plan = Plan { mails: 10_000, kills: 200, seed: 1 };
    let mut child = worker::Worker::default();
    let mut given = env::args().skip(1);
    while let Some(name) = given.next() {
        let value = given.next().ok_or_else(|| format!("{name} needs a value"))?;
        let wrong = || format!("{name} cannot be {value}");
        match name.as_str() {
            "--mails" => plan.mails = value.parse().map_err(|_| wrong())?,
            "--kills" => plan.kills = value.parse().map_err(|_| wrong())?,
            "--seed" => plan.seed = value.parse().map_err(|_| wrong())?,
            "--child" => child.url.clone_from(&value),
            "--org" => child.org = value.parse().map_err(|_| wrong())?,
            "--port" => child.port = value.parse().map_err(|_| wrong())?,
            "--name" => child.name.clone_from(&value),
            "--ahead" => child.ahead = value.parse().map_err(|_| wrong())?,
            _ => return Err(format!("there is no option {name}; use --mails, --kills and --seed with a NUMBER")),
        }
    }
    Ok(Arguments { plan, child: Some(child).filter(|child| !child.url.is_empty()) })
}

fn main() -> ExitCode {
    let outcome = arguments().and_then(|arguments| match &arguments.child {
        Some(child) => worker::run(child).map_err(|error| format!("{error:?}")),
        None => play_all(arguments.plan),
    });
    match outcome {
        Ok(()) => ExitCode::SUCCESS,
        Err(problem) => {
            eprintln!("{problem}");
            ExitCode::FAILURE
        }
    }
}

fn play_all(plan: Plan) -> Result<(), String> {
    let folder = tempfile::tempdir().map_err(|error| format!("there is no folder for the files: {error}"))?;
    let mut places = vec![("SQLite", Place::file(folder.path(), "crm.db"))];
    if env::var_os(database::URL).is_some() {
        places.push(("PostgreSQL", Place::database()));
    }
    let program = env::current_exe().map_err(|error| format!("this program is not to be found: {error}"))?;
    for (name, place) in places {
        let outcome = play(&program, &place, plan).map_err(|problem| format!("{name}: {problem}"))?;
        println!(
            "{name}: {} mails, {} kills: {} handed over, {} uncertain, of which {} had arrived; none was lost, none arrived twice",
            plan.mails, outcome.killed, outcome.handed_over, outcome.uncertain, outcome.taken,
        );
    }
    Ok(())
}
