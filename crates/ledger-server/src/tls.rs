//! TLS by rustls: certificate, key, and the authorities of callers.

use crate::config::{ConfigError, Tls};
use crate::limits::transport::HANDSHAKE_TIMEOUT;
use tonic::transport::{Certificate, Identity, ServerTlsConfig};

/// Reads the files and sets TLS up; with a client authority every caller has to show a certificate.
///
/// rustls offers TLS 1.2 and 1.3 with forward secrecy only, so there is nothing to choose.
pub(crate) fn server_tls(tls: &Tls) -> Result<ServerTlsConfig, ConfigError> {
    let identity = Identity::from_pem(Tls::read(&tls.certificate)?, Tls::read(&tls.key)?);
    let config = ServerTlsConfig::new()
        .identity(identity)
        .timeout(HANDSHAKE_TIMEOUT);
    Ok(match &tls.client_ca {
        None => config,
        Some(path) => {
            let authorities = Certificate::from_pem(Tls::read(path)?);
            config
                .client_ca_root(authorities)
                .client_auth_optional(false)
        }
    })
}
