//! An export writes what `get` shows.

use nexa_crm::{
    Find, Record,
    export::ExportFormat,
    marketing::{Campaign, CampaignMember, ContactList, ContactListMember},
    people::{Group, Membership, User},
    productivity::Task,
    sales::{Account, Contact, Deal, Lead, Pipeline},
    service::{Comment, Ticket},
};
use pollster::block_on;
use serde_json::Value as Json;

use crate::eyes::{Eyes, Shown, id_of, plain};

impl Eyes<'_> {
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
            let done = block_on(self.session.export::<R>(find, format, &mut out, |_| {}));
            done.map(|done| (done, String::from_utf8(out).unwrap()))
        };
        let Ok((done, lines)) = write(Find::new(), ExportFormat::JsonLines) else {
            assert!(live.is_empty(), "{}: an export of {}", self.told, def.kind);
            return;
        };
        assert_eq!(done.records, live.len() as u64, "{}: an export of {}", self.told, def.kind);
        self.tells_no_secret(&lines);
        let exported: Shown = lines
            .lines()
            .map(|line| serde_json::from_str(line).unwrap())
            .map(|json: Json| (id_of(&json), plain(&json)))
            .collect();
        let expected: Shown = live.iter().map(|(id, record)| (*id, plain(record))).collect();
        assert_eq!(exported, expected, "{}: an export of {}", self.told, def.kind);

        let (_, csv) = write(Find::new(), ExportFormat::Csv).unwrap();
        self.tells_no_secret(&csv);
        let columns = csv.lines().next().unwrap().split(',');
        let hidden = self.hidden(def);
        let told: Vec<&str> = columns.filter(|path| hidden.contains(&path.split('.').next().unwrap())).collect();
        assert_eq!(told, [""; 0], "{}: hidden columns of {}", self.told, def.kind);

        let mut trash = Find::<R>::new();
        trash.trashed = true;
        let (done, lines) = write(trash, ExportFormat::JsonLines).unwrap();
        assert_eq!(done.records, self.in_trash(def.kind).len() as u64, "{}: trashed {}", self.told, def.kind);
        self.tells_no_secret(&lines);
    }
}
