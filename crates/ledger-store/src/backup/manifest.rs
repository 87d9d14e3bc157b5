//! The manifest of a backup: what it holds, under which checksums, in lines of text.
//!
//! ```text
//! subsidy-ledger backup 1
//! number 3
//! ledger 0f1e2d3c4b5a69788796a5b4c3d2e1f0
//! epoch 2 00112233445566778899aabbccddeeff
//! taken 1764306000000000
//! position 12345
//! root 9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08
//! own e3b0c442…b855 16 CURRENT
//! shared 5feceb66…57e9 67108864 000012.sst 000012-1f2e3d4c5b6a7988.sst
//! sum 4b227777…8a86
//! ```
//!
//! `taken` is in microseconds since 1970. An `own` file lies in the folder of the backup; a
//! `shared` one lies in `shared/` under its last name, for all backups that hold it. The digests
//! are SHA-256 in hexadecimal, so that `sha256sum` can check every file. `sum` is that of all lines
//! before it: a manifest that is cut, or has one byte changed, is none.

use ledger_core::{Position, RecordedTime, hex, merkle};
use sha2::{Digest as _, Sha256};

use super::Seal;

/// SHA-256 over the bytes of a file.
pub(crate) type Sum = merkle::Hash;

/// The first line.
const HEADER: &str = "subsidy-ledger backup 1";

/// Bytes of the longest manifest that is read: about 500,000 files of a line each.
pub(crate) const MANIFEST_BYTES_MAX: u64 = 64 * 1024 * 1024;

/// What a backup holds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Manifest {
    pub(crate) number: u64,
    pub(crate) ledger: String,
    pub(crate) taken_at: RecordedTime,
    pub(crate) position: Position,
    pub(crate) seal: Seal,
    pub(crate) files: Vec<StoredFile>,
}

/// One file of a backup.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct StoredFile {
    /// Its name in the folder of the ledger.
    pub(crate) name: String,
    pub(crate) bytes: u64,
    pub(crate) sum: Sum,
    /// Its name among the files that backups share; `None` for one of its own.
    pub(crate) shared_as: Option<String>,
}

impl Manifest {
    pub(crate) fn bytes(&self) -> u64 {
        let bytes = self.files.iter().map(|file| file.bytes);
        bytes.fold(0, u64::saturating_add)
    }

    pub(crate) fn encode(&self) -> String {
        let mut text = format!(
            "{HEADER}\nnumber {}\nledger {}\nepoch {} {}\ntaken {}\nposition {}\nroot {}\n",
            self.number,
            self.ledger,
            self.seal.epoch,
            hex::encode(&self.seal.epoch_id),
            self.taken_at.micros(),
            self.position,
            hex::encode(&self.seal.root),
        );
        for file in &self.files {
            let (sum, bytes, name) = (hex::encode(&file.sum), file.bytes, &file.name);
            let line = match &file.shared_as {
                None => format!("own {sum} {bytes} {name}\n"),
                Some(stored) => format!("shared {sum} {bytes} {name} {stored}\n"),
            };
            text.push_str(&line);
        }
        let sum = sum_of(text.as_bytes());
        text.push_str(&format!("sum {}\n", hex::encode(&sum)));
        text
    }

    /// Reads a manifest back; `None` for anything that [`encode`](Self::encode) does not write.
    pub(crate) fn decode(text: &str) -> Option<Self> {
        let at = text.strip_suffix('\n')?.rfind('\n')?.checked_add(1)?;
        let (body, end) = text.split_at_checked(at)?;
        let stated: Sum = hex::decode_array(end.strip_prefix("sum ")?.strip_suffix('\n')?)?;
        if stated != sum_of(body.as_bytes()) {
            return None;
        }
        let mut lines = body.lines();
        if lines.next()? != HEADER {
            return None;
        }
        let mut field = |name: &str| lines.next()?.strip_prefix(name)?.strip_prefix(' ');
        let number = field("number")?.parse().ok()?;
        let ledger = field("ledger").filter(|id| is_name(id))?.to_owned();
        let (epoch, epoch_id) = field("epoch")?.split_once(' ')?;
        let seal = |root| {
            Some(Seal {
                epoch: epoch.parse().ok()?,
                epoch_id: hex::decode_array(epoch_id)?,
                root,
            })
        };
        let taken_at = RecordedTime::from_micros(field("taken")?.parse().ok()?);
        let position = Position::new(field("position")?.parse().ok()?);
        let seal = seal(hex::decode_array(field("root")?)?)?;
        let files = lines.map(StoredFile::decode).collect::<Option<Vec<_>>>()?;
        let manifest = Self {
            number,
            ledger,
            taken_at,
            position,
            seal,
            files,
        };
        // One spelling only: what is read is what would be written.
        (manifest.encode() == text).then_some(manifest)
    }
}

impl StoredFile {
    fn decode(line: &str) -> Option<Self> {
        let mut parts = line.split(' ');
        let is_shared = match parts.next()? {
            "own" => false,
            "shared" => true,
            _ => return None,
        };
        let sum = hex::decode_array(parts.next()?)?;
        let bytes = parts.next()?.parse().ok()?;
        let mut name = || parts.next().filter(|name| is_name(name)).map(str::to_owned);
        let file = Self {
            sum,
            bytes,
            name: name()?,
            shared_as: match is_shared {
                true => Some(name()?),
                false => None,
            },
        };
        parts.next().is_none().then_some(file)
    }
}

/// Whether a text is a plain name: it leads out of no folder, and holds no separator of a line.
pub(crate) fn is_name(text: &str) -> bool {
    let is_plain = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b'-' | b'_');
    (1..=100).contains(&text.len()) && !text.starts_with('.') && text.bytes().all(is_plain)
}

pub(crate) fn sum_of(bytes: &[u8]) -> Sum {
    Sha256::digest(bytes).into()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn manifest() -> Manifest {
        Manifest {
            number: 3,
            ledger: "0f1e2d3c4b5a69788796a5b4c3d2e1f0".to_owned(),
            taken_at: RecordedTime::from_micros(1_764_306_000_000_000),
            position: Position::new(12_345),
            seal: Seal {
                epoch: 2,
                epoch_id: [0x11; 16],
                root: [0xab; 32],
            },
            files: vec![
                StoredFile {
                    name: "CURRENT".to_owned(),
                    bytes: 16,
                    sum: [0xcd; 32],
                    shared_as: None,
                },
                StoredFile {
                    name: "000012.sst".to_owned(),
                    bytes: 67_108_864,
                    sum: [0xef; 32],
                    shared_as: Some("000012-1f2e3d4c5b6a7988.sst".to_owned()),
                },
            ],
        }
    }

    /// These bytes are on the disks of operators, and are read for ever.
    #[test]
    fn a_manifest_is_written_as_it_always_was_and_read_back() {
        let (ab, cd, ef) = ("ab".repeat(32), "cd".repeat(32), "ef".repeat(32));
        let body = format!(
            "subsidy-ledger backup 1\nnumber 3\nledger 0f1e2d3c4b5a69788796a5b4c3d2e1f0\n\
             epoch 2 {}\ntaken 1764306000000000\nposition 12345\nroot {ab}\n\
             own {cd} 16 CURRENT\nshared {ef} 67108864 000012.sst 000012-1f2e3d4c5b6a7988.sst\n",
            "11".repeat(16)
        );
        let sum = "2d403954a3e57fec1b0c1f1456470d4903195ba6bd0cff00dcc19b7675285ae5";
        let text = manifest().encode();
        assert_eq!(text, format!("{body}sum {sum}\n"));
        assert_eq!(Manifest::decode(&text), Some(manifest()));
    }

    #[test]
    fn a_manifest_that_is_cut_or_changed_anywhere_is_none() {
        let text = manifest().encode();
        for length in 0..text.len() {
            assert_eq!(Manifest::decode(&text[..length]), None, "cut at {length}");
        }
        for index in 0..text.len() {
            let mut bytes = text.clone().into_bytes();
            bytes[index] ^= 1;
            let changed = String::from_utf8(bytes).unwrap();
            assert_eq!(Manifest::decode(&changed), None, "changed at {index}");
        }
    }

    #[test]
    fn names_stay_within_their_folder() {
        let cases = [
            ("000012.sst", true),
            ("MANIFEST-000005", true),
            ("", false),
            (".", false),
            ("..", false),
            ("../LEDGER", false),
            ("a/b", false),
            ("a b", false),
            ("a\nb", false),
            ("-", true),
        ];
        for (name, expected) in cases {
            assert_eq!(is_name(name), expected, "{name:?}");
        }
        assert!(!is_name(&"a".repeat(101)));
    }
}
