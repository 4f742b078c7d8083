//! The order of cards on a board, the same for every kind that has one. A card stands in a column, such as the deals of a stage, and has
//! a rank there. Neighbours are named by their ids, and the rank is computed while no other call of the tenant writes, so that one row is
//! written and no two cards of a column stand at the same place.

use crate::{Code, Column, Context, Filter, Id, Op, Rank, Record, Ref, Result};

/// Not exactly one place was named.
pub const PLACE_UNSAID: Code =
    Code::invalid("place.unsaid", "Say where it goes: give exactly one of after, before, first and last.");
/// A card was to stand beside itself.
pub const PLACE_ITSELF: Code =
    Code::invalid("place.itself", "Nothing stands before or after itself; name another neighbour.");

/// A record with a place among those of its column.
pub(crate) trait Card: Record {
    /// The field of its place.
    const RANK: Column<Self, Rank>;
    /// Its place; those that have none stand behind the others.
    fn rank(&self) -> Option<&Rank>;
    /// Gives it a place.
    fn set_rank(&mut self, rank: Rank);
    /// The cards of its column.
    fn column(&self) -> Filter;
    /// Whether another card stands in the same column.
    fn is_beside(&self, other: &Self) -> bool;
}

/// Where a card goes.
#[derive(Clone, Debug)]
pub(crate) enum Place<R: Record> {
    /// Behind this one.
    After(Ref<R>),
    /// Before this one.
    Before(Ref<R>),
    /// Before all others.
    First,
    /// Behind all others.
    Last,
}

impl<R: Record> Place<R> {
    /// The one that is said. Error: `place.unsaid`.
    pub(crate) fn said(after: Option<&Ref<R>>, before: Option<&Ref<R>>, first: bool, last: bool) -> Result<Self> {
        match (after, before, first, last) {
            (Some(neighbour), None, false, false) => Ok(Self::After(neighbour.clone())),
            (None, Some(neighbour), false, false) => Ok(Self::Before(neighbour.clone())),
            (None, None, true, false) => Ok(Self::First),
            (None, None, false, true) => Ok(Self::Last),
            _ => Err(PLACE_UNSAID.error()),
        }
    }
}

/// A place among cards that are there.
enum Spot<R> {
    After(R),
    Before(R),
    First,
    Last,
}

/// Gives a card its place in its column, without saving it. And whether the neighbour that was named has gone to another column, or into
/// the trash: then the card goes to the end. Errors: `place.itself`, `record.not_found`.
pub(crate) async fn place<R: Card>(cx: &mut Context<'_>, card: &mut R, place: &Place<R>) -> Result<bool> {
    let (neighbour, behind) = match place {
        Place::After(neighbour) => (Some(neighbour), true),
        Place::Before(neighbour) => (Some(neighbour), false),
        Place::First => (None, false),
        Place::Last => (None, true),
    };
    let neighbour = match neighbour {
        Some(neighbour) => Some(cx.load_even_trashed(neighbour).await?),
        None => None,
    };
    let (spot, gone) = match neighbour {
        Some(neighbour) if neighbour.id() == card.id() => return Err(PLACE_ITSELF.error()),
        Some(neighbour) if !neighbour.to_row().live(R::def()) || !card.is_beside(&neighbour) => (Spot::Last, true),
        Some(neighbour) if behind => (Spot::After(neighbour), false),
        Some(neighbour) => (Spot::Before(neighbour), false),
        None if behind => (Spot::Last, false),
        None => (Spot::First, false),
    };
    match free_rank(cx, card, &spot).await? {
        Some(rank) => card.set_rank(rank),
        None => respace(cx, card, &spot).await?,
    }
    Ok(gone)
}

/// A rank for this spot; none where its neighbours leave no room, or have no rank themselves.
async fn free_rank<R: Card>(cx: &mut Context<'_>, card: &R, spot: &Spot<R>) -> Result<Option<Rank>> {
    let others = others(card);
    let rank = R::RANK.name();
    let unranked = others.clone().and(Filter::compare(rank, Op::IsNull, true));
    if !cx.unrestricted().find::<R>(&unranked, &[], 1).await?.is_empty() {
        return Ok(None);
    }
    let descending = format!("-{rank}");
    let (beside, op, upwards) = match spot {
        Spot::After(neighbour) => (Some(neighbour), Op::Ge, true),
        Spot::Before(neighbour) => (Some(neighbour), Op::Le, false),
        Spot::First => (None, Op::Ge, true),
        Spot::Last => (None, Op::Le, false),
    };
    let filter = match beside {
        Some(neighbour) => others.and(Filter::compare(rank, op, neighbour.rank())),
        None => others,
    };
    let sort = if upwards { rank } else { descending.as_str() };
    let found: Vec<R> = cx.unrestricted().find(&filter, &[sort], 2).await?;
    let mut found = found.iter();
    let (one, two) = (found.next(), found.next().and_then(Card::rank));
    let Some(first) = one.and_then(Card::rank) else {
        // It is alone.
        return Ok(card.rank().cloned().or_else(|| Some(Rank::of_new(card.id().uuid(), cx.now()))));
    };
    Ok(match spot {
        Spot::First => first.previous(),
        Spot::Last => first.next(),
        // Cards that came with the same rank from different columns.
        Spot::After(neighbour) | Spot::Before(neighbour) if one.map(Record::id) != Some(neighbour.id()) => None,
        Spot::After(_) => match two {
            Some(two) => Rank::between(first, two),
            None => first.next(),
        },
        Spot::Before(_) => match two {
            Some(two) => Rank::between(two, first),
            None => first.previous(),
        },
    })
}

/// Spaces all cards of the column evenly, in the order that they have, with this one at its spot.
async fn respace<R: Card>(cx: &mut Context<'_>, card: &mut R, spot: &Spot<R>) -> Result<()> {
    let mut others: Vec<R> = cx.unrestricted().every(&others(card)).await?;
    others.sort_by(|a, b| {
        let key = |card: &R| (card.rank().is_none(), card.rank().cloned(), card.id());
        key(a).cmp(&key(b))
    });
    let at = |neighbour: &R| others.iter().position(|other| other.id() == neighbour.id());
    let position = match spot {
        Spot::First => Some(0),
        Spot::Last => None,
        Spot::Before(neighbour) => at(neighbour),
        Spot::After(neighbour) => at(neighbour).map(|position| position + 1),
    };
    let position = position.unwrap_or(others.len());
    let own = card.rank().cloned().unwrap_or_else(|| Rank::of_new(card.id().uuid(), cx.now()));
    let last = others.iter().filter_map(Card::rank).max().cloned().unwrap_or(own);
    let mut ranks = last.spread(others.len() + 1);
    card.set_rank(ranks.remove(position));
    for (mut other, rank) in others.into_iter().zip(ranks) {
        other.set_rank(rank);
        cx.save(other).await?;
    }
    Ok(())
}

/// The other cards of its column.
fn others<R: Card>(card: &R) -> Filter {
    let id: Id<R> = card.id();
    card.column().and(Filter::compare("id", Op::Ne, id))
}
