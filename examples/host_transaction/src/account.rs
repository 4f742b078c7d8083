//! The shop's tenant with one lead, and what is said of it.

use nexa_crm::{
    Create, CreateOrg, Crm, Id, Result, Session,
    people::org::Verify,
    sales::{
        Lead,
        lead::{BantInput, Contacted, Conversion, Convert, Qualify},
    },
};

/// Makes a tenant with a qualified lead.
pub(crate) async fn open(crm: &Crm) -> Result<(Session, Id<Lead>)> {
    let shop = crm.create_org(CreateOrg::new("Corner Shop", "Olga", "olga@shop.example")?).await?;
    let lead = Create::new().set(Lead::EMAIL, "rosa@buyer.example").set(Lead::COMPANY, "Buyer Inc");
    let lead = shop.run(lead).await?.id;
    shop.run(Contacted { lead: lead.into() }).await?;
    shop.run(Qualify { lead: lead.into(), bant: Some(BantInput::all_met()) }).await?;
    Ok((shop, lead))
}

/// The command that goes with an order.
pub(crate) fn conversion(lead: Id<Lead>) -> Convert {
    Convert::of(lead)
}

/// The answer in a few words.
pub(crate) fn words(answer: &Result<Conversion>) -> String {
    match answer {
        Ok(_) => "a contact, an account and a deal".to_owned(),
        Err(error) => error.code().to_owned(),
    }
}

/// Where the lead stands for everybody outside of the transaction.
pub(crate) async fn status(shop: &Session, lead: Id<Lead>) -> Result<String> {
    Ok(shop.get::<Lead>(lead).await?.status.as_str().to_owned())
}

/// Checks the ledger and counts its events.
pub(crate) async fn verified(shop: &Session) -> Result<u64> {
    Ok(shop.ask(Verify::default()).await?.events)
}
