//! Every path by which records can be read, held against `get`.

use nexa_core::{AggregateOf, FeedItem, Filter, Find, GroupBy, Id, MeasureOf, Op, Record, Session, testing::block_on};
use uuid::Uuid;

/// Every path by which records of a kind can be read; each answers the ids that it shows.
fn paths<R: Record>(session: &Session, words: &str) -> Vec<(&'static str, Vec<Uuid>)> {
    let feed = block_on(session.feed(nexa_core::Position::START, 1_000)).unwrap();
    let kind = R::def().kind;
    let find = |find: Find<R>| block_on(session.find(find)).map_or(Vec::new(), |page| ids(&page.items));
    let mut paged = Vec::new();
    let mut cursor = None;
    while let Ok(page) = block_on(session.find(Find::<R>::new().limit(1).after(cursor))) {
        paged.extend(ids(&page.items));
        cursor = page.next;
        if cursor.is_none() {
            break;
        }
    }
    let by_id = AggregateOf::<R>::new(
        Filter::everything(),
        vec![GroupBy::Field("id".into())],
        vec![MeasureOf::Count, MeasureOf::Max("created_at".into())],
    );
    let aggregated = block_on(session.aggregate(by_id))
        .map_or(Vec::new(), |rows| rows.iter().map(|row| row.group[0].as_str().unwrap().parse().unwrap()).collect());
    let mut shown = vec![
        ("find", find(Find::new())),
        ("find sorted", find(Find::new().filter(Filter::compare("version", Op::Ge, 0)))),
        ("pages", paged),
        ("aggregate", aggregated),
        (
            "feed",
            feed.items
                .into_iter()
                .filter_map(|item| match item {
                    FeedItem::Changed(change) if change.kind == kind => Some(change.record),
                    _ => None,
                })
                .collect(),
        ),
    ];
    if !R::def().search.is_empty() {
        let hits = block_on(session.search::<R>(words)).map_or(Vec::new(), |hits| ids(&hits.items));
        shown.push(("search", hits));
    }
    for (_, ids) in &mut shown {
        ids.sort_unstable();
        ids.dedup();
    }
    shown
}

fn ids<R: Record>(records: &[R]) -> Vec<Uuid> {
    records.iter().map(|record| record.id().uuid()).collect()
}

/// What `get` shows is what every other path shows, and what it hides no other path does.
pub(crate) fn every_path_agrees<R: Record>(session: &Session, words: &str, all: &[Id<R>], visible: &[Id<R>]) {
    let mut expected: Vec<Uuid> = visible.iter().map(|id| id.uuid()).collect();
    expected.sort_unstable();
    let who = session.principal();
    for id in all {
        let sees = visible.contains(id);
        let got = block_on(session.get::<R>(*id));
        assert_eq!(got.is_ok(), sees, "{who} gets {id}");
        let history = block_on(session.history::<R>(*id));
        assert_eq!(history.is_ok(), sees, "{who} reads the history of {id}");
        let explained = block_on(session.explain::<R>(*id));
        assert_eq!(explained.is_ok(), sees, "{who} has {id} explained");
        if !sees {
            let hidden = got.err().into_iter().chain(history.err()).chain(explained.err());
            for error in hidden {
                let code = error.code().to_owned();
                assert!(["record.not_found", "access.denied"].contains(&code.as_str()), "{code}");
            }
        }
        let counted = block_on(session.count::<R>(Filter::compare("id", Op::Eq, id))).unwrap_or_default();
        assert_eq!(counted, u64::from(sees), "{who} counts {id}");
    }
    for (path, shown) in paths::<R>(session, words) {
        assert_eq!(shown, expected, "{who}: {path} of {}", R::def().kind);
    }
    let counted = block_on(session.count::<R>(Filter::everything())).unwrap_or_default();
    assert_eq!(counted, u64::try_from(expected.len()).unwrap(), "{who}: count of {}", R::def().kind);
}
