//! `operations.py` and `aio_operations.py`: a class per kind with a method per operation, and the session that has them.

use std::collections::BTreeMap;

use serde_json::Value as Json;

use super::{
    text::{docstring, heading, identifier},
    types::{Read, Types},
};
use crate::{
    catalog::{keys, reference, required},
    text::camel,
};

/// Whether calls block or are awaited.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Style {
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
    const fn wait(self) -> &'static str {
        match self {
            Self::Blocking => "",
            Self::Async => "await ",
        }
    }
}

const LISTING: [(&str, &str, &str); 4] = [
    ("order_by", "str | Sequence[str]", "()"),
    ("limit", "int | None", "None"),
    ("with_", "Sequence[str]", "()"),
    ("trashed", "bool", "False"),
];

pub(crate) fn file(types: &mut Types<'_>, style: Style) -> String {
    let mut out = heading(match style {
        Style::Blocking => "The operations of every kind.",
        Style::Async => "The operations of every kind, to be awaited.",
    });
    let base = match style {
        Style::Blocking => {
            "from .._frame import Frame\nfrom .._imports import Importable, export_options\nfrom .._pages import Results, Upserted, found, upserted\n\
             from .._session import Readable, Operations, SessionBase, asked, sorting\n"
        }
        Style::Async => {
            "from .._frame import Frame\nfrom .._imports import export_options\nfrom .._pages import AsyncResults, Upserted, found, upserted\n\
             from .._session import asked, sorting\n\
             from ..aio import AsyncImportable, AsyncOperations, AsyncReadable, AsyncSessionBase\n"
        }
    };
    out.push_str(&format!(
        "\nfrom functools import cached_property\nfrom typing import TYPE_CHECKING, Any\n\n{base}\
         from .._record import many\nfrom .._values import UNSET, Unset, to_about, to_assignee\n\
         from .records import *\n\nif TYPE_CHECKING:\n    \
         from collections.abc import Callable, Mapping, Sequence\n    \
         from datetime import date, datetime\n    from decimal import Decimal\n    from os import PathLike\n    \
         from typing import Literal, Unpack\n    from uuid import UUID\n\n    \
         from .._filter import Q\n    from .._imports import SupportsWrite\n    from .._record import Record\n    from .._values import About, Assignee, Money\n    \
         from .inputs import *\n    from .where import *\n"
    ));
    let groups = types.catalog.operations();
    for (group, operations) in &groups {
        class(&mut out, types, style, group, operations);
    }
    session(&mut out, types, style, &groups);
    out
}

fn class(out: &mut String, types: &mut Types<'_>, style: Style, group: &str, operations: &[(String, &Json)]) {
    let prefix = style.prefix();
    let record = types.catalog.kind(group).map(|kind| kind.record.clone());
    let imports = operations.iter().any(|(verb, _)| verb == "import_csv");
    let bases = match (&record, imports) {
        (Some(record), true) => format!("{prefix}Importable, {prefix}Readable[{record}]"),
        (Some(record), false) => format!("{prefix}Readable[{record}]"),
        (None, _) => format!("{prefix}Operations"),
    };
    out.push_str(&format!("\n\nclass {prefix}{}Operations({bases}):\n", camel(group)));
    out.push_str(&docstring(1, &[format!("The operations of `{group}`.")]));
    out.push_str(&format!("\n    KIND = \"{group}\"\n"));
    for (verb, operation) in operations {
        let method = Method { group, verb, operation, style };
        match (verb.as_str(), &record) {
            ("import_csv" | "import_rows" | "import_preview", Some(_)) => {}
            ("find", Some(record)) => {
                method.find(out, record);
                method.frame(out, record);
                method.export(out, record);
            }
            ("count", Some(record)) => method.filtered(out, types, record, "int", ""),
            ("aggregate", Some(record)) => method.filtered(out, types, record, "list[GroupRow]", "many(GroupRow)"),
            ("search", Some(record)) => method.search(out, record),
            _ => method.plain(out, types),
        }
    }
}

struct Method<'a> {
    group: &'a str,
    verb: &'a str,
    operation: &'a Json,
    style: Style,
}

impl Method<'_> {
    fn name(&self) -> String {
        format!("{}.{}", self.group, self.verb)
    }

    /// Text, parameters and refusals.
    fn doc(&self, types: &Types<'_>, parameters: &[(String, String)], more: &str) -> String {
        let doc = self.operation["doc"].as_str().unwrap_or_default();
        let (first, rest) = doc.split_once("\n\n").unwrap_or((doc, ""));
        let mut paragraphs = vec![first.replace('\n', " "), rest.to_owned(), more.to_owned()];
        let described: Vec<String> = parameters
            .iter()
            .filter(|(_, doc)| !doc.is_empty())
            .map(|(name, doc)| format!("- `{name}`: {}", doc.replace('\n', " ")))
            .collect();
        paragraphs.push(described.join("\n"));
        let raised: Vec<String> = types
            .catalog
            .refusals(self.operation)
            .into_iter()
            .map(|(class, codes)| format!("`{class}` (`{}`)", codes.join("`, `")))
            .collect();
        if !raised.is_empty() {
            paragraphs.push(format!("Raises {}.", raised.join("; ")));
        }
        docstring(2, &paragraphs)
    }

    fn listing(&self, record: &str, parameters: &[(&str, &str, &str)], before: &str) -> String {
        let mut out = String::from("        self,\n");
        out.push_str(before);
        out.push_str("        filter: Q | Mapping[str, Any] | None = None,\n        /,\n");
        if !parameters.is_empty() {
            out.push_str("        *,\n");
        }
        for (name, annotation, default) in parameters {
            out.push_str(&format!("        {name}: {annotation} = {default},\n"));
        }
        out.push_str(&format!("        **where: Unpack[{record}Where],\n"));
        out
    }

    fn asked(&self) -> &'static str {
        "        arguments: dict[str, Any] = {}\n        if order_by:\n            arguments[\"sort\"] = sorting(order_by)\n        \
         if trashed:\n            arguments[\"trashed\"] = True\n"
    }

    fn find(&self, out: &mut String, record: &str) {
        let results = format!("{}Results[{record}]", self.style.prefix());
        out.push_str(&format!(
            "\n    def find(\n{}    ) -> {results}:\n",
            self.listing(
                record,
                &[&LISTING[..], &[("after", "str | None", "None"), ("page_size", "int", "200")]].concat(),
                ""
            )
        ));
        out.push_str(&docstring(
            2,
            &[
                format!("Finds records of the kind `{}`; iterating fetches page after page.", self.group),
                "The filter is keywords such as `status__in=[…]`, a `Q`, or plain data. `order_by` is fields, with `-` for \
                 descending; records without a value come last, the id decides ties. `limit` counts all of them. The records \
                 of the relations in `with_` come along as `record.related`. `trashed` looks in the trash instead."
                    .to_owned(),
                "Raises `Invalid` (`filter.invalid`, `field.unknown`, `page.size`, `page.cursor_mismatch`).".to_owned(),
            ],
        ));
        out.push_str(self.asked());
        out.push_str(&format!(
            "        if with_:\n            arguments[\"with\"] = list(with_)\n        if after is not None:\n            \
             arguments[\"after\"] = after\n        \
             return {}Results(\n            self._call, asked(\"{}\", {record}, filter, where, arguments, limit, page_size)\n        )\n",
            self.style.prefix(),
            self.name(),
        ));
    }

    fn frame(&self, out: &mut String, record: &str) {
        let (def, wait) = (self.style.def(), self.style.wait());
        let parameters = [("columns", "Sequence[str] | None", "None"), LISTING[0], LISTING[1], LISTING[3]];
        out.push_str(&format!("\n    {def} frame(\n{}    ) -> Frame:\n", self.listing(record, &parameters, "")));
        out.push_str(&docstring(
            2,
            &[
                "Records as a table of Arrow, without a Python object per value.".to_owned(),
                "Give it to `polars.DataFrame`, `pyarrow.table`, `pandas.DataFrame.from_arrow` or DuckDB. `columns` are paths \
                 as filters name them; all of them unless said. The rest is as in `find`, but without `order_by` and `limit` \
                 records come as the storage has them, which is quickest."
                    .to_owned(),
            ],
        ));
        out.push_str(self.asked());
        out.push_str(&format!(
            "        return {wait}self._frame(asked(\"{}\", {record}, filter, where, arguments, limit), columns)\n",
            self.name()
        ));
    }

    fn export(&self, out: &mut String, record: &str) {
        let (def, wait) = (self.style.def(), self.style.wait());
        let parameters = [
            ("format", "Literal[\"csv\", \"spreadsheet\", \"json_lines\"]", "\"csv\""),
            ("columns", "Sequence[str] | None", "None"),
            ("delimiter", "Literal[\"comma\", \"semicolon\", \"tab\"]", "\"comma\""),
            ("labels", "bool", "False"),
            ("local_times", "bool", "False"),
            ("names", "bool", "False"),
            LISTING[0],
            LISTING[1],
            LISTING[3],
            ("progress", "bool | Callable[[int, int], object]", "False"),
        ];
        out.push_str(&format!(
            "\n    {def} export(\n{}    ) -> int:\n",
            self.listing(record, &parameters, "        target: str | PathLike[str] | SupportsWrite,\n")
        ));
        out.push_str(&docstring(
            2,
            &[
                "Writes records as CSV, for spreadsheets or as JSON lines into a path or a binary file, and answers how many; an \
                 import reads what comes of it."
                    .to_owned(),
                "A spreadsheet has a byte order mark, and no cell that is taken for a formula. `columns` are paths in their \
                 order, such as `email`, `address.city` or, one relation away, `account.name`; `labels` writes words into the \
                 header, `local_times` moments in the tenant's time zone, and `names` the name of what is referred to beside \
                 its id."
                    .to_owned(),
                "`progress` shows a bar, or is a function that is told records and bytes. The rest is as in `find`.".to_owned(),
            ],
        ));
        out.push_str(self.asked());
        out.push_str(&format!(
            "        question = asked(\"{}\", {record}, filter, where, arguments, limit)\n        \
             options = export_options(format, columns, delimiter, labels, local_times, names)\n        \
             return {wait}self._export(target, question, options, progress)\n",
            self.name()
        ));
    }

    fn filtered(&self, out: &mut String, types: &Types<'_>, record: &str, answer: &str, reader: &str) {
        let (def, wait) = (self.style.def(), self.style.wait());
        let grouping = [
            ("group_by", "Sequence[str | Mapping[str, Any]]", "()"),
            ("measure", "Sequence[str | Mapping[str, str]]", "(\"count\",)"),
        ];
        let parameters: &[_] = if self.verb == "aggregate" { &grouping } else { &[] };
        out.push_str(&format!(
            "\n    {def} {}(\n{}    ) -> {answer}:\n",
            self.verb,
            self.listing(record, parameters, "")
        ));
        let more = if self.verb == "aggregate" {
            "`group_by` has fields, or `{\"month\": {\"field\": …, \"zone\": …}}`; `measure` has `count`, or `{\"sum\": field}`, `avg`, \
             `min`, `max`, `distinct`. The filter is as in `find`."
        } else {
            "The filter is as in `find`."
        };
        out.push_str(&self.doc(types, &[], more));
        if self.verb == "aggregate" {
            out.push_str(
                "        arguments: dict[str, Any] = {\n            \
                 \"group_by\": [{\"field\": one} if isinstance(one, str) else one for one in group_by],\n            \
                 \"measure\": list(measure),\n        }\n",
            );
        } else {
            out.push_str("        arguments: dict[str, Any] = {}\n");
        }
        let reader = if reader.is_empty() { "int" } else { reader };
        out.push_str(&format!(
            "        question = asked(\"{0}\", {record}, filter, where, arguments, None)\n        \
             answer: {answer} = {wait}self._call(\"{0}\", question.arguments, {reader})\n        return answer\n",
            self.name()
        ));
    }

    fn search(&self, out: &mut String, record: &str) {
        let prefix = self.style.prefix();
        out.push_str(&format!(
            "\n    def search(\n{}    ) -> {prefix}Results[{record}]:\n",
            self.listing(record, &[LISTING[1], ("after", "str | None", "None")], "        text: str,\n")
        ));
        out.push_str(&docstring(
            2,
            &["Finds records by words; iterating fetches page after page. The filter is as in `find`.".to_owned()],
        ));
        out.push_str(&format!(
            "        arguments: dict[str, Any] = {{\"text\": text}}\n        if after is not None:\n            \
             arguments[\"after\"] = after\n        \
             return {prefix}Results(self._call, asked(\"{}\", {record}, filter, where, arguments, limit))\n",
            self.name()
        ));
    }

    /// What a listing answers one of, when the answer is nothing but a page.
    fn listed(&self, types: &mut Types<'_>) -> Option<Read> {
        let def = reference(&self.operation["output"])?.to_owned();
        let properties = types.catalog.def(&def)["properties"].clone();
        let only_a_page = keys(&properties) == ["items", "next"];
        let asks = self.operation["input"]["properties"].get("after").is_some();
        (only_a_page && asks).then(|| types.output(&properties["items"]["items"], &def, "item"))
    }

    fn plain(&self, out: &mut String, types: &mut Types<'_>) {
        let input = &self.operation["input"];
        let owner = types.catalog.kind(self.group).map_or_else(|| camel(self.group), |kind| kind.record.clone());
        let required = required(input);
        let mut names = keys(&input["properties"]);
        // The record first, then what must be given.
        names.sort_by_key(|name| (name != self.group, !required.contains(&name.as_str())));
        let listed = self.listed(types);
        let (mut signature, mut arguments, mut described) = (String::new(), String::new(), Vec::new());
        let mut keywords = false;
        for name in &names {
            if listed.is_some() && name == "limit" {
                continue;
            }
            let schema = &input["properties"][name];
            let annotation = types.input(schema, &owner, name);
            let python = identifier(name);
            let given = required.contains(&name.as_str());
            if name != self.group && !keywords {
                signature.push_str("        *,\n");
                keywords = true;
            }
            if given {
                signature.push_str(&format!("        {python}: {annotation},\n"));
            } else {
                signature.push_str(&format!("        {python}: {annotation} | Unset = UNSET,\n"));
            }
            let value = match annotation.as_str() {
                text if text.starts_with("User | Group | Assignee") => format!("to_assignee({python})"),
                text if text.starts_with("Record | About") => format!("to_about({python})"),
                _ => python.clone(),
            };
            arguments.push_str(&format!("            \"{name}\": {value},\n"));
            described.push((python, schema["description"].as_str().unwrap_or_default().to_owned()));
        }
        let (def, wait) = (self.style.def(), self.style.wait());
        let arguments = if arguments.is_empty() { "{}".to_owned() } else { format!("{{\n{arguments}        }}") };
        if let Some(read) = listed {
            signature.push_str("        limit: int | None = None,\n");
            out.push_str(&format!(
                "\n    def {}(\n        self,\n{signature}    ) -> {}Results[{}]:\n",
                self.verb,
                self.style.prefix(),
                read.annotation
            ));
            out.push_str(&self.doc(types, &described, "Iterating fetches page after page; `limit` counts all."));
            out.push_str(&format!(
                "        arguments: dict[str, Any] = {arguments}\n        \
                 return {}Results(self._call, asked(\"{}\", {}, None, {{}}, arguments, limit))\n",
                self.style.prefix(),
                self.name(),
                read.reader.as_deref().unwrap_or("None")
            ));
            return;
        }
        let read = types.output(&self.operation["output"], &owner, self.verb);
        out.push_str(&format!("\n    {def} {}(\n        self,\n{signature}    ) -> {}:\n", self.verb, read.annotation));
        out.push_str(&self.doc(types, &described, ""));
        let reader = read.reader.as_deref().unwrap_or("None");
        if read.annotation == "None" {
            out.push_str(&format!("        {wait}self._call(\"{}\", {arguments}, None)\n", self.name()));
        } else {
            out.push_str(&format!(
                "        answer: {} = {wait}self._call(\"{}\", {arguments}, {reader})\n        return answer\n",
                read.annotation,
                self.name()
            ));
        }
    }
}

fn session(out: &mut String, types: &Types<'_>, style: Style, groups: &BTreeMap<String, Vec<(String, &Json)>>) {
    let prefix = style.prefix();
    out.push_str(&format!("\n\nclass {prefix}Session({prefix}SessionBase):\n"));
    let call = if style == Style::Async { "await session.ticket.claim(t)" } else { "session.ticket.claim(t)" };
    out.push_str(&docstring(1, &[format!("Somebody at work in a tenant: `{call}`.")]));
    for group in groups.keys() {
        // A session's `org` is the tenant's id.
        let name = if group == "org" { "organisation" } else { group };
        let class = format!("{prefix}{}Operations", camel(group));
        let doc = types.catalog.json["kinds"][group]["doc"].as_str().map_or_else(
            || format!("The operations of `{group}`."),
            |doc| format!("The operations of `{group}`: {doc}"),
        );
        out.push_str(&format!("\n    @cached_property\n    def {name}(self) -> {class}:\n"));
        out.push_str(&docstring(2, &[doc]));
        out.push_str(&format!("        return {class}(self)\n"));
    }
}
