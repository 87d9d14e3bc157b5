//! The chart of accounts: who holds money, what kind of account, and a posting's two sides.
//!
//! Cash is recognised when the bank confirms (收付实现制, 财办〔2018〕43号); a payment that is ordered
//! but not yet confirmed is kept beside it as a commitment and its reserve.

use crate::{Division, Fen, FundSource};

/// One fund held by one division: the special account of a city is
/// `(370100, FundSource::SpecialAccount)`. Each is accounted for separately (分账核算).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct AccountKey {
    /// The division that holds the fund.
    pub division: Division,
    /// The fund.
    pub fund: FundSource,
}

/// What a ledger account inside an [`AccountKey`] records.
///
/// The number is permanent: it is part of stored keys and of the contract.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[repr(u8)]
pub enum AccountKind {
    /// Money at the bank in the fiscal special account (财政专户存款). Debit.
    Cash = 1,
    /// Money raised from the unemployment insurance fund (失业保险基金筹集转入). Credit, by year.
    Accrual = 2,
    /// Money received from other divisions (上下级及横向调入). Credit, by year.
    TransferIn = 3,
    /// Money given to other divisions (调出). Debit, by year.
    TransferOut = 4,
    /// Payments confirmed by the bank (支出). Debit, by year.
    Expenditure = 5,
    /// Payments ordered and not yet confirmed (已下达未支付). Debit.
    Commitment = 6,
    /// The part of cash kept back for ordered payments (支付预留). Credit.
    Reserve = 7,
    /// Money that has to come back: clawbacks and excess advances (应收追回款). Debit.
    Receivable = 8,
    /// Money that came back or has to (追回). Credit, by year; lowers net expenditure.
    Recovery = 9,
    /// Money received from the provincial adjustment fund (省级调剂金补助). Credit, by year.
    ProvincialAdjustment = 10,
}

/// The side of a posting.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[repr(u8)]
pub enum Side {
    /// 借.
    Debit = 1,
    /// 贷.
    Credit = 2,
}

/// One account in the books: holder, kind and, for flows, the fiscal year.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct LedgerAccount {
    /// Division and fund.
    pub holder: AccountKey,
    /// What it records.
    pub kind: AccountKind,
    /// Fiscal year (calendar year) of a flow; zero for stocks, which run on.
    pub fiscal_year: u16,
}

/// One line of a balanced entry, with the balance that it leaves.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Posting {
    /// The account.
    pub account: LedgerAccount,
    /// Debit or credit.
    pub side: Side,
    /// Amount in fen, always positive.
    pub amount: Fen,
    /// Balance of the account after this posting, counted on its normal side; never negative.
    pub balance_after: Fen,
}

impl AccountKind {
    /// All kinds, in the order of their numbers.
    pub const ALL: [Self; 10] = [
        Self::Cash,
        Self::Accrual,
        Self::TransferIn,
        Self::TransferOut,
        Self::Expenditure,
        Self::Commitment,
        Self::Reserve,
        Self::Receivable,
        Self::Recovery,
        Self::ProvincialAdjustment,
    ];

    /// The permanent number.
    #[must_use]
    pub const fn number(self) -> u8 {
        match self {
            Self::Cash => 1,
            Self::Accrual => 2,
            Self::TransferIn => 3,
            Self::TransferOut => 4,
            Self::Expenditure => 5,
            Self::Commitment => 6,
            Self::Reserve => 7,
            Self::Receivable => 8,
            Self::Recovery => 9,
            Self::ProvincialAdjustment => 10,
        }
    }

    /// The kind with that permanent number.
    #[must_use]
    pub fn from_number(number: u8) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.number() == number)
    }

    /// The side on which this kind of account grows.
    #[must_use]
    pub const fn normal_side(self) -> Side {
        match self {
            Self::Cash
            | Self::TransferOut
            | Self::Expenditure
            | Self::Commitment
            | Self::Receivable => Side::Debit,
            Self::Accrual
            | Self::TransferIn
            | Self::Reserve
            | Self::Recovery
            | Self::ProvincialAdjustment => Side::Credit,
        }
    }

    /// Whether the account is kept per fiscal year.
    #[must_use]
    pub const fn is_flow(self) -> bool {
        matches!(
            self,
            Self::Accrual
                | Self::TransferIn
                | Self::TransferOut
                | Self::Expenditure
                | Self::Recovery
                | Self::ProvincialAdjustment
        )
    }

    /// The name used in tables and in the contract.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Cash => "cash",
            Self::Accrual => "accrual",
            Self::TransferIn => "transfer_in",
            Self::TransferOut => "transfer_out",
            Self::Expenditure => "expenditure",
            Self::Commitment => "commitment",
            Self::Reserve => "reserve",
            Self::Receivable => "receivable",
            Self::Recovery => "recovery",
            Self::ProvincialAdjustment => "provincial_adjustment",
        }
    }
}

impl LedgerAccount {
    /// The balance after an amount was posted on a side; none outside the range of the books.
    pub(crate) fn posted(self, before: Fen, side: Side, amount: Fen) -> Option<Fen> {
        match side == self.kind.normal_side() {
            true => before.checked_add(amount),
            false => before.checked_sub(amount),
        }
    }

    /// The balance that the last of these postings to it has left; none where there is none.
    pub(crate) fn left_by(self, postings: &[Posting]) -> Option<Fen> {
        let mut newest_first = postings.iter().rev();
        let last = newest_first.find(|posting| posting.account == self);
        last.map(|posting| posting.balance_after)
    }
}

impl Side {
    /// The permanent number.
    #[must_use]
    pub const fn number(self) -> u8 {
        match self {
            Self::Debit => 1,
            Self::Credit => 2,
        }
    }

    /// The side with that permanent number.
    #[must_use]
    pub const fn from_number(number: u8) -> Option<Self> {
        match number {
            1 => Some(Self::Debit),
            2 => Some(Self::Credit),
            _ => None,
        }
    }
}
