//! Records of one kind behind a trait, for host code that wants to be tested without a store.

use async_trait::async_trait;

use super::{
    context::Context,
    error::Result,
    filter::Filter,
    maybe_send::MaybeSend,
    record::{Record, Ref},
};

/// Where records of one kind come from and go to. Inside a command this is [`Context::repository`]; in a unit test of a host's own
/// rule it is whatever the test says, such as a mock.
///
/// ```
/// use nexa_kernel::{Context, Filter, Result, custom::FieldDefinition, repository::Repository};
///
/// /// Knows nothing of stores, tenants and access.
/// async fn index_all(fields: &mut impl Repository<FieldDefinition>) -> Result<usize> {
///     let found = fields.find(&Filter::everything(), &["name"], 100).await?;
///     let count = found.len();
///     for field in found {
///         fields.save(FieldDefinition { indexed: true, ..field }).await?;
///     }
///     Ok(count)
/// }
///
/// // In a command of the host:
/// async fn run(cx: &mut Context<'_>) -> Result<usize> {
///     index_all(&mut cx.repository::<FieldDefinition>()).await
/// }
/// ```
#[cfg_attr(not(target_arch = "wasm32"), async_trait)]
#[cfg_attr(target_arch = "wasm32", async_trait(?Send))]
pub trait Repository<R: Record>: MaybeSend {
    /// A live record that the actor may see. Error: `record.not_found`.
    async fn load(&mut self, record: &Ref<R>) -> Result<R>;
    /// At most so many live records that the actor may see, by filter and in an order such as `["-amount", "name"]`.
    /// Errors: `filter.invalid`, `field.unknown`.
    async fn find(&mut self, filter: &Filter, sort: &[&'static str], limit: usize) -> Result<Vec<R>>;
    /// Adds a record. Errors: `access.denied`, `field.required`, `id.taken`.
    async fn insert(&mut self, record: R) -> Result<R>;
    /// Keeps the new state of a record that was loaded or found before. Errors: `access.denied`, `record.not_found`.
    async fn save(&mut self, record: R) -> Result<R>;
}

/// The records of one kind as a command sees them; see [`Context::repository`].
pub struct Records<'v, 'c, R> {
    context: &'v mut Context<'c>,
    kind: std::marker::PhantomData<fn() -> R>,
}

impl<'c> Context<'c> {
    /// The records of one kind, in the actor's scope, as part of this call's unit.
    pub const fn repository<R: Record>(&mut self) -> Records<'_, 'c, R> {
        Records { context: self, kind: std::marker::PhantomData }
    }
}

#[cfg_attr(not(target_arch = "wasm32"), async_trait)]
#[cfg_attr(target_arch = "wasm32", async_trait(?Send))]
impl<R: Record> Repository<R> for Records<'_, '_, R> {
    async fn load(&mut self, record: &Ref<R>) -> Result<R> {
        self.context.load(record).await
    }
    async fn find(&mut self, filter: &Filter, sort: &[&'static str], limit: usize) -> Result<Vec<R>> {
        self.context.visible(filter, sort, limit).await
    }
    async fn insert(&mut self, record: R) -> Result<R> {
        self.context.insert(record).await
    }
    async fn save(&mut self, record: R) -> Result<R> {
        self.context
            .change(&Ref::Id(record.id()), |kept, _| {
                *kept = record;
                Ok(())
            })
            .await
    }
}
