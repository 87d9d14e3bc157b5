//! Where the server is, who the caller is, and how patient.

use std::sync::Arc;
use std::time::Duration;

use tonic::transport::{Certificate, Channel, ClientTlsConfig, Endpoint, Identity};

use crate::error::{ClientError, ConfigError};
use crate::limits::{
    CONNECT_TIMEOUT, CONNECTION_WINDOW_BYTES, DEADLINE_DEFAULT, HEADER_BYTES_MAX,
    KEEP_ALIVE_INTERVAL, KEEP_ALIVE_TIMEOUT, STREAM_WINDOW_BYTES,
};
use crate::retry::{RetryPolicy, Sleeper, TokioSleeper};

/// What a [`Client`](crate::Client) needs to know.
#[derive(Debug, Clone)]
pub struct ClientConfig {
    /// The server: `http://host:port`, or `https://host:port` with [`TlsConfig`].
    pub endpoint: String,
    /// Certificates; absent for a server on loopback without TLS.
    pub tls: Option<TlsConfig>,
    /// Time that one attempt of a call may take. A subscription, a load and a rebuild take as long
    /// as they take; for a load it bounds the wait for each answer.
    pub deadline: Duration,
    /// When a failed call is made again.
    pub retry: RetryPolicy,
    /// The system that sends the requests, as it names itself; 1 to 128 characters, recorded with
    /// every event.
    pub source_system: String,
    /// How waits between attempts are waited for.
    pub sleeper: Arc<dyn Sleeper>,
}

/// Certificates and keys in PEM.
#[derive(Clone)]
pub struct TlsConfig {
    /// The authority that signed the server's certificate.
    pub ca_pem: Vec<u8>,
    /// The caller's own certificate and key; the certificate's name becomes the actor of events.
    pub identity: Option<ClientIdentity>,
    /// The name in the server's certificate, when it is not the host of the endpoint.
    pub server_name: Option<String>,
}

/// A caller's certificate and key in PEM.
#[derive(Clone)]
pub struct ClientIdentity {
    /// The certificate, with its chain.
    pub certificate_pem: Vec<u8>,
    /// The private key.
    pub key_pem: Vec<u8>,
}

impl ClientConfig {
    /// A configuration with the defaults for everything but the server and the caller's name.
    #[must_use]
    pub fn new(endpoint: impl Into<String>, source_system: impl Into<String>) -> Self {
        Self {
            endpoint: endpoint.into(),
            tls: None,
            deadline: DEADLINE_DEFAULT,
            retry: RetryPolicy::default(),
            source_system: source_system.into(),
            sleeper: Arc::new(TokioSleeper),
        }
    }

    /// The connection that this configuration describes, not yet opened.
    pub(crate) fn endpoint(&self) -> Result<Endpoint, ConfigError> {
        let invalid = |source| ConfigError::Endpoint {
            endpoint: self.endpoint.clone(),
            source,
        };
        let endpoint = Endpoint::from_shared(self.endpoint.clone()).map_err(invalid)?;
        let encrypted = endpoint.uri().scheme_str() == Some("https");
        let endpoint = match (&self.tls, encrypted) {
            (None, true) => return Err(ConfigError::AuthorityMissing),
            (Some(_), false) => return Err(ConfigError::SchemeWithoutTls),
            (None, false) => endpoint,
            (Some(tls), true) => endpoint
                .tls_config(tls.to_tonic())
                .map_err(ConfigError::Tls)?,
        };
        Ok(endpoint
            .connect_timeout(CONNECT_TIMEOUT)
            // A batch is written in one go; waiting for more would only add latency.
            .tcp_nodelay(true)
            .http2_keep_alive_interval(KEEP_ALIVE_INTERVAL)
            .keep_alive_timeout(KEEP_ALIVE_TIMEOUT)
            .initial_stream_window_size(STREAM_WINDOW_BYTES)
            .initial_connection_window_size(CONNECTION_WINDOW_BYTES)
            .http2_max_header_list_size(HEADER_BYTES_MAX))
    }

    pub(crate) async fn connect(&self) -> Result<Channel, ClientError> {
        let endpoint = self.endpoint()?;
        endpoint.connect().await.map_err(ClientError::Connect)
    }
}

impl TlsConfig {
    fn to_tonic(&self) -> ClientTlsConfig {
        let mut tls = ClientTlsConfig::new().ca_certificate(Certificate::from_pem(&self.ca_pem));
        if let Some(identity) = &self.identity {
            tls = tls.identity(Identity::from_pem(
                &identity.certificate_pem,
                &identity.key_pem,
            ));
        }
        match &self.server_name {
            Some(name) => tls.domain_name(name),
            None => tls,
        }
    }
}

impl std::fmt::Debug for TlsConfig {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter
            .debug_struct("TlsConfig")
            .field("identity", &self.identity)
            .field("server_name", &self.server_name)
            .finish_non_exhaustive()
    }
}

/// Never shows the key.
impl std::fmt::Debug for ClientIdentity {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter
            .debug_struct("ClientIdentity")
            .finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn scheme_and_certificates_go_together() {
        let tls = || TlsConfig {
            ca_pem: b"ca".to_vec(),
            identity: None,
            server_name: None,
        };
        for (endpoint, tls, expected) in [
            ("http://127.0.0.1:7450", None, ""),
            (
                "https://127.0.0.1:7450",
                None,
                "an https endpoint needs the certificate",
            ),
            (
                "http://127.0.0.1:7450",
                Some(tls()),
                "certificates go with an https endpoint",
            ),
            ("not an endpoint", None, "not an endpoint is no endpoint"),
        ] {
            let config = ClientConfig {
                tls,
                ..ClientConfig::new(endpoint, "tests")
            };
            let found = config
                .endpoint()
                .err()
                .map(|error| error.to_string())
                .unwrap_or_default();
            assert!(found.starts_with(expected), "{endpoint}: {found}");
            assert_eq!(found.is_empty(), expected.is_empty(), "{endpoint}: {found}");
        }
    }

    #[test]
    fn keys_stay_out_of_debug_output() {
        let identity = ClientIdentity {
            certificate_pem: b"CERT".to_vec(),
            key_pem: b"SECRET".to_vec(),
        };
        let tls = TlsConfig {
            ca_pem: Vec::new(),
            identity: Some(identity),
            server_name: None,
        };
        assert!(
            !format!("{tls:?}").contains("83"),
            "the bytes of the key begin with 83"
        );
    }
}
