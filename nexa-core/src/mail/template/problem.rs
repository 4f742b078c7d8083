//! What is wrong with a template, or with what is to be printed in it.

use crate::Code;

/// A template has an error in its source.
pub const SYNTAX: Code = Code::invalid(
    "template.syntax",
    "Line {line} of the {part} is not valid: {problem}; correct it and publish again.",
);
/// A template names what it does not know.
pub const VARIABLE_UNKNOWN: Code = Code::invalid(
    "template.variable_unknown",
    "Line {line} of the {part} uses {variable}, which is unknown; declare it as a variable of the template, or use one of {known}.",
);
/// A template uses a filter or test that does not exist.
pub const FILTER_UNKNOWN: Code = Code::invalid(
    "template.filter_unknown",
    "Line {line} of the {part} uses the filter or test {filter}, which does not exist; use one of {known}.",
);
/// A template includes a partial that it does not list.
pub const PARTIAL_UNKNOWN: Code = Code::invalid(
    "template.partial_unknown",
    "Line {line} of the {part} includes {partial}, which is unknown; list it among the partials of the template.",
);
/// Templates include each other in a circle.
pub const CIRCLE: Code =
    Code::invalid("template.circle", "The partial {partial} includes this template; a template cannot contain itself.");
/// A link leads where links of messages may not.
pub const LINK: Code = Code::invalid(
    "template.link",
    "The link {link} must begin with http:, https:, mailto: or tel:; correct it, or the value that is printed in it.",
);
/// What was rendered is too large.
pub const TOO_LARGE: Code = Code::invalid("template.too_large", "The {part} is larger than {most} bytes; shorten it.");
/// Rendering takes too many steps.
pub const FUEL: Code = Code::invalid("template.fuel", "The {part} takes too many steps to render; repeat less in it.");
/// A value is missing where it would be printed.
pub const VARIABLE_MISSING: Code = Code::rule(
    "template.variable_missing",
    "{variable} has no value here; give it one, or a default in the template, such as |default('there').",
);
/// A value cannot be used in the way that the template uses it.
pub const VALUE: Code = Code::invalid(
    "template.value",
    "Line {line} of the {part} cannot be rendered with these values: {problem}; change the template or the value.",
);
/// A template has no texts that it could be published with.
pub const NO_TEXT: Code = Code::rule(
    "template.no_text",
    "The template has no {part} in {locale}; write it before the template is published.",
);
/// Marketing without a way to unsubscribe.
pub const NO_UNSUBSCRIBE: Code = Code::rule(
    "template.no_unsubscribe",
    "The {part} has no link for unsubscribing, which marketing needs; print unsubscribe_url in it.",
);
/// Marketing without the sender's postal address.
pub const NO_ADDRESS: Code = Code::rule(
    "template.no_address",
    "The {part} has no postal address, which marketing needs; print org.address in it.",
);
/// A template without a published version is to be used.
pub const NOT_PUBLISHED: Code = Code::rule(
    "template.not_published",
    "The template {name} has no published version; publish it with template.publish.",
);
/// A template that is in use is to be thrown away.
pub const IN_USE: Code = Code::rule(
    "template.in_use",
    "The template {name} was published and may be in use; archive it with template.archive.",
);
/// An archived template is to be used.
pub const ARCHIVED: Code =
    Code::rule("template.archived", "The template {name} is archived; bring it back with template.unarchive.");
/// A template that is not archived is to be brought back.
pub const NOT_ARCHIVED: Code =
    Code::rule("template.not_archived", "The template {name} is not archived; there is nothing to do.");
/// This build of the library has no engine for templates.
pub const NO_ENGINE: Code = Code::unavailable(
    "template.no_engine",
    "This build renders no templates; publish and preview them where the library has the feature templates, such as on a server.",
)
.permanent();
