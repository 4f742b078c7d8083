//! Whoever was spoken with is noted as contacted: the same for calls and meetings.

use uuid::Uuid;

use crate::{
    Action, Context, Record, Result, Timestamp,
    sales::{Contact, Lead},
};

/// Notes with these people, as far as the actor may change them, that they were contacted then; a lead that is new is contacted once somebody
/// reached them. What is neither a lead nor a contact is left out.
pub(super) async fn note_contact(
    cx: &mut Context<'_>,
    people: impl Iterator<Item = (String, Uuid)>,
    at: Timestamp,
    reached: bool,
) -> Result<()> {
    for (kind, id) in people {
        if kind == Lead::def().kind {
            let Some(mut lead) = writable::<Lead>(cx, id).await? else { continue };
            if lead.must_be_open().is_err() {
                continue;
            }
            let last = lead.last_contacted.max(Some(at));
            if reached {
                lead.touch(at);
            }
            lead.last_contacted = last;
            cx.save(lead).await?;
        } else if kind == Contact::def().kind {
            let Some(mut contact) = writable::<Contact>(cx, id).await? else { continue };
            contact.last_activity = contact.last_activity.max(Some(at));
            cx.save(contact).await?;
        }
    }
    Ok(())
}

/// A live record that the actor may change; what is not there is refused with what the record is about.
async fn writable<R: Record>(cx: &mut Context<'_>, id: Uuid) -> Result<Option<R>> {
    let Some(row) = cx.unrestricted().row(R::def(), id).await?.filter(|row| row.live(R::def())) else {
        return Ok(None);
    };
    if cx.allows(R::def(), &row, Action::Update).await? { R::from_row(row).map(Some) } else { Ok(None) }
}
