//! The signed address: where answers of a thread go. It says which thread it is of, and nobody can make one up.
//!
//! `support+12-1-abcdefghijklmnop@acme.example`: the number of the thread, which key it is of, and ten bytes that prove both.

use data_encoding::BASE32_NOPAD;
use subtle::ConstantTimeEq;

use super::Thread;
use crate::{
    Context, Email, Id, Result,
    mail::secret::{Purpose, Secret},
    service::Inbox,
};

/// The name of the one key that there is.
const KEY: &str = "1";
/// So many bytes prove a token.
const PROOF: usize = 10;
/// The longest local part of an address, in bytes.
const LONGEST: usize = 64;
/// What stands before the digits of a thread's number.
const PREFIX: &str = "TH-";

fn proof(secret: &Secret, thread: Id<Thread>) -> String {
    let mac = secret.mac(Purpose::Reply, &[thread.uuid().as_bytes()]);
    let proof = mac.first_chunk::<PROOF>().map_or(&[][..], |proof| proof);
    BASE32_NOPAD.encode(proof).to_ascii_lowercase()
}

/// The address to which answers of a thread go; that of the inbox where its local part leaves no room for a token.
pub(in crate::service) async fn signed(cx: &mut Context<'_>, inbox: &Inbox, thread: &Thread) -> Result<Email> {
    let secret = Secret::of(cx).await?;
    let digits = thread.number.trim_start_matches(PREFIX).trim_start_matches('0');
    let (local, domain) = inbox.address.rsplit_once('@').unwrap_or((&inbox.address, ""));
    let local = format!("{local}+{digits}-{KEY}-{}", proof(&secret, thread.id));
    let signed = Email::parse(&format!("{local}@{domain}")).ok().filter(|_| local.len() <= LONGEST);
    Ok(signed.unwrap_or_else(|| inbox.address.clone()))
}

/// The thread to which an address leads by its token, and whether the token is a good one. Of any other address nothing.
///
/// Programs quote addresses and put `3D` before them; the case is forgiven, a wrong proof is not.
pub(in crate::service) async fn read(cx: &mut Context<'_>, inbox: &Inbox, address: &Email) -> Result<Option<Thread>> {
    if !inbox.has(address) {
        return Ok(None);
    }
    let Some(tag) = address.rsplit_once('@').and_then(|(local, _)| local.split_once('+')).map(|(_, tag)| tag) else {
        return Ok(None);
    };
    let mut parts = tag.trim_matches('"').split('-');
    let (Some(digits), Some(KEY), Some(given), None) = (parts.next(), parts.next(), parts.next(), parts.next()) else {
        return Ok(None);
    };
    let digits = digits.strip_prefix("3d").unwrap_or(digits);
    let Ok(number) = digits.parse::<u64>() else { return Ok(None) };
    let found: Vec<Thread> = cx.unrestricted().matching(Thread::NUMBER, &format!("{PREFIX}{number:06}")).await?;
    let (Some(thread), Some(secret)) = (found.into_iter().next(), Secret::known(cx).await?) else { return Ok(None) };
    let good: bool = proof(&secret, thread.id).as_bytes().ct_eq(given.as_bytes()).into();
    Ok(good.then_some(thread))
}
