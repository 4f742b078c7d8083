//! How much one call may ask for: the limit itself is answered, one more is refused, on every backend with the same code.

use nexa_crm::{
    Access, Action, Actor, Envelope, ErrorKind, Filter, Op, Policy, Request, Result, kernel::record::RecordDef,
    service::DefaultPolicy, testing::Office,
};
use nexa_tests::{backends, in_turn::in_turn};
use pollster::block_on;
use serde_json::{Value as Json, json};
use uuid::Uuid;

/// The questions that take a filter.
const QUESTIONS: [&str; 4] = ["find", "count", "aggregate", "search"];

/// The default policy; agents see accounts that meet a hundred conditions and are not in a long list.
struct Strict {
    rows: Filter,
}

impl Strict {
    fn new() -> Self {
        let conditions = (0..100).map(|number| Filter::compare("name", Op::Ne, format!("Number {number}")));
        let elsewhere = (0..9_000).map(Uuid::from_u128).collect::<Vec<_>>();
        Self { rows: Filter::And(conditions.chain([!Filter::compare("id", Op::In, elsewhere)]).collect()) }
    }
}

impl Policy for Strict {
    fn access(&self, actor: &Actor, kind: &'static RecordDef, action: Action) -> Access {
        let access = DefaultPolicy::new().access(actor, kind, action);
        if !actor.has_role("agent") || kind.kind != "account" {
            return access;
        }
        Access::rows(self.rows.clone())
    }
}

struct Asked<'a> {
    office: &'a Office,
    backend: &'static str,
}

impl Asked<'_> {
    fn ask(&self, operation: &str, arguments: &Json) -> Result<Json> {
        self.office.run_as("agent", operation, arguments.clone())
    }
    #[track_caller]
    fn answers(&self, operation: &str, arguments: &Json) -> Json {
        let answer = self.ask(operation, arguments);
        answer.unwrap_or_else(|error| {
            let said = std::error::Error::source(&error).map(ToString::to_string);
            panic!("{} refuses {operation}: {error:?} {said:?}", self.backend)
        })
    }
    #[track_caller]
    fn refuses(&self, code: &str, operation: &str, arguments: &Json) {
        let error = match self.ask(operation, arguments) {
            Ok(_) => panic!("{} answers {operation} beyond {code}", self.backend),
            Err(error) => error,
        };
        let said = (error.code(), error.kind(), error.retryable());
        assert_eq!(said, (code, ErrorKind::Invalid, false), "{}, {operation}: {error:?}", self.backend);
    }
    /// Every question that takes a filter.
    #[track_caller]
    fn filters(&self, within: &Json, beyond: &Json) {
        QUESTIONS.iter().for_each(|question| self.filter(question, within, beyond));
    }
    /// One of these questions: the next in turn for the next case.
    #[track_caller]
    fn filter_in_turn(&self, case: usize, within: &Json, beyond: &Json) {
        in_turn(&QUESTIONS, case, 1).into_iter().for_each(|question| self.filter(question, within, beyond));
    }
    #[track_caller]
    fn filter(&self, question: &str, within: &Json, beyond: &Json) {
        let operation = format!("account.{question}");
        let mut arguments = match question {
            "aggregate" => json!({"measure": ["count"]}),
            "search" => json!({"text": "Globex"}),
            _ => json!({}),
        };
        arguments["filter"] = within.clone();
        self.answers(&operation, &arguments);
        arguments["filter"] = beyond.clone();
        self.refuses("filter.too_large", &operation, &arguments);
    }
}

fn on_every_backend(test: impl Fn(&Asked<'_>)) {
    for backend in backends::all() {
        let office = Office::found_with(backend.store, nexa_core::builder().policy(Strict::new()));
        office.run("field.define", json!({"of_kind": "account", "name": "region", "holds": "text"}));
        office.run("field.define", json!({"of_kind": "account", "name": "code", "holds": "text", "indexed": true}));
        office.run("field.define", json!({"of_kind": "account", "name": "seats", "holds": "number"}));
        test(&Asked { office: &office, backend: backend.name });
    }
}

fn compare(field: &str, op: &str, value: &Json) -> Json {
    json!({"field": field, "op": op, "value": value})
}

#[test]
fn a_list_of_ten_thousand_values_is_answered_and_one_more_is_too_large() {
    on_every_backend(|asked| {
        let ids = |count: usize| (0..count).map(|id| json!(Uuid::from_u128(id as u128))).collect::<Vec<_>>();
        let texts = |count: usize| (0..count).map(|text| json!(format!("text {text}"))).collect::<Vec<_>>();
        let owners = |count: usize| -> Vec<Json> { ids(count).into_iter().map(|id| json!({"user": id})).collect() };
        for (field, values) in [
            ("id", &ids as &dyn Fn(usize) -> Vec<Json>),
            ("parent", &ids),
            ("name", &texts),
            ("parent.name", &texts),
            ("custom.region", &texts),
            ("custom.code", &texts),
            ("owner", &owners),
        ] {
            let within = compare(field, "in", &json!(values(10_000)));
            let beyond = compare(field, "in", &json!(values(10_001)));
            asked.filters(&within, &beyond);
        }
        let several = |count| {
            json!({"and": [
                {"not": compare("id", "in", &json!(ids(5_000)))},
                {"not": compare("parent", "in", &json!(ids(count)))},
            ]})
        };
        asked.filters(&several(5_000), &several(5_001));
    });
}

#[test]
fn a_list_finds_the_same_whatever_it_is_of() {
    on_every_backend(|asked| {
        let owner = json!({"user": asked.office.id("agent")});
        let fields = json!({"name": "Umbrella", "owner": owner, "custom": {"region": "North", "seats": 3}});
        asked.office.run("account.create", fields);
        let strangers = (0..50).map(|id| json!({"user": Uuid::from_u128(id)}));
        let owners: Vec<Json> = strangers.chain([owner]).collect();
        for (filter, found) in [
            (compare("owner", "in", &json!(owners)), vec!["Umbrella"]),
            (compare("owner", "in", &json!([owners[0], null])), vec!["Globex", "Initech"]),
            (compare("owner", "in", &json!([])), vec![]),
            (compare("custom.region", "in", &json!(["South", "North"])), vec!["Umbrella"]),
            (compare("custom.region", "in", &json!(["South"])), vec![]),
            (json!({"not": compare("custom.region", "in", &json!(["South"]))}), vec!["Umbrella"]),
            (compare("custom.seats", "in", &json!([1, 3])), vec!["Umbrella"]),
        ] {
            let page = asked.answers("account.find", &json!({"filter": filter, "sort": ["name"]}));
            let names: Vec<&str> =
                page["items"].as_array().unwrap().iter().filter_map(|item| item["name"].as_str()).collect();
            assert_eq!(names, found, "{}: {filter}", asked.backend);
        }
    });
}

#[test]
fn two_hundred_conditions_are_answered_and_one_more_is_too_large() {
    on_every_backend(|asked| {
        let wide = |join: &str, condition: &Json, count: usize| json!({ join: vec![condition; count] });
        let conditions = [
            compare("name", "eq", &json!("Globex")),
            compare("name", "contains", &json!("Glob")),
            compare("custom.region", "eq", &json!("North")),
            compare("custom.region", "is_null", &json!(true)),
            compare("tags", "has", &json!("vip")),
            compare("owner", "eq", &json!({"user": Uuid::nil()})),
        ];
        for (case, condition) in conditions.iter().enumerate() {
            for (turn, join) in ["and", "or"].into_iter().enumerate() {
                asked.filter_in_turn(case + turn, &wide(join, condition, 200), &wide(join, condition, 201));
            }
        }
        // A relation and what it is compared with are two.
        let through = json!({"through": "parent", "filter": compare("name", "eq", &json!("Globex"))});
        asked.filters(&wide("or", &through, 100), &wide("or", &through, 101));
        let numbers = |count: usize| compare("custom.seats", "in", &json!((0..count).collect::<Vec<_>>()));
        asked.filters(&numbers(200), &numbers(201));
    });
}

#[test]
fn a_filter_of_thirty_two_levels_is_answered_and_one_more_is_too_large() {
    on_every_backend(|asked| {
        let deep = |levels: usize, around: &dyn Fn(Json) -> Json| {
            (0..levels).fold(compare("name", "eq", &json!("Globex")), |filter, _| around(filter))
        };
        for around in [
            &(|filter| json!({"not": filter})) as &dyn Fn(Json) -> Json,
            &|filter| json!({"and": [filter]}),
            &|filter| json!({"or": [compare("name", "eq", &json!("Initech")), filter]}),
            &|filter| json!({"and": [compare("name", "ne", &json!("Initech")), {"not": filter}]}),
        ] {
            // A comparison is a level as well.
            let levels = if deep(1, around)["and"][1].is_object() { 15 } else { 31 };
            asked.filters(&deep(levels, around), &deep(levels + 1, around));
        }
        // A relation counts four.
        let through = |filter| json!({"through": "parent", "filter": filter});
        asked.filters(&deep(7, &through), &deep(8, &through));
        let has = |filter| json!({"has": "account", "filter": filter});
        asked.filters(&deep(7, &has), &deep(8, &has));
        let none = |filter| json!({"has_none": "account", "filter": {"through": "parent", "filter": filter}});
        asked.filters(&deep(3, &none), &deep(4, &none));
        let refused = asked.office.run_as("admin", "account.find", json!({"filter": deep(4, &none)})).unwrap_err();
        assert_eq!(refused.params()["path"], json!("account.parent.account.parent.account.parent.account.parent"));
    });
}

#[test]
fn sorts_groups_measures_relations_and_words_have_a_limit() {
    on_every_backend(|asked| {
        let repeat = |entry: &Json, count: usize| vec![entry.clone(); count];
        let words = |count: usize| (0..count).map(|word| format!("word{word}")).collect::<Vec<_>>().join(" ");
        let fields = [
            "name",
            "-type",
            "tier",
            "industry",
            "website",
            "phone",
            "created_at",
            "-updated_at",
            "annual_revenue.amount",
            "description",
            "account_number",
            "version",
            "id",
        ];
        let sort = |count: usize| fields.iter().copied().cycle().take(count).collect::<Vec<_>>();
        let account = asked.office.id("account");
        for (operation, within, beyond) in [
            ("account.find", json!({"sort": sort(16), "limit": 1}), json!({"sort": sort(17)})),
            (
                "account.find",
                json!({"with": repeat(&json!("parent"), 32)}),
                json!({"with": repeat(&json!("parent"), 33)}),
            ),
            (
                "account.get",
                json!({"account": account, "with": repeat(&json!("parent"), 32)}),
                json!({"account": account, "with": repeat(&json!("parent"), 33)}),
            ),
            (
                "account.aggregate",
                json!({"group_by": repeat(&json!({"field": "name"}), 16)}),
                json!({"group_by": repeat(&json!({"field": "name"}), 17)}),
            ),
            (
                "account.aggregate",
                json!({"measure": repeat(&json!({"max": "name"}), 64)}),
                json!({"measure": repeat(&json!({"max": "name"}), 65)}),
            ),
            ("account.search", json!({"text": words(100)}), json!({"text": words(101)})),
            ("account.search", json!({"text": "x".repeat(10_000)}), json!({"text": "x".repeat(10_001)})),
        ] {
            let answer = asked.answers(operation, &within);
            asked.refuses("argument.too_long", operation, &beyond);
            if let Some(next) = answer["next"].as_str() {
                let mut following = within.clone();
                following["after"] = json!(next);
                asked.answers(operation, &following);
            }
        }
    });
}

#[test]
fn a_batch_of_a_thousand_is_one_unit_and_one_more_is_refused() {
    on_every_backend(|asked| {
        let get = Request { run: "account.get".to_owned(), with: json!({"account": asked.office.id("account")}) };
        let batch = |count: usize| {
            let requests = vec![get.clone(); count];
            block_on(asked.office.session("agent").batch(requests, Envelope::default()))
        };
        assert_eq!(batch(1_000).unwrap().len(), 1_000, "{}", asked.backend);
        let error = batch(1_001).unwrap_err();
        assert_eq!((error.code(), error.retryable()), ("batch.too_large", false), "{}", asked.backend);
        let list = asked.office.id("contact_list");
        let leads = vec![json!(asked.office.id("lead")); 10_001];
        asked.refuses("argument.too_long", "contact_list.add", &json!({"contact_list": list, "leads": leads}));
    });
}

#[test]
fn a_policy_with_too_large_a_filter_is_unbuildable() {
    struct Endless;
    impl Policy for Endless {
        fn access(&self, _: &Actor, kind: &'static RecordDef, _: Action) -> Access {
            Access::rows(Filter::Or(vec![
                Filter::compare(kind.columns[kind.id].path.as_str(), Op::Eq, Uuid::nil());
                201
            ]))
        }
    }
    let built = nexa_core::builder().store(backends::memory().store).policy(Endless).build();
    let error = built.err().unwrap();
    assert_eq!(error.code(), "crm.unbuildable");
    assert!(error.message().contains("201 conditions"), "{error}");
}
