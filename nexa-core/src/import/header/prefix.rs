//! What a header says in front of its own name: whose it is, as in `Person - Name` and `Contact: Email`.

use super::folded;

/// Whose column it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Whose {
    Person,
    Lead,
    Company,
    Deal,
    Ticket,
    Task,
    Campaign,
    User,
}

const WORDS: &[(Whose, &[&str])] = &[
    (
        Whose::Person,
        &[
            "person",
            "people",
            "contact",
            "contacts",
            "persona",
            "contacto",
            "personne",
            "contatto",
            "pessoa",
            "contato",
            "persoon",
            "contactpersoon",
            "kontakt",
            "ansprechpartner",
            "customer",
            "subscriber",
            "attendee",
            "requester",
        ],
    ),
    (Whose::Lead, &["lead", "leads", "prospect", "interessent", "prospecto", "piste", "candidato"]),
    (
        Whose::Company,
        &[
            "company",
            "organization",
            "organisation",
            "account",
            "organizacion",
            "empresa",
            "entreprise",
            "societe",
            "unternehmen",
            "firma",
            "azienda",
            "organizzazione",
            "organizacao",
            "conta",
            "cuenta",
            "compte",
            "bedrijf",
            "organisatie",
            "companies",
            "accounts",
            "employer",
        ],
    ),
    (
        Whose::Deal,
        &[
            "deal",
            "deals",
            "opportunity",
            "opportunities",
            "opportunite",
            "oportunidad",
            "negocio",
            "transaction",
            "affaire",
            "trato",
            "affare",
            "trattativa",
            "opportunita",
            "oportunidade",
            "verkaufschance",
            "potential",
        ],
    ),
    (Whose::Ticket, &["ticket", "tickets", "case", "cases", "fall", "caso", "requete", "chamado"]),
    (Whose::Task, &["task", "tasks", "activity", "aufgabe", "tarea", "tache", "tarefa", "taak"]),
    (Whose::Campaign, &["campaign", "kampagne", "campagne", "campana", "campagna", "campanha"]),
    (Whose::User, &["user", "owner", "agent", "benutzer", "usuario", "utilisateur"]),
];

/// A header behind what it says in front, when it says whose it is.
pub(super) fn strip(header: &str) -> Option<(Whose, &str)> {
    for separator in [" - ", ": ", ":", ".", " / ", "_", " "] {
        if let Some((front, rest)) = header.split_once(separator) {
            let front = folded(front);
            if let Some((whose, _)) = WORDS.iter().find(|(_, words)| words.contains(&front.as_str()))
                && !folded(rest).is_empty()
            {
                return Some((*whose, rest.trim()));
            }
        }
    }
    None
}

impl Whose {
    /// Whether a table of this kind has such columns of its own.
    pub(super) fn is(self, kind: &str) -> bool {
        match self {
            Self::Person => matches!(kind, "contact" | "lead"),
            Self::Lead => kind == "lead",
            Self::Company => kind == "account",
            Self::Deal => kind == "deal",
            Self::Ticket => kind == "ticket",
            Self::Task => kind == "task",
            Self::Campaign => kind == "campaign",
            Self::User => kind == "user",
        }
    }
    /// What a column means here whose own name, behind the prefix, means this; nothing when it is about another record.
    pub(super) fn meaning(self, kind: &str, own: &'static str) -> Option<&'static str> {
        let name = matches!(own, "name" | "family_or_name" | "given_or_name" | "person" | "title" | "salutation");
        match (self, own) {
            (Self::Person, "name" | "family_or_name" | "given_or_name" | "person") => Some("person"),
            (Self::Person, "email") => Some("person_email"),
            (Self::Company, "name" | "family_or_name" | "given_or_name" | "company") => Some("company"),
            // Pipedrive's titles, whatever the language makes of the word elsewhere.
            (Self::Deal, _) if name && kind == "deal" => Some("deal_name"),
            (Self::Campaign, _) if name && kind != "campaign" => Some("campaign"),
            (Self::Company, "phone" | "website" | "industry" | "company_size" | "street" | "city" | "region")
            | (Self::Company, "postal_code" | "country")
                if kind == "lead" =>
            {
                Some(own)
            }
            _ if self.is(kind) => Some(own),
            _ => None,
        }
    }
}
