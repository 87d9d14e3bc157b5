//! The server process: configuration, TLS, identity, and one thin file per group of calls.
//!
//! Reading order:
//!
//! 1. [`run`] — the whole server: it opens the ledger, serves, and stops in order.
//! 2. [`config`] — what an operator may set; [`limits`] — every bound, with its reason.
//! 3. `grpc` — decode, call the engine or the reader, encode. No rule lives here.
//! 4. [`rebuild`](mod@rebuild) — what the program does with a ledger that it does not serve.
//! 5. `identity` — who a caller is; `tls` — how he proves it; `connections` — how many there may
//!    be; `descriptors` — what the process may open.
//! 6. `certificates` — numbers that contain an identity number, kept by a keyed digest.
//! 7. [`keeper`] — backups and checks; [`restore`](mod@restore) — a backup becomes a ledger again.

mod certificates;
pub mod config;
mod connections;
mod descriptors;
mod error_chain;
mod grpc;
mod identity;
pub mod keeper;
pub mod limits;
pub mod logging;
pub mod rebuild;
pub mod restore;
mod server;
mod tls;

pub use certificates::{CertificateKeyError, make_certificate_key};
pub use config::{Config, ConfigError, Settings};
pub use connections::listen;
pub use descriptors::TooFewDescriptors;
pub use server::{RunError, Server, run};
pub use tls::TlsError;
