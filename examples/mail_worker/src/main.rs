//! A shop welcomes its contacts by mail: a template makes the mails, a worker hands them to a server, and the shop's terms hang on each contact.
//!
//! `cargo run -p mail_worker -- FOLDER SERVER PORT` keeps everything in the folder: the database in `crm.db`, the bytes of files in `files`. It
//! ends when nothing waits to be sent.

use std::{env, error::Error, path::Path, sync::Arc};

use nexa_connect::smtp::{Security, Settings, SmtpMailer};
use nexa_crm::{
    About, Create, CreateOrg, Envelope, Find, FolderBlobs, blocking,
    files::{Add, UploadOptions},
    mail::{Mail, MailState},
    sales::Contact,
};
use serde_json::{Value as Json, json};

const WELCOME: &str = "Hello {{ contact.first_name|default('there') }},\n\ngood to have you. Your code is {{ code }}.\n\n{{ sender.name }}";

fn main() -> Result<(), Box<dyn Error>> {
    let given: Vec<String> = env::args().skip(1).collect();
    let [folder, server, port] = given.as_slice() else { return Err("give FOLDER, SERVER and PORT".into()) };
    let (folder, port) = (Path::new(folder), port.parse()?);

    let files = FolderBlobs::open(folder.join("files"))?;
    let url = format!("sqlite:{}", folder.join("crm.db").display());
    let crm = pollster::block_on(nexa_crm::open_with(&url, nexa_crm::builder().blobs(Arc::new(files))))?;
    let shop = blocking::Crm::new(crm.clone()).create_org(CreateOrg::new("Shop", "Lisa", "lisa@shop.example")?)?;
    // Runs an operation by its name, and returns the id of what it made.
    let run = |operation: &str, with: Json| -> nexa_crm::Result<Json> {
        let made = shop.execute(operation, with, Envelope::default())?;
        Ok(made.get("id").cloned().unwrap_or_default())
    };

    // Once: who sends, and what is sent.
    let sender = run("sender.create", json!({"name": "The Shop", "address": "hello@shop.example"}))?;
    run("sender.verify", json!({"sender": sender}))?;
    let texts = json!([{"locale": "en", "subject": "Welcome", "text": WELCOME}]);
    let with = json!({"name": "Welcome", "variables": [{"name": "code", "required": true}], "texts": texts});
    let template = run("template.create", with)?;
    run("template.publish", json!({"template": template}))?;

    // For each contact: a file, and a mail. Of each key there is one mail, for ever.
    for (number, (name, address)) in
        [("Ann", "ann@private.example"), ("Bill", "bill@private.example")].iter().enumerate()
    {
        let contact = Create::<Contact>::new().set(Contact::FIRST_NAME, *name).set(Contact::EMAIL, *address);
        let contact = shop.run(contact)?;
        let upload = shop.upload("terms.txt", UploadOptions::new().declared_type("text/plain"), &b"Be kind."[..])?;
        shop.run(Add { upload: upload.id, to: About::from(&contact), name: None })?;
        let mail = json!({
            "dedup": format!("welcome:{}", contact.id), "contact": contact.id, "sender": sender, "template": template,
            "values": {"code": format!("SHOP-{number}")}
        });
        run("mail.plan", mail)?;
    }

    // A host that serves people starts the worker once, with `start()`. Here it works until nothing waits.
    let settings = Settings::new(server.as_str()).port(port).security(Security::None);
    let mut worker = nexa_crm::worker(crm)
        .mailer(SmtpMailer::new(settings))
        .on_error(|_, error| eprintln!("the worker goes on after: {error}"));
    let waiting = || shop.count::<Mail>(Mail::STATE.any_of([MailState::Planned, MailState::Claimed]));
    while waiting()? > 0 && pollster::block_on(worker.once()) > 0 {}

    for mail in shop.find(Find::<Mail>::new())?.items {
        println!("{}: {}", mail.to.map(|to| to.to_string()).unwrap_or_default(), mail.state);
    }
    Ok(())
}
