//! An export writes what `get` shows.

use std::collections::BTreeSet;

use nexa_crm::{
    Find, Record, Result,
    export::{ExportFormat, export},
    kernel::{
        record::ColumnDef,
        scan::{Cell, Sink},
    },
    marketing::{Campaign, CampaignMember, ContactList, ContactListMember},
    people::{Group, Membership, User},
    productivity::Task,
    sales::{Account, Contact, Deal, Lead, Pipeline},
    service::{Comment, Ticket},
};
use pollster::block_on;
use serde_json::Value as Json;
use uuid::Uuid;

use super::view::{Shown, View, id_of, plain};

impl View<'_> {
    pub(crate) fn exports_write_what_get_shows(&self) {
        self.exported::<User>();
        self.exported::<Group>();
        self.exported::<Membership>();
        self.exported::<Lead>();
        self.exported::<Contact>();
        self.exported::<Account>();
        self.exported::<Pipeline>();
        self.exported::<Deal>();
        self.exported::<Campaign>();
        self.exported::<CampaignMember>();
        self.exported::<ContactList>();
        self.exported::<ContactListMember>();
        self.exported::<Task>();
        self.exported::<Ticket>();
        self.exported::<Comment>();
    }

    fn exported<R: Record>(&self) {
        let def = R::def();
        let live = self.live(def.kind);
        let write = |find: Find<R>, format| {
            let mut out = Vec::new();
            let done = block_on(export::<R>(&self.session, find, format, &mut out, |_| {}));
            done.map(|done| (done, String::from_utf8(out).unwrap()))
        };
        let Ok((done, lines)) = write(Find::new(), ExportFormat::JsonLines) else {
            assert!(live.is_empty(), "{}: an export of {}", self.label, def.kind);
            return;
        };
        assert_eq!(done.records, live.len() as u64, "{}: an export of {}", self.label, def.kind);
        self.shows_no_secret(&lines);
        let exported: Shown = lines
            .lines()
            .map(|line| serde_json::from_str(line).unwrap())
            .map(|json: Json| (id_of(&json), plain(&json)))
            .collect();
        let expected: Shown = live.iter().map(|(id, record)| (*id, plain(record))).collect();
        assert_eq!(exported, expected, "{}: an export of {}", self.label, def.kind);

        let (_, csv) = write(Find::new(), ExportFormat::Csv).unwrap();
        self.shows_no_secret(&csv);
        let columns = csv.lines().next().unwrap().split(',');
        let hidden = self.hidden(def);
        let leaked: Vec<&str> = columns.filter(|path| hidden.contains(&path.split('.').next().unwrap())).collect();
        assert_eq!(leaked, [""; 0], "{}: hidden columns of {}", self.label, def.kind);

        self.scanned::<R>(&live.keys().copied().collect());

        let mut trash = Find::<R>::new();
        trash.trashed = true;
        let (done, lines) = write(trash, ExportFormat::JsonLines).unwrap();
        assert_eq!(done.records, self.in_trash(def.kind).len() as u64, "{}: trashed {}", self.label, def.kind);
        self.shows_no_secret(&lines);
    }

    fn scanned<R: Record>(&self, live: &BTreeSet<Uuid>) {
        let def = R::def();
        let scanned = block_on(self.session.scan(Find::<R>::new(), None, Scanned::default())).unwrap();
        assert_eq!(&scanned.ids, live, "{}: a scan of {}", self.label, def.kind);
        self.shows_no_secret(&scanned.text);
        for column in &def.columns {
            let hidden = self.hidden(def).contains(&column.path.split('.').next().unwrap());
            let shown = scanned.paths.contains(&column.path);
            assert!(!(hidden && shown), "{}: {} of {}", self.label, column.path, def.kind);
            let asked = self.session.scan(Find::<R>::new(), Some(vec![column.path.clone()]), Scanned::default());
            assert_eq!(block_on(asked).is_ok(), shown, "{}: {} of {}", self.label, column.path, def.kind);
        }
    }
}

/// What a scan handed over.
#[derive(Default)]
struct Scanned {
    paths: Vec<String>,
    ids: BTreeSet<Uuid>,
    text: String,
}

impl Sink for Scanned {
    fn begin(&mut self, columns: &[&'static ColumnDef]) {
        *self = Self { paths: columns.iter().map(|column| column.path.clone()).collect(), ..Self::default() };
    }
    fn row(&mut self, cells: &[Cell<'_>]) -> Result<()> {
        if let (Some("id"), Some(Cell::Uuid(id))) = (self.paths.first().map(String::as_str), cells.first()) {
            self.ids.insert(**id);
        }
        self.text.push_str(&format!("{cells:?}"));
        Ok(())
    }
}
