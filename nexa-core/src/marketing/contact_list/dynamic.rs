//! Dynamic lists: who is on one is who matches its filters now, beside those who were put on it or kept off it by hand.

use super::{ContactList, ContactListMember, ListMode, ListSide};
use crate::{Children, Code, Context, Filter, Result};

/// A dynamic list has no filter.
pub const NO_FILTER: Code = Code::invalid(
    "contact_list.no_filter",
    "A dynamic list is what its filters say; give lead_filter or contact_filter, or make it static.",
);
/// A static list has a filter.
pub const STATIC_FILTER: Code = Code::invalid(
    "contact_list.static_filter",
    "A static list has no filters; leave {field} out, or make it dynamic with contact_list.convert.",
);
/// Only a conversion changes what a list is.
pub const MODE_FIXED: Code =
    Code::rule("contact_list.mode_fixed", "The list is {mode}; contact_list.convert makes another of it.");

impl ContactList {
    /// Checks that its filters fit what it is. Errors: `contact_list.no_filter`, `contact_list.static_filter`, `filter.invalid`,
    /// `field.unknown`.
    pub(super) async fn check_filters(&self, cx: &mut Context<'_>) -> Result<()> {
        let filters = [("lead", "lead_filter", &self.lead_filter), ("contact", "contact_filter", &self.contact_filter)];
        let given = filters.iter().find(|(_, _, filter)| filter.is_some());
        match (self.mode, given) {
            (ListMode::Dynamic, None) => return Err(NO_FILTER.with("field", "lead_filter")),
            (ListMode::Static, Some((_, field, _))) => return Err(STATIC_FILTER.with("field", *field)),
            _ => {}
        }
        for (kind, _, filter) in filters {
            if let Some(filter) = filter {
                cx.check_filter(kind, filter).await?;
            }
        }
        Ok(())
    }

    /// Who is on a dynamic list, as filters of leads and of contacts.
    pub(crate) fn people(&self) -> (Filter, Filter) {
        let lead = self.lead_filter.as_ref().map(|filter| &filter.0);
        let contact = self.contact_filter.as_ref().map(|filter| &filter.0);
        (self.of_kind("lead", lead), self.of_kind("contact", contact))
    }

    fn of_kind(&self, field: &str, filter: Option<&Filter>) -> Filter {
        let by_hand = self.by_hand(field, ListSide::In).any();
        let any = match filter {
            Some(filter) => filter.clone().or(by_hand),
            None => by_hand,
        };
        any.and(self.by_hand(field, ListSide::Out).none())
    }

    /// Whom somebody put on this side of the list by hand.
    pub(super) fn by_hand(&self, field: &str, side: ListSide) -> Children {
        let of_list = ContactListMember::CONTACT_LIST.eq(self.id).and(ContactListMember::SIDE.eq(side));
        Children::of::<ContactListMember>().by_name(field).matching(of_list)
    }
}
