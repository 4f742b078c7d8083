//! The token of a link in a mail: whoever has it may choose what the address gets that the mail went to, without logging in.
//!
//! It is base64url of a version, the tenant, the hash of the address, the topic, and ten bytes that prove them. It names nobody, and it
//! does not expire.

use data_encoding::BASE64URL_NOPAD;
use subtle::ConstantTimeEq;
use uuid::Uuid;

use super::secret::{AddressHash, Purpose, Secret};

const VERSION: u8 = 1;
const PROOF: usize = 10;
const LENGTH: usize = 1 + 16 + 32 + 16 + PROOF;

/// What a token says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Token {
    /// The tenant.
    pub(super) org: Uuid,
    /// The address.
    pub(super) address: AddressHash,
    /// The topic; nil where the mail had none.
    pub(super) topic: Uuid,
}

impl Token {
    /// The text of the token for a purpose; `nonce` binds it to something that is not in it.
    pub(super) fn write(&self, secret: &Secret, purpose: Purpose, nonce: &[u8]) -> String {
        let mut bytes = self.bytes();
        let mac = secret.mac(purpose, &[&bytes, nonce]);
        bytes.extend(mac.iter().take(PROOF));
        BASE64URL_NOPAD.encode(&bytes)
    }

    fn bytes(&self) -> Vec<u8> {
        let mut bytes = Vec::with_capacity(LENGTH);
        bytes.push(VERSION);
        bytes.extend_from_slice(self.org.as_bytes());
        bytes.extend_from_slice(&self.address.0);
        bytes.extend_from_slice(self.topic.as_bytes());
        bytes
    }

    /// What a text claims to be a token of, with its proof; nothing of it was checked.
    pub(super) fn claimed(text: &str) -> Option<(Self, [u8; PROOF])> {
        let bytes = BASE64URL_NOPAD.decode(text.trim().as_bytes()).ok()?;
        let (version, rest) = bytes.split_first()?;
        let (org, rest) = rest.split_first_chunk::<16>()?;
        let (address, rest) = rest.split_first_chunk::<32>()?;
        let (topic, rest) = rest.split_first_chunk::<16>()?;
        let proof: [u8; PROOF] = rest.try_into().ok()?;
        let token =
            Self { org: Uuid::from_bytes(*org), address: AddressHash(*address), topic: Uuid::from_bytes(*topic) };
        (*version == VERSION).then_some((token, proof))
    }

    /// Whether the proof is of this token for this purpose.
    pub(super) fn is_proved(&self, proof: &[u8; PROOF], secret: &Secret, purpose: Purpose, nonce: &[u8]) -> bool {
        let mac = secret.mac(purpose, &[&self.bytes(), nonce]);
        mac.first_chunk::<PROOF>().is_some_and(|expected| expected.ct_eq(proof).into())
    }
}

/// The tenant that a token is of, so that a host opens the right one; nothing when the text is no token. Whether it is a good one, the
/// tenant says.
pub fn org_of(token: &str) -> Option<Uuid> {
    Token::claimed(token).map(|(token, _)| token.org)
}
