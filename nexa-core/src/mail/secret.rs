//! The key of a tenant with which tokens are signed and addresses are hashed. No session reads it.

use std::fmt;

use data_encoding::{BASE32_NOPAD, BASE64URL_NOPAD, HEXLOWER};
use hmac::{Hmac, Mac};
use serde::{Deserialize, Serialize};
use sha2::Sha256;

use crate::{Context, Email, Id, Record, Result, Timestamp, kernel::record::corrupt};

/// The name of the one key that there is.
const FIRST: &str = "1";

/// A key, made at the first use.
#[derive(Record, Clone, Default, PartialEq, Serialize, Deserialize)]
#[record(
    kind = "mail_secret",
    table = "mail_secrets", access = system,
    bookkeeping,
    unique("name", code = "mail_secret.taken")
)]
pub(crate) struct MailSecret {
    /// The identifier.
    pub id: Id<MailSecret>,
    /// Always 1.
    pub version: i64,
    /// When it was made.
    pub created_at: Timestamp,
    /// When it was made.
    pub updated_at: Timestamp,
    /// Which key it is.
    pub name: String,
    /// Thirty-two bytes, as hexadecimal.
    pub secret: String,
}

/// Without the key.
impl fmt::Debug for MailSecret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("MailSecret").field("name", &self.name).finish_non_exhaustive()
    }
}

/// The key in use.
pub(crate) struct Secret(Vec<u8>);

/// What something is signed for; what was signed for one purpose is nothing for another.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Purpose {
    /// The hash of an address.
    Address,
    /// A link with which somebody chooses what they get.
    Preferences,
    /// A link with which somebody confirms that they agree.
    Confirmation,
    /// The identifier of a message.
    Message,
    /// The address to which somebody answers in a conversation.
    Reply,
    /// The name of a mail among those of an inbox.
    Reference,
}

impl Purpose {
    const fn as_str(self) -> &'static str {
        match self {
            Self::Address => "address",
            Self::Preferences => "preferences",
            Self::Confirmation => "confirmation",
            Self::Message => "message",
            Self::Reply => "reply",
            Self::Reference => "reference",
        }
    }
}

impl Secret {
    /// The tenant's key; none as long as nothing needed one, and then nothing was signed.
    pub(crate) async fn known(cx: &mut Context<'_>) -> Result<Option<Self>> {
        let found: Vec<MailSecret> = cx.unrestricted().matching(MailSecret::NAME, &FIRST.to_owned()).await?;
        found.into_iter().next().map(|found| Self::read(&found.secret)).transpose()
    }
    /// The tenant's key, which is made where there is none.
    pub(crate) async fn of(cx: &mut Context<'_>) -> Result<Self> {
        if let Some(known) = Self::known(cx).await? {
            return Ok(known);
        }
        let bytes = [cx.random_bytes(), cx.random_bytes()].concat();
        let secret = MailSecret { name: FIRST.to_owned(), secret: HEXLOWER.encode(&bytes), ..MailSecret::default() };
        cx.unrestricted().insert(secret).await?;
        Ok(Self(bytes))
    }
    fn read(text: &str) -> Result<Self> {
        let bytes = HEXLOWER.decode(text.as_bytes()).map_err(|problem| corrupt("mail_secret", problem))?;
        Ok(Self(bytes))
    }

    /// HMAC-SHA256 of several parts for a purpose; lengths keep them apart.
    pub(crate) fn mac(&self, purpose: Purpose, parts: &[&[u8]]) -> [u8; 32] {
        // A key of any length will do.
        let Ok(mut mac) = Hmac::<Sha256>::new_from_slice(&self.0) else { return [0; 32] };
        for part in [purpose.as_str().as_bytes()].iter().chain(parts) {
            mac.update(&(part.len() as u64).to_be_bytes());
            mac.update(part);
        }
        mac.finalize().into_bytes().into()
    }
    /// The hash under which an address is known to suppressions and tokens.
    pub(super) fn address(&self, address: &Email) -> AddressHash {
        AddressHash(self.mac(Purpose::Address, &[address.as_bytes()]))
    }
    /// The identifier of a message, which nobody can guess: the mail's id, ten bytes that prove it, and the sender's domain.
    pub(super) fn message_id(&self, mail: uuid::Uuid, domain: &str) -> String {
        let mac = self.mac(Purpose::Message, &[mail.as_bytes()]);
        let proof = BASE32_NOPAD.encode(mac.first_chunk::<10>().map_or(&[][..], |proof| proof)).to_ascii_lowercase();
        format!("<{}.{proof}@{domain}>", mail.simple())
    }
}

/// The hash of an address with the tenant's key: it says nothing of the person, and outlives them here.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct AddressHash(pub(super) [u8; 32]);

impl AddressHash {
    /// As records have it.
    pub(super) fn text(self) -> String {
        BASE64URL_NOPAD.encode(&self.0)
    }
}
