//! Merkle tree hashing over the log (RFC 6962, section 2.1, with SHA-256).

use sha2::{Digest, Sha256};

/// A SHA-256 digest.
pub type Hash = [u8; 32];

/// Domain separation of RFC 6962: without it a node could be passed off as a leaf.
const LEAF_PREFIX: [u8; 1] = [0x00];
const NODE_PREFIX: [u8; 1] = [0x01];

/// The part of a growing Merkle tree that its root and its further growth depend on.
///
/// It holds the roots of the perfect subtrees that cover the leaves from the first, from the
/// largest to the smallest: one for each bit set in the number of leaves, so at most 64.
#[derive(Debug, Clone, Default, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct CompactRange {
    len: u64,
    peaks: Vec<Hash>,
}

impl CompactRange {
    /// Makes the range of an empty tree.
    #[must_use]
    pub const fn new() -> Self {
        Self {
            len: 0,
            peaks: Vec::new(),
        }
    }

    /// Puts a range together from its number of leaves and its peaks; `None` unless there is one
    /// peak for each bit set in `len`.
    ///
    /// Whether the peaks are those of the tree can only be told by comparing the root.
    #[must_use]
    pub fn from_parts(len: u64, peaks: Vec<Hash>) -> Option<Self> {
        let expected = usize::try_from(len.count_ones()).ok()?;
        (peaks.len() == expected).then_some(Self { len, peaks })
    }

    /// Adds the hash of the next leaf, as [`leaf_hash`] returns it.
    ///
    /// Costs one node hash on average and at most 64.
    pub fn append(&mut self, leaf: Hash) {
        // Every bit set at the low end is a perfect subtree of the size reached so far.
        let merges = self.len.trailing_ones();
        let mut node = leaf;
        for _ in 0..merges {
            let left = self
                .peaks
                .pop()
                .expect("there is one peak for each bit set");
            node = node_hash(&left, &node);
        }
        self.peaks.push(node);
        self.len = self.len.checked_add(1).expect("positions do not run out");
    }

    /// Returns the number of leaves.
    #[must_use]
    pub const fn len(&self) -> u64 {
        self.len
    }

    /// Tells whether the tree has no leaf.
    #[must_use]
    pub const fn is_empty(&self) -> bool {
        self.len == 0
    }

    /// Returns the roots of the perfect subtrees, from the largest to the smallest.
    #[must_use]
    pub fn peaks(&self) -> &[Hash] {
        &self.peaks
    }

    /// Returns the root: the Merkle tree hash of RFC 6962 over all leaves.
    ///
    /// The root of an empty tree is the SHA-256 of the empty string.
    #[must_use]
    pub fn root(&self) -> Hash {
        self.peaks
            .iter()
            .rev()
            .copied()
            .reduce(|right, left| node_hash(&left, &right))
            .unwrap_or_else(|| Sha256::digest([]).into())
    }
}

/// Returns the hash of a leaf that holds `data`: SHA-256 of `0x00` and the data.
#[must_use]
pub fn leaf_hash(data: &[u8]) -> Hash {
    Sha256::new()
        .chain_update(LEAF_PREFIX)
        .chain_update(data)
        .finalize()
        .into()
}

/// Returns the hash of the node over two subtrees: SHA-256 of `0x01`, the left and the right hash.
#[must_use]
pub fn node_hash(left: &Hash, right: &Hash) -> Hash {
    Sha256::new()
        .chain_update(NODE_PREFIX)
        .chain_update(left)
        .chain_update(right)
        .finalize()
        .into()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::hex;

    /// The definition of RFC 6962, section 2.1, taken literally.
    fn naive_root(leaves: &[Hash]) -> Hash {
        match leaves {
            [] => Sha256::digest([]).into(),
            [leaf] => *leaf,
            _ => {
                let split = leaves.len().next_power_of_two() / 2;
                let (left, right) = leaves.split_at(split);
                node_hash(&naive_root(left), &naive_root(right))
            }
        }
    }

    fn leaves(count: u32) -> Vec<Hash> {
        (0..count)
            .map(|leaf| leaf_hash(&leaf.to_be_bytes()))
            .collect()
    }

    /// The test vectors of the Certificate Transparency reference implementation.
    #[test]
    fn agrees_with_certificate_transparency() {
        let mut range = CompactRange::new();
        assert_eq!(
            hex::encode(&range.root()),
            "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"
        );
        let table: [(&[u8], &str); 8] = [
            (
                b"",
                "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
            ),
            (
                b"\x00",
                "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
            ),
            (
                b"\x10",
                "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
            ),
            (
                b" !",
                "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
            ),
            (
                b"01",
                "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
            ),
            (
                b"@ABC",
                "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
            ),
            (
                b"PQRSTUVW",
                "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
            ),
            (
                b"`abcdefghijklmno",
                "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
            ),
        ];
        for (leaf, root) in table {
            range.append(leaf_hash(leaf));
            assert_eq!(hex::encode(&range.root()), root, "{} leaves", range.len());
        }
    }

    #[test]
    fn agrees_with_the_definition() {
        let leaves = leaves(130);
        let mut range = CompactRange::new();
        assert!(range.is_empty());
        for (count, leaf) in leaves.iter().enumerate() {
            assert_eq!(range.root(), naive_root(&leaves[..count]), "{count} leaves");
            range.append(*leaf);
            assert_eq!(range.len(), u64::try_from(count + 1).unwrap());
            assert_eq!(
                range.peaks().len(),
                (count + 1).count_ones().try_into().unwrap()
            );
        }
        assert_eq!(range.root(), naive_root(&leaves));
        assert!(!range.is_empty());
    }

    #[test]
    fn peaks_are_the_largest_subtrees_first() {
        let leaves = leaves(7);
        let mut range = CompactRange::new();
        leaves.iter().for_each(|leaf| range.append(*leaf));
        let expected = [
            naive_root(&leaves[..4]),
            naive_root(&leaves[4..6]),
            leaves[6],
        ];
        assert_eq!(range.peaks(), expected);
    }

    #[test]
    fn parts_need_one_peak_for_each_bit() {
        for (len, peaks, expected) in [
            (0, 0, true),
            (0, 1, false),
            (1, 1, true),
            (6, 2, true),
            (6, 1, false),
            (6, 3, false),
            (u64::MAX, 64, true),
            (u64::MAX, 63, false),
        ] {
            let found = CompactRange::from_parts(len, vec![[0; 32]; peaks]);
            assert_eq!(found.is_some(), expected, "{len} leaves, {peaks} peaks");
        }
    }

    #[test]
    fn a_leaf_is_not_a_node() {
        let (left, right) = (leaf_hash(b"left"), leaf_hash(b"right"));
        assert_ne!(leaf_hash(&[left, right].concat()), node_hash(&left, &right));
        assert_ne!(node_hash(&left, &right), node_hash(&right, &left));
    }

    proptest! {
        #[test]
        fn growth_continues_from_parts(before in 0u32..300, after in 0u32..300) {
            let leaves = leaves(before + after);
            let (first, second) = leaves.split_at(before.try_into().unwrap());
            let mut range = CompactRange::new();
            first.iter().for_each(|leaf| range.append(*leaf));
            let mut again = CompactRange::from_parts(range.len(), range.peaks().to_vec()).unwrap();
            prop_assert_eq!(&again, &range);
            second.iter().for_each(|leaf| again.append(*leaf));
            prop_assert_eq!(again.root(), naive_root(&leaves));
        }
    }
}
