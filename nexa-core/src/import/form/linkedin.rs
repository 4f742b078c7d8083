//! LinkedIn: connections. Notes stand above the header, and the `URL` is that of the person.

use super::Form;

pub(super) const FORMS: &[Form] = &[Form::new(
    "linkedin.connections",
    "LinkedIn",
    "Connections",
    &["contact", "lead"],
    &[
        &["First Name", "Last Name", "Connected On"],
        &["Email Address", "Position", "Connected On"],
        &["Vorname", "Nachname", "Verbunden am"],
        &["Prénom", "Nom", "Connecté le"],
        &["Nombre", "Apellidos", "Conectado el"],
        &["Nome", "Cognome", "Collegato il"],
        &["Nome", "Sobrenome", "Conectado em"],
        &["Voornaam", "Achternaam", "Verbonden op"],
    ],
)
.columns(&[
    ("URL", "linkedin"),
    ("Connected On", ""),
    ("Position", "job_title"),
    ("Company", "company"),
    ("Nom", "last_name"),
])];
