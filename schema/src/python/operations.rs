//! The operations in the stubs: two classes for each group, one that blocks and one to be awaited, and the sessions that have them.

use super::{
    method::{Form, Group, Listing, Method, Plain},
    modules::Modules,
    text::{docstring, quoted},
};
use crate::text::camel;

/// Whether calls block or are awaited.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Style {
    Blocking,
    Async,
}

impl Style {
    const fn prefix(self) -> &'static str {
        match self {
            Self::Blocking => "",
            Self::Async => "Async",
        }
    }
    const fn def(self) -> &'static str {
        match self {
            Self::Blocking => "def",
            Self::Async => "async def",
        }
    }
}

const ORDER_BY: &str = "order_by: str | Sequence[str] = ()";
const LIMIT: &str = "limit: int | None = None";
const WITH: &str = "with_: Sequence[str] = ()";
const TRASHED: &str = "trashed: bool = False";
const AFTER: &str = "after: str | None = None";
const COLUMNS: &str = "columns: Sequence[str] | None = None";

/// The classes of a group.
pub(crate) fn classes(modules: &mut Modules, group: &Group) {
    for style in [Style::Blocking, Style::Async] {
        let prefix = style.prefix();
        let bases = match (&group.record, group.imports) {
            (Some(record), true) => format!("{prefix}Importable, {prefix}Readable[{record}]"),
            (Some(record), false) => format!("{prefix}Readable[{record}]"),
            (None, _) => format!("{prefix}Operations"),
        };
        let name = format!("{prefix}{}Operations", camel(&group.name));
        let mut out = format!("class {name}({bases}):\n");
        out.push_str(&quoted(1, &[format!("The operations of `{}`.", group.name)]));
        for method in &group.methods {
            out.push('\n');
            out.push_str(&written(group, method, style));
        }
        modules.add(&name, out);
    }
}

fn written(group: &Group, method: &Method, style: Style) -> String {
    let record = group.record.as_deref().unwrap_or_default();
    let (awaited, parameters, answer) = match &method.form {
        Form::Listing(listing) => {
            let results = matches!(listing, Listing::Find | Listing::Search);
            let answer = match listing {
                Listing::Find | Listing::Search => format!("{}Results[{record}]", style.prefix()),
                Listing::Frame => "Frame".to_owned(),
                Listing::Export | Listing::Count => "int".to_owned(),
                Listing::Aggregate => "list[GroupRow]".to_owned(),
            };
            (!results, question(*listing, record), answer)
        }
        Form::Plain(plain) if plain.listed => {
            (false, arguments(plain), format!("{}Results[{}]", style.prefix(), plain.answer.annotation))
        }
        Form::Plain(plain) => (true, arguments(plain), plain.answer.annotation.clone()),
    };
    let def = if awaited { style.def() } else { "def" };
    let mut out = format!("    {def} {}(\n        self,\n", method.verb);
    for parameter in parameters {
        out.push_str(&format!("        {parameter},\n"));
    }
    out.push_str(&format!("    ) -> {answer}:\n"));
    out.push_str(&quoted(2, &method.doc));
    out
}

/// The parameters of a question that the package has for every kind.
fn question(listing: Listing, record: &str) -> Vec<String> {
    let own: &[&str] = match listing {
        Listing::Find => &[ORDER_BY, LIMIT, WITH, TRASHED, AFTER, "page_size: int = 200"],
        Listing::Frame => &[COLUMNS, ORDER_BY, LIMIT, TRASHED],
        Listing::Export => &[
            "format: Literal[\"csv\", \"spreadsheet\", \"json_lines\"] = \"csv\"",
            COLUMNS,
            "delimiter: Literal[\"comma\", \"semicolon\", \"tab\"] = \"comma\"",
            "labels: bool = False",
            "local_times: bool = False",
            "names: bool = False",
            ORDER_BY,
            LIMIT,
            TRASHED,
            "progress: bool | Callable[[int, int], object] = False",
        ],
        Listing::Count => &[],
        Listing::Aggregate => &[
            "group_by: Sequence[str | Mapping[str, Any]] = ()",
            "measure: Sequence[str | Mapping[str, str]] = (\"count\",)",
        ],
        Listing::Search => &[LIMIT, AFTER],
    };
    let mut all = Vec::new();
    match listing {
        Listing::Export => all.push("target: str | PathLike[str] | SupportsWrite".to_owned()),
        Listing::Search => all.push("text: str".to_owned()),
        _ => {}
    }
    all.push("filter: Q | Mapping[str, Any] | None = None".to_owned());
    all.push("/".to_owned());
    if !own.is_empty() {
        all.push("*".to_owned());
    }
    all.extend(own.iter().map(|&parameter| parameter.to_owned()));
    all.push(format!("**where: Unpack[{record}Where]"));
    all
}

/// The parameters of any other operation.
fn arguments(plain: &Plain) -> Vec<String> {
    let mut all = Vec::new();
    let mut keywords = false;
    for parameter in &plain.parameters {
        if !parameter.positional && !keywords {
            all.push("*".to_owned());
            keywords = true;
        }
        let default = if parameter.optional { " | Unset = UNSET" } else { "" };
        all.push(format!("{}: {}{default}", parameter.name, parameter.annotation));
    }
    if plain.listed {
        if !keywords {
            all.push("*".to_owned());
        }
        all.push(LIMIT.to_owned());
    }
    all
}

/// The sessions.
pub(crate) fn sessions(modules: &mut Modules, groups: &[Group]) {
    for style in [Style::Blocking, Style::Async] {
        let prefix = style.prefix();
        let call = if style == Style::Async { "await session.ticket.claim(t)" } else { "session.ticket.claim(t)" };
        let mut out = format!("class {prefix}Session({prefix}SessionBase):\n");
        out.push_str(&docstring(1, &[format!("Somebody at work in a tenant: `{call}`.")]));
        for group in groups {
            let doc = format!("The operations of `{}`", group.name);
            let doc = if group.doc.is_empty() { format!("{doc}.") } else { format!("{doc}: {}", group.doc) };
            out.push_str("\n    @cached_property\n");
            out.push_str(&format!("    def {}(self) -> {prefix}{}Operations:\n", group.attribute, camel(&group.name)));
            out.push_str(&docstring(2, &[doc]));
        }
        modules.add(&format!("{prefix}Session"), out);
    }
}
