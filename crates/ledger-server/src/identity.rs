//! Who a caller is: the name that every event records as its actor.

use crate::config::Identity;
use crate::connections::Caller;
use ledger_core::Reference;
use std::sync::Arc;
use thiserror::Error;
use tonic::Request;
use x509_parser::certificate::X509Certificate;
use x509_parser::extensions::GeneralName;
use x509_parser::prelude::FromDer as _;

/// Why a caller has no name.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub(crate) enum IdentityError {
    /// The connection carries no certificate.
    #[error("caller showed no certificate")]
    NoCertificate,
    /// The certificate cannot be read.
    #[error("caller's certificate is malformed")]
    Malformed,
    /// The certificate has neither a common name nor an alternative one.
    #[error("caller's certificate names nobody")]
    Nameless,
    /// The name cannot be recorded; an identity number, for example, must not be.
    #[error("name in the caller's certificate cannot be recorded: {0}")]
    Unrecordable(ledger_core::ids::TextError),
}

impl Identity {
    /// Returns the actor of a call.
    ///
    /// With mutual TLS this is the common name of the certificate's subject, or else its first
    /// alternative name (DNS, URI or mail). The handshake has proved that the caller owns it.
    pub(crate) fn actor<T>(&self, request: &Request<T>) -> Result<Arc<str>, IdentityError> {
        match self {
            Self::Development(name) => Ok(Arc::clone(name)),
            Self::MutualTls => {
                let caller = request.extensions().get::<Caller>();
                let name = caller.and_then(|caller| caller.name.clone());
                name.ok_or(IdentityError::NoCertificate)?
            }
        }
    }
}

/// Returns the name in a certificate (DER).
pub(crate) fn name_of(certificate: &[u8]) -> Result<Arc<str>, IdentityError> {
    let (_, certificate) =
        X509Certificate::from_der(certificate).map_err(|_| IdentityError::Malformed)?;
    let common_name = certificate
        .subject()
        .iter_common_name()
        .find_map(|name| name.as_str().ok());
    let name = match common_name.filter(|name| !name.trim().is_empty()) {
        Some(name) => name,
        None => alternative_name(&certificate)?,
    };
    let name = Reference::parse(name).map_err(IdentityError::Unrecordable)?;
    Ok(Arc::from(name.as_str()))
}

fn alternative_name<'a>(certificate: &'a X509Certificate<'_>) -> Result<&'a str, IdentityError> {
    let names = certificate
        .subject_alternative_name()
        .map_err(|_| IdentityError::Malformed)?;
    let first = names.and_then(|names| {
        names
            .value
            .general_names
            .iter()
            .find_map(|name| match name {
                GeneralName::DNSName(name)
                | GeneralName::URI(name)
                | GeneralName::RFC822Name(name) => Some(*name),
                _ => None,
            })
    });
    first.ok_or(IdentityError::Nameless)
}
