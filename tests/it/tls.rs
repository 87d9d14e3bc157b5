//! Who may call, and under which name it is recorded.

use crate::story::newcomer;
use ledger_proto::recorded_event_from_bytes;
use ledger_proto::v1;
use ledger_proto::v1::ledger_service_client::LedgerServiceClient;
use ledger_server::config::TlsSettings;
use ledger_server::{ConfigError, Settings};
use ledger_tests::{RawClient, TestServer};
use rcgen::{
    BasicConstraints, Certificate, CertificateParams, DnType, ExtendedKeyUsagePurpose, IsCa,
    Issuer, KeyPair, KeyUsagePurpose,
};
use std::fs;
use std::path::{Path, PathBuf};
use tempfile::TempDir;
use tonic::transport::{ClientTlsConfig, Endpoint};
use tonic::{Code, transport};

/// A certificate authority that lives as long as a test.
struct Authority {
    certificate: Certificate,
    issuer: Issuer<'static, KeyPair>,
}

/// Certificate and key in PEM.
struct Pair {
    certificate: String,
    key: String,
}

impl Authority {
    fn new() -> Self {
        let key = KeyPair::generate().unwrap();
        let mut params = CertificateParams::new(Vec::new()).unwrap();
        params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        params.key_usages = vec![KeyUsagePurpose::KeyCertSign];
        let certificate = params.self_signed(&key).unwrap();
        Self {
            certificate,
            issuer: Issuer::new(params, key),
        }
    }

    fn pem(&self) -> String {
        self.certificate.pem()
    }

    /// Signs a certificate for a purpose, with a common name and alternative names.
    fn sign(&self, purpose: ExtendedKeyUsagePurpose, name: &str, alternatives: &[&str]) -> Pair {
        let key = KeyPair::generate().unwrap();
        let alternatives: Vec<String> = alternatives.iter().map(ToString::to_string).collect();
        let mut params = CertificateParams::new(alternatives).unwrap();
        params.distinguished_name = rcgen::DistinguishedName::new();
        if !name.is_empty() {
            params.distinguished_name.push(DnType::CommonName, name);
        }
        params.extended_key_usages = vec![purpose];
        let certificate = params.signed_by(&key, &self.issuer).unwrap();
        Pair {
            certificate: certificate.pem(),
            key: key.serialize_pem(),
        }
    }

    fn caller(&self, name: &str, alternatives: &[&str]) -> Pair {
        self.sign(ExtendedKeyUsagePurpose::ClientAuth, name, alternatives)
    }
}

/// A server that asks callers for certificates of this authority.
async fn mutual(authority: &Authority) -> (TestServer, TempDir) {
    let folder = tempfile::tempdir().unwrap();
    let own = authority.sign(
        ExtendedKeyUsagePurpose::ServerAuth,
        "ledger",
        &["localhost"],
    );
    let put = |name: &str, text: &str| -> Option<PathBuf> {
        let path = folder.path().join(name);
        fs::write(&path, text).unwrap();
        Some(path)
    };
    let tls = TlsSettings {
        certificate: put("server.pem", &own.certificate),
        key: put("server.key", &own.key),
        client_ca: put("callers.pem", &authority.pem()),
    };
    let server = TestServer::start_with(|settings| {
        settings.development_identity = None;
        settings.tls = tls;
    })
    .await;
    (server, folder)
}

async fn client(
    server: &TestServer,
    authority: &Authority,
    caller: Option<&Pair>,
) -> Result<RawClient, transport::Error> {
    let mut tls = ClientTlsConfig::new()
        .ca_certificate(transport::Certificate::from_pem(authority.pem()))
        .domain_name("localhost");
    if let Some(pair) = caller {
        tls = tls.identity(transport::Identity::from_pem(&pair.certificate, &pair.key));
    }
    let endpoint = Endpoint::from_shared(format!("https://{}", server.address())).unwrap();
    Ok(LedgerServiceClient::new(
        endpoint.tls_config(tls)?.connect().await?,
    ))
}

#[tokio::test]
async fn the_name_in_the_certificate_is_recorded_as_the_actor() {
    let authority = Authority::new();
    let (server, _folder) = mutual(&authority).await;
    let cases = [
        ("training-jinan", &["ignored.example"][..], "training-jinan"),
        ("", &["treasury.example"][..], "treasury.example"),
    ];
    for (position, (name, alternatives, actor)) in (1..).zip(cases) {
        let pair = authority.caller(name, alternatives);
        let mut client = client(&server, &authority, Some(&pair)).await.unwrap();
        client.append(newcomer()).await.unwrap();
        let read = v1::ReadEventsRequest {
            from_position: position,
            ..Default::default()
        };
        let mut events = client.read_events(read).await.unwrap().into_inner();
        let page = events.message().await.unwrap().unwrap();
        let bytes = &page.events[0].recorded_event;
        let recorded = recorded_event_from_bytes(bytes, &mut Default::default()).unwrap();
        assert_eq!(
            (recorded.position.get(), recorded.actor.as_ref()),
            (position, actor)
        );
    }
    server.stop().await;
}

#[tokio::test]
async fn a_caller_without_a_name_that_may_be_recorded_is_turned_away() {
    let authority = Authority::new();
    let (server, _folder) = mutual(&authority).await;
    // The second is a synthetic identity number: it must never get into the log.
    for name in ["", "370199199001010019"] {
        let pair = authority.caller(name, &[]);
        let mut client = client(&server, &authority, Some(&pair)).await.unwrap();
        let refused = client.append(newcomer()).await.unwrap_err();
        assert_eq!(refused.code(), Code::Unauthenticated);
    }
    server.stop().await;
}

#[tokio::test]
async fn a_caller_without_a_certificate_of_the_authority_gets_nowhere() {
    let authority = Authority::new();
    let (server, _folder) = mutual(&authority).await;
    let stranger = Authority::new().caller("training-jinan", &[]);
    for caller in [None, Some(&stranger)] {
        // With TLS 1.3 the client may take the connection for good before it is refused.
        let connected = client(&server, &authority, caller).await;
        let is_refused = match connected {
            Err(_) => true,
            Ok(mut client) => client.get_status(v1::GetStatusRequest {}).await.is_err(),
        };
        assert!(is_refused);
    }
    server.stop().await;
}

#[test]
fn the_development_identity_stays_on_this_machine() {
    let settings = |listen: &str| Settings {
        data_dir: Some(Path::new("ledger").to_owned()),
        development_identity: Some("tester".to_owned()),
        listen: listen.parse().unwrap(),
        ..Settings::default()
    };
    for (listen, is_accepted) in [
        ("127.0.0.1:0", true),
        ("[::1]:0", true),
        ("0.0.0.0:0", false),
        ("[::]:0", false),
        ("192.0.2.1:7450", false),
    ] {
        match settings(listen).check() {
            Ok(_) => assert!(is_accepted, "{listen}"),
            Err(error) => {
                assert!(matches!(
                    error,
                    ConfigError::DevelopmentIdentityExposed { .. }
                ));
                assert!(!is_accepted, "{listen}");
            }
        }
    }
}
