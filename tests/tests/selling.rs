//! What is sold: quotes, orders and contracts, on every backend.

mod contracts;
mod once;
mod orders;
mod printing;
mod quotes;
mod totals;

use nexa_core::testing::Office;
use nexa_tests::backends;
use pollster::block_on;
use serde_json::{Value as Json, json};

/// A tenant with its people, at 09:00 UTC on 17 November 2025, in dollars: a company, a person there, and a deal with them.
pub(crate) struct Shop {
    pub(crate) name: &'static str,
    pub(crate) office: Office,
    pub(crate) account: Json,
    pub(crate) contact: Json,
    pub(crate) deal: Json,
    _backend: backends::Backend,
}

pub(crate) fn usd(amount: &str) -> Json {
    json!({"amount": amount, "currency": "USD"})
}

impl Shop {
    pub(crate) fn on(backend: backends::Backend) -> Self {
        let office = Office::staffed(backend.store.clone(), nexa_core::builder());
        let account = office.run("account.create", json!({"name": "Globex <Corp>"}))["id"].clone();
        let contact =
            json!({"email": "sarah@globex.example", "first_name": "Sarah", "last_name": "Chen", "account": account});
        let contact = office.run("contact.create", contact)["id"].clone();
        let mut shop = Self { name: backend.name, office, account, contact, deal: Json::Null, _backend: backend };
        shop.deal = shop.another_deal();
        shop
    }
    pub(crate) fn run(&self, operation: &str, arguments: Json) -> Json {
        self.office.run(operation, arguments)
    }
    pub(crate) fn refused(&self, operation: &str, arguments: Json) -> String {
        self.refused_to("admin", operation, arguments).code().to_owned()
    }
    pub(crate) fn refused_to(&self, caller: &str, operation: &str, arguments: Json) -> nexa_crm::Error {
        let head = self.office.head();
        let answer = self.office.run_as(caller, operation, arguments.clone());
        let Err(error) = answer else { panic!("{}: {operation} {arguments} was not refused", self.name) };
        assert_eq!(self.office.head(), head, "{}: {operation}: a refusal left an event", self.name);
        error
    }
    pub(crate) fn another_deal(&self) -> Json {
        let deal = json!({"name": "Globex - Plan", "account": self.account, "primary_contact": self.contact, "amount": usd("50000")});
        self.run("deal.create", deal)["id"].clone()
    }
    /// A tier of one line that is paid each year.
    pub(crate) fn tier(key: &str, amount: &str) -> Json {
        json!({"key": key, "lines": [{
            "name": format!("Plan {key}"), "unit_price": usd(amount), "recurring": "year", "term_months": 12,
            "tax_rate": "19", "tax_name": "VAT"
        }]})
    }
    pub(crate) fn draft_of(&self, deal: &Json, tiers: Json) -> Json {
        let quote = json!({"deal": deal, "tiers": tiers, "valid_until": "2025-11-30"});
        self.run("quote.create", quote)["id"].clone()
    }
    pub(crate) fn sent_of(&self, deal: &Json, tiers: Json) -> Json {
        let quote = self.draft_of(deal, tiers);
        self.run("quote.send", json!({"quote": quote}));
        quote
    }
    pub(crate) fn sent(&self, tiers: Json) -> Json {
        self.sent_of(&self.deal, tiers)
    }
    pub(crate) fn status(&self, quote: &Json) -> Json {
        self.run("quote.get", json!({"quote": quote}))["status"].clone()
    }
    pub(crate) fn at(&self, moment: &str) {
        self.office.clock.set(nexa_crm::Timestamp::parse(moment).unwrap());
    }
    pub(crate) fn tick(&self) {
        block_on(self.office.crm.tick(self.office.org, 1_000)).unwrap();
    }
}

pub(crate) fn everywhere(test: impl Fn(Shop)) {
    for backend in backends::all() {
        test(Shop::on(backend));
    }
}
