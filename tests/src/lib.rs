//! What the tests, the demo and the benchmark share: real servers, and work for them.
//!
//! - [`TestServer`] is the whole server in this process, with a folder of its own.
//! - [`ServerProcess`] is the program `ledger-server`, which can be killed; [`ledgerctl`] runs the
//!   command-line tool.
//! - [`faultfs`] is a disk with faults, and [`faults`] the campaign on it; [`oracle`] knows what a
//!   log must hold.
//! - [`gated`] waits for a store whose writes wait until they are let through.
//! - [`workload`] makes commands that the rules accept; nothing of it is anybody's.
//! - [`bench`] measures, [`fuzz`] feeds parsers what they do not expect.

pub mod audit;
pub mod bench;
pub mod faultfs;
pub mod faults;
pub mod fuzz;
pub mod gated;
pub mod oracle;
mod process;
mod server;
pub mod workload;

pub use process::{Refused, Said, ServerProcess, ledgerctl, server_program};
pub use server::{ACTOR, RawClient, TestServer};
