//! A network in between: what goes through arrives half a millisecond later, in each direction.

use std::{
    net::SocketAddr,
    sync::mpsc::{Receiver, Sender, channel},
    thread,
    time::{Duration, Instant},
};

use tokio::{
    io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt},
    net::{TcpListener, TcpStream},
    runtime::Builder,
    sync::mpsc::{UnboundedReceiver, UnboundedSender, unbounded_channel},
};

use crate::Outcome;

/// How long a message is on its way; there and back is twice as long.
const DELAY: Duration = Duration::from_micros(500);

/// Bytes on their way: when they arrive, and where.
type Parcel = (Instant, Vec<u8>, UnboundedSender<Vec<u8>>);

/// Listens on a port of the loopback, for as long as the program runs, and answers which.
pub(crate) fn open(server: u16) -> Outcome<u16> {
    let (sender, parcels) = channel();
    thread::Builder::new().name("delay".to_owned()).spawn(move || deliver(&parcels))?;
    let listener = std::net::TcpListener::bind("127.0.0.1:0")?;
    listener.set_nonblocking(true)?;
    let port = listener.local_addr()?.port();
    let runtime = Builder::new_current_thread().enable_all().build()?;
    let accept = async move {
        let listener = TcpListener::from_std(listener)?;
        loop {
            let (client, _) = listener.accept().await?;
            let server = TcpStream::connect(SocketAddr::from(([127, 0, 0, 1], server))).await?;
            client.set_nodelay(true)?;
            server.set_nodelay(true)?;
            let (from_client, to_client) = client.into_split();
            let (from_server, to_server) = server.into_split();
            carry(from_client, to_server, sender.clone());
            carry(from_server, to_client, sender.clone());
        }
    };
    thread::Builder::new().name("proxy".to_owned()).spawn(move || {
        // It ends with an error when the program ends; then nobody listens.
        let _: Outcome<()> = runtime.block_on(accept);
    })?;
    Ok(port)
}

/// Waits until each parcel is due. All take equally long, so they arrive in their order; a thread of its own sleeps more
/// exactly than a runtime's timer, which counts milliseconds.
fn deliver(parcels: &Receiver<Parcel>) {
    while let Ok((due, bytes, to)) = parcels.recv() {
        let rest = due.saturating_duration_since(Instant::now());
        if !rest.is_zero() {
            thread::sleep(rest);
        }
        // Who hung up gets nothing.
        let _ = to.send(bytes);
    }
}

fn carry(
    mut from: impl AsyncRead + Unpin + Send + 'static,
    to: impl AsyncWrite + Unpin + Send + 'static,
    parcels: Sender<Parcel>,
) {
    let (sender, arrived) = unbounded_channel();
    tokio::spawn(write(to, arrived));
    tokio::spawn(async move {
        let mut buffer = vec![0; 64 * 1024];
        while let Ok(count) = from.read(&mut buffer).await
            && count > 0
        {
            let bytes = buffer.get(..count).unwrap_or_default().to_vec();
            if parcels.send((Instant::now() + DELAY, bytes, sender.clone())).is_err() {
                return;
            }
        }
    });
}

async fn write(mut to: impl AsyncWrite + Unpin, mut arrived: UnboundedReceiver<Vec<u8>>) {
    while let Some(bytes) = arrived.recv().await {
        if to.write_all(&bytes).await.is_err() {
            return;
        }
    }
}
