//! Who may call, and under which name it is recorded.
//!
//! Long: one set of certificates, and who gets in with which.

use crate::story::newcomer;
use ledger_proto::recorded_event_from_bytes;
use ledger_proto::v1;
use ledger_proto::v1::ledger_service_client::LedgerServiceClient;
use ledger_server::config::{TlsSettings, TlsVersion};
use ledger_server::{ConfigError, Settings};
use ledger_tests::{RawClient, ServerProcess, TestServer};
use rcgen::{
    BasicConstraints, Certificate, CertificateParams, CertificateRevocationListParams, DnType,
    ExtendedKeyUsagePurpose, IsCa, Issuer, KeyIdMethod, KeyPair, KeyUsagePurpose,
    RevokedCertParams, SerialNumber, date_time_ymd,
};
use std::fs;
use std::net::SocketAddr;
use std::os::unix::fs::symlink;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;
use tempfile::TempDir;
use tokio::io::AsyncReadExt as _;
use tokio::net::TcpStream;
use tokio::time::timeout;
use tokio_rustls::TlsConnector;
use tokio_rustls::rustls::crypto::ring;
use tokio_rustls::rustls::pki_types::pem::PemObject as _;
use tokio_rustls::rustls::pki_types::{CertificateDer, PrivateKeyDer, ServerName};
use tokio_rustls::rustls::{
    ClientConfig, HandshakeKind, RootCertStore, SupportedProtocolVersion, version,
};
use tonic::transport::{ClientTlsConfig, Endpoint};
use tonic::{Code, transport};
use uuid::Uuid;

/// A certificate authority that lives as long as a test.
pub(crate) struct Authority {
    certificate: Certificate,
    issuer: Issuer<'static, KeyPair>,
}

/// Certificate and key in PEM.
pub(crate) struct Pair {
    certificate: String,
    key: String,
    serial: SerialNumber,
}

impl Authority {
    pub(crate) fn new() -> Self {
        Self::named("authority")
    }

    /// An authority of a name; two of one name are two all the same.
    fn named(name: &str) -> Self {
        let key = KeyPair::generate().unwrap();
        let mut params = CertificateParams::new(Vec::new()).unwrap();
        params.distinguished_name.push(DnType::CommonName, name);
        params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        params.key_usages = vec![KeyUsagePurpose::KeyCertSign, KeyUsagePurpose::CrlSign];
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
        self.sign_with(purpose, name, alternatives, |_| {})
    }

    /// The same with something else about it.
    fn sign_with(
        &self,
        purpose: ExtendedKeyUsagePurpose,
        name: &str,
        alternatives: &[&str],
        change: impl FnOnce(&mut CertificateParams),
    ) -> Pair {
        let key = KeyPair::generate().unwrap();
        let alternatives: Vec<String> = alternatives.iter().map(ToString::to_string).collect();
        let mut params = CertificateParams::new(alternatives).unwrap();
        params.distinguished_name = rcgen::DistinguishedName::new();
        if !name.is_empty() {
            params.distinguished_name.push(DnType::CommonName, name);
        }
        params.extended_key_usages = vec![purpose];
        let serial = SerialNumber::from_slice(Uuid::new_v4().as_bytes());
        params.serial_number = Some(serial.clone());
        change(&mut params);
        let certificate = params.signed_by(&key, &self.issuer).unwrap();
        Pair {
            certificate: certificate.pem(),
            key: key.serialize_pem(),
            serial,
        }
    }

    fn server(&self) -> Pair {
        self.server_valid(2020, 2099)
    }

    /// A server's pair that is valid in those years.
    fn server_valid(&self, first: i32, last: i32) -> Pair {
        let purpose = ExtendedKeyUsagePurpose::ServerAuth;
        self.sign_with(purpose, "ledger", &["localhost"], |params| {
            params.not_before = date_time_ymd(first, 1, 1);
            params.not_after = date_time_ymd(last, 12, 31);
        })
    }

    /// A list of revoked certificates, which should be replaced at the end of a year.
    fn revoke(&self, revoked: &[&Pair], year: i32) -> String {
        let revoked = revoked.iter().map(|pair| RevokedCertParams {
            serial_number: pair.serial.clone(),
            revocation_time: date_time_ymd(2020, 1, 1),
            reason_code: None,
            invalidity_date: None,
        });
        let list = CertificateRevocationListParams {
            this_update: date_time_ymd(2020, 1, 1),
            next_update: date_time_ymd(year, 12, 31),
            crl_number: SerialNumber::from(1),
            issuing_distribution_point: None,
            revoked_certs: revoked.collect(),
            key_identifier_method: KeyIdMethod::Sha256,
        };
        list.signed_by(&self.issuer).unwrap().pem().unwrap()
    }

    pub(crate) fn caller(&self, name: &str, alternatives: &[&str]) -> Pair {
        self.sign(ExtendedKeyUsagePurpose::ClientAuth, name, alternatives)
    }
}

/// The files of a server, which a test may change while it runs.
pub(crate) struct Files(TempDir);

impl Files {
    fn new(server: &Pair, callers: &Authority) -> Self {
        let files = Self(tempfile::tempdir().unwrap());
        files.put_pair(server);
        files.put("callers.pem", &callers.pem());
        files
    }

    fn put(&self, name: &str, text: &str) {
        // In one step, as whoever replaces certificates should: never half a file.
        let partial = self.path(".partial");
        fs::write(&partial, text).unwrap();
        fs::rename(partial, self.path(name)).unwrap();
    }

    fn put_pair(&self, server: &Pair) {
        self.put("server.pem", &server.certificate);
        self.put("server.key", &server.key);
    }

    fn path(&self, name: &str) -> PathBuf {
        self.0.path().join(name)
    }

    /// Settings that name the files, which are looked at all the time.
    fn settings(&self) -> TlsSettings {
        TlsSettings {
            certificate: Some(self.path("server.pem")),
            key: Some(self.path("server.key")),
            client_ca: Some(self.path("callers.pem")),
            check_ms: 10,
            ..TlsSettings::default()
        }
    }
}

async fn serve(tls: TlsSettings, change: impl FnOnce(&mut Settings)) -> TestServer {
    TestServer::start_with(|settings| {
        settings.development_identity = None;
        settings.tls = tls;
        change(settings);
    })
    .await
}

/// A server that asks callers for certificates of this authority.
async fn mutual(authority: &Authority) -> (TestServer, Files) {
    mutual_with(authority, |_| {}).await
}

/// The same with other settings.
pub(crate) async fn mutual_with(
    authority: &Authority,
    change: impl FnOnce(&mut Settings),
) -> (TestServer, Files) {
    let files = Files::new(&authority.server(), authority);
    (serve(files.settings(), change).await, files)
}

pub(crate) async fn client(
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

/// Carries out a handshake and returns the certificate that the server showed.
async fn shown_by(
    server: SocketAddr,
    authority: &Authority,
    caller: &Pair,
    versions: &[&'static SupportedProtocolVersion],
) -> Result<CertificateDer<'static>, std::io::Error> {
    let config = caller_config(authority, caller, versions);
    Ok(handshake(server, &config).await?.1)
}

fn caller_config(
    authority: &Authority,
    caller: &Pair,
    versions: &[&'static SupportedProtocolVersion],
) -> Arc<ClientConfig> {
    let mut roots = RootCertStore::empty();
    roots.add(authority.certificate.der().clone()).unwrap();
    let own = CertificateDer::from_pem_slice(caller.certificate.as_bytes()).unwrap();
    let key = PrivateKeyDer::from_pem_slice(caller.key.as_bytes()).unwrap();
    let mut config = ClientConfig::builder_with_provider(Arc::new(ring::default_provider()))
        .with_protocol_versions(versions)
        .unwrap()
        .with_root_certificates(roots)
        .with_client_auth_cert(vec![own], key)
        .unwrap();
    config.alpn_protocols = vec![b"h2".to_vec()];
    Arc::new(config)
}

/// Whether the handshake was a full one, and the certificate that the server showed.
async fn handshake(
    server: SocketAddr,
    config: &Arc<ClientConfig>,
) -> Result<(HandshakeKind, CertificateDer<'static>), std::io::Error> {
    let stream = TcpStream::connect(server).await?;
    let name = ServerName::try_from("localhost").unwrap();
    let connector = TlsConnector::from(Arc::clone(config));
    let mut stream = connector.connect(name, stream).await?;
    // The settings of HTTP/2, behind which a ticket would have come.
    stream.read_u8().await?;
    let connection = stream.get_ref().1;
    let shown = connection.peer_certificates().unwrap();
    let kind = connection.handshake_kind().unwrap();
    Ok((kind, shown.first().unwrap().clone()))
}

fn der(pair: &Pair) -> CertificateDer<'static> {
    CertificateDer::from_pem_slice(pair.certificate.as_bytes()).unwrap()
}

/// Asks again and again, with a bound that only a fault reaches.
async fn until<T, F: Future<Output = Option<T>>>(mut ask: impl FnMut() -> F) -> T {
    let asking = async {
        loop {
            if let Some(answer) = ask().await {
                break answer;
            }
        }
    };
    timeout(Duration::from_secs(20), asking).await.unwrap()
}

async fn tls_status(client: &RawClient) -> v1::TlsStatus {
    let mut client = client.clone();
    let status = client.get_status(v1::GetStatusRequest {}).await.unwrap();
    status.into_inner().tls.unwrap()
}

#[tokio::test]
async fn new_files_are_used_without_a_restart_and_broken_ones_are_not() {
    let authority = Authority::new();
    let (server, files) = mutual(&authority).await;
    let caller = authority.caller("training-jinan", &[]);
    let client = client(&server, &authority, Some(&caller)).await.unwrap();
    let newest = [&version::TLS13];
    let first = shown_by(server.address(), &authority, &caller, &newest)
        .await
        .unwrap();
    assert_eq!(tls_status(&client).await.trouble, "");

    // Each of the files is broken in turn, or does not go with the others.
    let second = authority.server();
    let right = [
        (
            "server.pem",
            fs::read_to_string(files.path("server.pem")).unwrap(),
        ),
        (
            "server.key",
            fs::read_to_string(files.path("server.key")).unwrap(),
        ),
        ("callers.pem", authority.pem()),
    ];
    for (name, right) in &right {
        for wrong in ["", "no PEM", &right[..right.len() / 2], &second.key[..40]] {
            files.put(name, wrong);
            until(async || {
                let trouble = tls_status(&client).await.trouble;
                (!trouble.is_empty()).then_some(())
            })
            .await;
            let shown = shown_by(server.address(), &authority, &caller, &newest).await;
            assert_eq!(shown.unwrap(), first, "{name}");
            files.put(name, right);
            until(async || tls_status(&client).await.trouble.is_empty().then_some(())).await;
        }
    }
    files.put("server.key", &second.key);
    until(async || (!tls_status(&client).await.trouble.is_empty()).then_some(())).await;

    files.put("server.pem", &second.certificate);
    until(async || {
        let shown = shown_by(server.address(), &authority, &caller, &newest).await;
        (shown.unwrap() == der(&second)).then_some(())
    })
    .await;
    // What was open stays open.
    assert_eq!(tls_status(&client).await.trouble, "");
    server.stop().await;
}

/// A pair that callers will not take is not used in the place of one that they take.
#[tokio::test]
async fn a_certificate_that_has_run_out_replaces_none_that_is_valid() {
    let authority = Authority::new();
    let (server, files) = mutual(&authority).await;
    let caller = authority.caller("training-jinan", &[]);
    let client = client(&server, &authority, Some(&caller)).await.unwrap();
    for (first, last) in [(2020, 2024), (2098, 2099)] {
        files.put_pair(&authority.server_valid(first, last));
        // Until it has read this pair, it tells of the one before.
        let told = format!("is valid from {first}-01-01");
        until(async || {
            let trouble = tls_status(&client).await.trouble;
            trouble.contains(&told).then_some(())
        })
        .await;
        // Whoever comes is shown the one that is valid.
        self::client(&server, &authority, Some(&caller))
            .await
            .unwrap();
    }
    server.stop().await;
}

/// As Kubernetes keeps secrets: every file is a link through one folder, which is a link itself
/// and is replaced in one step.
#[tokio::test]
async fn files_behind_a_link_that_is_replaced_are_used() {
    let authority = Authority::new();
    let caller = authority.caller("training-jinan", &[]);
    let revoked = authority.caller("training-linyi", &[]);
    let folder = tempfile::tempdir().unwrap();
    let path = |name: &str| folder.path().join(name);
    let names = ["server.pem", "server.key", "callers.pem", "lists/of.crl"];
    let publish = |version: &str, pair: &Pair, list: &str| {
        let of = path(version);
        fs::create_dir_all(of.join("lists")).unwrap();
        let texts = [&pair.certificate, &pair.key, &authority.pem(), list];
        for (name, text) in names.iter().zip(texts) {
            fs::write(of.join(name), text).unwrap();
        }
        symlink(version, path("..tmp")).unwrap();
        fs::rename(path("..tmp"), path("..data")).unwrap();
    };
    let first = authority.server();
    publish("..1", &first, &authority.revoke(&[], 2099));
    fs::create_dir(path("lists")).unwrap();
    for name in names {
        let up = ["..", "."][usize::from(!name.contains('/'))];
        symlink(Path::new(up).join("..data").join(name), path(name)).unwrap();
    }
    // What such a folder has beside its files.
    symlink("../..data", path("lists").join("..data")).unwrap();
    let tls = TlsSettings {
        certificate: Some(path("server.pem")),
        key: Some(path("server.key")),
        client_ca: Some(path("callers.pem")),
        client_crl: Some(path("lists")),
        check_ms: 10,
        ..TlsSettings::default()
    };
    let server = serve(tls, |_| {}).await;
    let shown = async |caller: &Pair| {
        shown_by(server.address(), &authority, caller, &[&version::TLS13]).await
    };
    assert_eq!(shown(&caller).await.unwrap(), der(&first));
    let mut bad_client = client(&server, &authority, Some(&revoked)).await.unwrap();
    bad_client.append(newcomer()).await.unwrap();

    let second = authority.server();
    publish("..2", &second, &authority.revoke(&[&revoked], 2099));
    fs::remove_dir_all(path("..1")).unwrap();
    until(async || (shown(&caller).await.unwrap() == der(&second)).then_some(())).await;
    until(async || bad_client.clone().append(newcomer()).await.err()).await;
    server.stop().await;
}

/// A process that looks at its files by itself once in an hour.
#[tokio::test]
async fn one_hangup_makes_a_process_use_new_files_and_never_ends_it() {
    let authority = Authority::new();
    let files = Files::new(&authority.server(), &authority);
    let folder = TempDir::new().unwrap();
    let command = ServerProcess::command(&folder.path().join("ledger"), "127.0.0.1:0");
    let mut command = command.unwrap();
    for (flag, name) in [
        ("--tls-certificate", "server.pem"),
        ("--tls-key", "server.key"),
    ] {
        command.arg(flag).arg(files.path(name));
    }
    command.args(["--set", "tls.check_ms=3600000"]);
    let server = ServerProcess::start_by(command).unwrap();
    let caller = authority.caller("training-jinan", &[]);
    let shown = async || {
        shown_by(server.address(), &authority, &caller, &[&version::TLS13])
            .await
            .unwrap()
    };
    // What is broken is not used, and asking for it does no harm.
    let first = shown().await;
    let second = authority.server();
    files.put("server.pem", "no PEM");
    server.hang_up().unwrap();
    assert_eq!(shown().await, first);

    files.put_pair(&second);
    server.hang_up().unwrap();
    until(async || (shown().await == der(&second)).then_some(())).await;
    server.stop().unwrap();
}

#[tokio::test]
async fn another_client_authority_ends_the_connections_of_the_old_one() {
    let (old, new) = (Authority::new(), Authority::new());
    let files = Files::new(&old.server(), &old);
    let server = serve(files.settings(), |_| {}).await;
    let caller = old.caller("training-jinan", &[]);
    let mut before = client(&server, &old, Some(&caller)).await.unwrap();
    before.append(newcomer()).await.unwrap();
    let mut following = before.subscribe(v1::SubscribeRequest::default()).await;
    let following = following.as_mut().unwrap().get_mut();
    files.put("callers.pem", &new.pem());
    // It ends in the middle of a stream, by itself.
    while let Ok(message) = following.message().await {
        assert!(
            message.is_some(),
            "a stream without an end was ended in order"
        );
    }
    assert!(before.append(newcomer()).await.is_err());
    server.stop().await;
}

#[tokio::test]
async fn a_revoked_caller_is_ended_and_never_comes_back() {
    let authority = Authority::new();
    let (good, bad) = (
        authority.caller("training-jinan", &[]),
        authority.caller("training-linyi", &[]),
    );
    let files = Files::new(&authority.server(), &authority);
    files.put("revoked.pem", &authority.revoke(&[], 2099));
    let tls = TlsSettings {
        client_crl: Some(files.path("revoked.pem")),
        ..files.settings()
    };
    let server = serve(tls, |_| {}).await;
    let mut good_client = client(&server, &authority, Some(&good)).await.unwrap();
    let mut bad_client = client(&server, &authority, Some(&bad)).await.unwrap();
    good_client.append(newcomer()).await.unwrap();
    bad_client.append(newcomer()).await.unwrap();
    assert_eq!(tls_status(&good_client).await.revocation_list_count, 1);
    let following = bad_client.subscribe(v1::SubscribeRequest::default()).await;
    let mut following = following.unwrap().into_inner();

    files.put("revoked.pem", &authority.revoke(&[&bad], 2099));
    // In the middle of a stream that was open.
    while let Ok(message) = following.message().await {
        assert!(message.is_some(), "a stream without an end ended in order");
    }
    // On the connection that was open, and on every one that it tries to open instead.
    until(async || bad_client.clone().append(newcomer()).await.err()).await;
    assert!(bad_client.append(newcomer()).await.is_err());
    let connected = client(&server, &authority, Some(&bad)).await;
    let is_refused = match connected {
        Err(_) => true,
        Ok(mut client) => client.append(newcomer()).await.is_err(),
    };
    assert!(is_refused);
    good_client.append(newcomer()).await.unwrap();
    server.stop().await;
}

/// Lists with which nobody could call, or which say nothing true, leave those in use that were.
#[tokio::test]
async fn lists_that_cannot_be_right_change_nothing() {
    let authority = Authority::new();
    let (stranger, namesake) = (Authority::named("stranger"), Authority::new());
    let caller = authority.caller("training-jinan", &[]);
    let revoked = authority.caller("training-linyi", &[]);
    let files = Files::new(&authority.server(), &authority);
    let right = authority.revoke(&[&revoked], 2099);
    files.put("revoked.pem", &right);
    let tls = TlsSettings {
        client_crl: Some(files.path("revoked.pem")),
        ..files.settings()
    };
    let server = serve(tls.clone(), |_| {}).await;
    let mut good_client = client(&server, &authority, Some(&caller)).await.unwrap();
    let cases = [
        (String::new(), "holds a revocation list that cannot be read"),
        (right[..right.len() / 2].to_owned(), "cannot be read"),
        (authority.pem(), "cannot be read"),
        (stranger.revoke(&[], 2099), "no revocation list of any"),
        (namesake.revoke(&[], 2099), "its authority did not sign"),
        // A right one beside it does not help: its callers would be turned away.
        (
            format!("{right}{}", namesake.revoke(&[], 2099)),
            "its authority did not sign",
        ),
    ];
    for (list, expected) in cases {
        files.put("revoked.pem", &list);
        until(async || {
            let trouble = tls_status(&good_client).await.trouble;
            trouble.contains(expected).then_some(())
        })
        .await;
        // Who was let in goes on, whoever comes is let in, and who was revoked stays out.
        good_client.append(newcomer()).await.unwrap();
        let mut another = client(&server, &authority, Some(&caller)).await.unwrap();
        another.append(newcomer()).await.unwrap();
        let is_in = match client(&server, &authority, Some(&revoked)).await {
            Err(_) => false,
            Ok(mut client) => client.append(newcomer()).await.is_ok(),
        };
        assert!(!is_in, "{expected}");
        // Nor is a server started with them.
        let another = serve(tls.clone(), |_| {}).await;
        assert!(another.failed().await.contains(expected), "{expected}");
        files.put("revoked.pem", &right);
        until(async || {
            let trouble = tls_status(&good_client).await.trouble;
            trouble.is_empty().then_some(())
        })
        .await;
    }
    server.stop().await;
}

#[tokio::test]
async fn a_list_that_is_missing_or_overdue_does_what_the_configuration_says() {
    let authority = Authority::new();
    let caller = authority.caller("training-jinan", &[]);
    let revoked = authority.caller("training-linyi", &[]);
    // The list; whether an overdue one is refused; whether caller and revoked get in.
    for (list, refuse_expired_crl, expected) in [
        (authority.revoke(&[&revoked], 2099), true, (true, false)),
        // Overdue since 2021.
        (authority.revoke(&[&revoked], 2020), false, (true, false)),
        (authority.revoke(&[&revoked], 2020), true, (false, false)),
    ] {
        let files = Files::new(&authority.server(), &authority);
        let folder = files.path("lists");
        fs::create_dir(&folder).unwrap();
        fs::write(folder.join("authority.crl"), list).unwrap();
        let tls = TlsSettings {
            client_crl: Some(folder),
            refuse_expired_crl,
            ..files.settings()
        };
        let server = serve(tls, |_| {}).await;
        let gets_in = async |pair: &Pair| match client(&server, &authority, Some(pair)).await {
            Err(_) => false,
            Ok(mut client) => client.append(newcomer()).await.is_ok(),
        };
        assert_eq!((gets_in(&caller).await, gets_in(&revoked).await), expected);
        server.stop().await;
    }
}

#[tokio::test]
async fn the_lowest_version_is_enforced() {
    let authority = Authority::new();
    let caller = authority.caller("training-jinan", &[]);
    for (minimum_version, takes_1_2) in [(TlsVersion::Tls13, false), (TlsVersion::Tls12, true)] {
        let files = Files::new(&authority.server(), &authority);
        let tls = TlsSettings {
            minimum_version,
            ..files.settings()
        };
        let server = serve(tls, |_| {}).await;
        for (version, is_taken) in [(&version::TLS12, takes_1_2), (&version::TLS13, true)] {
            let config = caller_config(&authority, &caller, &[version]);
            let shown = handshake(server.address(), &config).await;
            assert_eq!(shown.is_ok(), is_taken, "{minimum_version:?} {version:?}");
            if is_taken {
                // A caller who would resume his session has to show his certificate again.
                let (kind, _) = handshake(server.address(), &config).await.unwrap();
                assert_eq!(kind, HandshakeKind::Full, "{version:?}");
            }
        }
        server.stop().await;
    }
}

#[tokio::test]
async fn a_server_does_not_start_without_files_that_it_can_use() {
    let authority = Authority::new();
    let files = Files::new(&authority.server(), &authority);
    files.put("broken.pem", "no list");
    let cases: [(&str, Change); 4] = [
        ("server.pem", |tls, path| tls.certificate = Some(path)),
        ("server.key", |tls, path| tls.key = Some(path)),
        ("callers.pem", |tls, path| tls.client_ca = Some(path)),
        ("revoked.pem", |tls, path| tls.client_crl = Some(path)),
    ];
    for (name, break_it) in cases {
        for path in [files.path("absent"), files.path("broken.pem")] {
            let mut tls = files.settings();
            break_it(&mut tls, path);
            let server = serve(tls, |_| {}).await;
            assert!(
                server.failed().await.starts_with("TLS cannot be set up"),
                "{name}"
            );
        }
    }
}

type Change = fn(&mut TlsSettings, PathBuf);
