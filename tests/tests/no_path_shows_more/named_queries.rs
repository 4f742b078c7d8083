//! The named questions show and count what `get` shows.

use std::collections::BTreeSet;

use nexa_tests::samples::Samples;
use serde_json::{Value as Json, json};
use uuid::Uuid;

use super::view::{Shown, View};

/// What compares the answers of a named query with what `get` shows.
type Comparison = fn(&View<'_>);

/// Every named query of the catalog, with what compares it.
pub(crate) const COMPARED: &[(&str, Comparison)] = &[
    ("ticket.timeline", |view| view.timelines()),
    ("contact.overview", |view| view.overviews()),
    ("campaign.members", |view| view.members("campaign", "campaign_member")),
    ("contact_list.members", |view| view.members("contact_list", "contact_list_member")),
    ("account.rollup", |view| view.rollups()),
    ("account.health", |view| view.health()),
    ("deal.outlook", |view| view.outlooks()),
    ("lead.predict", |view| view.predictions()),
    ("ticket.analyze", |view| view.analyses()),
    ("ticket.similar", |view| view.similar()),
    ("campaign.performance", |view| view.performances()),
    ("deal.pipeline", |view| view.pipelines()),
    ("deal.forecast", |view| view.forecast()),
    ("deal.metrics", |view| view.metrics()),
    ("deal.stuck", |view| view.stuck()),
    ("deal.funnel", |view| view.funnel()),
    ("ticket.report", |view| view.report()),
    ("deal.lines", |view| view.lines()),
    ("price.of", |view| view.prices()),
    ("task.overview", |view| view.tasks()),
    ("project.overview", |view| view.projects()),
    ("meeting.conflicts", |view| view.conflicts()),
    ("deal.next_activity", |view| view.activities()),
    ("quote.details", |view| view.quotes()),
    ("order.lines", |view| view.sold("order")),
    ("contract.lines", |view| view.sold("contract")),
    ("quote.print", |view| view.pages()),
    ("calendar.business_time", |view| view.calendars("calendar.business_time", json!({"to": "2025-11-18T09:00:00Z"}))),
    ("calendar.after", |view| view.calendars("calendar.after", json!({"minutes": 90}))),
    ("template.preview", |view| view.messages("template.preview")),
    ("template.render", |view| view.messages("template.render")),
    ("notification.inbox", |view| view.inbox()),
    ("article.answers", |view| view.answers()),
    ("article.suggest", |view| view.suggestions()),
    ("article.read", |view| view.readings()),
    ("article.stale", |view| view.stale()),
    ("bug.overview", |view| view.bugs()),
    ("feature_request.overview", |view| view.wishes()),
    ("release.notes", |view| view.notes()),
    ("feedback.weekly_review", |view| view.reviews()),
    ("workflow.status", |view| view.workflows()),
    ("*.import_preview", |view| view.previews()),
];

/// Named queries that nothing compares, each with the reason.
pub(crate) const EXEMPT: &[(&str, &str)] = &[
    ("ledger.verify", "it counts the events of the tenant, for who may verify them, and shows none of them"),
    ("person.find", "it is for those who may erase whatever is known of a person, and names records by their ids"),
    ("person.export", "it is for those who may erase whatever is known of a person, and hands them all of it"),
    ("scorecard.train", "it is for those who make scorecards, and says of many leads together what it says"),
    ("mail.may", "it names a suppression, which everybody of the team reads, of an address that the caller gives"),
    ("notification.unreachable", "it names users, whom everybody of the team sees, for a text that the caller reads"),
    ("mail.preferences", "it is for the host, and shows topics to whoever has the token of a mail"),
    ("mail.link", "it is for the host, and shows topics to whoever has the token of a mail"),
];

/// The queries that every kind has, by their endings; `every_path_agrees` compares them.
pub(crate) const OF_EVERY_KIND: &[&str] = &["get", "find", "count", "aggregate", "search", "history"];

/// Whether an entry of these lists is of this operation: its name, or `*` and an ending.
pub(crate) fn is_of(entry: &str, operation: &str) -> bool {
    entry == operation || entry.strip_prefix('*').is_some_and(|ending| operation.ends_with(ending))
}

impl View<'_> {
    pub(crate) fn named_queries_agree(&self) {
        COMPARED.iter().for_each(|(_, compare)| compare(self));
    }

    fn kind(&self, kind: &str) -> &'static nexa_crm::kernel::record::RecordDef {
        self.office.crm.kinds().named(kind).unwrap()
    }

    fn timelines(&self) {
        let comments = self.live("comment");
        for (ticket, tickets) in [(true, self.live("ticket")), (false, self.in_trash("ticket"))] {
            for id in tickets.keys() {
                let page = self.ask("ticket.timeline", json!({"ticket": id, "limit": 1_000})).unwrap();
                let named: BTreeSet<&str> =
                    page["items"].as_array().unwrap().iter().map(|entry| entry["record"].as_str().unwrap()).collect();
                let own = id.to_string();
                let on_it: BTreeSet<String> = comments
                    .iter()
                    .filter(|(_, comment)| comment["ticket"] == json!(id))
                    .map(|(id, _)| id.to_string())
                    .chain([own])
                    .collect();
                // Comments are not read through a ticket in the trash.
                if ticket {
                    assert_eq!(named, on_it.iter().map(String::as_str).collect(), "{}: timeline of {id}", self.label);
                } else {
                    assert!(named.iter().all(|id| on_it.contains(*id)), "{}: timeline of {id}", self.label);
                }
                for entry in page["items"].as_array().unwrap() {
                    let hidden = self.hidden(self.kind(entry["kind"].as_str().unwrap()));
                    self.shows_nothing_hidden(&hidden, entry);
                    for field in &hidden {
                        let did = entry["did"].as_str().unwrap();
                        assert!(!did.contains(field), "{}: {did}", self.label);
                    }
                }
            }
        }
    }

    fn workflows(&self) {
        let Ok(status) = self.ask("workflow.status", json!({})) else {
            return assert!(self.live("workflow").is_empty(), "{}: workflow.status", self.label);
        };
        let listed = status["workflows"].as_array().unwrap().iter();
        let listed: BTreeSet<String> = listed.map(|one| one["workflow"].as_str().unwrap().to_owned()).collect();
        let seen = self.live("workflow").keys().map(|id| id.to_string()).collect();
        assert_eq!(listed, seen, "{}: workflow.status", self.label);
    }

    fn overviews(&self) {
        let (deals, accounts) = (self.live("deal"), self.live("account"));
        for (id, contact) in self.live("contact") {
            let overview = self.ask("contact.overview", json!({"contact": id})).unwrap();
            assert_eq!(overview["profile"], contact, "{}", self.label);
            let account = contact["account"].as_str().and_then(|id| accounts.get(&id.parse::<Uuid>().unwrap()));
            assert_eq!(overview["account"], account.cloned().unwrap_or_default(), "{}", self.label);
            for status in ["open", "won"] {
                let counted = count(&deals, &[("primary_contact", json!(id)), ("status", json!(status))]);
                assert_eq!(overview["deals"][status], json!(counted), "{}: deals of {id}", self.label);
            }
            for change in overview["timeline"].as_array().unwrap() {
                let kind = change["kind"].as_str().unwrap();
                let record: Uuid = change["record"].as_str().unwrap().parse().unwrap();
                let shown = self.live(kind).contains_key(&record)
                    || self.in_trash(kind).contains_key(&record)
                    || self.ask(&format!("{kind}.get"), json!({kind: record})).is_ok();
                assert!(shown, "{}: the overview of {id} names {kind} {record}", self.label);
                self.shows_nothing_hidden(&self.hidden(self.kind(kind)), change);
            }
        }
    }

    fn members(&self, kind: &str, member: &str) {
        let members = self.live(member);
        for id in self.live(kind).keys() {
            let page = self.ask(&format!("{kind}.members"), json!({kind: id, "limit": 1_000})).unwrap();
            for person in ["lead", "contact"] {
                let seen = self.live(person);
                let expected: BTreeSet<String> = members
                    .values()
                    .filter(|member| member[kind] == json!(id))
                    .filter_map(|member| member[person].as_str().map(str::to_owned))
                    .filter(|id| seen.contains_key(&id.parse::<Uuid>().unwrap()))
                    .collect();
                assert_eq!(page[format!("{person}s")], json!(expected.len()), "{}: {kind}.members", self.label);
                let listed: BTreeSet<String> = page["items"]
                    .as_array()
                    .unwrap()
                    .iter()
                    .filter_map(|item| item[person].as_str().map(str::to_owned))
                    .collect();
                assert_eq!(listed, expected, "{}: {kind}.members of {id}", self.label);
            }
        }
    }

    /// The inbox names nothing that its reader does not see.
    fn inbox(&self) {
        let Ok(page) = self.ask("notification.inbox", json!({"limit": 200})) else {
            assert!(self.live("notification").is_empty(), "{}: the inbox is refused", self.label);
            return;
        };
        let theirs = self.live("notification");
        for item in page["items"].as_array().unwrap() {
            let id: Uuid = item["id"].as_str().unwrap().parse().unwrap();
            assert!(theirs.contains_key(&id), "{}: notification {id}", self.label);
            if let Some(about) = item["about"].as_object() {
                let (kind, id) = (about["kind"].as_str().unwrap(), about["id"].as_str().unwrap());
                let seen = self.live(kind).contains_key(&id.parse::<Uuid>().unwrap());
                assert!(seen, "{}: the inbox names {kind} {id}", self.label);
            }
        }
    }

    fn lines(&self) {
        let lines = self.live("line");
        for (id, deal) in self.live("deal") {
            let answer = self.ask("deal.lines", json!({"deal": id})).unwrap();
            assert_eq!(answer["deal"], deal, "{}: deal.lines", self.label);
            let listed: BTreeSet<&str> =
                answer["lines"].as_array().unwrap().iter().map(|line| line["id"].as_str().unwrap()).collect();
            let seen = lines.iter().filter(|(_, line)| line["deal"] == json!(id));
            let seen: BTreeSet<String> = seen.map(|(id, _)| id.to_string()).collect();
            assert_eq!(listed, seen.iter().map(String::as_str).collect(), "{}: deal.lines of {id}", self.label);
            for line in answer["lines"].as_array().unwrap() {
                self.shows_nothing_hidden(&self.hidden(self.kind("line")), line);
            }
            let hidden =
                !self.hidden(self.kind("line")).is_empty() || self.hidden(self.kind("deal")).contains(&"amount");
            assert!(!hidden || answer["totals"].is_null(), "{}: totals of {id}", self.label);
        }
    }

    fn quotes(&self) {
        let (tiers, lines) = (self.live("quote_tier"), self.live("quote_line"));
        let of = |shown: &Shown, field: &str, id: &Json| -> BTreeSet<String> {
            shown.iter().filter(|(_, record)| record[field] == *id).map(|(id, _)| id.to_string()).collect()
        };
        let ids = |records: Vec<&Json>| -> BTreeSet<String> {
            records.into_iter().map(|record| record["id"].as_str().unwrap().to_owned()).collect()
        };
        for (id, quote) in self.live("quote") {
            let answer = self.ask("quote.details", json!({"quote": id})).unwrap();
            assert_eq!(answer["quote"], quote, "{}: quote.details", self.label);
            let shown = answer["tiers"].as_array().unwrap();
            let listed = ids(shown.iter().map(|tier| &tier["tier"]).collect());
            assert_eq!(listed, of(&tiers, "quote", &json!(id)), "{}: quote.details of {id}", self.label);
            for tier in shown {
                assert_eq!(tier["tier"], tiers[&tier["tier"]["id"].as_str().unwrap().parse::<Uuid>().unwrap()]);
                let listed = ids(tier["lines"].as_array().unwrap().iter().collect());
                assert_eq!(listed, of(&lines, "quote_tier", &tier["tier"]["id"]), "{}: lines of {id}", self.label);
                for line in tier["lines"].as_array().unwrap() {
                    assert_eq!(*line, lines[&line["id"].as_str().unwrap().parse::<Uuid>().unwrap()], "{}", self.label);
                }
            }
        }
    }

    fn sold(&self, kind: &str) {
        let lines = self.live(&format!("{kind}_line"));
        for (id, record) in self.live(kind) {
            let answer = self.ask(&format!("{kind}.lines"), json!({kind: id})).unwrap();
            assert_eq!(answer[kind], record, "{}: {kind}.lines", self.label);
            let listed: BTreeSet<&str> =
                answer["lines"].as_array().unwrap().iter().map(|line| line["id"].as_str().unwrap()).collect();
            let seen: Vec<String> =
                lines.iter().filter(|(_, line)| line[kind] == json!(id)).map(|(id, _)| id.to_string()).collect();
            assert_eq!(listed, seen.iter().map(String::as_str).collect(), "{}: {kind}.lines of {id}", self.label);
        }
    }

    /// What answers a question is published, and the caller may read it.
    fn are_live(&self, answers: &Json) {
        let live = self.live("article_revision");
        for answer in answers.as_array().unwrap() {
            let shown = live.get(&answer["revision"].as_str().unwrap().parse::<Uuid>().unwrap()).unwrap();
            assert_eq!(shown["live"], json!(true), "{}: {answer}", self.label);
            for field in ["article", "title", "slug", "locale"] {
                assert_eq!(answer[field], shown[field], "{}: {field} of {answer}", self.label);
            }
        }
    }

    fn answers(&self) {
        let Some(answers) = self.ask_if_allowed("article.answers", json!({"question": "article"})) else { return };
        self.are_live(&answers);
    }

    fn suggestions(&self) {
        for id in self.live("ticket").keys() {
            let Some(answers) = self.ask_if_allowed("article.suggest", json!({"ticket": id})) else { continue };
            self.are_live(&answers);
        }
    }

    fn readings(&self) {
        let Some(read) = self.ask_if_allowed("article.read", json!({"slug": "it-is-an-article"})) else { return };
        let id: Uuid = read["revision"]["id"].as_str().unwrap().parse().unwrap();
        assert_eq!(Some(&read["revision"]), self.live("article_revision").get(&id), "{}: article.read", self.label);
    }

    fn stale(&self) {
        let Some(stale) = self.ask_if_allowed("article.stale", json!({})) else { return };
        let articles = self.live("article");
        for one in stale.as_array().unwrap() {
            let id: Uuid = one["article"].as_str().unwrap().parse().unwrap();
            assert!(articles.contains_key(&id), "{}: article.stale names {id}", self.label);
        }
    }

    fn bugs(&self) {
        let (links, tickets) = (self.live("bug_ticket"), self.live("ticket"));
        for (id, bug) in self.live("bug") {
            let answer = self.ask("bug.overview", json!({"bug": id})).unwrap();
            assert_eq!(answer["bug"], bug, "{}: bug.overview", self.label);
            let linked =
                links.values().filter(|link| link["bug"] == json!(id)).filter_map(|link| link["ticket"].as_str());
            let seen: BTreeSet<&str> = linked.filter(|id| tickets.contains_key(&id.parse::<Uuid>().unwrap())).collect();
            let listed: BTreeSet<&str> =
                answer["tickets"].as_array().unwrap().iter().map(|ticket| ticket.as_str().unwrap()).collect();
            assert_eq!(listed, seen, "{}: bug.overview of {id}", self.label);
            let of = |field: &str| -> BTreeSet<&str> {
                let shown = seen.iter().map(|id| &tickets[&id.parse::<Uuid>().unwrap()]);
                shown.filter_map(|ticket| ticket[field].as_str()).collect()
            };
            for (counted, field) in [("contacts", "contact"), ("accounts", "account")] {
                assert_eq!(answer[counted], json!(of(field).len()), "{}: {counted} of {id}", self.label);
            }
        }
    }

    fn wishes(&self) {
        let (votes, tickets) = (self.live("vote"), self.live("ticket"));
        for (id, request) in self.live("feature_request") {
            let answer = self.ask("feature_request.overview", json!({"feature_request": id})).unwrap();
            assert_eq!(answer["feature_request"], request, "{}: feature_request.overview", self.label);
            let cast = count(&votes, &[("feature_request", json!(id))]);
            assert_eq!(answer["votes"], json!(cast), "{}: votes for {id}", self.label);
            for ticket in answer["tickets"].as_array().unwrap() {
                let seen = tickets.contains_key(&ticket.as_str().unwrap().parse::<Uuid>().unwrap());
                assert!(seen, "{}: feature_request.overview names {ticket}", self.label);
            }
        }
    }

    fn notes(&self) {
        for (id, release) in self.live("release") {
            let answer = self.ask("release.notes", json!({"release": id})).unwrap();
            assert_eq!(answer["release"], release, "{}: release.notes", self.label);
            for (field, kind, by) in [("fixed", "bug", "fixed_in"), ("shipped", "feature_request", "shipped_in")] {
                let shown = self.live(kind);
                let titles: BTreeSet<&str> =
                    shown.values().filter(|one| one[by] == json!(id)).filter_map(|one| one["title"].as_str()).collect();
                for title in answer[field].as_array().unwrap() {
                    assert!(titles.contains(title.as_str().unwrap()), "{}: {title} of {id}", self.label);
                }
            }
        }
    }

    fn reviews(&self) {
        let Some(review) = self.ask_if_allowed("feedback.weekly_review", json!({"week": "2025-11-17"})) else { return };
        let (links, tickets, bugs) = (self.live("bug_ticket"), self.live("ticket"), self.live("bug"));
        for line in review["features"].as_array().unwrap() {
            let seen = links.values().filter(|link| {
                let named = |shown: &Shown, field: &str| -> Option<Json> {
                    shown.get(&link[field].as_str()?.parse::<Uuid>().ok()?).cloned()
                };
                named(&tickets, "ticket").is_some()
                    && named(&bugs, "bug").is_some_and(|bug| bug["feature"] == line["feature"])
            });
            let seen = u64::try_from(seen.count()).unwrap();
            assert!(line["tickets"].as_u64().unwrap() <= seen, "{}: {line} of {seen}", self.label);
        }
    }

    fn pages(&self) {
        for (id, quote) in self.live("quote") {
            // Whoever does not see all that a page shows is not shown it.
            let printed = self.ask("quote.print", json!({"quote": id}));
            // Nor is anybody shown the page of a person whose data were erased.
            if printed.as_ref().is_err_and(|error| error.code() == "quote.copy_erased") {
                continue;
            }
            let Some(printed) = self.ask_if_allowed("quote.print", json!({"quote": id})) else { continue };
            let page = printed["html"].as_str().unwrap();
            self.shows_no_secret(page);
            assert!(page.contains(quote["number"].as_str().unwrap()), "{}: {page}", self.label);
            for kind in ["quote", "quote_tier", "quote_line", "contact", "account", "org"] {
                assert!(self.hidden(self.kind(kind)).is_empty(), "{}: a page shows {kind}", self.label);
            }
        }
    }

    fn tasks(&self) {
        let (tasks, dependencies) = (self.live("task"), self.live("task_dependency"));
        let listed = |answer: &Json| -> BTreeSet<String> {
            answer.as_array().unwrap().iter().map(|task| task["id"].as_str().unwrap().to_owned()).collect()
        };
        for (id, task) in &tasks {
            let answer = self.ask("task.overview", json!({"task": id})).unwrap();
            assert_eq!(answer["task"], *task, "{}: task.overview", self.label);
            let joined = |from: &str, to: &str| -> BTreeSet<String> {
                let own = dependencies.values().filter(|dependency| dependency[from] == json!(id));
                let other = own.filter_map(|dependency| dependency[to].as_str());
                other.filter(|id| tasks.contains_key(&id.parse::<Uuid>().unwrap())).map(str::to_owned).collect()
            };
            assert_eq!(listed(&answer["depends_on"]), joined("task", "depends_on"), "{}: {id}", self.label);
            assert_eq!(listed(&answer["needed_by"]), joined("depends_on", "task"), "{}: {id}", self.label);
            let parts = tasks.iter().filter(|(_, task)| task["parent"] == json!(id)).map(|(id, _)| id.to_string());
            assert_eq!(listed(&answer["subtasks"]), parts.collect(), "{}: parts of {id}", self.label);
            let all = ["depends_on", "needed_by", "subtasks"].into_iter();
            for shown in all.flat_map(|field| answer[field].as_array().unwrap()) {
                assert_eq!(Some(shown), tasks.get(&shown["id"].as_str().unwrap().parse().unwrap()), "{}", self.label);
            }
        }
    }

    fn projects(&self) {
        let (tasks, meetings) = (self.live("task"), self.live("meeting"));
        for (id, project) in self.live("project") {
            let answer = self.ask("project.overview", json!({"project": id})).unwrap();
            assert_eq!(answer["project"], project, "{}: project.overview", self.label);
            for status in ["todo", "in_progress", "done", "cancelled"] {
                let counted = count(&tasks, &[("project", json!(id)), ("status", json!(status))]);
                assert_eq!(answer["tasks"][status], json!(counted), "{}: {status} of {id}", self.label);
            }
            if let Some(next) = answer["next_meeting"]["id"].as_str() {
                assert_eq!(Some(&answer["next_meeting"]), meetings.get(&next.parse().unwrap()), "{}", self.label);
            }
        }
    }

    fn conflicts(&self) {
        let meetings = self.live("meeting");
        for user in self.live("user").keys() {
            let asked = json!({"users": [user], "from": "2025-01-01T00:00:00Z", "to": "2027-01-01T00:00:00Z"});
            let Ok(answer) = self.ask("meeting.conflicts", asked) else { continue };
            for conflict in answer["conflicts"].as_array().unwrap() {
                let Some(meeting) = conflict["meeting"].as_str() else { continue };
                assert!(meetings.contains_key(&meeting.parse().unwrap()), "{}: {conflict}", self.label);
            }
        }
    }

    fn activities(&self) {
        for id in self.live("deal").keys() {
            let answer = self.ask("deal.next_activity", json!({"deal": id})).unwrap();
            for kind in ["task", "meeting"] {
                if let Some(next) = answer[kind]["id"].as_str() {
                    let shown = self.live(kind);
                    assert_eq!(Some(&answer[kind]), shown.get(&next.parse().unwrap()), "{}", self.label);
                }
            }
        }
    }

    fn prices(&self) {
        for (id, price) in self.live("price") {
            // What is retired has no price; of what is sold already this is refused.
            let _ = self.host("product.reactivate", json!({"product": price["product"]}));
            let asked = json!({"product": price["product"], "price_book": price["price_book"]});
            // Whom something of a price is hidden from does not learn what a product costs.
            let Ok(quoted) = self.ask("price.of", asked) else { continue };
            assert_eq!(quoted["price"], json!(id), "{}: price.of", self.label);
            assert_eq!(quoted["list_price"], price["tiers"][0]["unit_price"], "{}: price.of", self.label);
            assert!(self.hidden(self.kind("price")).is_empty(), "{}: price.of", self.label);
        }
        for (id, price) in self.in_trash("price") {
            let asked = json!({"product": price["product"], "price_book": price["price_book"]});
            let quoted = self.ask("price.of", asked).unwrap_or_default();
            assert_ne!(quoted["price"], json!(id), "{}: price.of", self.label);
        }
    }

    fn rollups(&self) {
        let (deals, contacts, accounts) = (self.live("deal"), self.live("contact"), self.live("account"));
        for id in accounts.keys() {
            let rollup = self.ask("account.rollup", json!({"account": id})).ok();
            // Who may not see what an account earns gets no sums.
            let Some(rollup) = rollup else {
                assert!(!self.hidden(self.kind("account")).is_empty(), "{}: account.rollup", self.label);
                continue;
            };
            let own = &rollup["own"];
            assert_eq!(own["contacts"], json!(count(&contacts, &[("account", json!(id))])), "{}", self.label);
            for (field, status) in [("open_deals", "open"), ("won_deals", "won")] {
                let counted = count(&deals, &[("account", json!(id)), ("status", json!(status))]);
                assert_eq!(own[field], json!(counted), "{}: {field} of {id}", self.label);
            }
            let mut below = BTreeSet::from([id.to_string()]);
            loop {
                let more: Vec<String> = accounts
                    .iter()
                    .filter(|(_, account)| account["parent"].as_str().is_some_and(|parent| below.contains(parent)))
                    .map(|(id, _)| id.to_string())
                    .filter(|id| !below.contains(id))
                    .collect();
                if more.is_empty() {
                    break;
                }
                below.extend(more);
            }
            assert_eq!(rollup["with_subsidiaries"]["accounts"], json!(below.len()), "{}: {id}", self.label);
        }
    }

    fn performances(&self) {
        let leads = self.live("lead");
        for id in self.live("campaign").keys() {
            let Ok(performance) = self.ask("campaign.performance", json!({"campaign": id})) else { continue };
            let generated = count(&leads, &[("campaign", json!(id))]);
            assert_eq!(performance["leads"]["generated"], json!(generated), "{}: {id}", self.label);
        }
    }

    fn pipelines(&self) {
        let deals = self.live("deal");
        for id in self.live("pipeline").keys() {
            let Ok(value) = self.ask("deal.pipeline", json!({"pipeline": id})) else { continue };
            let open = count(&deals, &[("pipeline", json!(id)), ("status", json!("open"))]);
            assert_eq!(value["open"]["count"], json!(open), "{}: {id}", self.label);
        }
    }

    /// Who reads a calendar computes with it, and nobody else.
    fn calendars(&self, query: &str, rest: Json) {
        let calendars = self.live("calendar");
        for id in self.traffic.ids("calendar") {
            let mut arguments = rest.clone();
            arguments["calendar"] = json!(id);
            arguments["from"] = json!("2025-11-17T09:00:00Z");
            let computed = self.ask(query, arguments);
            assert_eq!(computed.is_ok(), calendars.contains_key(id), "{}: {query} of {id}: {computed:?}", self.label);
        }
    }

    /// A message says of a person what the caller sees of them, and nothing of whom they do not see.
    fn messages(&self, query: &str) {
        let hidden = self.hidden(self.kind("contact"));
        let template = self.office.id("template");
        // An archived one makes no messages; of one that is not archived this is refused.
        let _ = self.host("template.unarchive", json!({"template": template}));
        let known = self.live("template").contains_key(&template);
        for id in self.traffic.ids("contact") {
            let made = self.ask(query, json!({"template": template, "contact": id}));
            let contact = self.ask("contact.get", json!({"contact": id})).ok();
            let Some(contact) = contact.filter(|_| known) else {
                assert!(made.is_err(), "{}: {query} to {id}: {made:?}", self.label);
                continue;
            };
            match contact["email"].as_str() {
                Some(email) => {
                    let expected = format!("Hello {email}\n");
                    assert_eq!(made.unwrap()["text"], json!(expected), "{}: {query}", self.label);
                }
                None => {
                    let said = made.unwrap_or_default()["text"].as_str().map(str::to_owned);
                    let shown = said.is_none_or(|said| said == "Hello [contact.email]\n");
                    assert!(shown, "{}: {query} to {id}, from whom {hidden:?} is hidden", self.label);
                }
            }
        }
    }

    fn forecast(&self) {
        let deals = self.live("deal");
        let Ok(forecast) = self.ask("deal.forecast", json!({"from": "2000-01-01", "to": "2100-12-31"})) else { return };
        let undated = count(&deals, &[("close_date", Json::Null), ("status", json!("open"))]);
        assert_eq!(forecast["undated"], json!(undated), "{}: deal.forecast", self.label);
    }

    fn health(&self) {
        let (accounts, alerts) = (self.live("account"), self.live("alert"));
        let signals = self.live("account_signal");
        for id in self.traffic.ids("account").iter().take(12) {
            let health = self.ask("account.health", json!({"account": id}));
            if !accounts.contains_key(id) {
                assert!(health.is_err(), "{}: account.health of {id}: {health:?}", self.label);
                continue;
            }
            let health = health.unwrap();
            let alert = health["value"]["alert"].as_str().map(|id| id.parse::<Uuid>().unwrap());
            assert!(alert.is_none_or(|id| alerts.contains_key(&id)), "{}: {health}", self.label);
            for factor in health["value"]["factors"].as_array().unwrap() {
                let measured = ["open_tickets", "engagement"].iter().any(|code| factor["code"] == *code);
                let seen = [("account", json!(id)), ("signal", factor["code"].clone())];
                let known = measured || factor["value"].is_null() || count(&signals, &seen) > 0;
                assert!(known, "{}: {factor} of {id}", self.label);
            }
        }
    }

    fn predictions(&self) {
        let leads = self.live("lead");
        for id in self.traffic.ids("lead").iter().take(12) {
            let prediction = self.ask("lead.predict", json!({"lead": id}));
            let Some(lead) = leads.get(id) else {
                assert!(prediction.is_err(), "{}: lead.predict of {id}: {prediction:?}", self.label);
                continue;
            };
            let prediction = prediction.unwrap();
            let hidden = self.hidden(self.kind("lead"));
            if ["score", "score_reasons"].iter().any(|field| hidden.contains(field)) {
                assert!(prediction["value"]["score"].is_null(), "{}: {prediction}", self.label);
                assert_eq!(prediction["reasons"], json!([]), "{}", self.label);
            } else {
                assert_eq!(prediction["value"]["score"], lead["score"], "{}: {prediction}", self.label);
            }
        }
    }

    fn analyses(&self) {
        let tickets = self.live("ticket");
        for id in self.traffic.ids("ticket").iter().take(12) {
            let analysis = self.ask("ticket.analyze", json!({"ticket": id}));
            if !tickets.contains_key(id) {
                assert!(analysis.is_err(), "{}: ticket.analyze of {id}: {analysis:?}", self.label);
                continue;
            }
            let analysis = analysis.unwrap();
            let similar = analysis["value"]["similar_tickets"].as_u64().unwrap();
            assert!(usize::try_from(similar).unwrap() < tickets.len(), "{}: {analysis}", self.label);
            let evidence =
                analysis["reasons"].as_array().unwrap().iter().flat_map(|reason| reason["evidence"].as_array());
            for named in evidence.flatten() {
                let seen = tickets.contains_key(&named["id"].as_str().unwrap().parse::<Uuid>().unwrap());
                assert!(seen, "{}: {named}", self.label);
            }
        }
    }

    fn similar(&self) {
        let tickets = self.live("ticket");
        for id in self.traffic.ids("ticket").iter().take(12) {
            let similar = self.ask("ticket.similar", json!({"ticket": id, "limit": 50}));
            if !tickets.contains_key(id) {
                assert!(similar.is_err(), "{}: ticket.similar to {id}: {similar:?}", self.label);
                continue;
            }
            for item in similar.unwrap()["value"]["items"].as_array().unwrap() {
                let ticket = &tickets[&item["ticket"].as_str().unwrap().parse::<Uuid>().unwrap()];
                for field in ["number", "subject", "status"] {
                    assert_eq!(item[field], ticket[field], "{}: ticket.similar to {id}", self.label);
                }
            }
        }
    }

    fn outlooks(&self) {
        let deals = self.live("deal");
        let hidden = self.hidden(self.kind("deal"));
        for id in self.traffic.ids("deal").iter().take(12) {
            let outlook = self.ask("deal.outlook", json!({"deal": id}));
            let Some(deal) = deals.get(id) else {
                assert!(outlook.is_err(), "{}: deal.outlook of {id}: {outlook:?}", self.label);
                continue;
            };
            let Ok(outlook) = outlook else {
                assert!(deal["status"] != "open", "{}: deal.outlook of {id}: {outlook:?}", self.label);
                continue;
            };
            for (field, code) in [
                ("stage", "stuck"),
                ("amount", "amount_cut"),
                ("close_date", "close_date_passed"),
                ("pushed", "close_date_pushed"),
                ("competitors", "competitor"),
                ("next_step", "no_next_step"),
            ] {
                let code = format!("deal.risk.{code}");
                let said = outlook["value"]["risk_factors"].as_array().unwrap().iter().any(|risk| risk["code"] == code);
                assert!(!(said && hidden.contains(&field)), "{}: {outlook}", self.label);
            }
            let weighed = !hidden.contains(&"probability") || outlook["value"]["win_probability"].is_null();
            assert!(weighed, "{}: {outlook}", self.label);
        }
    }

    fn metrics(&self) {
        let deals = self.live("deal");
        let amount_is_hidden = self.hidden(self.kind("deal")).contains(&"amount");
        for id in self.traffic.ids("deal") {
            let metrics = self.ask("deal.metrics", json!({"deal": id}));
            let Some(deal) = deals.get(id) else {
                assert!(metrics.is_err(), "{}: deal.metrics of {id}: {metrics:?}", self.label);
                continue;
            };
            let metrics = metrics.unwrap();
            assert_eq!(metrics["deal"], json!(id), "{}", self.label);
            assert_eq!(metrics["weighted"].is_null(), deal["amount"].is_null(), "{}: {metrics}", self.label);
            assert!(!amount_is_hidden || metrics["weighted"].is_null(), "{}: {metrics}", self.label);
            assert_eq!(metrics["sales_cycle_days"].is_null(), deal["closed_at"].is_null(), "{}: {metrics}", self.label);
            let stage = metrics["stages"].as_array().unwrap().last().map(|stage| &stage["stage"]);
            assert_eq!(stage.unwrap_or(&Json::Null), &deal["stage"], "{}: {metrics}", self.label);
        }
    }

    fn stuck(&self) {
        let deals = self.live("deal");
        let Some(answer) = self.ask_if_allowed("deal.stuck", json!({"limit": 1000})) else { return };
        for stuck in answer["items"].as_array().unwrap() {
            let deal = &deals[&stuck["deal"].as_str().unwrap().parse::<Uuid>().unwrap()];
            let told = (&stuck["stage"], &stuck["name"], &json!("open"));
            assert_eq!(told, (&deal["stage"], &deal["name"], &deal["status"]), "{}: deal.stuck", self.label);
        }
    }

    /// Every stay that the actor sees is in one stage of its pipeline, unless the stage has another name by now.
    fn funnel(&self) {
        let visits = self.live("stage_visit");
        let hidden = self.hidden(self.kind("deal")).contains(&"stage");
        for pipeline in self.live("pipeline").keys() {
            let period = json!({"from": "2000-01-01", "to": "2100-12-31", "pipeline": pipeline});
            let Some(funnel) = self.ask_if_allowed("deal.funnel", period) else { continue };
            let entered = funnel["stages"].as_array().unwrap().iter().map(|stage| stage["entered"].as_u64().unwrap());
            let entered: usize = entered.sum::<u64>().try_into().unwrap();
            let seen = count(&visits, &[("pipeline", json!(pipeline))]);
            assert!(entered <= seen && !(hidden && entered > 0), "{}: deal.funnel of {pipeline}", self.label);
        }
    }

    /// A report counts the tickets that the actor sees, each once, unless something that it reads is hidden.
    fn report(&self) {
        let tickets = self.live("ticket");
        let period = json!({"from": "2000-01-01", "to": "2100-12-31", "by": "priority"});
        let Some(report) = self.ask_if_allowed("ticket.report", period) else { return };
        let groups = report["groups"].as_array().unwrap();
        if groups.is_empty() {
            assert!(tickets.is_empty() || !self.hidden(self.kind("ticket")).is_empty(), "{}: no report", self.label);
        }
        for group in groups {
            let mut held = vec![("priority", group["value"].clone())];
            assert_eq!(group["reported"], count(&tickets, &held), "{}: ticket.report", self.label);
            let all = count(&tickets, &held);
            held.push(("resolved_at", Json::Null));
            assert_eq!(group["resolved"], all - count(&tickets, &held), "{}: ticket.report", self.label);
        }
    }

    /// A preview looks at no record, so that everybody who may ask is answered the same.
    fn previews(&self) {
        let catalog = self.office.crm.catalog();
        for preview in catalog.operations().filter(|operation| operation.name.ends_with(".import_preview")) {
            let arguments = self.office.sample(preview).unwrap();
            let Some(answer) = self.ask_if_allowed(preview.name, arguments.clone()) else { continue };
            assert_eq!(answer, self.host(preview.name, arguments).unwrap(), "{}: {}", self.label, preview.name);
        }
    }
}

/// How many records hold these values.
fn count(records: &Shown, held: &[(&str, Json)]) -> usize {
    records.values().filter(|record| held.iter().all(|(field, value)| record[*field] == *value)).count()
}
