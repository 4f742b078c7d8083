//! Erasing a person with a long history: how long it takes, and in how much memory.

use std::{thread, time::Instant};

use nexa_crm::{Body, Create, Id, Update, blocking::Session, privacy::Erase, sales::Contact};

use crate::{
    Outcome,
    figure::Figure,
    memory::{peak_figure, peak_of_own_process, print_peak},
    office::Office,
};

/// How many callers write at once, so that their units are committed together.
const CALLERS: usize = 32;

/// A person of whom 100,000 events say something, nearly all of one record.
pub(crate) fn speed(short: bool) -> Outcome<Vec<Figure>> {
    let events = events(short);
    let office = Office::open()?;
    let contact = fill(&office, events)?;
    let began = Instant::now();
    erase(&office.tenant.admin, contact, events)?;
    let seconds = began.elapsed().as_secs_f64();
    Ok(vec![Figure {
        measure: format!("erasure of a person of {events} events"),
        ours: format!("{seconds:.1} s"),
        baseline: String::new(),
        ratio: None,
        processor: None,
        target: None,
    }])
}

const fn events(short: bool) -> usize {
    if short { 2_000 } else { 100_000 }
}

fn fill(office: &Office, events: usize) -> Outcome<Id<Contact>> {
    let contact = Create::<Contact>::new().set(Contact::EMAIL, "sarah@private.example");
    let contact = office.tenant.admin.run(contact)?.id;
    thread::scope(|scope| {
        let callers: Vec<_> = (0..CALLERS)
            .map(|caller| {
                let session = &office.tenant.admin;
                scope.spawn(move || {
                    for number in (caller..events).step_by(CALLERS) {
                        let says = Body::parse(&format!("What we know of her, time {number}"))?;
                        session.run(Update::of(contact).set(Contact::DESCRIPTION, says))?;
                    }
                    Outcome::Ok(())
                })
            })
            .collect();
        for caller in callers {
            caller.join().map_err(|_| "a caller panicked")??;
        }
        Outcome::Ok(())
    })?;
    Ok(contact)
}

fn erase(session: &Session, contact: Id<Contact>, events: usize) -> Outcome<()> {
    let certificate = session.run(Erase::contact(contact, Body::parse("Request 7")?))?;
    let erased = usize::try_from(certificate.event_count)?;
    if erased < events { Err(format!("{erased} of {events} events were erased").into()) } else { Ok(()) }
}

/// The most memory that a process takes which writes such a history and erases it.
pub(crate) fn memory(short: bool) -> Outcome<Vec<Figure>> {
    let events = events(short);
    let bytes = peak_of_own_process("--erase-alone", events)?;
    Ok(vec![peak_figure(format!("memory of the erasure of a person of {events} events; baseline: the limit"), bytes)])
}

/// The child: writes, erases, and prints the most memory that it ever had.
pub(crate) fn alone(events: usize) -> Outcome<()> {
    let office = Office::open()?;
    let contact = fill(&office, events)?;
    erase(&office.tenant.admin, contact, events)?;
    print_peak()
}
