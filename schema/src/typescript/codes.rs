//! `codes.ts`: the codes of errors, each with its kind and its sentence.

use super::{modules::Modules, text::comment};
use crate::catalog::{Catalog, class_of, keys};

pub(crate) fn file(catalog: &Catalog, modules: &mut Modules) {
    let codes = &catalog.json["codes"];
    let mut out = "/** The kind of error that each code belongs to. */\nexport interface ErrorCodes {\n".to_owned();
    for code in keys(codes) {
        let kind = codes[&code]["kind"].as_str().unwrap_or_default();
        let later = if codes[&code]["retryable"] == true { "The same call may succeed later." } else { "" };
        let sentence = codes[&code]["message"].as_str().unwrap_or_default();
        out.push_str(&comment(1, &[format!("`{}`: {sentence}", class_of(kind)), later.to_owned()]));
        out.push_str(&format!("  \"{code}\": \"{kind}\";\n"));
    }
    out.push_str("}\n\n/** A stable code of an error, such as `lead.bant_incomplete`. */\nexport type ErrorCode = keyof ErrorCodes;\n");
    modules.add("codes", "The codes of errors.", out);
}
