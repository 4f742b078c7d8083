//! The types of arguments, in the stubs.

use super::{
    modules::Modules,
    text::{docstring, is_keyword},
    types::Types,
};
use crate::catalog::{keys, required};

/// What every program may give.
pub(crate) fn common(modules: &mut Modules) {
    for (name, text) in [
        (
            "MoneyDict",
            "class MoneyDict(TypedDict):\n    \"\"\"An amount in a currency.\"\"\"\n\n    \
             amount: Decimal | int | str\n    currency: str\n",
        ),
        (
            "AssigneeDict",
            "class AssigneeDict(TypedDict, total=False):\n    \"\"\"A user or a group.\"\"\"\n\n    \
             user: Record | str | UUID\n    group: Record | str | UUID\n",
        ),
        (
            "Ref",
            "Ref: TypeAlias = str | UUID | ExternalKey | ExternalKeyDict\n\
             \"\"\"What names a record: an id, or the key that another system has for it.\"\"\"\n",
        ),
    ] {
        modules.add(name, text.to_owned());
    }
}

/// The types of arguments that belong to a group.
pub(crate) fn types(modules: &mut Modules, types: &mut Types<'_>, group: &str) {
    group.clone_into(&mut types.group);
    for (name, schema) in types.inputs.clone() {
        if types.home(&name) != group {
            continue;
        }
        let own = name.strip_suffix("Dict").unwrap_or(&name).to_owned();
        let required = required(&schema);
        let fields = keys(&schema["properties"]);
        // A class has no field that is named by a keyword.
        let as_class = !fields.iter().any(|field| is_keyword(field));
        let doc = docstring(
            as_class.into(),
            &[schema["description"].as_str().unwrap_or("A part of an argument.").to_owned()],
        );
        let mut out = if as_class {
            format!("class {name}(TypedDict, total=False):\n{doc}\n")
        } else {
            format!("{name} = TypedDict(\n    \"{name}\",\n    {{\n")
        };
        for field in fields {
            let property = &schema["properties"][&field];
            let annotation = types.input(property, &own, &field);
            let annotation =
                if required.contains(&field.as_str()) { format!("Required[{annotation}]") } else { annotation };
            if !as_class {
                out.push_str(&format!("        \"{field}\": {annotation},\n"));
                continue;
            }
            out.push_str(&format!("    {field}: {annotation}\n"));
            if let Some(doc) = property["description"].as_str() {
                out.push_str(&docstring(1, &[doc.to_owned()]));
            }
        }
        if !as_class {
            out.push_str(&format!("    }},\n    total=False,\n)\n{doc}"));
        }
        modules.add(&name, out);
    }
    let mut enums: Vec<_> = types.enums.values().filter(|one| types.word_inputs.contains(&one.name)).collect();
    enums.sort_by(|a, b| a.name.cmp(&b.name));
    for one in enums.into_iter().filter(|one| types.home(&one.name) == group) {
        let words: Vec<String> = one.words.iter().map(|(word, _)| format!("\"{word}\"")).collect();
        let name = format!("{}Word", one.name);
        modules.add(&name, format!("{name}: TypeAlias = {} | Literal[{}]\n", one.name, words.join(", ")));
    }
}
