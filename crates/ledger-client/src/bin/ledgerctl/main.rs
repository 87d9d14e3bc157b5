//! The command-line tool of the subsidy ledger.

mod commands;
mod failure;
mod limits;
mod names;
mod output;
mod show;
mod when;

use std::io::Write as _;
use std::path::PathBuf;
use std::process::ExitCode;
use std::time::Duration;

use clap::{Args, Parser};
use ledger_client::reading::sheet::READER_THREAD;
use ledger_client::{Client, ClientConfig, ClientError, ClientIdentity, TlsConfig};

use crate::commands::Command;
use crate::failure::{Failure, read_file};
use crate::output::Output;

/// Ask the subsidy ledger, report to it, and follow every yuan.
///
/// Positions, identifiers and amounts are shown as tables; with --json as the messages of the
/// contract, with money in fen.
#[derive(Debug, Parser)]
#[command(name = "ledgerctl", version, after_help = EXAMPLES)]
struct Cli {
    #[command(flatten)]
    global: Global,
    #[command(subcommand)]
    command: Command,
}

const EXAMPLES: &str = "\
Examples:
  ledgerctl status
  ledgerctl policy publish policies/shandong/*.toml
  ledgerctl append commands.jsonl --validate-only
  ledgerctl import enrolments roster.csv --set class=0190a3b2-0000-7000-8000-000000000001 \\
      --map person=key --occurred-on 2021-03-01 --rejects rejects.csv
  ledgerctl quota 0190a3b2-0000-7000-8000-000000000002 --year 2021
  ledgerctl statement 370100 --kind cash
  ledgerctl trace 0190a3b2-0000-7000-8000-000000000009 --dot | dot -Tsvg > trace.svg

Exit codes: 0 done, 1 failed, 2 wrong usage, 3 refused by the ledger.";

/// Options that every command takes.
#[derive(Debug, Args)]
struct Global {
    /// The server; https needs --tls-ca.
    #[arg(
        long,
        global = true,
        env = "LEDGERCTL_ENDPOINT",
        default_value = "http://127.0.0.1:7450",
        value_name = "URL"
    )]
    endpoint: String,
    /// Certificate of the authority that signed the server's, in PEM.
    #[arg(long, global = true, env = "LEDGERCTL_TLS_CA", value_name = "FILE")]
    tls_ca: Option<PathBuf>,
    /// Your certificate in PEM; its name is recorded with what you append.
    #[arg(
        long,
        global = true,
        env = "LEDGERCTL_TLS_CERT",
        requires = "tls_key",
        value_name = "FILE"
    )]
    tls_cert: Option<PathBuf>,
    /// The key of your certificate in PEM.
    #[arg(
        long,
        global = true,
        env = "LEDGERCTL_TLS_KEY",
        requires = "tls_cert",
        value_name = "FILE"
    )]
    tls_key: Option<PathBuf>,
    /// The name in the server's certificate, when it is not the host of the endpoint.
    #[arg(long, global = true, value_name = "NAME")]
    tls_name: Option<String>,
    /// Print JSON: the messages of the contract, one value, or one per line for streams.
    #[arg(long, global = true)]
    json: bool,
    /// Seconds that one call may take.
    #[arg(
        long,
        global = true,
        default_value_t = 30,
        value_name = "SECONDS",
        value_parser = clap::value_parser!(u64).range(1..=3600)
    )]
    timeout: u64,
    /// The name under which this tool reports; recorded with what you append.
    #[arg(
        long,
        global = true,
        env = "LEDGERCTL_SOURCE_SYSTEM",
        default_value = "ledgerctl",
        value_name = "NAME"
    )]
    source_system: String,
}

#[tokio::main(flavor = "current_thread")]
async fn main() -> ExitCode {
    silence_reader();
    let cli = Cli::parse();
    let mut writer = std::io::BufWriter::new(std::io::stdout().lock());
    let mut output = Output::new(&mut writer, cli.global.json);
    let result = Box::pin(run(cli, &mut output)).await;
    let result = result.and_then(|()| Ok(output.flush()?));
    match result {
        Ok(()) => ExitCode::SUCCESS,
        Err(failure) => {
            let code = failure.exit_code();
            // What was found before the failure is worth seeing; a closed pipe is not worth a word.
            let _ = output.flush();
            if let Some(message) = failure.message() {
                let _ = writeln!(std::io::stderr().lock(), "ledgerctl: {message}");
            }
            ExitCode::from(code)
        }
    }
}

/// Keeps panics over damaged workbooks silent: they become errors, and their words may hold what
/// stands in a cell.
fn silence_reader() {
    let hook = std::panic::take_hook();
    std::panic::set_hook(Box::new(move |panic| {
        if std::thread::current().name() != Some(READER_THREAD) {
            hook(panic);
        }
    }));
}

async fn run(cli: Cli, output: &mut Output<'_>) -> Result<(), Failure> {
    let Some(command) = cli.command.run_offline(output)? else {
        return Ok(());
    };
    let config = cli.global.config()?;
    let endpoint = config.endpoint.clone();
    let client = Client::connect(config)
        .await
        .map_err(|source| match source {
            ClientError::Connect(_) => Failure::Connect { endpoint, source },
            other => Failure::Client(other),
        })?;
    let result = Box::pin(command.run(&client, output)).await;
    match result {
        Err(Failure::Client(ClientError::Refused(refused))) => {
            show::refused_request(output, &refused)?;
            Err(Failure::Refused)
        }
        result => result,
    }
}

impl Global {
    fn config(&self) -> Result<ClientConfig, Failure> {
        let identity = match (&self.tls_cert, &self.tls_key) {
            (Some(certificate), Some(key)) => Some(ClientIdentity {
                certificate_pem: read_file(certificate)?,
                key_pem: read_file(key)?,
            }),
            _ => None,
        };
        let tls = match &self.tls_ca {
            Some(ca) => Some(TlsConfig {
                ca_pem: read_file(ca)?,
                identity,
                server_name: self.tls_name.clone(),
            }),
            None if identity.is_some() || self.tls_name.is_some() => {
                return Err(Failure::Usage(
                    "--tls-cert and --tls-name need --tls-ca".to_owned(),
                ));
            }
            None => None,
        };
        Ok(ClientConfig {
            tls,
            deadline: Duration::from_secs(self.timeout),
            ..ClientConfig::new(&self.endpoint, &self.source_system)
        })
    }
}

#[cfg(test)]
mod tests {
    use clap::CommandFactory as _;

    use super::*;

    #[test]
    fn the_command_line_is_well_formed() {
        Cli::command().debug_assert();
    }

    const PAGES: [(&str, &str); 2] = [
        (
            "docs/ledgerctl.md",
            include_str!("../../../../../docs/ledgerctl.md"),
        ),
        ("README.md", include_str!("../../../../../README.md")),
    ];

    /// The commands of a page's blocks, one a line, without what the shell does with them.
    fn examples(page: &str) -> Vec<String> {
        let blocks = page.split("```").skip(1).step_by(2);
        let joined = blocks.map(|block| block.replace("\\\n", " "));
        let lines: Vec<String> = joined
            .flat_map(|block| block.lines().map(str::to_owned).collect::<Vec<_>>())
            .collect();
        let commands = lines.iter().filter_map(|line| {
            let line = line.trim_start_matches("target/release/");
            line.starts_with("ledgerctl ").then(|| {
                let cut = [" #", " | ", " > "].iter().filter_map(|it| line.find(it));
                let end = cut.min().unwrap_or(line.len());
                line.split_at(end).0.to_owned()
            })
        });
        commands.collect()
    }

    #[test]
    fn every_example_of_the_documents_is_a_command() {
        for (name, page) in PAGES {
            let examples = examples(page);
            assert!(examples.len() > 8, "{name} shows commands");
            for example in examples {
                let words = example.split_whitespace().map(|word| match word {
                    "PERSON" | "CLASS" | "CLAWBACK" | "DISBURSEMENT" => {
                        "0190a3b2-0000-7000-8000-000000000001"
                    }
                    word => word,
                });
                let parsed = Cli::try_parse_from(words);
                assert!(parsed.is_ok(), "{name}: {example}: {:?}", parsed.err());
            }
        }
    }

    /// Every verb of a table of commands is there, with the options that it is shown with.
    #[test]
    fn every_verb_and_option_of_the_documents_is_there() {
        let mut cli = Cli::command();
        cli.build();
        let mut verbs = 0;
        for (name, page) in PAGES {
            let mut is_of_commands = false;
            for line in page.lines() {
                let Some(row) = line.strip_prefix("| ") else {
                    is_of_commands &= line.starts_with('|');
                    continue;
                };
                let first = row.split(" | ").next().unwrap();
                is_of_commands |= first == "command";
                for span in first.split('`').skip(1).step_by(2) {
                    if is_of_commands && !span.starts_with("cargo") {
                        shown(&cli, span).unwrap_or_else(|word| panic!("{name}: {word} in {span}"));
                        verbs += 1;
                    }
                }
            }
        }
        assert!(verbs > 30, "{verbs} verbs are in tables");
    }

    /// Whether the verb and the options of a text exist; the word that does not.
    fn shown(cli: &clap::Command, text: &str) -> Result<(), String> {
        let is_between = |it: char| it.is_whitespace() || "[]()|\\".contains(it);
        let words = || text.split(is_between).filter(|word| !word.is_empty());
        let mut command = cli;
        for word in words().take_while(|word| word.chars().all(|it| it.is_ascii_lowercase())) {
            let found = command.find_subcommand(word);
            command = found.ok_or_else(|| word.to_owned())?;
        }
        for word in words().filter_map(|word| word.strip_prefix("--")) {
            let word = word.split('=').next().unwrap();
            let mut options = command.get_arguments().filter_map(clap::Arg::get_long);
            if !options.any(|option| option == word) {
                return Err(word.to_owned());
            }
        }
        Ok(())
    }

    /// A command of each verb that records; the tests of the workspace run them against a server.
    const RECORDING: &str = include_str!("recording_verbs.txt");

    /// The verbs that record nothing.
    const READING: [&str; 26] = [
        "account",
        "accounts",
        "award show",
        "backup",
        "backups",
        "certificate",
        "class",
        "disbursement",
        "eligible",
        "events",
        "explain",
        "follow",
        "order show",
        "policy check",
        "policy list",
        "policy new",
        "policy show",
        "quota",
        "rebuild",
        "refusals",
        "report progress",
        "simulate",
        "statement",
        "status",
        "trace",
        "verify",
    ];

    /// Every verb with what it is run by: those that stand alone, and the last words of the others.
    fn verbs(command: &clap::Command, path: &str, found: &mut Vec<(String, bool)>) {
        let subcommands = command.get_subcommands();
        let subcommands: Vec<_> = subcommands.filter(|it| it.get_name() != "help").collect();
        let stands_alone =
            !command.is_subcommand_required_set() && command.get_positionals().next().is_some();
        if (subcommands.is_empty() || stands_alone) && !path.is_empty() {
            let mut options = command.get_arguments().filter_map(clap::Arg::get_long);
            found.push((
                path.to_owned(),
                options.any(|option| option == "request-id"),
            ));
        }
        subcommands.iter().for_each(|it| {
            let path = format!("{path} {}", it.get_name());
            verbs(it, path.trim_start(), found);
        });
    }

    /// A verb that is added has to be one of the two.
    #[test]
    fn every_verb_that_records_has_a_request_id_and_is_run_by_a_test() {
        let mut found = Vec::new();
        verbs(&Cli::command(), "", &mut found);
        let recording: Vec<_> = RECORDING.lines().collect();
        for (verb, has_request_id) in &found {
            let is_reading = READING.contains(&verb.as_str());
            assert_ne!(*has_request_id, is_reading, "{verb}");
            let is_run = recording
                .iter()
                .any(|it| it.starts_with(&format!("{verb} ")));
            assert!(is_reading || is_run, "{verb} is in recording_verbs.txt");
        }
        for verb in READING {
            assert!(found.iter().any(|(it, _)| it == verb), "{verb}");
        }
        for line in recording {
            let words = ["ledgerctl"].into_iter().chain(line.split(' '));
            let parsed = Cli::try_parse_from(words);
            assert!(parsed.is_ok(), "{line}: {:?}", parsed.err());
        }
    }

    #[test]
    fn a_repetition_is_asked_for_by_number() {
        let parse = |options: &[&str]| {
            let words = ["ledgerctl", "fund", "open"]
                .iter()
                .chain(options)
                .chain(&["370100"]);
            Cli::try_parse_from(words).map(|_| ())
        };
        for (options, is_right) in [
            (&["--again"][..], true),
            (&["--again=2"], true),
            (&["--again=0"], false),
            (
                &[
                    "--again",
                    "--request-id=0190a3b2-0000-7000-8000-000000000001",
                ],
                false,
            ),
        ] {
            assert_eq!(parse(options).is_ok(), is_right, "{options:?}");
        }
    }

    #[test]
    fn certificates_need_an_authority() {
        let cli = Cli::parse_from(["ledgerctl", "--tls-cert", "c", "--tls-key", "k", "status"]);
        // Neither file exists: a file that cannot be read is named.
        let message = cli.global.config().unwrap_err().message().unwrap();
        assert!(message.starts_with("c cannot be read"), "{message}");
        let cli = Cli::parse_from(["ledgerctl", "--tls-name", "ledger", "status"]);
        assert_eq!(cli.global.config().unwrap_err().exit_code(), 2);
    }
}
