//! A tenant to import into.

use std::sync::{Arc, Mutex};

use nexa_core::{
    Access, Action, Actor, Case, Code, CollectionCommand, Context, Create, Crm, Error, Filter, Find, Op, Policy,
    Result, Rule, Session, command,
    import::{ImportOptions, ImportReport, import_csv, import_rows},
    kernel::{
        custom::{CustomType, FieldDefinition},
        memory::MemoryStore,
        record::{Record, RecordDef},
    },
    people::User,
    sales::Lead,
    testing::{Office, block_on},
};
use serde_json::{Map, Value as Json};

/// Everybody may do everything, but viewers see no lead of the name Secret and nobody's mail address.
struct ViewersSeeLess;

impl Policy for ViewersSeeLess {
    fn access(&self, actor: &Actor, kind: &'static RecordDef, _: Action) -> Access {
        match kind.kind {
            "lead" if actor.has_role("viewer") => {
                Access::rows(Filter::compare("last_name", Op::Ne, "Secret")).hiding(["email"])
            }
            _ => Access::full(),
        }
    }
}

pub(crate) const UNWANTED: Code = Code::rule("host.unwanted", "The company is unwanted; choose another.");

/// The host wants no lead of the company Unwanted.
struct NobodyUnwanted;

impl Rule for NobodyUnwanted {
    fn guard(&self, case: &Case<'_>) -> Result<()> {
        match case.after::<Lead>().and_then(|lead| lead.company) {
            Some(company) if company == "Unwanted" => Err(UNWANTED.with("field", "company")),
            _ => Ok(()),
        }
    }
}

/// A command of the host: a field of the tenant.
#[command("insert", collection = FieldDefinition)]
pub(crate) struct DefineField {
    pub(crate) name: String,
    pub(crate) holds: CustomType,
}

impl CollectionCommand for DefineField {
    type Output = FieldDefinition;
    async fn run(&self, cx: &mut Context<'_>) -> Result<FieldDefinition> {
        let (of_kind, name, holds) = ("lead".to_owned(), self.name.clone(), self.holds);
        cx.unrestricted().insert(FieldDefinition { of_kind, name, holds, ..FieldDefinition::default() }).await
    }
}

pub(crate) struct Importer {
    pub(crate) crm: Crm,
    pub(crate) session: Session,
}

impl Importer {
    pub(crate) fn new() -> Self {
        Self::seeded(5)
    }

    /// The same with identifiers of its own.
    pub(crate) fn seeded(seed: u64) -> Self {
        let builder = nexa_core::builder().command::<DefineField>().rule(NobodyUnwanted).policy(ViewersSeeLess);
        let office = Office::seeded(Arc::new(MemoryStore::new()), builder, seed);
        Self { session: office.session("admin"), crm: office.crm }
    }

    pub(crate) fn viewer(&self) -> Session {
        let create = Create::<User>::new().set(User::NAME, "Vera").set(User::EMAIL, "vera@acme.example");
        let mut create = create;
        create.fields.put("role", "viewer".into());
        let user = block_on(self.session.run(create)).unwrap();
        self.crm.user(self.session.org(), user.id)
    }

    pub(crate) fn define(&self, name: &str, holds: CustomType) {
        block_on(self.session.run(DefineField { name: name.to_owned(), holds })).unwrap();
    }

    /// Imports leads from a text.
    pub(crate) fn import(&self, csv: &str, options: ImportOptions) -> ImportReport {
        self.try_import(csv.as_bytes(), options).unwrap()
    }
    pub(crate) fn try_import(&self, csv: &[u8], options: ImportOptions) -> Result<ImportReport, Error> {
        block_on(import_csv::<Lead>(&self.session, csv, options, |_: &_| {}))
    }
    pub(crate) fn rows(&self, rows: Json, options: ImportOptions) -> ImportReport {
        let rows: Vec<Map<String, Json>> = serde_json::from_value(rows).unwrap();
        block_on(import_rows::<Lead>(&self.session, rows, options, |_: &_| {})).unwrap()
    }
    /// Every lead, in the order of creation.
    pub(crate) fn leads(&self) -> Vec<Lead> {
        self.all(Find::new())
    }
    pub(crate) fn all<R: Record>(&self, find: Find<R>) -> Vec<R> {
        let mut found = Vec::new();
        let mut next = find.limit(1_000);
        loop {
            let page = block_on(self.session.find(next.clone())).unwrap();
            found.extend(page.items);
            next = next.after(page.next);
            if next.after.is_none() {
                return found;
            }
        }
    }
    pub(crate) fn lead(&self, email: &str) -> Lead {
        let mut found = self.all(Find::<Lead>::new().filter(Filter::compare("email", Op::Eq, email)));
        assert_eq!(found.len(), 1, "{email}");
        found.remove(0)
    }
    /// Everything that happened, to see that nothing did.
    pub(crate) fn last_event(&self) -> u64 {
        let mut last = nexa_core::Position::START;
        loop {
            let feed = block_on(self.crm.feed(self.session.org(), last, 1_000)).unwrap();
            last = feed.next;
            if feed.complete {
                return last.seq();
            }
        }
    }
}

/// A number of lines, one lead each.
pub(crate) fn many(rows: usize) -> String {
    let mut csv = String::from("Name,E-Mail,Company\n");
    for row in 0..rows {
        csv.push_str(&format!("Jane Doe{row},jane{row}@doe.example,Doe {}\n", row % 50));
    }
    csv
}

/// A sink that several closures share.
pub(crate) type Shared<T> = Arc<Mutex<T>>;
