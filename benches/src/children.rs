//! Accounts with ten contacts each, and questions about accounts by their contacts: as a filter, and as the SQL that somebody
//! writes who knows the tables.

use nexa_crm::{
    Children, Filter, Find, Id, Name, Op, Record, Timestamp,
    kernel::ports::uuid_v7,
    sales::{Account, Contact},
};

use crate::{Outcome, people::person};

/// How long a page is.
pub(crate) const PAGE: usize = 50;

/// How many contacts an account has.
const EACH: usize = 10;

/// When the first was met: 2024-01-01T00:00:00Z.
const FIRST: i64 = 1_704_067_200_000_000;

/// How many accounts and contacts there are.
pub(crate) const fn sizes(short: bool) -> (usize, usize) {
    let accounts = if short { 1_000 } else { 100_000 };
    (accounts, accounts * EACH)
}

/// A question about the contacts of an account.
#[derive(Clone, Copy)]
pub(crate) struct Way {
    pub(crate) name: &'static str,
    title: &'static str,
    count: Count,
}

#[derive(Clone, Copy)]
enum Count {
    One,
    Three,
    None,
}

/// One contact in a hundred is a director, all assistants are in one account of fifty, and every account has clerks but one in twenty.
pub(crate) const WAYS: [Way; 3] = [
    Way { name: "with a director", title: "Director", count: Count::One },
    Way { name: "with three assistants", title: "Assistant", count: Count::Three },
    Way { name: "without a clerk", title: "Clerk", count: Count::None },
];

impl Way {
    /// As a filter.
    pub(crate) fn filter(self) -> Filter {
        let contacts = Children::of::<Contact>().by(Contact::ACCOUNT);
        let contacts = contacts.matching(Filter::compare("title", Op::Eq, self.title));
        match self.count {
            Count::One => contacts.any(),
            Count::Three => contacts.at_least(3),
            Count::None => contacts.none(),
        }
    }

    /// The first page in the order of the names.
    pub(crate) fn page(self) -> Find<Account> {
        Find::new().filter(self.filter()).by(Account::NAME).limit(PAGE)
    }

    /// How many there are, by hand: the contacts are read once. `$1` is the tenant.
    pub(crate) fn count_by_hand(self, accounts: &str, contacts: &str) -> String {
        let theirs = format!(
            "SELECT c.account_id FROM {contacts} c WHERE c.org = $1 AND c.deleted_at IS NULL AND c.title_folded = '{}' AND \
             c.account_id IS NOT NULL",
            self.title.to_lowercase()
        );
        let (word, theirs) = match self.count {
            Count::One => ("IN", theirs),
            Count::Three => ("IN", format!("{theirs} GROUP BY c.account_id HAVING count(*) >= 3")),
            Count::None => ("NOT IN", theirs),
        };
        format!(
            "SELECT count(*) FROM {accounts} a WHERE a.org = $1 AND a.deleted_at IS NULL AND a.id {word} ({theirs})"
        )
    }

    /// The page, by hand: account by account in the order of the names. `$1` is the tenant.
    pub(crate) fn page_by_hand(self, accounts: &str, contacts: &str) -> String {
        let theirs = format!(
            "FROM {contacts} c WHERE c.org = a.org AND c.account_id = a.id AND c.deleted_at IS NULL AND c.title_folded = '{}'",
            self.title.to_lowercase()
        );
        let asked = match self.count {
            Count::One => format!("EXISTS (SELECT 1 {theirs})"),
            Count::Three => format!("(SELECT count(*) {theirs}) >= 3"),
            Count::None => format!("NOT EXISTS (SELECT 1 {theirs})"),
        };
        format!(
            "SELECT a.* FROM {accounts} a WHERE a.org = $1 AND a.deleted_at IS NULL AND {asked} ORDER BY a.name_folded LIMIT {PAGE}"
        )
    }
}

/// The account of this number.
pub(crate) fn account(number: usize) -> Outcome<Account> {
    let mut account = Account {
        name: Name::parse(&format!("{} {number}", person(number).company))?,
        account_number: format!("A-{:06}", number + 1),
        ..Account::default()
    };
    let at = Timestamp::from_micros(FIRST + 1_000 * i64::try_from(number)?);
    account.stamp(Id::new(uuid_v7(at, (number as u64).to_be_bytes())), 1, at, at);
    Ok(account)
}

/// The contact of this number.
pub(crate) fn contact(number: usize) -> Outcome<Contact> {
    let (company, place) = (number / EACH, number % EACH);
    let title = match place {
        0 if company.is_multiple_of(10) => "Director",
        1..=3 if company.is_multiple_of(50) => "Assistant",
        4 if !company.is_multiple_of(20) => "Clerk",
        _ => "Engineer",
    };
    let person = person(number);
    let mut contact = Contact {
        first_name: Some(Name::parse(&person.first)?),
        last_name: Some(Name::parse(&person.last)?),
        title: Some(Name::parse(title)?),
        account: Some(account(company)?.id),
        ..Contact::default()
    };
    let at = Timestamp::from_micros(FIRST + 1_000 * i64::try_from(number)?);
    contact.stamp(Id::new(uuid_v7(at, (number as u64).to_be_bytes())), 1, at, at);
    Ok(contact)
}
